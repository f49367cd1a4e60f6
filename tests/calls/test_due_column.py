"""The column Due: what is left of the next clock, and the moment itself in a file."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.models import CallLog
from callcenter.properties.models import Property
from tests.calls.conftest import signed_in
from tests.calls.test_export import export
from tests.factories import make_call_log, status_named

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10:00 in New York
QUERY = "view=all&columns=id,due,place"


def in_minutes(first: int | None, end: int | None = None, **more: object) -> dict[str, object]:
    dues = {"first_answer_due_at": first, "resolve_due_at": end}
    known = {name: NOW + timedelta(minutes=n) for name, n in dues.items() if n is not None}
    return known | more


@pytest.fixture
def calls(organization: Organization, maple: Property) -> dict[str, CallLog]:
    """A call for each state of its clocks."""
    closed = status_named(organization, "Resolved")
    clocks = {
        "late": in_minutes(-12, 600),
        "soon": in_minutes(20, 600),
        "calm": in_minutes(None, 240),
        "paused": in_minutes(None, 30, clock_paused_at=NOW),
        "closed": in_minutes(None, -30, status=closed),
        "none": {},
    }
    return {
        name: make_call_log(organization, property=maple, **fields)
        for name, fields in clocks.items()
    }


def test_the_time_left_is_amber_before_red_and_stands_still_while_paused(
    people: dict[str, Membership], calls: dict[str, CallLog]
) -> None:
    client = signed_in(people["member"])
    with time_machine.travel(NOW, tick=False):
        page = client.get(f"{reverse('calls:list')}?{QUERY}").text
    found = re.findall(r'num-id">(\d+)</td><td class="wide-only">(.*?)</td>', page)
    cells = {int(pk): cell for pk, cell in found}

    def cell(name: str) -> tuple[str, str]:
        html = cells[calls[name].pk]
        kind = re.search(r'class="clock ([a-z]*)"', html)
        return kind[1] if kind else "", re.sub(r"<[^>]+>", "", html)

    assert cell("late") == ("late", "12 min late")
    assert cell("soon") == ("soon", "in 20 min")
    assert cell("calm") == ("", "14:00")
    assert cell("paused") == ("", "Paused")
    assert cell("closed") == cell("none") == ("", "")


def test_b17_a_file_holds_the_moment_and_which_clock_it_is(
    people: dict[str, Membership], calls: dict[str, CallLog]
) -> None:
    header, *rows = export(signed_in(people["member"]), QUERY)
    assert header[:3] == ["Call", "Due (UTC)", "Clock"]
    said = {int(row[0]): tuple(row[1:3]) for row in rows}
    assert {name: said[log.pk] for name, log in calls.items()} == {
        "late": ("2026-11-24 14:48:00", "First answer"),
        "soon": ("2026-11-24 15:20:00", "First answer"),
        "calm": ("2026-11-24 19:00:00", "Resolution"),
        "paused": ("", "Paused"),
        "closed": ("", ""),
        "none": ("", ""),
    }


def test_it_is_chosen_like_any_other_column(
    people: dict[str, Membership], calls: dict[str, CallLog]
) -> None:
    client = signed_in(people["member"])
    assert "c-due" not in client.get(reverse("calls:list")).text
    client.post(reverse("calls:columns"), {"column": ["place", "due"]})
    page = client.get(f"{reverse('calls:list')}?view=all").text
    assert re.findall(r'<th class="([^" ]*)', page)[1:] == ["c-place", "c-due"]
