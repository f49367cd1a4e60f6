"""The desk's pages: full and in parts, in scope, without script, and never with live markup."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.models import CallLogReason
from callcenter.properties.models import Property, Resident, Unit
from tests.calls.conftest import signed_in
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_phone,
    make_property,
    make_resident,
    make_unit,
    reason_named,
    status_named,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def maple(organization: Organization) -> Property:
    return make_property(organization, name="Maple Court", instructions="Gate code at the desk")


@pytest.fixture
def unit(maple: Property) -> Unit:
    return make_unit(
        maple, number="12B", instructions="Shut-off left of the door", may_enter=True, pets="Dog"
    )


@pytest.fixture
def ana(unit: Unit) -> Resident:
    resident = make_resident(unit, first_name="Ana", last_name="Cruz")
    make_phone(resident, "+12125550143")
    return resident


@pytest.fixture
def me(organization: Organization) -> Membership:
    return make_membership(organization, Role.OWNER, name="Priya Nair")


CENTRE = '<section class="zone centre" id="centre"'


def statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len([q for q in captured if "SAVEPOINT" not in q["sql"]])


def test_the_idle_desk_teaches_and_shows_an_empty_day(client: Client) -> None:
    page = client.get("/").text
    assert "Nobody on the line" in page
    assert "Five keys log a call" in page
    assert "Your first call of the day" in page


def test_my_open_calls_stand_on_the_left_newest_first(
    client: Client, organization: Organization, unit: Unit, me: Membership
) -> None:
    mine = {"taken_by": me.user, "property": unit.property, "unit": unit}
    old = make_call_log(organization, **mine)
    new = make_call_log(organization, **mine, duration_seconds=270)
    make_call_log(organization, **mine, status=status_named(organization, "Closed"))
    theirs = mine | {"taken_by": make_membership(organization).user}
    make_call_log(organization, call_from="somebody else's call", **theirs)
    page = client.get("/")
    assert [call.pk for call in page.context["work"].open_calls] == [new.pk, old.pk]
    assert page.context["work"].open_count == "2"
    assert page.context["work"].today_count == "3"
    assert "4:30" in page.text
    assert "somebody else" not in page.text


@pytest.mark.parametrize("url", ["/", "/new/", "/search/?q=x"])
def test_the_rail_shows_that_one_is_at_the_desk(client: Client, url: str) -> None:
    page = client.get(url).text
    assert page.count('aria-current="page"') == 1
    assert '<a href="/" aria-current="page"' in page


def test_htmx_gets_my_work_alone(htmx: Client, organization: Organization, me: Membership) -> None:
    make_call_log(organization, taken_by=me.user, call_from="FedEx driver")
    answer = htmx.get("/").text
    assert answer.strip().startswith('<aside class="zone work" id="work"')
    assert "FedEx driver" in answer


def test_what_is_assigned_to_me_is_mine_and_long_lists_are_capped(
    client: Client, organization: Organization, me: Membership
) -> None:
    for _ in range(25):
        make_call_log(organization, assignee=me.user)
    work = client.get("/").context["work"]
    assert (len(work.open_calls), work.open_count, work.today_count) == (7, "20+", "0")


def test_a_typed_line_without_script_becomes_links(
    client: Client, unit: Unit, ana: Resident
) -> None:
    for url in ("/?q=ana", "/search/?q=ana"):
        page = client.get(url).text
        assert f'href="/new/?resident={ana.pk}"' in page
        assert "<title>" in page


def test_htmx_gets_choices_only_and_nobody_keeps_them(htmx: Client, ana: Resident) -> None:
    answer = htmx.get("/search/?q=ana")
    assert answer.text.strip().startswith('<div class="choices" id="choices" role="listbox"')
    assert "HX-Request" in answer.headers["Vary"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.text.count('role="option"') == 2  # Ana, and somebody unknown called so


def test_nobody_known_can_be_logged_by_what_was_typed(htmx: Client) -> None:
    assert "/new/?call_from=FedEx%20%26%20co" in htmx.get("/search/", {"q": "FedEx & co"}).text
    page = htmx.get("/new/?call_from=FedEx%20%26%20co").text
    assert 'value="FedEx &amp; co"' in page


def test_the_memory_shows_people_entry_instructions_and_calls(
    client: Client, organization: Organization, unit: Unit, ana: Resident
) -> None:
    here = {"property": unit.property, "unit": unit}
    for n in range(5):
        call = make_call_log(organization, **here, subject=f"Matter {n}")
    reason = reason_named(organization, "mp")
    CallLogReason.objects.create(
        organization=organization, call_log=call, reason=reason, position=0
    )
    make_resident(
        unit, first_name="Gone", last_name="Long", move_out=timezone.now().date().replace(year=2020)
    )
    page = client.get(f"/new/?unit={unit.pk}")
    for words in ("Shut-off left of the door", "Gate code at the desk", "May enter", "Dog"):
        assert words in page.text
    assert "(212) 555-0143" in page.text
    assert "Gone Long" not in page.text
    memory = page.context["memory"]
    assert (len(memory.last_calls), len(memory.open_calls)) == (3, 5)
    assert memory.last_calls[0].main_reason == "Plumbing drip or clog"


def test_a_resident_who_moved_out_is_shown_when_meant(client: Client, unit: Unit) -> None:
    gone = make_resident(
        unit, first_name="Gone", last_name="Long", move_out=timezone.now().date().replace(year=2020)
    )
    page = client.get(f"/new/?resident={gone.pk}").text
    assert "Gone Long" in page
    assert "Moved out" in page


def test_a_number_that_was_found_is_filled_in(client: Client, ana: Resident, unit: Unit) -> None:
    number = ana.phones.get()
    assert 'value="+12125550143"' in client.get(f"/new/?resident={ana.pk}&number={number.pk}").text
    other = make_resident(unit)
    page = client.get(f"/new/?resident={other.pk}&number={number.pk}").text
    assert 'name="phone" value=""' in page


def test_another_place_for_a_call_changes_only_the_place(htmx: Client, unit: Unit) -> None:
    answer = htmx.get(f"/new/?unit={unit.pk}", headers={"hx-target": "place"}).text
    assert answer.strip().startswith('<div class="call-head" id="place"')
    assert 'id="memory"' in answer
    assert 'hx-swap-oob="true"' in answer
    assert "<textarea" not in answer


def test_a_hit_opens_its_form_in_the_centre_with_the_memory_beside_it(
    htmx: Client, unit: Unit
) -> None:
    address = f"/new/?unit={unit.pk}"
    answer = htmx.get(address, headers={"hx-target": "centre"})
    assert answer.text.split("</title>")[1].strip().startswith(CENTRE)
    assert answer.text.count('id="memory"') == 1
    assert answer.text.count("hx-swap-oob") == 1
    assert 'id="work"' not in answer.text
    assert answer.headers["HX-Push-Url"] == address
    again = htmx.get(address, headers={"hx-history-restore-request": "true"})
    assert "<title>" in again.text


def test_a_call_is_shown_in_the_centre_as_on_its_own_page(
    client: Client, htmx: Client, organization: Organization, unit: Unit, me: Membership
) -> None:
    call = make_call_log(
        organization, property=unit.property, unit=unit, taken_by=me.user, notes="Valve is stuck"
    )
    page = client.get(f"/desk/{call.pk}/").text
    assert "Shut-off left of the door" in page  # the memory of its place
    assert page.count("Valve is stuck") >= 1
    assert 'aria-current="true"' in page  # and where it stands in my work
    part = htmx.get(f"/desk/{call.pk}/")
    assert part.text.split("</title>")[1].strip().startswith(CENTRE)
    assert "Valve is stuck" in part.text
    assert part.headers["HX-Push-Url"] == f"/desk/{call.pk}/"
    assert client.get(f"/desk/{call.pk + 1}/").status_code == 404


def test_a_draft_is_kept_under_the_place_of_the_call(
    client: Client, htmx: Client, unit: Unit, ana: Resident
) -> None:
    assert 'data-draft="new"' in client.get("/new/").text
    assert f'data-draft="new:u{unit.pk}"' in client.get(f"/new/?unit={unit.pk}").text
    assert f'data-draft="new:u{unit.pk}"' in client.get(f"/new/?resident={ana.pk}").text
    home = unit.property_id
    part = htmx.get(f"/new/?property={home}", headers={"hx-target": "place"})
    assert f'data-draft-key="new:p{home}"' in part.text


BAD_IDS = ("0", "999999999", "abc", "-1", "1e3", "9" * 30, "%00")


@pytest.mark.parametrize("name", ["unit", "resident", "property"])
@pytest.mark.parametrize("value", BAD_IDS)
def test_b20_an_id_that_is_none_is_not_found(client: Client, name: str, value: str) -> None:
    assert client.get(f"/new/?{name}={value}").status_code == 404


def test_b03_a_foreign_id_looks_like_an_absent_one(
    organization: Organization, unit: Unit, ana: Resident, me: Membership
) -> None:
    stranger = signed_in(make_membership(make_organization(), Role.OWNER))
    unlinked = signed_in(make_membership(organization, Role.MEMBER))
    for client in (stranger, unlinked):
        for query in (f"unit={unit.pk}", f"resident={ana.pk}", f"property={unit.property_id}"):
            answer = client.get(f"/new/?{query}")
            assert answer.status_code == 404
            assert "Maple" not in answer.text


def test_b05_a_member_sees_work_and_memory_of_linked_properties_only(
    organization: Organization, unit: Unit, maple: Property
) -> None:
    hidden = make_unit(make_property(organization, name="Canary House"), number="1A")
    member = make_membership(organization, Role.MEMBER, links=[maple])
    make_call_log(organization, property=hidden.property, unit=hidden, taken_by=member.user)
    make_call_log(organization, property=maple, unit=unit, taken_by=member.user)
    page = signed_in(member).get("/").text
    assert "Maple Court" in page
    assert "Canary" not in page


PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '<a hx-get="/x" hx-trigger="load">x</a>',
    "</textarea><div data-hx-get='/x' hx-on:load='x'>",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_b11_what_people_are_called_is_only_text(
    client: Client, htmx: Client, organization: Organization, me: Membership, payload: str
) -> None:
    home = make_property(organization, name=f"Maple {payload}", instructions=payload)
    unit = make_unit(home, number="12B", building=payload[:60], pets=payload, instructions=payload)
    resident = make_resident(unit, first_name=payload, last_name="Cruz")
    make_phone(resident, raw=payload, e164="")
    make_call_log(
        organization, property=home, unit=unit, call_from=payload, subject=payload, notes=payload,
        taken_by=me.user,
    )  # fmt: skip
    pages = [
        client.get("/").text,
        client.get(f"/new/?resident={resident.pk}").text,
        client.get("/new/", {"call_from": payload}).text,
        client.get("/search/", {"q": payload}).text,
        client.get("/search/", {"q": "12b maple cruz"}).text,
        htmx.get("/search/", {"q": "cruz"}).text,
        htmx.get("/search/", {"q": payload}).text,
    ]
    for page in pages:
        assert payload not in page
        assert "<script>alert" not in page
        assert '<a hx-get="/x"' not in page
        assert "<img src=x" not in page


def test_the_desk_asks_as_much_of_the_database_with_many_calls_as_with_one(
    client: Client, organization: Organization, unit: Unit, ana: Resident, me: Membership
) -> None:
    here: dict[str, Any] = {"property": unit.property, "unit": unit, "taken_by": me.user}
    make_call_log(organization, **here)
    urls = ("/", f"/new/?unit={unit.pk}", f"/new/?resident={ana.pk}", "/search/?q=ana")
    for url in urls:
        client.get(url)
    before = [statements(client, url) for url in urls]
    for _ in range(12):
        make_phone(make_resident(unit, first_name="Ana"), "+12125550199")
        make_call_log(organization, **here, resident=ana)
    assert [statements(client, url) for url in urls] == before
    assert before[0] <= 5
    assert before[1] <= 12


def test_what_is_swapped_into_the_centre_costs_eight_statements(
    htmx: Client, organization: Organization, unit: Unit, ana: Resident, me: Membership
) -> None:
    here: dict[str, Any] = {"property": unit.property, "unit": unit, "taken_by": me.user}
    call = make_call_log(organization, **here)
    urls = (f"/new/?unit={unit.pk}", f"/new/?resident={ana.pk}", f"/desk/{call.pk}/", "/new/")
    before = [statements(htmx, url) for url in urls]
    for _ in range(12):
        make_phone(make_resident(unit, first_name="Ana"), "+12125550199")
        make_call_log(organization, **here, resident=ana)
    assert [statements(htmx, url) for url in urls] == before
    assert max(before) <= 8, before
