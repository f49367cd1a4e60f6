"""Withdrawing from the film strip: with a reason, by who may, and never gone from the record."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Role, User
from callcenter.escalations.models import Escalation, EscalationItem
from callcenter.properties.principals import Principal
from tests.escalations.conftest import Cast, history
from tests.factories import make_escalation, make_membership, make_organization, make_ring


def signed_in(principal: Principal) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=principal.user_id or 0))
    return client


def sent(**fields: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4())} | fields


@pytest.fixture
def chain(cast: Cast) -> Escalation:
    return make_escalation(
        cast.organization, property=cast.maple, policy=cast.policy, call_log=cast.log
    )


@pytest.fixture
def ring(chain: Escalation) -> EscalationItem:
    return make_ring(chain, responder_name="Joe Tran", phone="+12125550133")


def test_a_ring_is_withdrawn_with_a_reason_and_shown_struck_through(
    cast: Cast, chain: Escalation, ring: EscalationItem
) -> None:
    make_ring(chain, responder_name="Marta Lindqvist")
    client = signed_in(cast.admin)
    page = reverse("escalations:chain", args=[chain.pk])
    where = reverse("escalations:withdraw_ring", args=[ring.pk])
    assert where in client.get(page).text
    assert "Joe Tran" in client.get(where).text
    refused = client.post(where, sent(reason=" "))
    assert (refused.status_code, "Say why it is withdrawn." in refused.text) == (422, True)
    form = sent(reason="Rang the wrong Joe")
    for _ in range(2):
        assert client.post(where, form).headers["Location"] == page
    assert client.get(where).headers["Location"] == page  # there is nothing more to withdraw
    ring.refresh_from_db()
    assert (ring.withdrawn_reason, ring.withdrawn_by_id) == (
        "Rang the wrong Joe",
        cast.admin.user_id,
    )
    shown = client.get(page)
    assert [one.responder_name for one in shown.context["shown"].items] == ["Marta Lindqvist"]
    row = re.search(r'<tr class="gone">.*?</tr>.*?</tr>', shown.text, re.DOTALL)
    assert row is not None
    for words in ("Joe Tran", "Kim Osei", "Rang the wrong Joe", "(212) 555-0133"):
        assert words in row[0]
    seen = signed_in(cast.member).get(page).text
    assert "Marta Lindqvist" in seen
    assert 'class="gone"' not in seen
    assert "Rang the wrong Joe" not in seen


def test_a_chain_is_withdrawn_with_its_rings_and_stays_for_who_manages(
    cast: Cast, chain: Escalation, ring: EscalationItem
) -> None:
    client = signed_in(cast.owner)
    page = reverse("escalations:chain", args=[chain.pk])
    where = reverse("escalations:withdraw", args=[chain.pk])
    assert where in client.get(page).text
    client.post(where, sent(reason="A test of the telephone"))
    chain.refresh_from_db()
    assert chain.withdrawn_reason == "A test of the telephone"
    assert history(cast.log)[-1] == "Chain withdrawn: A test of the telephone"
    shown = client.get(page)
    assert "Withdrawn by" in shown.text
    assert "Dana Ruiz" in shown.text
    assert "A test of the telephone" in shown.text
    assert "Joe Tran" in shown.text
    assert where not in shown.text
    assert 'name="ending"' not in shown.text
    listed = client.get(reverse("escalations:list")).text
    assert page not in listed
    assert signed_in(cast.member).get(page).status_code == 404
    assert client.post(reverse("escalations:ring", args=[chain.pk]), sent()).status_code == 404


def test_members_and_strangers_withdraw_nothing(
    cast: Cast, chain: Escalation, ring: EscalationItem
) -> None:
    stranger = Client()
    stranger.force_login(make_membership(make_organization(), Role.OWNER).user)
    member = signed_in(cast.member)
    for name, pk in (("withdraw", chain.pk), ("withdraw_ring", ring.pk)):
        where = reverse(f"escalations:{name}", args=[pk])
        for client, status in ((member, 403), (stranger, 404)):
            assert client.get(where).status_code == status
            assert client.post(where, sent(reason="x")).status_code == status
    page = member.get(reverse("escalations:chain", args=[chain.pk]))
    assert "/withdraw/" not in page.text
    assert not Escalation.objects.exclude(withdrawn_at=None).exists()
    assert not EscalationItem.objects.exclude(withdrawn_at=None).exists()
