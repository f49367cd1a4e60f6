"""The one box over 100k units, 180k residents and as many numbers: by its indexes, and fast."""

import statistics
import time

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from callcenter.accounts.models import Role
from callcenter.desk.search import find
from callcenter.properties.models import Resident, Unit
from callcenter.properties.principals import Principal
from tests.conftest import environment_of
from tests.factories import make_organization, make_principal

FIRST = (
    "Ana Mateo Jose Maria Kim Sam Leo Ines Soren Nguyen Fatima Omar Chloe Aisha Peter Laura Ivan "
    "Olga Hugo Emma Noah Liam Mia Zoe Jack Lucy Rosa Carl Dina Eva Finn Gina Hana Igor Jana Kurt"
)
LAST = (
    "Cruz Smith Garcia Lopez Marchetti Whitcombe Abara Ellery Prado Falk Hollis Amsel Brandt Tran "
    "Lindqvist Osei Nair Price Whitlock Kestner Okafor Petrov Novak Silva Costa Moreau Weber Klein"
)
STREETS = "Maple Cedar Alder Tilden Harbor Juniper Kestrel Lakeview Orchard Quidi Saltbush"
KINDS = "Court Flats House Park Row Heights Yard Terrace Mews Wharf Commons Lofts Gardens"


@pytest.fixture
def crowd(committed_db: str) -> Principal:
    """An owner of an organisation with 1,000 properties, 100k units and their people."""
    organization = make_organization()
    values = {"o": organization.pk, "f": FIRST, "l": LAST, "s": STREETS, "k": KINDS}
    owner = environment_of(committed_db)["MIGRATE_DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as loader:
        loader.execute("SET statement_timeout = 0")
        for statement in PEOPLE:
            loader.execute(statement, values)
            loader.execute("ANALYZE")
    return make_principal(organization, Role.OWNER)


PEOPLE = (
    """INSERT INTO properties_property (organization_id, name, time_zone, search_name, legal_name,
         address1, address2, city, state, zip, is_active, greeting, instructions, emergency_rules,
         source, external_id)
       SELECT %(o)s, name, 'America/New_York', lower(name), '', '', '', '', '', '', true, '', '',
         '', '', '' FROM (SELECT (string_to_array(%(s)s, ' '))[1 + n %% 11] || ' '
           || (string_to_array(%(k)s, ' '))[1 + n / 11 %% 13] || ' ' || n AS name
         FROM generate_series(0, 999) n) names""",
    """INSERT INTO properties_unit (organization_id, property_id, number, number_key, building,
         floor, address1, address2, city, state, zip, display_order, instructions, pets,
         medical_note, source, external_id)
       SELECT organization_id, id, n / 6 + 1 || chr(65 + n %% 6), n / 6 + 1 || chr(97 + n %% 6),
         '', '', '', '', '', '', '', n, '', '', '', '', ''
       FROM properties_property, generate_series(0, 99) n WHERE organization_id = %(o)s""",
    """INSERT INTO properties_resident (organization_id, property_id, unit_id, first_name,
         middle_name, last_name, search_name, email, occupancy, source, external_id, move_out)
       SELECT organization_id, property_id, id, first, '', last, lower(first || ' ' || last), '',
         'resident', '', '', CASE WHEN n = 1 AND id %% 5 = 0 THEN DATE '2024-01-31' END
       FROM properties_unit, generate_series(0, 1) n,
         LATERAL (SELECT string_to_array(%(f)s, ' ') AS f, string_to_array(%(l)s, ' ') AS l) words,
         LATERAL (SELECT f[1 + (id * 7 + n * 3) %% 36] AS first,
           l[1 + (id * 5 + n + id / 36) %% 28]
             || CASE WHEN id %% 3 = 0 THEN '-' || l[1 + id / 28 %% 28] ELSE '' END AS last) names
       WHERE organization_id = %(o)s AND (n = 0 OR id %% 5 <> 1)""",
    """INSERT INTO properties_residentphone (organization_id, resident_id, label, raw, e164,
         extension, digits_reversed, do_not_use)
       SELECT organization_id, id, 'cell', number, '+1' || number, '', reverse(number), false
       FROM properties_resident, LATERAL (SELECT 2120000000 + id * 7919 %% 9999999 AS n) numbers,
         LATERAL (SELECT n::text AS number) texts WHERE organization_id = %(o)s""",
)
QUERIES = (
    *("12b maple", "maple 12-b", "12b", "1", "maple", "ana cruz", "Marcheti", "garcia", "smiht"),
    *("ana", "li", "4711", "2125554711", "cruz maple court", "12b cruz", "zzzzqqq", "weber klein"),
    *("a b c d e f", "1 2 3 4 5 6", "court", "mar", "12b maple court 3", "maple court"),
)


BIG = ("properties_unit", "properties_resident", "properties_residentphone")


@pytest.mark.slow
def test_search_uses_its_indexes_at_100k_units(crowd: Principal) -> None:
    """No statement reads a big table from end to end; the times are printed beside."""
    assert Unit.objects.visible_to(crowd).count() == 100_000
    assert Resident.objects.visible_to(crowd).count() == 180_000
    times: dict[str, float] = {}
    for query in QUERIES:
        with CaptureQueriesContext(connection) as captured:
            find(query, crowd)
        for statement in captured:
            assert not read_whole(statement["sql"]), (query, statement["sql"])
        rounds = []
        for _ in range(5):
            begun = time.perf_counter()
            find(query, crowd)
            rounds.append((time.perf_counter() - begun) * 1000)
        times[query] = statistics.median(rounds)
    for query, ms in sorted(times.items(), key=lambda item: -item[1]):
        print(f"{ms:7.1f} ms  {query}")  # noqa: T201 (the figures are the point)


def read_whole(statement: str) -> list[str]:
    """The big tables that the plan of the statement reads from end to end."""
    if not statement.startswith("SELECT") or "set_config" in statement:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', '0.5', true)")
        cursor.execute(f"EXPLAIN {statement}")
        plan = [line for (line,) in cursor.fetchall()]
    return [line for line in plan for table in BIG if f"Seq Scan on {table} " in line]
