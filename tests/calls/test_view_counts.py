"""The counts beside the views at the left of the list: those of the rows that the view shows."""

import html
import re
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization
from callcenter.calls import view_counts
from callcenter.calls.models import CallLog, SavedView
from callcenter.core.limits import gave_up, reading_within
from callcenter.core.paging import capped_counts
from callcenter.properties.models import Property
from tests.calls.conftest import signed_in
from tests.calls.test_list_page import make_many
from tests.factories import make_call_log, make_comment, make_organization, make_property
from tests.factories import status_named as status_of

COUNTS = "calls:view-counts"
SAVED = {
    "at Maple": "property=Maple+Court",
    "at some": "property=maple",
    "words": "q=zebra&state=open",
    "not any more": "reason=99999999",
    "new ones": "state=open&taken_by=me",
}


def counted(client: Client) -> dict[str, str]:
    """The counts by the name of the place where they are put."""
    answer = client.get(reverse(COUNTS), headers={"hx-request": "true"})
    assert answer.status_code == 200
    return dict(re.findall(r'id="count-([\w-]+)" hx-swap-oob="true">([^<]*)<', answer.text))


def listed(client: Client) -> dict[str, str]:
    """What the views say of themselves when they are opened: their number of rows."""
    page = client.get(reverse("calls:list") + "?view=all").text
    found = re.findall(
        r'<a class="view" href="([^"]*)".*?id="count-([\w-]+)"></span>', page, re.DOTALL
    )
    said = {}
    for address, name in found:
        shown = client.get(html.unescape(address))
        rows = re.search(r'class="count" role="status">([\d,+]+) call', shown.text)
        said[name] = rows[1] if rows and shown.status_code == 200 else ""
    return said


@pytest.fixture
def calls(
    people: dict[str, Membership], organization: Organization, maple: Property, log: CallLog
) -> None:
    """Calls of every view, also where the member sees none, and views of theirs."""
    elsewhere = make_property(organization, name="Maple Annex")
    waiting = status_of(organization, "Waiting for resident")
    for place in (maple, elsewhere, None):
        make_call_log(organization, property=place, status=waiting)
        make_call_log(organization, property=place, status=status_of(organization, "Closed"))
        for person in people.values():
            mine = make_call_log(organization, property=place, taken_by=person.user)
            make_comment(mine, text="A zebra in the hall")
    make_call_log(make_organization(), notes="zebra")
    for name, query in SAVED.items():
        owner = people["owner"].user
        SavedView.objects.create(
            organization=organization, owner=owner, name=name, query=query, is_shared=True
        )


@pytest.mark.parametrize("role", ["owner", "admin", "member"])
def test_each_count_is_the_number_of_rows_that_its_view_shows(
    people: dict[str, Membership], calls: None, role: str
) -> None:
    client = signed_in(people[role])
    counts = counted(client)
    assert len(counts) == 5 + len(SAVED)
    assert counts == listed(client)
    assert counts["built-in-0"] == ("7" if role == "member" else "16")


def test_one_statement_counts_all_views_however_many_there_are(
    people: dict[str, Membership], organization: Organization, maple: Property, calls: None
) -> None:
    client = signed_in(people["member"])
    counted(client)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            counted(client)
        return len([one for one in captured if "SAVEPOINT" not in one["sql"]])

    few = statements()
    for n in range(30):
        query = f"property=Maple {n}&q=zebra"
        SavedView.objects.create(
            organization=organization, owner=people["member"].user, name=f"{n}", query=query
        )
    make_many(organization, maple, 250)
    assert statements() == few <= 8
    assert counted(client)["built-in-0"] == "200+"


def test_views_that_take_too_long_have_no_count_and_the_others_have(
    people: dict[str, Membership], calls: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(lists: Any, *, cap: int) -> Any:
        if len(lists) > 5:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(3)")
        return capped_counts(lists, cap=cap)

    monkeypatch.setattr(view_counts, "capped_counts", slowly)
    monkeypatch.setattr(view_counts, "WITHIN", 50)
    counts = counted(signed_in(people["member"]))
    assert counts["built-in-0"] == "7"
    assert [n for name, n in counts.items() if name.startswith("saved")] == [""] * len(SAVED)


def test_a_limit_of_reading_ends_with_it(db: None) -> None:
    with connection.cursor() as cursor:
        with pytest.raises(OperationalError) as error, reading_within(20):
            cursor.execute("SELECT pg_sleep(3)")
        assert gave_up(error.value)
        with reading_within(20):
            pass
        cursor.execute("SELECT pg_sleep(0.1)")


def test_without_script_the_address_leads_to_the_list(people: dict[str, Membership]) -> None:
    answer = signed_in(people["member"]).get(reverse(COUNTS))
    assert answer.headers["Location"] == reverse("calls:list")
