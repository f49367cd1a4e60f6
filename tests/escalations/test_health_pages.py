"""The next nights as owners and admins see them, and the rehearsal of a call."""

import re
from datetime import UTC, datetime, time
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from callcenter.accounts.models import Role, User
from callcenter.escalations.coverage import Coverage, coverage
from callcenter.escalations.models import Policy
from callcenter.properties.principals import Principal
from tests.escalations.conftest import Cast
from tests.factories import (
    make_escalation,
    make_membership,
    make_organization,
    make_policy,
    make_property,
    make_responder,
    make_ring,
    make_schedule,
    reason_named,
)

NOW = datetime(2026, 10, 31, 13, tzinfo=UTC)  # Saturday, nine in New York, six in Phoenix
HEALTH, REHEARSAL = "/escalations/health/", "/escalations/rehearsal/"


@pytest.fixture(autouse=True)
def _saturday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def signed_in(principal: Principal) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=principal.user_id or 0))
    return client


def seen(cast: Cast) -> Coverage:
    return coverage(now=NOW, principal=cast.admin)


def with_hole(cast: Cast, **fields: Any) -> Policy:
    """Joe in the evening, nobody from one to two, then Marta."""
    rota = make_schedule(
        cast.organization,
        (5, time(18), cast.joe),
        (6, time(1), None),
        (6, time(2), cast.marta),
    )
    return make_policy(cast.organization, rota, **fields)


def test_a_night_is_told_in_few_words_and_in_full(cast: Cast) -> None:
    policy = with_hole(cast, property=make_property(cast.organization, name="Harbor Row"))
    row = next(row for row in seen(cast).rows if row.policy == policy)
    cell = row.cells[1]  # the first is the night that still goes on in Phoenix, if anywhere
    cell = row.cells[0] if cell is None or cell.day.day != 31 else cell
    assert cell is not None
    assert cell.words == (
        "Sat 31 Oct: 18:00 Joe Tran, 01:00 nobody, 02:00 Marta Lindqvist, until 08:00"
    )
    assert (cell.names, cell.hole, cell.is_open) == ("Joe, Marta", "2 h", False)
    assert [part.tone for part in cell.bar] == ["first", "nobody", "second"]
    assert sum(part.width for part in cell.bar) == pytest.approx(100, abs=0.1)
    assert cell.moment == "2026-11-01 01:00"


def test_zones_have_their_own_nights_in_one_table(cast: Cast) -> None:
    phoenix = make_property(cast.organization, name="Cactus", time_zone="America/Phoenix")
    make_policy(cast.organization, cast.joe, property=phoenix)
    found = seen(cast)
    assert [day.day for day in found.days[:2]] == [30, 31]
    there, here = found.rows
    assert (there.home, there.zone) == (phoenix, "America/Phoenix")
    assert (there.cells[0] is None, here.cells[0] is None) == (False, True)
    assert (there.cells[-1] is None, here.cells[-1] is None) == (True, False)


def test_properties_without_a_chain_of_their_own_share_one_or_have_none(cast: Cast) -> None:
    harbor = make_property(cast.organization, name="Harbor Row")
    make_property(cast.organization, name="Sold", is_active=False)
    make_policy(cast.organization, cast.joe, property=harbor, reason_family="Access")
    assert seen(cast).unplanned == [harbor]  # its lock-outs ring, the rest does not
    shared = make_policy(cast.organization, cast.joe, name="Night desk")
    make_policy(cast.organization, cast.joe, name="Off", is_enabled=False)
    found = seen(cast)
    assert found.unplanned == []
    assert [row.home for row in found.rows] == [harbor, cast.maple, None]
    assert (found.rows[-1].policy, found.rows[-1].many) == (shared, 1)
    assert found.rows[-1].sample == harbor


def test_the_page_names_holes_and_people_and_leads_to_the_rehearsal(cast: Cast) -> None:
    ray = make_responder(
        cast.organization, name="Ray Okafor", e164="+19175550191", is_verified=False
    )
    make_policy(cast.organization, ray, name="Harbor", property=make_property(cast.organization))
    chain = make_escalation(cast.organization, property=cast.maple)
    for _ in range(3):
        make_ring(chain, responder=cast.joe)
    make_property(cast.organization, name="Bare")
    for principal in (cast.owner, cast.admin):
        answer = signed_in(principal).get(HEALTH)
        found = answer.context["coverage"]
        assert (found.holes, found.unverified, found.misses) == (14, 1, 1)
        assert [one.responder for one in found.weak] == [cast.joe, ray]
        assert "Bare" in answer.text
        assert "Nobody would ring for an ordinary call at" in answer.text
        links = re.findall(
            r'href="(/escalations/rehearsal/\?property=\d+&amp;due=[^"]*)"', answer.text
        )
        page = signed_in(principal).get(links[1].replace("&amp;", "&"))
        assert page.status_code == 200
        assert page.context["found"] is not None
    assert "/escalations/health/" in signed_in(cast.owner).get(reverse("escalations:list")).text


def test_members_do_not_see_it_and_others_see_their_own(cast: Cast) -> None:
    member = signed_in(cast.member)
    assert [member.get(page).status_code for page in (HEALTH, REHEARSAL)] == [403, 403]
    assert HEALTH not in member.get(reverse("escalations:list")).text
    stranger = Client()
    stranger.force_login(make_membership(make_organization(), Role.OWNER).user)
    page = stranger.get(HEALTH)
    assert "No chain is planned yet" in page.text
    assert "Maple Court" not in page.text
    asked = stranger.get(REHEARSAL, {"property": cast.maple.pk})
    assert (asked.status_code, "Maple Court" in asked.text) == (422, False)


def test_the_page_costs_the_same_for_one_and_for_many(cast: Cast) -> None:
    client = signed_in(cast.admin)
    client.get(HEALTH)

    def statements() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as page:
            client.get(HEALTH)
        with CaptureQueriesContext(connection) as own:
            seen(cast)
        return len(page), len(own)

    with_hole(cast, property=cast.maple)
    before = statements()
    for n in range(6):
        with_hole(cast, property=make_property(cast.organization, name=f"Home {n}"))
    assert statements() == before
    assert before[1] <= 6


def rehearsed(cast: Cast, **query: Any) -> Any:
    asked: dict[str, Any] = {"property": cast.maple.pk, **query}
    return signed_in(cast.admin).get(REHEARSAL, asked)


def test_a_rehearsal_tells_who_would_ring_in_order_with_numbers(cast: Cast) -> None:
    ray = make_responder(cast.organization, name="Ray", e164="+19175550191", is_verified=False)
    rota = make_schedule(cast.organization, (0, time(0), None))
    leak = reason_named(cast.organization, "el")
    make_policy(
        cast.organization, ray, rota, cast.marta, property=cast.maple, reason_family=leak.family
    )
    plain = rehearsed(cast).context["found"]
    assert (plain.policy, plain.first.responder) == (cast.policy, cast.joe)
    answer = rehearsed(cast, due="sun 2am", reason=leak.pk)
    found = answer.context["found"]
    assert found.at == datetime(2026, 11, 1, 7, tzinfo=UTC)
    assert found.others == [cast.policy]
    assert [step.hole for step in found.steps] == ["unverified", "nobody", None]
    assert found.first.responder == cast.marta
    for words in ("(917) 555-0191", "No verified number", "Nobody is on call", "(212) 555-0158"):
        assert words in answer.text


def test_a_rehearsal_writes_nothing(cast: Cast) -> None:
    client = signed_in(cast.admin)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(REHEARSAL, {"property": str(cast.maple.pk), "due": "sun 2am"})
    assert answer.status_code == 200
    verbs = {query["sql"].split()[0] for query in captured}
    assert verbs <= {"SELECT", "SAVEPOINT", "RELEASE"}


def test_what_cannot_be_read_is_said_beside_the_field(cast: Cast) -> None:
    answer = rehearsed(cast, due="when it snows")
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"due"}
    assert 'value="when it snows"' in answer.text
    refused: tuple[tuple[dict[str, str], str], ...] = (
        ({"property": "0"}, "property"),
        ({"reason": "x"}, "reason"),
        ({"due": "yesterday 9"}, "due"),
        ({"property": ""}, "property"),
    )
    for query, field in refused:
        answer = rehearsed(cast, **query)
        assert (answer.status_code, answer.context["form"].errors.keys()) == (422, {field})
        assert f'id="rehearse-{field}-error"' in answer.text


def test_where_no_chain_is_planned_nobody_would_ring(cast: Cast) -> None:
    bare = make_property(cast.organization, name="Bare")
    answer = rehearsed(cast, property=bare.pk, due="now")
    assert answer.context["found"].policy is None
    assert "Nobody would ring." in answer.text
