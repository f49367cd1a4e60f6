"""Whose number was typed: candidates for the call that is being logged (domain.md 6.3)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from callcenter.calls.models import CallLog
from callcenter.calls.rows import place_said
from callcenter.core.phones import LOCAL_DIGITS, PhoneFlag, PhoneKind, PhoneNumber, parse_phone
from callcenter.properties.models import ResidentPhone
from callcenter.properties.numbers import today_of
from callcenter.properties.principals import Principal

MOST = 9  # as many as there are digits to pick one


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be calling, and where the log form for that person is."""

    name: str
    place: str
    url: str
    has_open: bool
    resident_id: int
    unit_id: int | None


@dataclass(frozen=True, slots=True)
class Whose:
    """The people of a number, likeliest first; `is_guess` when only its last digits are known.

    `is_free` says that it is a person's number and nobody in sight has it.
    """

    people: list[Candidate]
    is_guess: bool = False
    is_free: bool = False


def whose(raw: str, principal: Principal) -> Whose:
    """Who has a typed number today, among whom the principal sees; one statement.

    Those whose unit has an open matter come first, then by the most recent call.
    """
    number = _number(raw, principal)
    if number is None:
        return Whose([])
    is_guess = PhoneFlag.LOCAL in number.flags
    phones = ResidentPhone.objects.visible_to(principal).held_on(today_of(principal))
    phones = _last_seven(phones, number) if is_guess else phones.ringing(number)
    people = [_candidate(row) for row in _ranked(phones, principal)]
    return Whose(people, is_guess, is_free=not people and not is_guess)


def _number(raw: str, principal: Principal) -> PhoneNumber | None:
    """The number, when it can be a person's."""
    if not raw.strip() or "\x00" in raw:
        return None
    number = parse_phone(raw, region=principal.organization.region)[0]
    return number if number.kind == PhoneKind.PERSON and number.digits else None


def _last_seven(phones: Any, number: PhoneNumber) -> Any:
    tail = number.digits[-LOCAL_DIGITS:][::-1]
    return phones.filter(digits_reversed__startswith=tail)


def _ranked(phones: QuerySet[ResidentPhone, Any], principal: Principal) -> Any:
    calls = CallLog.objects.visible_to(principal)
    here = calls.filter(unit=OuterRef("resident__unit"), closed_at=None)
    theirs = calls.filter(resident=OuterRef("resident")).order_by("-contacted_at")
    today = today_of(principal)
    lives = Q(resident__move_out=None) | Q(resident__move_out__gte=today)
    rows = phones.filter(lives, resident__erased_at=None).annotate(
        has_open=Exists(here), last=Subquery(theirs.values("contacted_at")[:1])
    )
    ordered = rows.order_by("-has_open", F("last").desc(nulls_last=True), "pk")
    return ordered.values(*_FIELDS, "has_open")[:MOST]


_FIELDS = (
    *("pk", "resident_id", "resident__unit_id", "resident__first_name", "resident__middle_name"),
    *("resident__last_name", "resident__unit__building", "resident__unit__number"),
    "resident__property__name",
)


def _candidate(row: dict[str, Any]) -> Candidate:
    names = (row[f"resident__{part}_name"] for part in ("first", "middle", "last"))
    return Candidate(
        name=" ".join(filter(None, names)),
        place=place_said(row, of="resident__"),
        url=f"{reverse('desk:new')}?resident={row['resident_id']}&number={row['pk']}",
        has_open=row["has_open"],
        resident_id=row["resident_id"],
        unit_id=row["resident__unit_id"],
    )
