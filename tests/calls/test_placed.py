"""The prepared lists of a place hold what `visible_to` holds, for whoever asks."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from callcenter.accounts.models import Role
from callcenter.calls.models import CallLog, Comment
from callcenter.calls.placed import Parent, PlacedCalls, told_history
from callcenter.properties.principals import Principal
from tests.factories import (
    make_call_log,
    make_comment,
    make_organization,
    make_principal,
    make_property,
    make_resident,
    make_unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> CallLog:
    """A call of a resident, beside calls of the same place that some do not see."""
    organization = make_organization()
    unit = make_unit(make_property(organization))
    place = {"property": unit.property, "unit": unit, "resident": make_resident(unit)}
    now = timezone.now()
    for days in range(5):
        make_call_log(organization, **place, contacted_at=now - timedelta(days=days))
    make_call_log(organization, **place, withdrawn_at=now, withdrawn_reason="twice")
    make_call_log(organization, property=make_property(organization))
    make_call_log(organization)
    return make_call_log(organization, **place)


def everybody(log: CallLog) -> list[Principal]:
    """An owner, members with and without the link, a narrowed one, and somebody from elsewhere."""
    here = log.property
    owner = make_principal(log.organization, Role.OWNER)
    return [
        owner,
        make_principal(log.organization, Role.MEMBER, links=[here]),
        make_principal(log.organization, Role.MEMBER),
        replace(owner, property_ids=frozenset([here.pk]), is_narrowed=True) if here else owner,
        replace(owner, property_ids=frozenset(), is_narrowed=True),
        make_principal(make_organization(), Role.OWNER),
    ]


@pytest.mark.parametrize("parent", ["unit_id", "property_id", "resident_id"])
def test_the_same_calls_in_the_same_order(log: CallLog, parent: Parent) -> None:
    pk = getattr(log, parent)
    counts = []
    for principal in everybody(log):
        visible = CallLog.objects.visible_to(principal).filter(**{parent: pk})
        wanted = list(visible.order_by("-contacted_at", "-pk").values_list("pk", flat=True))
        calls = PlacedCalls(principal, parent, pk)
        assert [call.pk for call in calls.part(0, 100)] == wanted
        assert [call.pk for call in replace(calls, ascends=True).part(0, 100)] == wanted[::-1]
        assert calls.count() == len(wanted)
        counts.append(len(wanted))
    assert (max(counts), min(counts)) == (6, 0)


def test_a_status_narrows_and_a_walk_meets_each_call_once(log: CallLog) -> None:
    principal = make_principal(log.organization, Role.OWNER)
    calls = PlacedCalls(principal, "unit_id", log.unit_id or 0, frozenset([log.status_id]))
    met = []
    rows = calls.part(0, 2)
    while rows:
        met += [call.pk for call in rows]
        rows = calls.beyond((rows[-1].contacted_at, rows[-1].pk), 2)
    assert met == [call.pk for call in calls.part(0, 100)]
    assert len(set(met)) == 6
    assert replace(calls, statuses=frozenset([0])).part(0, 100) == []


def test_of_a_history_the_same_is_told_as_by_the_queryset(log: CallLog) -> None:
    for kind in ("comment", "status", "edit", "fold", "import"):
        make_comment(log, text=kind, kind=kind)
    told = Comment.objects.filter(call_log=log).told().in_order()
    texts = list(told.values_list("text", flat=True))
    assert [row.text for row in told_history([log.pk])[log.pk]] == texts
    assert texts == ["comment", "status", "import"]
