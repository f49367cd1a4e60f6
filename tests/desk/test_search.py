"""What the one box understands, in what order, and for whose eyes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from callcenter.accounts.models import Organization, Role
from callcenter.calls.models import Reason
from callcenter.desk.hits import Hit
from callcenter.desk.search import find
from callcenter.properties.models import Property, Resident, Unit
from callcenter.properties.principals import Principal
from tests.factories import (
    make_organization,
    make_phone,
    make_principal,
    make_property,
    make_resident,
    make_unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(organization: Organization) -> Principal:
    return make_principal(organization, Role.OWNER)


@pytest.fixture
def alder(organization: Organization) -> Property:
    return make_property(organization, name="Alder House")


@pytest.fixture
def unit(maple: Property, alder: Property) -> Unit:
    """12B at Maple Court, beside 12B at Alder House and other numbers."""
    for number in ("12B", "PH-2", "0101"):
        make_unit(alder, number=number)
    for number in ("12A", "112B", "12BB", "2"):
        make_unit(maple, number=number)
    return make_unit(maple, number="12-B")


def urls(hits: list[Hit]) -> list[str]:
    return [hit.url for hit in hits]


@pytest.mark.parametrize(
    "query",
    ["12b maple", "maple 12-b", "12 b maple court", "MAPLE #12B", "unit 12b, maple", "12b mapel"],
)
def test_a_unit_is_found_by_number_and_property_in_any_order(
    owner: Principal, unit: Unit, query: str
) -> None:
    assert find(query, owner)[0].url == f"/new/?unit={unit.pk}"


@pytest.mark.parametrize("query", ["ph-2 alder", "alder ph2", "ph 2", "PH2"])
def test_a_penthouse_is_found_with_and_without_its_dash(
    owner: Principal, unit: Unit, query: str
) -> None:
    hit = find(query, owner)[0]
    assert (hit.kind, "Alder" in hit.detail) == ("unit", True)


def test_the_same_number_elsewhere_stays_in_sight_but_below(owner: Principal, unit: Unit) -> None:
    hits = [hit for hit in find("12b", owner) if hit.kind == "unit"]
    assert {"Maple Court", "Alder House"} <= {
        name for hit in hits[:2] for name in ("Maple Court", "Alder House") if name in hit.detail
    }
    assert hits[0].score > hits[-1].score  # 12BB only begins like it


@pytest.mark.parametrize("query", ["12b maple lock", "al 12b maple", "maple keys 12b"])
def test_words_that_say_no_place_choose_the_reason(
    owner: Principal, unit: Unit, query: str
) -> None:
    lockout = Reason.objects.visible_to(owner).get(mnemonic="al")
    hit = find(query, owner)[0]
    assert hit.url == f"/new/?unit={unit.pk}&reason={lockout.pk}"
    assert hit.reason == "Lockout"


def test_what_nobody_may_choose_any_more_is_not_chosen(owner: Principal, unit: Unit) -> None:
    Reason.objects.visible_to(owner).filter(mnemonic="al").update(is_enabled=False)
    hit = find("12b maple keys", owner)[0]
    assert (hit.url, hit.reason) == (f"/new/?unit={unit.pk}", "")


def test_words_that_callers_say_are_those_of_the_organization(
    owner: Principal, unit: Unit, maple: Property
) -> None:
    Reason.objects.visible_to(owner).filter(mnemonic="cn").update(search_words="trombone")
    hit = find("maple trombone", owner)[0]
    assert (hit.kind, hit.reason) == ("property", "Noise")
    assert find("trombone", owner)[0].kind == "reason"


def test_a_name_is_a_name_before_it_is_a_reason(owner: Principal, unit: Unit) -> None:
    park = make_resident(unit, first_name="Kim", last_name="Park")
    hit = find("kim park", owner)[0]
    assert (hit.url, hit.reason) == (f"/new/?resident={park.pk}", "")


@pytest.mark.parametrize("query", ["dela cruz", "ana cruz", "cruz ana", "Añá crúz", "cruz maple"])
def test_a_person_is_found_by_parts_of_the_name_in_any_order(
    owner: Principal, unit: Unit, query: str
) -> None:
    ana = make_resident(unit, first_name="Aña", middle_name="Dela", last_name="Cruz")
    make_resident(unit, first_name="Mateo", last_name="Ruiz")
    hit = find(query, owner)[0]
    assert hit.url == f"/new/?resident={ana.pk}"
    assert "12-B" in hit.detail
    assert "Maple" in hit.detail


@pytest.mark.parametrize("query", ["marcheti", "marchetti", "Marchetty", "lucia marcetti", "smiht"])
def test_a_misspelt_name_is_found(owner: Principal, unit: Unit, query: str) -> None:
    make_resident(unit, first_name="Lucía", last_name="Marchetti")
    make_resident(unit, first_name="Joe", last_name="Smith")
    assert find(query, owner)[0].kind == "resident"


def test_the_right_spelling_stands_before_a_similar_one(owner: Principal, unit: Unit) -> None:
    for n in range(20):
        make_resident(unit, first_name="Maria", last_name=f"Stone{n}")
    marie = make_resident(unit, first_name="Marie", last_name="Stone")
    assert find("marie", owner, 3)[0].url == f"/new/?resident={marie.pk}"


def test_a_short_name_is_found_by_its_beginning(owner: Principal, unit: Unit) -> None:
    li = make_resident(unit, first_name="Li", last_name="Bo")
    assert f"/new/?resident={li.pk}" in urls(find("li", owner))


def test_a_number_in_the_query_narrows_the_people_to_that_unit(
    owner: Principal, unit: Unit, alder: Property
) -> None:
    here = make_resident(unit, first_name="Ana", last_name="Cruz")
    make_resident(make_unit(alder, number="7A"), first_name="Ana", last_name="Cruz")
    people = [hit.url for hit in find("cruz 12b", owner) if hit.kind == "resident"]
    assert people == [f"/new/?resident={here.pk}"]


@pytest.mark.parametrize("query", ["0143", "5550143", "(212) 555-0143", "+1 212 555 0143", "50143"])
def test_the_last_digits_find_whose_number_it_is(owner: Principal, unit: Unit, query: str) -> None:
    ana = make_resident(unit, last_name="Cruz")
    number = make_phone(ana, "+12125550143", label="cell")
    hit = find(query, owner)[0]
    assert hit.url == f"/new/?resident={ana.pk}&number={number.pk}"
    assert "Cruz" in hit.title
    assert "12-B, Maple Court" in hit.detail


def test_the_digits_that_were_typed_are_marked(owner: Principal, unit: Unit) -> None:
    make_phone(make_resident(unit), "+12125550143")
    assert "(212) 555-<mark>0143</mark>" in find("0143", owner)[0].detail
    assert "(212) 5<mark>55-0143</mark>" in find("550143", owner)[0].detail


def test_fewer_than_four_digits_are_no_number(owner: Principal, unit: Unit) -> None:
    make_phone(make_resident(unit), "+12125550143")
    assert find("143", owner) == []


def test_who_moved_out_and_a_number_given_up_come_last(owner: Principal, unit: Unit) -> None:
    yesterday = timezone.now().date() - timedelta(days=2)
    gone = make_resident(unit, first_name="Ana", last_name="Cruz", move_out=yesterday)
    here = make_resident(unit, first_name="Ana", last_name="Cruzado")
    hits = find("ana cruz", owner)
    assert urls(hits) == [f"/new/?resident={here.pk}", f"/new/?resident={gone.pk}"]
    assert (hits[-1].is_past, hits[-1].note) == (True, "Moved out")
    make_phone(here, "+12125550143", valid_to=yesterday)
    now = make_phone(make_resident(unit), "+17185550143")
    numbers = find("0143", owner)
    assert numbers[0].url.endswith(f"number={now.pk}")
    assert numbers[-1].note == "Former number"


def test_a_property_is_found_by_its_words(owner: Principal, maple: Property) -> None:
    assert find("maple", owner)[0].url == f"/new/?property={maple.pk}"


def test_a_unit_that_is_not_there_still_leads_to_its_property(
    owner: Principal, unit: Unit, maple: Property
) -> None:
    (hit,) = find("99z maple", owner)
    assert hit.url.endswith(f"property={maple.pk}")
    assert "nothing there is called 99z" in hit.detail
    assert find("mapel driver", owner) == []  # half a likeness is no reason to guess


def test_an_erased_person_is_not_found(owner: Principal, unit: Unit) -> None:
    ana = make_resident(unit, last_name="Cruz")
    make_phone(ana, "+12125550143")
    Resident.objects.filter(pk=ana.pk).update(erased_at=timezone.now())
    assert [hit for query in ("cruz", "0143") for hit in find(query, owner)] == []


QUERIES = ("12b maple", "cruz", "0143", "maple", "12b cruz", "canary")


def test_b05_nothing_of_another_organization_is_found(owner: Principal, unit: Unit) -> None:
    other = make_organization()
    place = make_unit(make_property(other, name="Maple Canary"), number="12B")
    make_phone(make_resident(place, first_name="Canary", last_name="Cruz"), "+12125550143")
    for query in QUERIES:
        for hit in find(query, owner, 50):
            assert "Canary" not in hit.title + hit.detail
    assert find("canary", make_principal(other, Role.OWNER))


def test_b05_a_member_finds_only_what_is_at_linked_properties(
    organization: Organization, unit: Unit, alder: Property
) -> None:
    hidden = make_resident(unit, first_name="Canary", last_name="Cruz")
    make_phone(hidden, "+12125550143")
    member = make_principal(organization, links=[alder], role=Role.MEMBER)
    for query in QUERIES:
        for hit in find(query, member, 50):
            assert "Maple" not in hit.detail
            assert "Canary" not in hit.title
    assert find("12b alder", member)


HOSTILE = (
    *(
        "",
        "   ",
        "#",
        "##",
        "#0",
        "# 12",
        "%",
        "_",
        "%%%%",
        "\\",
        "'",
        '"',
        "';--",
        "$1",
        "{}",
        "()",
    ),
    *(
        "\x00",
        "12\x00b",
        "12b \x00 maple",
        "\ud800",
        "\u202e12b",
        "🐕🐕🐕",
        "🏳️‍🌈 12b",
        "-",
        "- -",
        "12-",
    ),
    *("#999999999999999999", "#99999999999999999999", "9" * 400, "a" * 1_000_000, "1 " * 500_000),
    *(
        "٤٧١١",
        "\uff11\uff12\uff42",
        "ß",
        "i̇",
        "<script>",
        "%s %(x)s",
        "a b c d e f g h i j k",
        "\n\n",
        "ﬃ",
    ),
)


@pytest.mark.parametrize("query", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_any_text_is_answered(owner: Principal, unit: Unit, query: str) -> None:
    make_phone(make_resident(unit))
    assert len(find(query, owner, 5)) <= 5


def test_b12_a_percent_sign_finds_a_percent_sign_only(owner: Principal, unit: Unit) -> None:
    make_resident(unit, first_name="Max%mus", last_name="One")
    make_resident(unit, first_name="Maximus", last_name="Two")
    assert len([hit for hit in find("max%", owner) if hit.kind == "resident"]) == 1


def test_b11_names_are_marked_and_escaped(owner: Principal, unit: Unit) -> None:
    make_resident(unit, first_name="<script>alert(1)</script>", last_name='Cruz" hx-get="/x')
    title = find("cruz", owner)[0].title
    assert "<script" not in title
    assert '"' not in title
    assert "<mark>Cruz</mark>" in title


@pytest.mark.parametrize("query", ["12b maple", "ana cruz", "0143", "12b cruz maple court", "#12"])
def test_five_statements_at_most_whatever_there_is(
    owner: Principal, unit: Unit, query: str
) -> None:
    """And one that says how much alike names must be."""

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            find(query, owner)
        return len([q for q in captured if "SAVEPOINT" not in q["sql"]])

    assert count() <= 5 + 1
    make_phone(make_resident(unit, first_name="Ana", last_name="Cruz"), "+12125550143")
    before = count()
    for _ in range(15):
        make_phone(make_resident(unit, first_name="Ana", last_name="Cruz"), "+12125550143")
    assert count() == before <= 5 + 1
