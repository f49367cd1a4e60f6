"""What of a call stands in its columns: where, who, when and from which number."""

from typing import Any

from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError
from callcenter.core.phones import parse_phone
from callcenter.properties.principals import Principal

from .history import clean_text
from .models import CallLog
from .places import Place, resolve_place
from .values import ContactTime, Correction, NewCall


def place_of(said: NewCall | Correction, actor: Principal) -> Place:
    """The place of these ids, within what the actor sees; RuleError as in `resolve_place`."""
    return resolve_place(
        property_id=said.property_id,
        unit_id=said.unit_id,
        resident_id=said.resident_id,
        principal=actor,
    )


def caller(typed: str, place: Place, *, typed_first: bool = False) -> str:
    """The resident's name at this time, else what was typed; RuleError when there is neither.

    With `typed_first` a resident without a unit is called what was typed, if anything was.
    """
    typed = clean_text(typed, limit=300, field="call_from").strip()
    has_own_words = typed_first and bool(typed) and place.unit is None
    if place.resident is not None and not has_own_words:
        return place.resident.full_name
    if not typed:
        raise RuleError(_("Say who called."), field="call_from")
    return typed


def corrected_fields(log: CallLog, correction: Correction, actor: Principal) -> dict[str, Any]:
    """The fields of `log` that the correction gives another value, with that value."""
    place = place_of(correction, actor)
    same_person = place.resident is not None and place.resident.pk == log.resident_id
    wanted: dict[str, Any] = {
        "property": place.property,
        "unit": place.unit,
        "resident": place.resident,
        "call_from": log.call_from if same_person else caller(correction.call_from, place),
        "subject": clean_text(correction.subject, limit=300, field="subject"),
        "direction": correction.direction,
    }
    if correction.contacted.at != log.contacted_at:
        wanted |= contact_fields(correction.contacted)
    elif correction.contacted.zone != log.contacted_zone:
        wanted["contacted_zone"] = correction.contacted.zone
    return {name: value for name, value in wanted.items() if getattr(log, name) != value}


def contact_fields(contacted: ContactTime) -> dict[str, Any]:
    """The columns of a time: the instant, whose clock, what was typed, how sure it is."""
    return {
        "contacted_at": contacted.at,
        "contacted_zone": contacted.zone,
        "contacted_text": contacted.text,
        "contacted_flag": contacted.flag,
    }


def phone_fields(raw: str, region: str) -> dict[str, str]:
    """The columns of a number: as typed, as E.164, its digits backwards. RuleError if too long."""
    raw = clean_text(raw, limit=80, field="phone")
    numbers = parse_phone(raw, region=region) if raw.strip() else []
    if not numbers:
        return {"phone_raw": raw}
    return {
        "phone_raw": raw,
        "phone_e164": numbers[0].e164 or "",
        "phone_digits_reversed": numbers[0].digits[::-1],
    }
