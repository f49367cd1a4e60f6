"""The written set of queries: what agents type, and what must stand at the top (M2)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import time_machine
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker

from callcenter.accounts.models import Membership
from callcenter.calls.models import Reason
from callcenter.core.text import number_key
from callcenter.demo.loading import Size
from callcenter.desk.hits import Hit
from callcenter.desk.search import find
from callcenter.properties.access import principal_for
from callcenter.properties.models import Property, Resident, Unit
from callcenter.properties.principals import Principal
from tests.conftest import environment_of
from tests.demo.conftest import NOW, demo_database

QUERIES = Path(__file__).with_name("queries.txt")
FEWEST, SHARE = 200, 0.95
DEMO = Size(units=2_000, logs=5_000)  # the units of `make demo`, with fewer calls
NAMED = re.compile(
    r"(?P<kind>unit|resident|property|call) (?P<name>.+?)(?: in (?P<unit>.+?))?"
    r"(?: at (?P<home>.+?))?(?:, reason (?P<reason>[a-z]+))?"
)


@dataclass(frozen=True)
class Line:
    """One query of the file and where its right answer leads."""

    number: int
    typed: str
    expected: str
    target: tuple[str, str]
    reason: str


@pytest.fixture(scope="module")
def owner(
    django_db_setup: None, template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Principal]:
    """The owner of the demo organisation, on the day for which it was made."""
    with demo_database(template, django_db_blocker, DEMO, seed=1), time_machine.travel(NOW):
        analyze(settings.DATABASES["default"]["NAME"])
        membership = Membership.objects.get(user__email="owner@example.com")
        principal = principal_for(
            user_id=membership.user_id,
            organization_id=membership.organization_id,
            request_id="",
            kind="session",
        )
        assert principal is not None
        yield principal


def analyze(database: str) -> None:
    """Let the planner know the tables, as autovacuum does elsewhere."""
    owner = environment_of(database)["MIGRATE_DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("ANALYZE properties_resident, properties_unit, calls_calllog")


def lines() -> Iterator[Line]:
    """The queries of the file; a line that names nothing, or two things, fails."""
    is_remark = True  # until the first group
    for number, line in enumerate(QUERIES.read_text().splitlines(), 1):
        is_remark = is_remark and not line.startswith("[")
        typed, arrow, expected = line.partition(" -> ")
        if is_remark or not arrow:
            continue
        if typed.startswith('"') and typed.endswith('"'):
            typed = typed[1:-1]
        named = NAMED.fullmatch(expected)
        assert named, f"line {number}: {expected}"
        yield Line(number, typed, expected, _target(number, named), named["reason"] or "")


def _target(number: int, named: re.Match[str]) -> tuple[str, str]:
    """(kind, id) of the one thing that an expectation names."""
    kind, name = named["kind"], named["name"]
    if kind == "call":
        return kind, name
    if kind == "property":
        found = [home.pk for home in Property.objects.filter(name=name)]
    elif kind == "unit":
        found = [unit.pk for unit in _units(name, named["home"])]
    else:
        people = Resident.objects.filter(property__name=named["home"])
        if named["unit"]:
            people = people.filter(unit__in=_units(named["unit"], named["home"]))
        found = [person.pk for person in people if _plain(person.full_name) == name]
    assert len(found) == 1, f"line {number}: {named[0]} names {len(found)}"
    return kind, str(found[0])


def _units(name: str, home: str) -> list[Unit]:
    """The units of this number, its building before it; the very number where two are alike."""
    units = Unit.objects.filter(property__name=home)
    return [unit for unit in units if _place(unit) == number_key(name)]


def _place(unit: Unit) -> str:
    return number_key(unit.building) + unit.number_key


def _plain(name: str) -> str:
    """A name with single blanks and composed letters."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def leads_to(hit: Hit) -> tuple[tuple[str, str], str]:
    """(kind, id) of what a hit leads to, and the id of the reason that it chooses."""
    parts = urlsplit(hit.url)
    asked = parse_qs(parts.query)
    reason = asked.get("reason", [""])[0]
    for kind in ("unit", "resident", "property"):
        if kind in asked:
            return (kind, asked[kind][0]), reason
    return (hit.kind, parts.path.strip("/").split("/")[-1]), reason


def test_the_right_hit_is_on_top(owner: Principal) -> None:
    mnemonics = {str(reason.pk): reason.mnemonic for reason in Reason.objects.all()}
    mnemonics[""] = ""
    missed, count = [], 0
    for line in lines():
        count += 1
        hits = find(line.typed, owner)
        target, reason = leads_to(hits[0]) if hits else (("nothing", ""), "")
        if (target, mnemonics[reason]) != (line.target, line.reason):
            first = f"{hits[0].kind} {hits[0].title}, {hits[0].detail}" if hits else "nothing"
            first = re.sub("<[^>]+>", "", first) + f" {mnemonics[reason]}"
            missed.append(f"{line.number}: {line.typed!r} -> {line.expected}; first: {first}")
    share = 1 - len(missed) / count
    print(f"{share:.1%} of {count} queries have the right top hit", *missed, sep="\n")  # noqa: T201
    assert count >= FEWEST
    assert share >= SHARE
