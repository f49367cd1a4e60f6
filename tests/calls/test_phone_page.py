"""The list of telephone calls: who sees what, filters, pages, links, and what a page costs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.linking import link_phone_call
from callcenter.calls.phone_list import PAGE_SIZE
from callcenter.properties.models import Property
from callcenter.telephony.models import Extension, PhoneCall
from tests.calls.conftest import signed_in
from tests.factories import (
    make_call_log,
    make_extension,
    make_organization,
    make_party,
    make_phone_call,
    make_property,
    principal_again,
)

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # two in the afternoon in New York


@pytest.fixture
def owner(people: dict[str, Membership]) -> Client:
    return signed_in(people["owner"])


@pytest.fixture
def kims(organization: Organization, people: dict[str, Membership]) -> Extension:
    """The member's extension."""
    return make_extension(organization, "0003*210", user=people["member"].user)


def rows(client: Client, **query: Any) -> list[Any]:
    answer = client.get(reverse("calls:phone"), query)
    assert answer.status_code == 200
    return list(answer.context["page"].rows)


def found(client: Client, **query: Any) -> list[int]:
    return [row.call.pk for row in rows(client, **query)]


def over(organization: Organization, **fields: Any) -> PhoneCall:
    """A call that came in at NOW, was answered after ten seconds, and lasted 91."""
    blank = {
        "published_at": NOW,
        "answered_at": NOW + timedelta(seconds=10),
        "ended_at": NOW + timedelta(seconds=101),
        "caller_raw": "+13055550142",
        "caller_e164": "+13055550142",
        "caller_digits_reversed": "2410555503",
    }
    return make_phone_call(organization, **(blank | fields))


def missed(organization: Organization, **fields: Any) -> PhoneCall:
    return over(organization, answered_at=None, **fields)


def test_one_row_a_call_tells_who_rang_and_what_came_of_it(
    owner: Client, organization: Organization, kims: Extension
) -> None:
    call = over(organization, caller_name="ANA RUIZ")
    answered, ended = call.answered_at, call.ended_at
    make_party(call, extension=kims, answered_at=answered, ended_at=ended, disposition=0)
    other = make_extension(organization, "0003*211")
    make_party(call, extension=other, ended_at=answered, disposition=3)
    (row,) = rows(owner)
    assert (row.caller, row.said, row.seconds) == ("(305) 555-0142", "Answered", 91)
    assert [(leg.who, leg.said, leg.seconds) for leg in row.legs] == [
        ("0003*210 Priya Nair", "Answered", 91),
        ("0003*211", "No answer", None),
    ]
    text = owner.get(reverse("calls:phone")).text
    for words in ("ANA RUIZ", "2 extensions", "not logged", "1:31"):
        assert words in text


def test_a_live_call_a_missed_one_and_one_without_a_number_say_so(
    owner: Client, organization: Organization
) -> None:
    rings = make_phone_call(organization, published_at=NOW + timedelta(minutes=2))
    vain = missed(organization, caller_raw="Anonymous", caller_e164="")
    assert [(row.call.pk, row.said) for row in rows(owner)] == [
        (rings.pk, "Ringing"),
        (vain.pk, "Missed"),
    ]
    assert rows(owner)[1].caller == "Anonymous"
    assert rows(owner)[0].caller == "withheld"


def test_b02_a_member_sees_calls_of_linked_properties_of_own_extensions_and_missed_ones(
    people: dict[str, Membership],
    owner: Client,
    organization: Organization,
    kims: Extension,
    maple: Property,
) -> None:
    mine = over(organization, extension=kims)
    joined = over(organization)
    make_party(joined, extension=kims, ended_at=joined.ended_at)
    placed = over(organization, property=maple)
    vain = missed(organization)
    nowhere = over(organization)
    elsewhere = missed(organization, property=make_property(organization))
    foreign = over(make_organization())
    member = signed_in(people["member"])
    assert set(found(member)) == {mine.pk, joined.pk, placed.pk, vain.pk}
    Organization.objects.update(members_see_unplaced=True)
    assert set(found(member)) == {mine.pk, joined.pk, placed.pk, vain.pk, nowhere.pk}
    assert set(found(owner)) == set(found(member)) | {elsewhere.pk}
    assert foreign.pk not in found(owner, number="0142")


def test_filters_narrow_alone_and_together(
    owner: Client, organization: Organization, kims: Extension, maple: Property
) -> None:
    answered = over(organization, extension=kims)
    vain = missed(organization, published_at=NOW - timedelta(days=1))
    goes_on = make_phone_call(organization, flow=4, published_at=NOW + timedelta(days=1))
    log = make_call_log(organization, property=maple, phone_call=answered)
    assert found(owner, state="live") == [goes_on.pk]
    assert found(owner, state="answered") == [answered.pk]
    assert found(owner, state="missed") == [vain.pk]
    assert found(owner, direction="4") == [goes_on.pk]
    assert found(owner, extension="210") == found(owner, extension="0003*210") == [answered.pk]
    assert found(owner, number="555-0142") == [answered.pk, vain.pk]
    assert found(owner, number="142") == found(owner, number="call me") == []
    assert found(owner, logged="yes") == [answered.pk]
    assert found(owner, logged="no") == [goes_on.pk, vain.pk]
    assert found(owner, since="2026-11-20", until="2026-11-20") == [answered.pk]
    assert found(owner, until="2026-11-19", state="missed", number="0142") == [vain.pk]
    assert found(owner, call=vain.wire_id) == [vain.pk]
    assert f"#{log.pk}</a>" in owner.get(reverse("calls:phone")).text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_days(
    owner: Client, organization: Organization, day: str
) -> None:
    over(organization)
    for name in ("since", "until"):
        found(owner, **{name: day})


def test_what_cannot_be_is_said_and_finds_nothing(
    owner: Client, organization: Organization
) -> None:
    over(organization)
    answer = owner.get(reverse("calls:phone"), {"since": "someday", "state": "odd"})
    assert answer.status_code == 422
    assert "From day" in answer.text
    assert not answer.context["page"].rows


def test_days_are_those_of_the_organisation(owner: Client, organization: Organization) -> None:
    late = over(
        organization,
        published_at=datetime(2026, 11, 21, 4, 59, tzinfo=UTC),  # 23:59 in New York
        answered_at=None,
        ended_at=datetime(2026, 11, 21, 5, 1, tzinfo=UTC),
    )
    assert found(owner, until="2026-11-20") == [late.pk]
    assert found(owner, since="2026-11-21") == []


def test_a_call_that_we_made_is_named_by_whom_we_rang(
    owner: Client, organization: Organization
) -> None:
    ours, theirs = "+12125550100", "+18135550125"
    numbers = {"caller_e164": ours, "caller_raw": ours, "called_e164": theirs, "called_raw": theirs}
    call = over(organization, flow=4, **numbers)
    shown = owner.get(reverse("calls:phone_call", args=[call.pk])).content.decode()
    assert "<title>(813) 555-0125, Answered" in shown
    assert "<dt>From</dt><dd>(212) 555-0100</dd>" in shown


def test_inv15_pages_walk_all_calls_once(owner: Client, organization: Organization) -> None:
    for n in range(PAGE_SIZE + 3):
        over(organization, published_at=NOW - timedelta(minutes=n))
    rings = make_phone_call(organization, published_at=NOW - timedelta(seconds=90))
    first = owner.get(reverse("calls:phone")).context["page"]
    second = owner.get(reverse("calls:phone"), {"cursor": first.next}).context["page"]
    seen = [row.call.pk for row in (*first.rows, *second.rows)]
    assert len(seen) == len(set(seen)) == PAGE_SIZE + 4
    assert (seen.index(rings.pk), second.next) == (2, "")  # among those that are over
    again = owner.get(reverse("calls:phone"), {"cursor": second.previous}).context["page"]
    assert [row.call.pk for row in again.rows] == [row.call.pk for row in first.rows]


def test_a_page_costs_as_many_statements_whatever_it_shows(
    owner: Client, organization: Organization, kims: Extension, maple: Property
) -> None:
    def statements() -> tuple[int, int]:
        """Those of the page, and of an address that only signs in."""
        with CaptureQueriesContext(connection) as page:
            owner.get(reverse("calls:phone"))
        with CaptureQueriesContext(connection) as bare:
            owner.get(reverse("calls:newer"))
        return len(page), len(bare)

    for n in range(12):
        if n in (1, 11):
            total, frame = statements()
            assert total <= 8
            assert total - frame <= 5
        call = over(organization, published_at=NOW - timedelta(minutes=n), extension=kims)
        make_party(call, extension=kims, ended_at=call.ended_at)
        make_party(call, extension=kims, ended_at=call.ended_at)
        make_call_log(organization, property=maple, phone_call=call)


def test_a_log_leads_to_its_call_and_a_member_is_led_to_own_calls_only(
    people: dict[str, Membership],
    owner: Client,
    organization: Organization,
    maple: Property,
    kims: Extension,
) -> None:
    log = make_call_log(organization, property=maple)
    call = over(organization)
    actor = principal_again(people["owner"])
    link_phone_call(call_log_id=log.pk, phone_call_id=call.pk, actor=actor)
    page, address = (
        reverse("calls:detail", args=[log.pk]),
        f'href="{reverse("calls:phone_call", args=[call.pk])}"',
    )
    assert address in owner.get(page).text
    assert found(owner, call=call.wire_id) == [call.pk]
    assert address not in signed_in(people["member"]).get(page).text
    PhoneCall.objects.filter(pk=call.pk).update(extension=kims)
    assert address in signed_in(people["member"]).get(page).text


def test_an_empty_list_says_how_calls_come_here(
    people: dict[str, Membership], owner: Client
) -> None:
    address = reverse("calls:phone")
    assert reverse("admin:telephony_upstream_changelist") in owner.get(address).text
    assert "which extension is yours" in signed_in(people["member"]).get(address).text
    assert "No phone call fits" in owner.get(address, {"state": "live"}).text


def test_a_withdrawn_log_counts_as_none(owner: Client, organization: Organization) -> None:
    call = over(organization)
    make_call_log(
        organization, phone_call=call, withdrawn_at=timezone.now(), withdrawn_reason="A test"
    )
    assert found(owner, logged="no") == [call.pk]
    assert not rows(owner)[0].logs
