"""The pages that ring through a chain: once, within sight, and with a way out."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from callcenter.accounts.models import Role, User
from callcenter.calls.models import Comment, CommentKind
from callcenter.escalations.models import Escalation, EscalationItem
from tests.escalations.conftest import Cast
from tests.factories import make_escalation, make_membership, make_organization, make_ring


@pytest.fixture
def client(cast: Cast) -> Client:
    return signed_in(cast.member.user_id)


def signed_in(user_id: int | None, **headers: Any) -> Client:
    client = Client(headers=headers)
    client.force_login(User.objects.get(pk=user_id or 0))
    return client


def sent(**fields: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4())} | fields


def test_a_chain_is_planned_started_rung_and_accepted(client: Client, cast: Cast) -> None:
    where = reverse("escalations:start", args=[cast.log.pk])
    plan = client.get(where)
    assert [step.responder for step in plan.context["steps"]] == [cast.joe, cast.marta]
    rules = list(cast.policy.rules.order_by("order"))
    form = sent(policy=cast.policy.pk, rule=rules[0].pk)
    answer = client.post(where, form)
    chain = Escalation.objects.get()
    page = reverse("escalations:chain", args=[chain.pk])
    assert answer.headers["Location"] == page
    assert client.post(where, form).headers["Location"] == page  # sent twice
    item = EscalationItem.objects.get()
    assert (item.responder, item.status) == (cast.joe, "Ringing")
    assert client.get(where).headers["Location"] == page  # it runs already

    told = reverse("escalations:told", args=[item.pk])
    form = sent(outcome="no_answer")
    assert client.post(told, form).headers["Location"] == page
    assert client.post(told, form).headers["Location"] == page
    assert client.post(told, sent(outcome="accepted")).status_code == 409  # somebody said it
    ring = reverse("escalations:ring", args=[chain.pk])
    client.post(ring, sent(rule=rules[1].pk))
    second = EscalationItem.objects.get(status="Ringing")
    assert client.post(ring, sent(rule=rules[0].pk)).status_code == 422  # one at a time
    client.post(reverse("escalations:told", args=[second.pk]), sent(outcome="accepted"))
    chain.refresh_from_db()
    assert (chain.status, chain.answered_by) == ("Completed", cast.marta)
    assert "will ring you back" in client.get(page).text
    rows = Comment.objects.filter(call_log=cast.log, kind=CommentKind.CHAIN)
    assert rows.count() == 2


def test_without_a_policy_a_chain_can_be_started_and_ended(client: Client, cast: Cast) -> None:
    client.post(reverse("escalations:start", args=[cast.log.pk]), sent())
    chain = Escalation.objects.get()
    end = reverse("escalations:end", args=[chain.pk])
    assert client.post(end, sent(ending="Completed")).status_code == 422
    client.post(end, sent(ending="CallerHungUp", comment="Line went dead"))
    chain.refresh_from_db()
    assert (chain.status, chain.ended_at is not None) == ("CallerHungUp", True)
    assert "Caller hung up" in client.get(reverse("escalations:list")).text


def test_who_picked_up_is_judged_and_another_organisation_sees_nothing(
    client: Client, cast: Cast
) -> None:
    chain = make_escalation(cast.organization, property=cast.maple, policy=cast.policy)
    item = make_ring(chain, is_answered=True, status="Connected", dial_seconds=5)
    judge = reverse("escalations:judge", args=[item.pk])
    client.post(judge, sent(human="no"))
    item.refresh_from_db()
    assert item.accepted_by_human is False
    stranger = signed_in(make_membership(make_organization(), Role.OWNER).user_id)
    for name, pk in (("chain", chain.pk), ("ring", chain.pk), ("end", chain.pk)):
        address = reverse(f"escalations:{name}", args=[pk])
        answer = stranger.get(address) if name == "chain" else stranger.post(address, sent())
        assert answer.status_code == 404, name
    assert stranger.post(judge, sent(human="yes")).status_code == 404
    assert str(chain.pk) not in stranger.get(reverse("escalations:list")).text


def test_the_pages_cost_the_same_for_one_and_for_many(client: Client, cast: Cast) -> None:
    chain = make_escalation(cast.organization, property=cast.maple, policy=cast.policy)
    make_ring(chain)
    make_escalation(cast.organization, property=cast.maple)  # stands beside the first one
    pages = [reverse("escalations:list"), reverse("escalations:chain", args=[chain.pk])]

    def statements(page: str) -> int:
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        return len(captured)

    before = list(map(statements, pages))
    for _ in range(8):
        other = make_escalation(cast.organization, property=cast.maple, policy=cast.policy)
        for chain_of_all in (chain, other):
            make_ring(chain_of_all)
    assert list(map(statements, pages)) == before
    assert max(before) <= 8, before
