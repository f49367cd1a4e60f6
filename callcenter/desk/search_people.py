"""People among what the one box finds: by name, also misspelt, and by their numbers."""

from collections.abc import Iterator
from datetime import date
from heapq import nsmallest
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from callcenter.calls.models import CallLog
from callcenter.core.prepared import fetch_chosen
from callcenter.core.text import number_key
from callcenter.properties.models import Resident, ResidentPhone
from callcenter.properties.models.name_keys import sounds_like
from callcenter.properties.principals import Principal

from .explaining import Explanation, explain
from .hits import Hit, number_hit, resident_hit
from .likeness import INSIDE, best, name_words
from .reading import Query, has_digit
from .reason_words import Reasons
from .search_places import NO_CERTAIN_PLACE, ONLY_BEGINS, Places

SHORTEST_TRIGRAM = 3
MOST_PEOPLE = 150  # of one reading; a name that more have needs a second word
BY_TRAIL = 0.95
AFTER_ALL = "\U0010ffff"
PAST = 0.12  # what it costs to have moved out, or to be a number given up
COMING = 0.04  # what it costs not to have moved in
GOOD = 0.9  # a hit from which nobody needs to guess at typos

PERSON = (
    *("first_name", "middle_name", "last_name", "move_in", "move_out", "property__name"),
    *("unit__number", "unit__building"),
)
# What is judged and told of a person; `is_open`: something of the unit is.
COLUMNS = ("pk", *PERSON, "search_name", "property_id", "unit__number_key", "is_open")
FOUND = """
SELECT who.id, who.first_name, who.middle_name, who.last_name, who.move_in, who.move_out,
       home.name, flat.number, flat.building, who.search_name, who.property_id, flat.number_key,
       EXISTS (SELECT FROM calls_calllog log WHERE log.unit_id = who.unit_id
               AND log.closed_at IS NULL AND log.withdrawn_at IS NULL)
FROM properties_resident who
JOIN properties_property home ON home.id = who.property_id
LEFT JOIN properties_unit flat ON flat.id = who.unit_id
WHERE who.id IN ({chosen})
"""


def find_people(
    read: Query,
    places: Places,
    reasons: Reasons,
    principal: Principal,
    limit: int,
    *,
    is_settled: bool = False,
) -> Iterator[Hit]:
    """People by name; words of a property, a unit or a reason narrow them.

    Misspelt names are looked for only when nobody's name is what was typed, and not when
    something else is found that leaves no doubt (`is_settled`).
    """
    readings = list(_name_readings(read, places, reasons))
    if not readings:
        return
    people = _people(read, principal)
    today = today_of(principal)
    found: list[tuple[Explanation, dict[str, Any]]] = []
    for spelling in (_spelt, _misspelt):
        branches = [spelling(people, names, homes) for names, homes in readings]
        rows = _rows(branches)
        known = {row["pk"] for _, row in found}
        fresh = (row for row in rows if row["pk"] not in known)
        judged = ((_judge(row, read, places, reasons), row) for row in fresh)
        found += [(said, row) for said, row in judged if _is_named(said, row)]
        if is_settled or any(said.score >= GOOD for said, _ in found):
            break

    def rank(judged: tuple[Explanation, dict[str, Any]]) -> tuple[Any, ...]:
        said, row = judged
        return -_score(said, row, today), not row["is_open"], row["search_name"], row["pk"]

    for said, row in nsmallest(limit, found, key=rank):
        row["is_past"] = _is_past(row, today)
        yield resident_hit(row, said=said, score=_score(said, row, today), query=read)


def _people(read: Query, principal: Principal) -> QuerySet[Resident, Any]:
    """All whom the principal sees; with a number in the line, those whose unit or number it is."""
    people = Resident.objects.visible_to(principal).filter(erased_at=None)
    numbers = [word for word in read.words if has_digit(word)]
    if not numbers:
        return people
    theirs = Q()
    for word in numbers:
        theirs |= Q(unit__number_key__startswith=number_key(word))
        if "-" in word:
            theirs |= Q(unit__number_key=word.rsplit("-", 1)[1])
        theirs |= Q(unit__number_key="", unit__building__startswith=f"{word} ")
    for trail in read.trails:
        phones = ResidentPhone.objects.filter(resident=OuterRef("pk"))
        theirs |= Q(Exists(phones.filter(digits_reversed__startswith=trail)))
    return people.filter(theirs)


def _name_readings(
    read: Query, places: Places, reasons: Reasons
) -> Iterator[tuple[tuple[str, ...], list[int]]]:
    """The ways to part the words into those of a name, of a property and of reasons.

    Each is the words of the name and the properties that the others name (none: anywhere).
    """
    names = read.names
    spoken = frozenset(word for word in names if reasons.fit(word))
    seen = set()
    for least in (None, NO_CERTAIN_PLACE, 0.01):
        homes = frozenset(places.said(names, least)) if least else frozenset()
        for others in (homes, homes | spoken):
            rest = tuple(word for word in names if word not in others)
            if rest and (rest, homes) not in seen:
                seen.add((rest, homes))
                yield rest, places.best(tuple(w for w in names if w in homes)) if homes else []


def _spelt(people: QuerySet[Resident, Any], names: tuple[str, ...], homes: list[int]) -> Any:
    """Those in whose names all the words stand as they are."""
    if all(len(word) < SHORTEST_TRIGRAM for word in names):
        beginning = " ".join(names)
        wanted = Q(search_name__gte=beginning, search_name__lt=beginning + AFTER_ALL)
        wanted |= Q(search_name__contains=f" {beginning}")
    else:
        wanted = Q(*(Q(search_name__contains=word) for word in names))
    return _cut(people, wanted, homes).values("pk")[:MOST_PEOPLE]


def _misspelt(people: QuerySet[Resident, Any], names: tuple[str, ...], homes: list[int]) -> Any:
    """Those in whose names something like each of the words stands; the most alike ones."""
    long = [word for word in names if len(word) >= SHORTEST_TRIGRAM]
    if not long:
        return None
    alike: Any = Value(0.0)
    wanted = Q()
    for word in long:
        alike = alike + TrigramWordSimilarity(word, "search_name")
        wanted &= Q(search_name__trigram_word_similar=word) | Q(sounds_like(word))
    return _cut(people, wanted, homes).order_by(alike.desc(), "pk").values("pk")[:MOST_PEOPLE]


def _cut(people: QuerySet[Resident, Any], wanted: Q, homes: list[int]) -> QuerySet[Resident, Any]:
    return people.filter(wanted, property_id__in=homes) if homes else people.filter(wanted)


def _rows(branches: list[Any]) -> Iterator[dict[str, Any]]:
    """What is judged of the people of all branches, in one statement."""
    chosen = [branch for branch in branches if branch is not None]
    if chosen:
        ids = chosen[0].union(*chosen[1:]) if len(chosen) > 1 else chosen[0]
        yield from (dict(zip(COLUMNS, row, strict=True)) for row in fetch_chosen(FOUND, ids))


def _judge(row: dict[str, Any], read: Query, places: Places, reasons: Reasons) -> Explanation:
    words = name_words(row["search_name"])
    key = row["unit__number_key"] or ""
    readings = read.unit_readings

    def fit(at: int, word: str) -> float:
        by_name = 0.0 if has_digit(word) else _name_fit(word, words, row["search_name"])
        by_unit = max((_unit_fit(key, r.key) for r in readings if at in r.used), default=0.0)
        by_trail = BY_TRAIL if word[::-1] in read.trails and not by_unit else 0.0
        return max(by_name, by_unit, by_trail, places.fit(row["property_id"], word))

    return explain(read, reasons, fit)


def _is_named(said: Explanation, row: dict[str, Any]) -> bool:
    """Whether a word is the person's name and not only where the person lives."""
    words = name_words(row["search_name"])
    return any(
        not has_digit(word) and _name_fit(word, words, row["search_name"]) for word in said.words
    )


def _name_fit(word: str, words: tuple[str, ...], name: str) -> float:
    return max(best(word, words), INSIDE if word in name else 0.0)


def _unit_fit(number_key: str, key: str) -> float:
    if number_key == key:
        return 1.0
    return ONLY_BEGINS if number_key.startswith(key) else 0.0


def _score(said: Explanation, row: dict[str, Any], today: date) -> float:
    coming = row["move_in"] is not None and row["move_in"] > today
    return round(said.score - PAST * _is_past(row, today) - COMING * coming, 3)


def _is_past(row: dict[str, Any], today: date) -> bool:
    return row["move_out"] is not None and row["move_out"] < today


def find_numbers(read: Query, principal: Principal, limit: int) -> Iterator[Hit]:
    """People by the last digits of their numbers; numbers given up come last."""
    if not read.digits_reversed:
        return
    today = today_of(principal)
    gone = Q(valid_to__lt=today) | Q(resident__move_out__lt=today)
    is_open = CallLog.objects.filter(
        unit=OuterRef("resident__unit"), closed_at=None, withdrawn_at=None
    )
    numbers = (
        ResidentPhone.objects.visible_to(principal)
        .filter(digits_reversed__startswith=read.digits_reversed, resident__erased_at=None)
        .annotate(
            is_past=Case(When(gone, then=1), default=0, output_field=IntegerField()),
            is_open=Exists(is_open),
        )
        .order_by("is_past", "digits_reversed", "pk")
    )
    person = {f"of_{field}": F(f"resident__{field}") for field in PERSON}
    fields = ("pk", "resident_id", "raw", "e164", "extension", "label", "valid_to", "is_past")
    rows = list(numbers.values(*fields, "is_open", **person)[: 4 * limit])
    rows.sort(key=lambda row: (row["is_past"], len(row["raw"]) == 0, not row["is_open"]))
    for row in rows[:limit]:
        yield number_hit(row, query=read, region=principal.organization.region)


def today_of(principal: Principal) -> date:
    """The organisation's day: who moves out today still lives there."""
    return timezone.now().astimezone(ZoneInfo(principal.organization.time_zone)).date()
