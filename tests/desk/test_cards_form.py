"""Decision cards in forms: shown for what is chosen, kept with the call, refused in place."""

import uuid
from typing import Any

import pytest
from django.test import Client

from callcenter.accounts.models import Organization
from callcenter.calls.models import CallLog, CardQuestion, CardReply, DecisionCard, Reason
from callcenter.properties.models import Property
from tests.factories import (
    make_organization,
    make_property,
    reason_named,
    status_named,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization(name="Northgate")


@pytest.fixture
def maple(organization: Organization) -> Property:
    return make_property(organization, name="Maple Court", emergency_rules="Ring the super first.")


def questions(reason: Reason) -> list[CardQuestion]:
    return list(CardQuestion.objects.filter(card__reason=reason).order_by("order"))


def call_of(organization: Organization, **fields: Any) -> dict[str, Any]:
    blank = {
        "key": str(uuid.uuid4()),
        "call_from": "Ana",
        "status": status_named(organization).pk,
        "direction": "inbound",
    }
    return blank | fields


def test_chosen_reasons_show_their_cards_in_order_with_script_and_rules(
    htmx: Client, organization: Organization, maple: Property
) -> None:
    leak, power, noise = (reason_named(organization, one) for one in ("el", "ep", "cn"))
    Reason.objects.filter(pk=noise.pk).update(script="Say that <b>quiet hours</b> begin at ten.")
    sent = {"reasons": [noise.pk, power.pk, leak.pk], "property": maple.pk}
    text = htmx.post("/calls/cards/", sent).text
    places = [text.index(f"card-of-{reason.pk}") for reason in (noise, power, leak)]
    assert places == sorted(places)
    assert "Say that &lt;b&gt;quiet hours&lt;/b&gt; begin" in text
    assert "Ring the super first." in text
    assert "3 more answers decide" in text
    assert "rule of Northgate" in text
    assert htmx.post("/calls/cards/", {}).text.count("card-of") == 0


def test_the_verdict_follows_the_answers_alone(htmx: Client, organization: Organization) -> None:
    leak = reason_named(organization, "el")
    running, _valve, ceiling, outlets = (f"card-{q.pk}" for q in questions(leak))
    sent = {"reasons": leak.pk, "verdicts": "1"}
    said = htmx.post("/calls/cards/", sent | {running: "y"}).text
    assert f'hx-swap-oob="innerHTML:#verdict-{leak.pk}"' in said
    assert "Emergency by the rule of Northgate: start a chain." in said
    assert "1 of 4 answered" in said
    assert "card-of" not in said
    answers = {running: "n", ceiling: "n", outlets: "n"}
    said = htmx.post("/calls/cards/", sent | answers).text
    assert "Not an emergency by the rule of Northgate: it goes on the 07:00 list." in said
    assert not CardReply.objects.exists()


def test_a_property_shows_its_own_card_and_a_foreign_one_is_not_there(
    htmx: Client, organization: Organization, maple: Property
) -> None:
    leak = reason_named(organization, "el")
    own = DecisionCard.objects.create(organization=organization, reason=leak, property=maple)
    CardQuestion.objects.create(organization=organization, card=own, text="Riser seven?")
    said = htmx.post("/calls/cards/", {"reasons": leak.pk, "property": maple.pk}).text
    assert "Riser seven?" in said
    assert "rule of Maple Court" in said
    assert "still running" not in said
    assert "still running" in htmx.post("/calls/cards/", {"reasons": leak.pk}).text
    foreign = make_property(make_organization())
    for pk in (make_property(organization).pk, foreign.pk, 10**9, "x"):
        assert htmx.post("/calls/cards/", {"property": pk}).status_code == 404
    assert (
        "card-of"
        not in htmx.post(
            "/calls/cards/", {"reasons": reason_named(foreign.organization, "el").pk}
        ).text
    )


def test_answers_are_saved_with_the_call_once(htmx: Client, organization: Organization) -> None:
    leak = reason_named(organization, "el")
    first = questions(leak)[0]
    form = call_of(organization, reasons=leak.pk) | {f"card-{first.pk}": "y"}
    for _ in range(2):
        assert htmx.post("/new/", form).status_code in (200, 204)
    reply = CardReply.objects.get()
    assert reply.call_log == CallLog.objects.get()
    assert (reply.verdict, reply.answers.get().answer_text) == ("emergency", "Yes")
    other = htmx.post("/new/", form | {f"card-{first.pk}": "n"})
    assert other.status_code == 409


def test_no_answer_is_refused_beside_its_question_and_all_answers_stay(
    htmx: Client, organization: Organization
) -> None:
    heat = reason_named(organization, "eh")
    warm, risk, *_ = questions(heat)
    form = call_of(organization, reasons=heat.pk, notes="Cold")
    answer = htmx.post("/new/", form | {f"card-{warm.pk}": "chilly", f"card-{risk.pk}": "y"})
    assert answer.status_code == 422
    assert f'id="card-{warm.pk}-error"' in answer.text
    assert 'value="chilly"' in answer.text
    assert f'id="card-{risk.pk}-y" value="y" checked' in answer.text
    assert not CallLog.objects.exists()


def test_a_required_question_is_asked_for_where_the_house_wants_it(
    htmx: Client, organization: Organization
) -> None:
    leak = reason_named(organization, "el")
    Organization.objects.filter(pk=organization.pk).update(requires_answers=True)
    answer = htmx.post("/new/", call_of(organization, reasons=leak.pk))
    assert answer.status_code == 422
    assert f'id="card-{questions(leak)[0].pk}-error"' in answer.text
    assert htmx.post("/new/", call_of(organization)).status_code in (200, 204)


def test_the_cards_cost_eight_statements_however_many_there_are(
    htmx: Client, organization: Organization, maple: Property, django_assert_max_num_queries: Any
) -> None:
    every = [row.pk for row in Reason.objects.filter(organization=organization)]
    with django_assert_max_num_queries(8) as many:
        htmx.post("/calls/cards/", {"reasons": every, "property": maple.pk})
    with django_assert_max_num_queries(8) as one:
        htmx.post("/calls/cards/", {"reasons": every[:1], "property": maple.pk})
    assert len(many) - len(one) <= 1  # the questions, when there are cards
