"""Answers that come later: added and corrected on the page of the call, never replaced."""

import uuid
from typing import Any

import pytest

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.actions import log_call
from callcenter.calls.answering import answer_cards
from callcenter.calls.models import CallLog, CardAnswer, CardQuestion, CardReply
from callcenter.calls.values import NewCall
from callcenter.core.errors import NotFoundError
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from tests.calls.conftest import signed_in
from tests.factories import (
    make_membership,
    make_organization,
    make_principal,
    make_property,
    principal_again,
    reason_named,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization(name="Northgate")


@pytest.fixture
def actor(me: Membership) -> Principal:
    return principal_again(me)


@pytest.fixture
def asked(organization: Organization) -> list[int]:
    rows = CardQuestion.objects.filter(card__reason=reason_named(organization, "el"))
    return list(rows.order_by("order").values_list("pk", flat=True))


@pytest.fixture
def call(actor: Principal, maple: Property, asked: list[int]) -> CallLog:
    """A leak at Maple Court that did not run any more."""
    reason = reason_named(actor.organization, "el")
    new = NewCall(
        property_id=maple.pk,
        call_from="Ana",
        reason_ids=[reason.pk],
        answers={asked[0]: "n", asked[2]: "n", asked[3]: "n"},
    )
    return log_call(call=new, actor=actor)


def test_a_correction_is_another_reply_and_a_line_of_history(
    call: CallLog, actor: Principal, asked: list[int]
) -> None:
    assert CardReply.objects.get().verdict == "routine"
    assert answer_cards(call_log_id=call.pk, answers={asked[0]: "y", asked[2]: "n"}, actor=actor)
    said = CardAnswer.objects.filter(question=asked[0]).order_by("pk")
    assert [row.value for row in said] == ["n", "y"]
    assert CardAnswer.objects.filter(question=asked[2]).count() == 1
    assert CardReply.objects.latest("pk").verdict == "emergency"
    row = call.comments.get()
    assert row.kind == "edit"
    assert "Emergency (Northgate)" in (row.text or "")
    assert "Is water still running?: “No” → “Yes”" in (row.text or "")
    version = CallLog.objects.get(pk=call.pk).version
    assert version == 2
    assert not answer_cards(call_log_id=call.pk, answers={asked[0]: "y"}, actor=actor)
    assert not answer_cards(call_log_id=call.pk, answers={asked[0]: ""}, actor=actor)
    assert CallLog.objects.get(pk=call.pk).version == version


def test_what_was_said_shows_on_the_page_with_what_it_was_before(
    call: CallLog, me: Membership, actor: Principal, asked: list[int]
) -> None:
    client = signed_in(me)
    assert "Not an emergency by the rule of Northgate" in client.get(f"/calls/{call.pk}/").text
    answer_cards(call_log_id=call.pk, answers={asked[0]: "y"}, actor=actor)
    text = client.get(f"/calls/{call.pk}/").text
    assert "Emergency by the rule of Northgate: start a chain." in text
    assert '<span class="before">No</span>' in text


def test_the_form_holds_what_stands_and_works_without_script(
    call: CallLog, me: Membership, asked: list[int]
) -> None:
    client = signed_in(me)
    page = client.get(f"/calls/{call.pk}/answers/").text
    assert f'id="card-{asked[0]}-n" value="n" checked' in page
    form = {"key": str(uuid.uuid4()), f"card-{asked[0]}": "y"}
    for _ in range(2):
        answer = client.post(f"/calls/{call.pk}/answers/", form)
        assert answer.headers["Location"] == f"/calls/{call.pk}/"
    assert CardReply.objects.count() == 2


def test_a_refusal_leaves_the_form_and_success_shows_the_call(
    call: CallLog, me: Membership, asked: list[int]
) -> None:
    client = signed_in(me, htmx=True)
    form = {"key": str(uuid.uuid4()), f"card-{asked[1]}": "z", f"card-{asked[0]}": "y"}
    answer = client.post(f"/calls/{call.pk}/answers/", form)
    assert answer.status_code == 422
    assert f'id="card-{asked[1]}-error"' in answer.text
    assert f'id="card-{asked[0]}-y" value="y" checked' in answer.text
    answer = client.post(f"/calls/{call.pk}/answers/", form | {f"card-{asked[1]}": "c"})
    assert answer.headers["HX-Retarget"] == "#log"
    assert 'id="log"' in answer.text


def test_b07_who_does_not_see_the_call_answers_nothing(
    call: CallLog, organization: Organization, asked: list[int], me: Membership
) -> None:
    for stranger in (
        make_principal(organization, Role.MEMBER, links=[make_property(organization)]),
        make_principal(make_organization(), Role.OWNER),
    ):
        with pytest.raises(NotFoundError):
            answer_cards(call_log_id=call.pk, answers={asked[0]: "y"}, actor=stranger)
    foreign = make_membership(make_organization(), Role.OWNER)
    assert signed_in(foreign).get(f"/calls/{call.pk}/answers/").status_code == 404


def test_the_form_takes_few_statements(
    call: CallLog, me: Membership, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(me, htmx=True)
    with django_assert_max_num_queries(8):
        client.get(f"/calls/{call.pk}/answers/")
