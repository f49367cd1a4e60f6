"""Properties and units among what the one box finds."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from heapq import nsmallest
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from callcenter.core.prepared import fetch_chosen
from callcenter.core.text import fold
from callcenter.properties.models import Property, Unit
from callcenter.properties.principals import Principal

from .explaining import Explanation, explain
from .hits import Hit, property_hit, unit_hit
from .likeness import BEGINNING, best, likeness, split_words, whole
from .reading import Query, UnitReading, has_digit
from .reason_words import Reasons

SIMILAR = 0.3  # of a word's trigrams; `likeness` judges what this lets through
SHORTEST_TRIGRAM = 3
MOST_PROPERTIES = 300
MOST_UNITS = 100  # of one way to be found
NEARLY = 0.1  # properties that fit this much worse than the best one are looked at, too
ONLY_BEGINS = 0.6
NO_CERTAIN_PLACE = 0.8
BY_COMPANY = 0.85
LONGEST_INITIALS = 5
LETTERED_BUILDING = re.compile(r"(?:b|building)(\d+)")


# What is judged and told of a unit: whether somebody lives there, and something is open.
COLUMNS = (
    *("pk", "number", "number_key", "building", "property_id", "property__name"),
    *("is_lived_in", "is_open"),
)
FOUND = """
SELECT flat.id, flat.number, flat.number_key, flat.building, flat.property_id, home.name,
       EXISTS (SELECT FROM properties_resident who WHERE who.unit_id = flat.id
               AND who.erased_at IS NULL AND who.move_out IS NULL),
       EXISTS (SELECT FROM calls_calllog log WHERE log.unit_id = flat.id
               AND log.closed_at IS NULL AND log.withdrawn_at IS NULL)
FROM properties_unit flat JOIN properties_property home ON home.id = flat.property_id
WHERE flat.id IN ({chosen})
"""


# Properties by a word of the name, one like it, a word of the company's name, or the first letters
# of the words: "hpt" for Harbor Point Towers. The first letter is cheap, and so looked at first.
NAMED = r"""
SELECT home.id, home.name, home.legal_name FROM properties_property home
WHERE home.id IN ({chosen}) AND (
    home.search_name LIKE ANY (%s::text[])
    OR EXISTS (SELECT FROM unnest(%s::text[]) word
               WHERE word_similarity(word, home.search_name) >= %s)
    OR home.legal_name ILIKE ANY (%s::text[])
    OR (left(home.search_name, 1) = ANY (%s::text[])
        AND regexp_replace(home.search_name, '(\w)\w*\W*', '\1', 'g') = ANY (%s::text[])))
LIMIT {most}
""".replace("{most}", str(MOST_PROPERTIES))


@dataclass(frozen=True, slots=True)
class FoundProperty:
    """A property and how well each of the words fits its name (0 when not at all)."""

    pk: int
    name: str
    fits: dict[str, float]


class Places:
    """The properties whose names hold, or nearly hold, one of the words; by id."""

    def __init__(self, read: Query, principal: Principal) -> None:
        self.found = {found.pk: found for found in _properties(read, principal)}

    def fit(self, pk: int | None, word: str) -> float:
        """How well a word names this property."""
        found = self.found.get(pk) if pk else None
        return found.fits.get(word, 0.0) if found else 0.0

    def said(self, words: tuple[str, ...], least: float) -> tuple[str, ...]:
        """Those of the words that name a property at least so well."""
        return tuple(
            word
            for word in words
            if any(found.fits[word] >= least for found in self.found.values())
        )

    def best(self, words: tuple[str, ...]) -> list[int]:
        """The properties that the words name best, nearly equal ones too."""
        sums = {pk: sum(found.fits[w] for w in words) for pk, found in self.found.items()}
        most = max(sums.values(), default=0.0)
        return [pk for pk, fit in sums.items() if fit >= most - NEARLY] if most else []

    def are_certain(self, words: tuple[str, ...]) -> bool:
        """Whether one of the words is no guess."""
        return bool(self.said(words, NO_CERTAIN_PLACE))


def _properties(read: Query, principal: Principal) -> Iterator[FoundProperty]:
    words = [word for word in read.words if not word.isdigit()]
    if not words:
        return
    long = [word for word in words if len(word) >= SHORTEST_TRIGRAM]
    short = [word for word in words if len(word) <= LONGEST_INITIALS]
    said = ([_like(whole(word)) for word in words], long, SIMILAR, [_like(w) for w in long])
    visible = Property.objects.visible_to(principal).values("pk")
    rows = fetch_chosen(NAMED, visible, (*said, [word[0] for word in short], short))
    for pk, name, legal_name in rows:
        words_of, company = _name_parts(name), _name_parts(legal_name)
        fits = {word: _name_fit(word, words_of, company) for word in read.words}
        if any(fits.values()):
            yield FoundProperty(pk, name, fits)


def _like(word: str) -> str:
    """The pattern of what has this word in it."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"


@lru_cache(maxsize=5_000)
def _name_parts(name: str) -> tuple[str, ...]:
    """The folded words of a property's or company's name; they change hardly ever."""
    return tuple(split_words(fold(name)))


def _name_fit(word: str, words: tuple[str, ...], company: tuple[str, ...]) -> float:
    """How well a word names a property; the name of its company says less."""
    if 1 < len(word) == len(words) and word == "".join(part[0] for part in words):
        return BEGINNING
    by_company = BY_COMPANY * best(word, company) if len(word) > 2 else 0.0
    return max(best(word, words), by_company)


def find_units(
    read: Query, places: Places, reasons: Reasons, principal: Principal, limit: int
) -> Iterator[Hit]:
    """Units by number, and by what else is said of their property or building."""
    readings = read.unit_readings
    branches = list(_branches(read, readings, places, principal))
    if not branches:
        return
    found = branches[0].union(*branches[1:]) if len(branches) > 1 else branches[0]
    rows = (dict(zip(COLUMNS, row, strict=True)) for row in fetch_chosen(FOUND, found))

    def rank(judged: tuple[Explanation, UnitReading, dict[str, Any]]) -> tuple[Any, ...]:
        said, _, row = judged
        empty = (not row["is_lived_in"], not row["is_open"])
        return -round(said.score, 3), *empty, len(row["number_key"]), row["property__name"]

    judged = (_judge(row, read, readings, places, reasons) for row in rows)
    for said, reading, row in nsmallest(limit, judged, key=rank):
        yield unit_hit(row, said=said, key=reading.key)


def _branches(
    read: Query, readings: tuple[UnitReading, ...], places: Places, principal: Principal
) -> Iterator[QuerySet[Unit, Any]]:
    """The units of the readings: with exactly their keys, and beginning with those that are long.

    At the properties that the other words name; anywhere when those words are a guess, or none.
    """
    keys: dict[tuple[int, ...], set[str]] = defaultdict(set)  # by the properties; (): anywhere
    for reading in readings:
        others = tuple(w for at, w in enumerate(read.words) if at not in reading.used)
        best = tuple(places.best(others))
        if best:
            keys[best].add(reading.key)
        if (has_digit(reading.key) or not others) and not places.are_certain(others):
            keys[()].add(reading.key)
    units = Unit.objects.visible_to(principal)
    for here, known in keys.items():
        scope = units.filter(property_id__in=here) if here else units
        yield scope.filter(number_key__in=known).values("pk")[:MOST_UNITS]
        wanted = [Q(number_key__startswith=key) for key in known if len(key) > 1]
        if here:  # a house is known by its address: "25 Elm Street"
            houses = (key for key in known if key.isdigit())
            wanted += [Q(number_key="", building__startswith=f"{key} ") for key in houses]
        if wanted:
            begins = scope.filter(reduce(or_, wanted))
            yield begins.values("pk")[: MOST_UNITS * len(wanted)]


_NO_NUMBER = UnitReading("", frozenset())


def _judge(
    row: dict[str, Any],
    read: Query,
    readings: tuple[UnitReading, ...],
    places: Places,
    reasons: Reasons,
) -> tuple[Explanation, UnitReading, dict[str, Any]]:
    """A unit by the reading that explains the most of the line."""
    building = tuple(map(whole, _name_parts(row["building"])))

    def explained(reading: UnitReading) -> Explanation:
        number = _number_fit(row["number_key"], reading, building)

        def fit(at: int, word: str) -> float:
            if at in reading.used:
                return number
            here = places.fit(row["property_id"], word)
            return max(here, _building_fit(word, building))

        return explain(read, reasons, fit)

    fitting = [r for r in readings if row["number_key"].startswith(r.key)] or [_NO_NUMBER]
    said, reading = max(
        ((explained(reading), reading) for reading in fitting), key=lambda pair: pair[0].score
    )
    return said, reading, row


def _number_fit(number_key: str, reading: UnitReading, building: tuple[str, ...]) -> float:
    if reading.building and not _building_fit(reading.building, building):
        return 0.0
    return 1.0 if number_key == reading.key else ONLY_BEGINS


def _building_fit(word: str, building: tuple[str, ...]) -> float:
    """1 for a word or number of the building, also for "b2" of building 2."""
    if lettered := LETTERED_BUILDING.fullmatch(word):
        return float(lettered[1] in building)
    if word.isdigit():
        return float(word in building)
    return max((likeness(word, part) for part in building), default=0.0)


def find_properties(read: Query, places: Places, reasons: Reasons, limit: int) -> Iterator[Hit]:
    """The properties whose names hold all the words that are not reasons."""
    judged = ((_by_name(found, read, reasons), found) for found in places.found.values())
    whole_line = ((said, found) for said, found in judged if said.words and not said.missing)
    ranked = nsmallest(limit, whole_line, key=lambda pair: (-pair[0].score, pair[1].name))
    for said, found in ranked:
        yield property_hit(found.pk, found.name, said=said)


def near_properties(read: Query, places: Places, reasons: Reasons, limit: int) -> Iterator[Hit]:
    """When nothing fits the whole line: the properties that some of its words begin a word of."""
    near = [found for found in places.found.values() if max(found.fits.values()) >= BEGINNING]
    for found in nsmallest(limit, near, key=lambda found: (-sum(found.fits.values()), found.name)):
        yield property_hit(found.pk, found.name, said=_by_name(found, read, reasons))


def _by_name(found: FoundProperty, read: Query, reasons: Reasons) -> Explanation:
    return explain(read, reasons, lambda _at, word: found.fits[word])
