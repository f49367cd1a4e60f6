"""Writing what is known of a call to its rows; who calls holds the call's lock."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from callcenter.core.phones import parse_phone
from callcenter.properties.principals import Principal

from .facts import MAX_NAME, MAX_NUMBER, Facts, View, same_extension
from .models import Extension, PhoneCall, PhoneCallParty, Upstream
from .reading import MAX_CALLER_ID

OWN_ID = re.compile(r"[0-9a-f]{20}")
VIEW_COLUMNS = (
    *("flow", "status", "ringing_at", "answered_at", "ended_at", "recording_at", "parked_at"),
    *("parked_pos", "parked_by", "on_hold_at", "holder", "disposition"),
)


def wire_ids(source: str, external_id: str) -> Iterator[str]:
    """The ids under which other systems may know a call, the best first (wire/voipnow.md 4).

    The source's own if it has the form, else the first 20 hex digits of SHA-256 over source, NUL
    and id. Somebody else's own id may be that one, by chance or on purpose: then a count follows.
    """
    if OWN_ID.fullmatch(external_id):
        yield external_id
    said = f"{source}\0{external_id}"
    yield _digest(said)
    count = 1
    while True:
        yield _digest(f"{said}\0{count}")
        count += 1


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def locked_call(upstream: Upstream, external_id: str, *, first_heard: datetime) -> PhoneCall:
    """The upstream's call of this id, locked; made when it is new.

    Two who make it at the same time get the same row, one after the other.
    """
    of = {"organization_id": upstream.organization_id, "source": upstream.source}
    rows = PhoneCall.objects.select_for_update(no_key=True, of=("self",))
    for wire_id in wire_ids(upstream.source, external_id):
        call = rows.filter(**of, external_id=external_id).first()  # names of ours
        if call is not None:
            return call
        new = PhoneCall(
            **of,
            external_id=external_id,
            wire_id=wire_id,
            upstream=upstream,
            published_at=first_heard,
            heard_at=first_heard,
        )
        # neither a twin's row nor a taken wire id is an error: the next round finds out which
        PhoneCall.objects.bulk_create([new], ignore_conflicts=True)
        call = rows.filter(**of, external_id=external_id).first()
        if call is not None:
            return call
    raise AssertionError("there is always another wire id")


def write_facts(call: PhoneCall, facts: Facts, *, actor: Principal, **more: Any) -> bool:
    """Make the call's rows say what is known; whether anything was new.

    `more` are further columns of the call. What is as it was is not written again.
    """
    extensions = [_extension(view.extension, actor) for view in facts.views]
    charged = _extension(facts.extension, actor)
    values = call_columns(facts, actor) | {"extension": charged} | more
    if call.property_id is None:
        known = (one.property_id for one in (charged, *extensions) if one and one.property_id)
        values["property_id"] = next(known, None)
    is_new = _update(call, values)
    parties = list(call.parties.order_by("position"))
    for position, (view, extension) in enumerate(zip(facts.views, extensions, strict=True)):
        columns = party_columns(view) | {"extension": extension}
        if position < len(parties):
            is_new |= _update(parties[position], columns)
            continue
        of = {"organization_id": call.organization_id, "phone_call": call}
        PhoneCallParty.objects.create(**of, position=position, **columns)
        is_new = True
    for party in parties[len(facts.views) :]:  # told no more: it takes part no more
        if party.ended_at is None:
            is_new |= _update(party, {"ended_at": _end_of(party, call)})
    return is_new


def _end_of(party: PhoneCallParty, call: PhoneCall) -> datetime:
    times = (party.ringing_at, party.answered_at, call.ended_at, call.heard_at)
    return max(time for time in times if time is not None)


def _update(row: PhoneCall | PhoneCallParty, values: dict[str, Any]) -> bool:
    """Write the columns that differ; whether there were any."""
    new = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not new:
        return False
    for name, value in new.items():
        setattr(row, name, value)
    type(row).objects.filter(pk=row.pk).update(**new)
    return True


def call_columns(facts: Facts, actor: Principal) -> dict[str, Any]:
    """What is known of a call, by the columns of `PhoneCall`; numbers are read as the actor's."""
    caller, called = _phone(facts.caller, actor), _phone(facts.called, actor)
    return {
        "published_at": facts.published_at,
        "answered_at": facts.answered_at,
        "ended_at": facts.ended_at,
        "disposition": facts.disposition,
        "talk_seconds": facts.talk_seconds,
        "flow": facts.flow,
        "nonce": facts.nonce,
        "caller_name": facts.caller_name[:MAX_NAME],
        **{f"caller_{name}": value for name, value in caller.items()},
        **{f"called_{name}": value for name, value in called.items()},
    }


def _phone(raw: str, actor: Principal) -> dict[str, str]:
    """A number as told, in full, and its digits backwards; extensions have neither."""
    raw = raw[:MAX_NUMBER]
    number = parse_phone(raw, region=actor.organization.region)[0]
    return {"raw": raw, "e164": number.e164 or "", "digits_reversed": number.digits[::-1]}


def party_columns(view: View) -> dict[str, Any]:
    """What is known of a party, by the columns of `PhoneCallParty`."""
    return {
        **{name: getattr(view, name) for name in VIEW_COLUMNS},
        "sources": [number[:MAX_NUMBER] for number in view.sources],
        "destinations": [number[:MAX_NUMBER] for number in view.destinations],
        "caller_id": view.caller_id[:MAX_CALLER_ID],
    }


def _extension(number: str, actor: Principal) -> Extension | None:
    """The organisation's extension of this number, made when nobody knew it; None for "".

    `210` is `0003*210` where no other extension ends so (wire/voipnow.md 11).
    """
    if not number:
        return None
    mine = Extension.objects.filter(organization_id=actor.organization_id)
    exact = mine.filter(number=number).first()
    if exact is not None:
        return exact
    short = number.rpartition("*")[2]
    alike = [one for one in mine.filter(short_number=short) if same_extension(one.number, number)]
    if len(alike) == 1:
        return alike[0]
    new = Extension(organization_id=actor.organization_id, number=number)
    Extension.objects.bulk_create([new], ignore_conflicts=True)
    try:
        return mine.get(number=number)
    except ObjectDoesNotExist as error:  # no transaction here sees less than what is committed
        raise AssertionError("an extension was neither made nor found") from error
