"""The pages that are measured, each with a request that fits the database."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse

from callcenter.accounts.models import User
from callcenter.calls.models import CallLog, Reason, Status
from callcenter.core.paging import Cursor
from callcenter.properties.models import Property, Resident, ResidentPhone, Unit

from .serving import Ask

LIST_GROWTH = 1.3
TWICE_BARE = 2.0
MOST_STATEMENTS = 8


@dataclass(frozen=True)
class Endpoint:
    """A page: its name, its request over the present database, the bounds of issue 2."""

    name: str
    ask: Callable[[], Ask]
    status: int = 200
    is_list: bool = False
    within: float | None = TWICE_BARE
    statements: int | None = MOST_STATEMENTS


def owner() -> User:
    """Who asks."""
    return User.objects.get(email="owner@example.com")


def first_page() -> Ask:
    """The newest calls."""
    return Ask(reverse("calls:list"))


def filtered() -> Ask:
    """The closed calls of one property with one reason."""
    status = Status.objects.get(name="Closed")
    place = Property.objects.order_by("pk")[0]
    return Ask(reverse("calls:list"), {"property": place.name, "status": str(status.pk)})


def deep_page() -> Ask:
    """A page in the middle of all calls."""
    times = CallLog.objects.order_by("-contacted_at", "-pk").values_list("contacted_at", "pk")
    at, pk = times[CallLog.objects.count() // 2]
    return Ask(reverse("calls:list"), {"cursor": str(Cursor(at=at, pk=pk, is_backward=False))})


def trailing_digits() -> Ask:
    """The last seven digits of a number, typed into the one box."""
    phone = ResidentPhone.objects.exclude(e164="").order_by("pk")[77]
    return Ask(reverse("desk:search"), {"q": phone.digits_reversed[:7][::-1]}, htmx=True)


def name_search() -> Ask:
    """A first and a last name, typed into the one box."""
    named = Resident.objects.filter(first_name__in=["Clara", "Hugo", "Rosa"])
    person = named.exclude(unit=None).earliest("pk")
    return Ask(reverse("desk:search"), {"q": f"{person.first_name} {person.last_name}"}, htmx=True)


def unit_page() -> Ask:
    """A unit with about as many calls as most have."""
    return Ask(reverse("calls:unit", args=[_usual_unit()]))


def memory() -> Ask:
    """The form and the memory of such a unit, as a hit of the one box brings them."""
    return Ask(reverse("desk:new"), {"unit": str(_usual_unit())}, htmx=True, target="place")


def my_work() -> Ask:
    """The left zone of the desk, which refreshes by itself."""
    return Ask(reverse("desk:work"), htmx=True)


def due() -> Ask:
    """The worklist by due time."""
    return Ask(reverse("calls:due"), htmx=True)


def callbacks() -> Ask:
    """The worklist of promised callbacks."""
    return Ask(reverse("calls:callbacks"), htmx=True)


def view_counts() -> Ask:
    """The numbers beside the views of the list."""
    return Ask(reverse("calls:view-counts"), htmx=True)


def log_page() -> Ask:
    """A call with three rows of history."""
    return Ask(reverse("calls:detail", args=[_call().pk]))


def create() -> Ask:
    """A call logged by the form, with two reasons."""
    unit = Unit.objects.order_by("pk")[150]
    reasons = list(Reason.objects.filter(mnemonic__in=["mp", "ms"]).values_list("pk", flat=True))
    status = Status.objects.get(is_initial=True)

    def form() -> dict[str, Any]:
        return {
            "key": str(uuid.uuid4()),
            "property": unit.property_id,
            "unit": unit.pk,
            "call_from": "daughter of the resident",
            "reasons": reasons,
            "subject": "Kitchen sink drains slowly",
            "notes": "Since two days. May enter.",
            "direction": "inbound",
            "phone": "(212) 555-0101",
            "status": status.pk,
        }

    return Ask(reverse("desk:new"), form=form)


def comment() -> Ask:
    """A comment appended to a call."""
    call = _call()

    def form() -> dict[str, Any]:
        return {"key": str(uuid.uuid4()), "text": f"Rang back at {datetime.now(UTC):%H:%M}."}

    return Ask(reverse("calls:comment", args=[call.pk]), form=form)


def _usual_unit() -> int:
    units = Unit.objects.order_by("pk")[:200].values("pk")
    calls = CallLog.objects.filter(unit__in=units).values("unit").annotate(n=Count("pk"))
    busy = calls.order_by("n", "unit").values_list("unit", flat=True)
    return int(busy[len(busy) // 2])


def _call() -> CallLog:
    calls = CallLog.objects.filter(withdrawn_at=None).annotate(n=Count("comments"))
    return calls.filter(n=3, pk__lte=3_000).latest("pk")


ENDPOINTS = [
    Endpoint("list, first page", first_page, is_list=True),
    Endpoint("list, filtered", filtered, is_list=True),
    Endpoint("list, deep page", deep_page, is_list=True),
    Endpoint("search, trailing digits", trailing_digits),
    Endpoint("search, name", name_search),
    Endpoint("memory of a place", memory),
    Endpoint("my work", my_work),
    Endpoint("worklist, due", due),
    Endpoint("worklist, callbacks", callbacks),
    Endpoint("counts of views", view_counts),
    Endpoint("unit page", unit_page, within=None),
    Endpoint("log page", log_page, within=None),
    # session, user, membership, place, choices, the call, its reasons, the key; the goal is 10
    Endpoint("create", create, status=302, within=None, statements=12),
    Endpoint("comment", comment, status=302, within=None, statements=10),
]
