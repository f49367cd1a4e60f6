"""What the desk remembers about a place: who lives there, what is open, what was said last."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.utils import timezone

from callcenter.calls.matters import Alarm, alarms_in, with_alarms_of
from callcenter.calls.memory import with_numbers
from callcenter.calls.models import CallLog, CallLogQuerySet, main_reason_of
from callcenter.calls.places import Place
from callcenter.core.templatetags.times import zone_named
from callcenter.properties.models import Resident
from callcenter.properties.principals import Principal

LAST_CALLS = 3
MOST_OPEN = 5
MOST_PEOPLE = 12


@dataclass(frozen=True, slots=True)
class Memory:
    """A place with its people (each with `numbers`), its last calls and its open matters.

    `more_open` says that there are more open matters than are shown; calls carry `main_reason`.
    `alarms` are the third-call alarms that the unit has.
    """

    place: Place
    zone: str
    people: list[Resident]
    last_calls: list[CallLog]
    open_calls: list[CallLog]
    more_open: bool
    alarms: list[Alarm]


def remember(place: Place, principal: Principal) -> Memory | None:
    """The memory of a place in at most two statements; None without a place."""
    if place.property is None:
        return None
    calls = _calls(place, principal)
    open_calls = [call for call in calls if call.closed_at is None]
    return Memory(
        place=place,
        zone=place.property.time_zone,
        people=_people(place, principal),
        last_calls=calls[:LAST_CALLS],
        open_calls=open_calls[:MOST_OPEN],
        more_open=len(open_calls) > MOST_OPEN,
        alarms=alarms_in(calls, place.unit, principal) if place.unit else [],
    )


def with_main_reason(calls: CallLogQuerySet) -> CallLogQuerySet:
    """The calls with `main_reason`, and without the long columns that no list shows."""
    return calls.annotate(main_reason=main_reason_of("pk")).defer("search")


def today_at(place: Place) -> date:
    """The day on the clock of the place's property."""
    return timezone.now().astimezone(zone_named(place.zone("UTC"))).date()


def _people(place: Place, principal: Principal) -> list[Resident]:
    """Who lives in the unit today; of a place without a unit only the person meant."""
    residents = Resident.objects.visible_to(principal)
    if place.unit is not None:
        here = Q(move_out=None) | Q(move_out__gte=today_at(place))
        meant = Q(pk=place.resident.pk) if place.resident else Q(pk=None)
        residents = residents.filter(here | meant, unit=place.unit, erased_at=None)
    elif place.resident is not None:
        residents = residents.filter(pk=place.resident.pk)
    else:
        return []
    ordered = with_numbers(residents).order_by(F("move_in").asc(nulls_last=True), "pk")
    found = list(ordered[:MOST_PEOPLE])
    if (meant_first := place.resident) is not None:
        found.sort(key=lambda person: person.pk != meant_first.pk)
    return found


def _calls(place: Place, principal: Principal) -> list[CallLog]:
    """The last calls, the open ones and the alarms of a unit, newest first, in one statement."""
    visible = CallLog.objects.visible_to(principal)
    if place.unit is not None:
        here = visible.filter(unit=place.unit)
    elif place.resident is not None:
        here = visible.filter(resident=place.resident)
    else:
        here = visible.filter(property=place.property)
    newest = here.order_by("-contacted_at", "-pk").values("pk")
    wanted = newest[:LAST_CALLS].union(newest.filter(closed_at=None)[: MOST_OPEN + 1])
    rows = with_main_reason(visible.filter(pk__in=wanted).for_list())
    if place.unit is not None:
        rows = with_alarms_of(rows, place.unit, principal)
    return list(rows)
