"""The list of calls: who sees what, filters, pages, and what a page costs."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.models import CallLog
from callcenter.calls.rows import PAGE_SIZE
from callcenter.properties.models import Property
from tests.calls.conftest import signed_in
from tests.factories import make_call_log, make_organization, make_property, reason_named
from tests.factories import status_named as status_of

LIST = "calls:list"


def ids(response: Any) -> list[int]:
    return [int(pk) for pk in re.findall(r'num-id">(\d+)<', response.text)]


def listed(client: Client, **query: Any) -> list[int]:
    response = client.get(reverse(LIST), query)
    assert response.status_code == 200
    return ids(response)


def make_many(organization: Organization, maple: Property, count: int) -> None:
    status, start = status_of(organization), timezone.now()
    reason = reason_named(organization, "mp")
    logs = CallLog.objects.bulk_create(
        CallLog(
            organization=organization,
            property=maple,
            status=status,
            status_kind=status.kind,
            call_from=f"Caller {n}",
            contacted_at=start - timedelta(minutes=n),
            contacted_zone="America/New_York",
        )
        for n in range(count)
    )
    for log in logs:
        log.reason_links.create(organization=organization, reason=reason, position=0)


@pytest.fixture
def admin(people: dict[str, Membership]) -> Client:
    return signed_in(people["admin"])


def test_a_row_tells_place_caller_reason_and_status(admin: Client, log: CallLog) -> None:
    page = admin.get(reverse(LIST)).text
    assert reverse("calls:detail", args=[log.pk]) in page
    for words in ("12B, Maple Court", "Ana de la Cruz", "Active leak or burst", "Emergency", "New"):
        assert words in page
    assert "1 call<" in page.replace(" </p>", "<").replace("</p>", "<")


def test_b02_everybody_sees_only_their_own_share(
    people: dict[str, Membership], organization: Organization, log: CallLog
) -> None:
    elsewhere = make_call_log(organization, property=make_property(organization))
    unplaced = make_call_log(organization)
    foreign = make_call_log(make_organization(), call_from="canary")
    assert listed(signed_in(people["member"])) == [log.pk]
    for role in ("owner", "admin"):
        assert set(listed(signed_in(people[role]))) == {log.pk, elsewhere.pk, unplaced.pk}
    assert foreign.pk not in listed(signed_in(people["owner"]))


def test_htmx_gets_the_rows_and_everybody_else_the_page(
    people: dict[str, Membership], log: CallLog
) -> None:
    fragment = signed_in(people["admin"], htmx=True).get(reverse(LIST))
    assert fragment.text.lstrip().startswith('<div class="list-rows" id="rows"')
    page = signed_in(people["admin"]).get(reverse(LIST))
    assert page.text.lstrip().startswith("<!doctype html>")
    for response in (fragment, page):
        assert "HX-Request" in response["Vary"]
        assert "no-store" in response["Cache-Control"]


def test_filters_narrow_and_combine(
    admin: Client, organization: Organization, log: CallLog, people: dict[str, Membership]
) -> None:
    closed = make_call_log(organization, status=status_of(organization, "Closed"))
    mine = make_call_log(organization, taken_by=people["admin"].user, taken_by_name="Kim Osei")
    new, done = (status_of(organization, name).pk for name in ("New", "Closed"))
    everything = {log.pk, closed.pk, mine.pk}
    assert set(listed(admin)) == everything
    assert listed(admin, status=done) == [closed.pk]
    assert set(listed(admin, status=[new, done])) == everything
    assert set(listed(admin, state="open")) == {log.pk, mine.pk}
    assert listed(admin, state="closed") == [closed.pk]
    assert listed(admin, reason=reason_named(organization, "el").pk) == [log.pk]
    assert listed(admin, property="Maple Court") == [log.pk]
    assert listed(admin, property="maple") == [log.pk]
    assert listed(admin, property="nowhere") == []
    assert set(listed(admin, place="none")) == {closed.pk, mine.pk}
    assert listed(admin, taken_by="me") == listed(admin, taken_by="Kim Osei") == [mine.pk]
    assert listed(admin, place="none", status=new) == [mine.pk]


def test_days_are_those_of_the_place_of_each_call(
    admin: Client, organization: Organization
) -> None:
    late = datetime(2026, 3, 8, 4, 30, tzinfo=UTC)  # still the 7th in New York
    eastern = make_call_log(organization, contacted_at=late, contacted_zone="America/New_York")
    auckland = make_call_log(organization, contacted_at=late, contacted_zone="Pacific/Auckland")
    assert listed(admin, since="2026-03-07", until="2026-03-07") == [eastern.pk]
    assert listed(admin, since="2026-03-08") == [auckland.pk]
    assert set(listed(admin, until="9999-12-31", since="0001-01-01")) == {eastern.pk, auckland.pk}


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("ana", True),
        ("CRUZ an", True),
        ("de la", True),
        ("ceiling", True),
        ("ceiling roof", False),
        ("d'angelo", False),
        ("0143", True),
        ("555-0143", True),
        ("(212) 555-0143", True),
        ("5550142", False),
        ("#{pk}", True),
        ("# {pk}", True),
        ("#0", False),
        ("***", False),
        ("a & !b | 'c':* <-> \\", False),
    ],
)
def test_b12_words_digits_and_ids_are_found(
    admin: Client, log: CallLog, words: str, *, is_found: bool
) -> None:
    CallLog.objects.filter(pk=log.pk).update(
        notes="Water through the kitchen ceiling",
        phone_raw="(212) 555-0143",
        phone_e164="+12125550143",
        phone_digits_reversed="3410555212",
    )
    assert listed(admin, q=words.format(pk=log.pk)) == ([log.pk] if is_found else [])


@pytest.mark.parametrize(
    "query",
    [
        {"status": "x"},
        {"status": "999999999999999999999999"},
        {"reason": "1e3"},
        {"since": "31/31/31"},
        {"state": "gone"},
        {"q": "a\x00b"},
        {"q": "x" * 201},
        {"order": "-id; DROP"},
    ],
)
def test_b20_a_filter_that_makes_no_sense_is_said_and_shows_nothing(
    admin: Client, log: CallLog, query: dict[str, str]
) -> None:
    response = admin.get(reverse(LIST), query)
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert ids(response) == []


@pytest.mark.parametrize("cursor", ["x", "A" * 23, "%00", "___", "'; --"])
def test_b20_a_malformed_cursor_shows_a_page(admin: Client, log: CallLog, cursor: str) -> None:
    assert admin.get(reverse(LIST), {"cursor": cursor}).status_code == 200


def follow(response: Any, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}"[^>]* href="([^"]*)"', response.text)
    return html.unescape(found[1]) if found else None


@pytest.mark.parametrize("order", ["", "oldest"])
def test_inv15_links_walk_through_everything_and_back(
    admin: Client, organization: Organization, maple: Property, order: str
) -> None:
    make_many(organization, maple, PAGE_SIZE * 2 + 5)
    address, seen = f"?state=open&order={order}", []
    while address:
        response = admin.get(reverse(LIST) + address)
        seen.append(ids(response))
        address = follow(response, "next") or ""
    everything = [pk for page in seen for pk in page]
    by = ("contacted_at", "pk") if order else ("-contacted_at", "-pk")
    wanted = CallLog.objects.filter(organization=organization).order_by(*by)
    assert everything == list(wanted.values_list("pk", flat=True))
    assert [len(page) for page in seen] == [PAGE_SIZE, PAGE_SIZE, 5]
    back = follow(response, "prev")
    assert back
    assert "state=open" in back
    assert ids(admin.get(reverse(LIST) + back)) == seen[1]


def test_each_filter_that_is_on_can_be_taken_away(admin: Client, log: CallLog) -> None:
    response = admin.get(reverse(LIST), {"q": "ana", "state": "open", "cursor": "x"})
    chips = re.findall(r'class="chip on" href="([^"]*)"', response.text)
    assert [html.unescape(chip).split("?")[1] for chip in chips] == ["state=open", "q=ana"]


def test_an_empty_list_teaches(admin: Client) -> None:
    page = admin.get(reverse(LIST)).text
    assert "No calls here yet" in page
    assert '<kbd class="key">n</kbd>' in page
    assert "No call matches" in admin.get(reverse(LIST), {"q": "zebra"}).text


@pytest.mark.parametrize("role", ["owner", "admin", "member"])
@pytest.mark.parametrize(
    "query", [{}, {"q": "caller", "state": "open", "property": "Maple Court", "taken_by": "Kim"}]
)
def test_inv30_a_page_costs_the_same_statements_however_many_rows(
    people: dict[str, Membership],
    organization: Organization,
    maple: Property,
    role: str,
    query: dict[str, str],
) -> None:
    client = signed_in(people[role])
    make_many(organization, maple, 1)
    client.get(reverse(LIST), {"view": "all"} | query)  # the filters are remembered once
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(LIST), query)
    made = []
    for _time in range(2):
        make_many(organization, maple, PAGE_SIZE + 3)
        with CaptureQueriesContext(connection) as many:
            client.get(reverse(LIST), query)
        made.append(len(many))
    assert len(one) <= made[0] == made[1] <= 8  # what fits on a page is not counted once more


def test_b11_text_of_callers_stays_text(admin: Client, organization: Organization) -> None:
    nasty = "</textarea><img src=x hx-get=/x hx-trigger=load><script>1</script>"
    make_call_log(organization, call_from=nasty, subject=nasty)
    page = admin.get(reverse(LIST)).text
    assert "<img src=x" not in page
    assert "&lt;/textarea&gt;" in page
