"""The one box: units, people, numbers and calls found by what an agent hears on the line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from callcenter.calls.models import CallLog
from callcenter.properties.models import Property, Resident, ResidentPhone, Unit
from callcenter.properties.principals import Principal

from .hits import Hit, call_hit, number_hit, property_hit, resident_hit, unit_hit
from .reading import Query, UnitReading, read_query

SIMILAR = 0.5  # of a word's trigrams; lower finds more typos and more strangers
SHORTEST_TRIGRAM = 3
SHORTEST_TYPO = 5  # shorter words are like far too many others
MOST_CANDIDATES = 400  # people that are compared; a name that more have needs a second word
MOST_PROPERTIES = 300
MOST_UNITS = 100  # of one reading
AFTER_ALL = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class FoundProperty:
    """A property and how well each of the words fits its name (0 when not at all)."""

    pk: int
    name: str
    fits: dict[str, float]


def find(query: str, principal: Principal, limit: int = 8) -> list[Hit]:
    """The best hits for a typed line among what the principal sees (B-05), best first.

    At most four statements, whatever was typed; any text is taken. See `reading` for what is
    understood.
    """
    read = read_query(query)
    if read.call_id is not None:
        return list(_call(read.call_id, principal))
    if not read.words:
        return []
    with transaction.atomic():
        _set_similarity()
        properties = _properties(read, principal)
        hits = [
            *_units(read, properties, principal, limit),
            *_residents(read, properties, principal, limit),
            *_phones(read, principal, limit),
            *_property_hits(read, properties, limit),
        ]
    hits.sort(key=lambda hit: (hit.is_past, -hit.score))
    return hits[:limit] or list(_near_hits(read, properties, limit))


def _set_similarity() -> None:
    """How much alike words must be for the trigram index, in this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(SIMILAR)]
        )


def _call(call_id: int, principal: Principal) -> Iterator[Hit]:
    calls = CallLog.objects.visible_to(principal).for_list()
    yield from map(call_hit, calls.filter(pk=call_id))


def _properties(read: Query, principal: Principal) -> list[FoundProperty]:
    """The properties whose names hold, or nearly hold, one of the words."""
    if not read.words:
        return []
    wanted = Q()
    scores: dict[str, Any] = {}
    for at, word in enumerate(read.words):
        wanted |= Q(search_name__contains=word)
        if len(word) >= SHORTEST_TRIGRAM:
            wanted |= Q(search_name__trigram_word_similar=word)
        scores[f"fit{at}"] = TrigramWordSimilarity(word, "search_name")
    rows = Property.objects.visible_to(principal).filter(wanted).annotate(**scores)
    found = []
    for row in rows.values("pk", "name", "search_name", *scores)[:MOST_PROPERTIES]:
        fits = {
            word: _fit(word, row["search_name"], row[f"fit{at}"])
            for at, word in enumerate(read.words)
        }
        if any(fits.values()):
            found.append(FoundProperty(row["pk"], row["name"], fits))
    return found


def _fit(word: str, name: str, similarity: float) -> float:
    """1 for the beginning of a word of the name, less for the inside and for a typo."""
    if any(part.startswith(word) for part in name.split()):
        return 1.0
    if len(word) < SHORTEST_TRIGRAM:
        return 0.0
    if word in name:
        return 0.8
    return similarity * 0.8 if similarity >= SIMILAR else 0.0


def _units(
    read: Query, properties: list[FoundProperty], principal: Principal, limit: int
) -> Iterator[Hit]:
    """Units by number, and by what else is said of their property or building."""
    readings = read.unit_readings()
    branches = [
        branch for reading in readings for branch in _branches(reading, properties, principal)
    ]
    if not branches:
        return
    found = branches[0].union(*branches[1:]) if len(branches) > 1 else branches[0]
    fields = ("pk", "number", "number_key", "building", "property_id", "property__name")
    known = {found.pk: found for found in properties}
    rows = Unit.objects.visible_to(principal).filter(pk__in=found).values(*fields)

    def best(row: dict[str, Any]) -> tuple[float, UnitReading]:
        scored = ((_unit_score(row, reading, known), reading) for reading in readings)
        return max(scored, key=lambda pair: pair[0])

    def rank(scored: tuple[tuple[float, UnitReading], dict[str, Any]]) -> tuple[float, int, str]:
        (score, _), row = scored
        return -score, len(row["number_key"]), row["property__name"]

    for (score, reading), row in nsmallest(limit, ((best(row), row) for row in rows), key=rank):
        yield unit_hit(row, score=score, key=reading.key, others=reading.others)


def _branches(
    reading: UnitReading, properties: list[FoundProperty], principal: Principal
) -> Iterator[QuerySet[Unit, Any]]:
    """The units of one reading: with exactly its key, and beginning with it if it is long."""
    units = Unit.objects.visible_to(principal)
    if reading.others:
        best = _best_properties(reading.others, properties)
        if best:
            units = units.filter(property_id__in=best)
        elif any(len(word) > 1 for word in reading.others) and not _certain(reading):
            return
    yield units.filter(number_key=reading.key).values("pk")[:MOST_UNITS]
    if len(reading.key) > 1:
        yield units.filter(number_key__startswith=reading.key).values("pk")[:MOST_UNITS]


def _certain(reading: UnitReading) -> bool:
    """Whether the key looks like a unit whatever stands beside it: it has a digit."""
    return any(c.isdigit() for c in reading.key)


def _best_properties(words: Iterable[str], properties: list[FoundProperty]) -> list[int]:
    """Those that the most of the words fit."""
    counts = {found.pk: sum(found.fits[word] > 0 for word in words) for found in properties}
    most = max(counts.values(), default=0)
    return [pk for pk, count in counts.items() if count == most] if most else []


def _unit_score(
    row: dict[str, Any], reading: UnitReading, known: dict[int, FoundProperty]
) -> float:
    """80 for the very number, 60 for its beginning; words that say where add up to 18."""
    if not row["number_key"].startswith(reading.key):
        return 0
    score = 80.0 if row["number_key"] == reading.key else 60.0
    if not reading.others:
        return score
    found = known.get(row["property_id"])
    building = row["building"].casefold()
    fits = [
        max(found.fits[word] if found else 0.0, 1.0 if word in building.split() else 0.0)
        for word in reading.others
    ]
    missed = sum(fit == 0 for fit in fits) / len(fits)
    return score + 18 * sum(fits) / len(fits) - 30 * missed


def _residents(
    read: Query, properties: list[FoundProperty], principal: Principal, limit: int
) -> Iterator[Hit]:
    """People by name, also misspelt; words of a property or a unit narrow them."""
    if not read.names:
        return
    score: Any = Value(0.0)
    for word in read.names:
        score = score + TrigramWordSimilarity(word, "search_name")
    people = Resident.objects.visible_to(principal).filter(erased_at=None).annotate(score=score)
    for key in read.numbers:
        people = people.filter(unit__number_key__startswith=key)
    fields = ("pk", "search_name", "score", *_PERSON)
    spelt, misspelt = (
        people.filter(_name_condition(read, properties, similar=similar)).values(*fields)
        for similar in (False, True)
    )
    rows = spelt[:MOST_CANDIDATES].union(misspelt[:MOST_CANDIDATES])
    today = _today(principal)

    def rank(row: dict[str, Any]) -> tuple[bool, float, str, int]:
        row["is_past"] = row["move_out"] is not None and row["move_out"] < today
        return row["is_past"], -row["score"], row["search_name"], row["pk"]

    for row in nsmallest(limit, rows, key=rank):
        share = row["score"] / len(read.names)
        yield resident_hit(row, score=45 + 45 * share, query=read)


_PERSON = (
    *("first_name", "middle_name", "last_name", "move_out", "property__name"),
    *("unit__number", "unit__building"),
)


def _name_condition(read: Query, properties: list[FoundProperty], *, similar: bool) -> Q:
    """All words are the name's; or some are a property's and the others the name's."""
    whole = _all_in_name(read.names, similar=similar)
    said = tuple(w for w in read.names if any(found.fits[w] >= 0.8 for found in properties))
    rest = tuple(w for w in read.names if w not in said)
    if not said or not rest:
        return whole
    best = _best_properties(said, properties)
    return whole | (_all_in_name(rest, similar=similar) & Q(property_id__in=best))


def _all_in_name(words: tuple[str, ...], *, similar: bool) -> Q:
    """Each word stands in the name, or is much like one there; short ones only narrow."""
    if all(len(word) < SHORTEST_TRIGRAM for word in words):
        beginning = " ".join(words)
        return Q(search_name__gte=beginning, search_name__lt=beginning + AFTER_ALL)
    condition = Q()
    for word in words:
        if similar and len(word) >= SHORTEST_TYPO:
            condition &= Q(search_name__trigram_word_similar=word)
        else:
            condition &= Q(search_name__contains=word)
    return condition


def _phones(read: Query, principal: Principal, limit: int) -> Iterator[Hit]:
    """People by the last digits of their numbers; numbers given up come last."""
    if not read.digits_reversed:
        return
    gone = Q(valid_to__isnull=False) | Q(resident__move_out__lt=_today(principal))
    numbers = (
        ResidentPhone.objects.visible_to(principal)
        .filter(digits_reversed__startswith=read.digits_reversed, resident__erased_at=None)
        .annotate(is_past=Case(When(gone, then=1), default=0, output_field=IntegerField()))
        .order_by("is_past", "digits_reversed", "pk")
    )
    person = {field: F(f"resident__{field}") for field in _PERSON}
    fields = ("pk", "resident_id", "raw", "e164", "extension", "label", "valid_to", "is_past")
    for row in numbers.values(*fields, **{f"of_{k}": v for k, v in person.items()})[:limit]:
        yield number_hit(row, query=read, region=principal.organization.region)


def _property_hits(read: Query, properties: list[FoundProperty], limit: int) -> Iterator[Hit]:
    """The properties whose names hold all the words."""
    whole = [found for found in properties if all(found.fits[word] for word in read.words)]
    for found in nsmallest(limit, whole, key=lambda found: (-sum(found.fits.values()), found.name)):
        fit = sum(found.fits.values()) / len(found.fits)
        yield property_hit(found.pk, found.name, score=50 + 34 * fit, query=read)


def _near_hits(read: Query, properties: list[FoundProperty], limit: int) -> Iterator[Hit]:
    """When nothing fits the whole line: the properties that some of its words begin a word of."""
    near = [found for found in properties if 1.0 in found.fits.values()]
    for found in nsmallest(limit, near, key=lambda found: (-sum(found.fits.values()), found.name)):
        missing = [word for word in read.words if not found.fits[word]]
        yield property_hit(found.pk, found.name, score=0, query=read, missing=missing)


def _today(principal: Principal) -> date:
    """The organisation's day: who moves out today still lives there."""
    return timezone.now().astimezone(ZoneInfo(principal.organization.time_zone)).date()
