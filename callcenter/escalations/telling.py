"""A chain in one sentence, and how long it took until a person had it (M7, M8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Escalation, EscalationItem, Outcome, Word

SECOND = timedelta(seconds=1)


def sentence(escalation: Escalation, rings: Sequence[EscalationItem]) -> str:
    """What happened, for a phone, a note or the history of the call.

    Such as "Rang Joe Tran 30 s, no answer; Ray Okafor accepted after 22 s; 1 min 31 s, $0.04".
    """
    if not rings:
        return _("Nobody was rung")
    parts = [_one(ring) for ring in rings]
    parts[0] = _("Rang %(whom)s") % {"whom": parts[0]}
    took = seconds_to_human(escalation, rings)
    if took is None:
        took = _whole_seconds(escalation, rings)
    end = [] if took is None else [in_words(took)]
    end += _costs(rings)
    return "; ".join([*parts, ", ".join(end)] if end else parts)


def accepted_at(ring: EscalationItem) -> datetime | None:
    """When a person took it over; None when nobody did, or when it is not known when."""
    if not ring.accepted_by_human:
        return None
    if ring.started_at is not None and ring.dial_seconds is not None:
        return ring.started_at + ring.dial_seconds * SECOND
    if ring.ended_at is not None:
        return ring.ended_at - (ring.talk_seconds or 0) * SECOND
    return None


def seconds_to_human(escalation: Escalation, rings: Sequence[EscalationItem]) -> int | None:
    """From the start of the chain until the first person took it over; None when nobody did."""
    times = [at for at in map(accepted_at, rings) if at is not None]
    if escalation.started_at is None or not times:
        return None
    return max((min(times) - escalation.started_at) // SECOND, 0)


def in_words(seconds: int) -> str:
    """22 as "22 s", 91 as "1 min 31 s", 3900 as "1 h 5 min"."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(h)d h %(m)d min") % {"h": hours, "m": minutes}
    if minutes:
        return _("%(m)d min %(s)d s") % {"m": minutes, "s": rest}
    return _("%(s)d s") % {"s": rest}


def _whole_seconds(escalation: Escalation, rings: Sequence[EscalationItem]) -> int | None:
    """From its start to the end of the last ring."""
    ends = [ring.ended_at for ring in rings if ring.ended_at is not None]
    if escalation.started_at is None or not ends:
        return None
    return max((max(ends) - escalation.started_at) // SECOND, 0)


def _one(ring: EscalationItem) -> str:
    name = ring.responder_name or ring.phone or _("somebody")
    seconds = ring.dial_seconds if ring.dial_seconds and ring.dial_seconds > 0 else None
    said = {"name": name, "s": seconds, "what": _what(ring)}
    if ring.accepted_by_human:
        if seconds is None:
            return _("%(name)s accepted") % said
        return _("%(name)s accepted after %(s)d s") % said
    if seconds is None:
        return _("%(name)s, %(what)s") % said
    return _("%(name)s %(s)d s, %(what)s") % said


def _what(ring: EscalationItem) -> str:
    """What came of a ring that nobody accepted, in small letters; an unknown word as it is."""
    if ring.outcome:
        return str(Outcome(ring.outcome).label).lower()
    if ring.looks_like_voicemail:
        return _("probably voicemail")
    known = ring.status in Word.values
    return str(Word(ring.status).label).lower() if known else ring.status


def _costs(rings: Sequence[EscalationItem]) -> list[str]:
    """The sum of what is known, and how many rings nobody knows the cost of."""
    known = [ring.cost_cents for ring in rings if ring.cost_cents is not None]
    if not known:
        return []
    said = _("$%(dollars)d.%(cents)02d") % dict(
        zip(("dollars", "cents"), divmod(sum(known), 100), strict=True)
    )
    unknown = len(rings) - len(known)
    if unknown:
        more = ngettext(
            "%(sum)s and %(n)d ring of unknown cost",
            "%(sum)s and %(n)d rings of unknown cost",
            unknown,
        )
        said = more % {"sum": said, "n": unknown}
    return [said]
