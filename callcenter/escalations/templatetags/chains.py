"""How chains and rings are said in pages."""

from datetime import timedelta

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from callcenter.calls.rows import phone_said
from callcenter.core.templatetags.times import duration, zone_named
from callcenter.escalations.film import dollars as said_dollars
from callcenter.escalations.film import result_of
from callcenter.escalations.models import Escalation, EscalationItem, Word
from callcenter.escalations.telling import accepted_at

register = template.Library()


@register.filter
def percent(value: float) -> str:
    """12.5 as "12.5%", in the form that SVG reads, whatever the language."""
    return f"{value:.2f}%"


@register.filter
def number(phone: str | None) -> str:
    """A number as it is written there, or as told when it is none; "" for None."""
    return phone_said(phone, phone) if phone else ""


@register.filter
def rung_name(ring: EscalationItem) -> str:
    """Who was rung, else on which number."""
    return ring.responder_name or number(ring.phone) or "?"


@register.filter
def city(zone: str) -> str:
    """ "New York" for America/New_York."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


@register.filter
def clock_time(seconds: int) -> str:
    """Seconds as 1:31."""
    return duration(seconds)


@register.filter
def dollars(cents: int) -> str:
    """US cents as $0.04."""
    return said_dollars(cents)


@register.filter
def result(ring: EscalationItem) -> str:
    """What a ring came to."""
    if ring.looks_like_voicemail:
        return _("picked up")
    return result_of(ring)


@register.filter
def ending(chain: Escalation) -> str:
    """How a chain stands or ended, in words."""
    if chain.status == Word.COMPLETED:
        return _("Accepted by %(name)s") % {"name": chain.answered_by or _("a person")}
    if chain.ended_at is None:
        return _("Running")
    known = {Word.NO_ANSWER: _("Nobody answered"), Word.CALLER_HUNG_UP: _("Caller hung up")}
    if chain.status in known:
        return known[Word(chain.status)]
    return str(Word(chain.status).label) if chain.status in Word.values else chain.status


@register.filter
def accepted_clock(ring: EscalationItem, zone: str) -> str:
    """When a person took a ring over, on the clock of a place: 22:14."""
    at = accepted_at(ring) or ring.ended_at or ring.started_at
    if at is None:
        return "?"
    return date_format((at + timedelta()).astimezone(zone_named(zone)), "H:i")
