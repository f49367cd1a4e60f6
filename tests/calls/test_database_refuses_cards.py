"""What PostgreSQL refuses about decision cards and what was said to them (B-43)."""

from typing import Any

import pytest

from callcenter.accounts.models import Organization
from callcenter.calls.models import (
    CardAnswer,
    CardQuestion,
    CardReply,
    DecisionCard,
    ReasonSet,
    Snippet,
)
from tests.factories import (
    make_call_log,
    make_organization,
    make_property,
    make_user,
    reason_named,
)
from tests.refusals import refused, sql


@pytest.fixture
def organization(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def card(organization: Organization) -> DecisionCard:
    """The card of active leaks."""
    return DecisionCard.objects.get(reason=reason_named(organization, "el"))


def ask(card: DecisionCard, **fields: Any) -> CardQuestion:
    blank = {"organization": card.organization, "card": card, "text": "Is it wet?"}
    return CardQuestion.objects.create(**(blank | fields))


def reply_to(card: DecisionCard, **fields: Any) -> CardReply:
    blank = {
        "organization": card.organization,
        "call_log": make_call_log(card.organization),
        "card": card,
        "reason_name": "Active leak",
        "rule_of": "the house",
        "verdict": "open",
        "author_name": "Kim Osei",
    }
    return CardReply.objects.create(**(blank | fields))


def answer_of(reply: CardReply, **fields: Any) -> CardAnswer:
    question = CardQuestion.objects.filter(card_id=reply.card_id).order_by("order").first()
    blank = {
        "organization": reply.organization,
        "reply": reply,
        "question": question,
        "question_text": "Is water still running?",
        "answer_text": "Yes",
        "value": "y",
    }
    return CardAnswer.objects.create(**(blank | fields))


def test_a_reason_has_one_card_and_one_more_for_a_property(card: DecisionCard) -> None:
    place = make_property(card.organization)
    both = {"organization": card.organization, "reason": card.reason}
    with refused(by="decisioncard_once"):
        DecisionCard.objects.create(**both)
    DecisionCard.objects.create(**both, property=place)
    with refused(by="decisioncard_once"):
        DecisionCard.objects.create(**both, property=place)
    with refused(by="calls_decisioncard_property_id_within_organization_id"):
        DecisionCard.objects.create(**both, property=make_property(make_organization()))


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"text": ""}, "cardquestion_has_text"),
        ({"kind": "colour"}, "cardquestion_kind_known"),
        ({"kind": "choice"}, "cardquestion_choices_form"),
        ({"kind": "choice", "choices": "Cannot"}, "cardquestion_choices_form"),
        ({"choices": "c Cannot"}, "cardquestion_choices_form"),
        ({"makes_emergency": "Y"}, "cardquestion_rule_fits_kind"),
        ({"emergency_below": 60}, "cardquestion_rule_fits_kind"),
        ({"kind": "number", "makes_emergency": "y"}, "cardquestion_rule_fits_kind"),
        ({"kind": "text", "emergency_above": 1}, "cardquestion_rule_fits_kind"),
    ],
)
def test_a_question_is_asked_in_a_way_that_can_be_answered(
    card: DecisionCard, fields: dict[str, Any], rule: str
) -> None:
    with refused(by=rule):
        ask(card, **fields)


def test_b43_what_was_said_is_neither_changed_nor_deleted(card: DecisionCard) -> None:
    reply = reply_to(card)
    answer = answer_of(reply)
    for table, pk in (("calls_cardreply", reply.pk), ("calls_cardanswer", answer.pk)):
        for statement in ("UPDATE {} SET id = id WHERE id = %s", "DELETE FROM {} WHERE id = %s"):
            with refused(by="permission denied"):
                sql(statement.format(table), pk)
        with refused(by="permission denied"):
            sql(f"TRUNCATE {table} CASCADE")
    for table in ("calls_decisioncardauditevent", "calls_cardquestionauditevent"):
        with refused(by="permission denied"):
            sql(f"UPDATE {table} SET pgh_label = ''")  # noqa: S608 (constants)


def test_b43_a_reply_has_a_known_verdict_and_an_answer_stands_once(card: DecisionCard) -> None:
    with refused(by="cardreply_verdict_known"):
        reply_to(card, verdict="perhaps")
    with refused(by="calls_cardreply_call_log_id_within_organization_id"):
        reply_to(card, call_log=make_call_log(make_organization()))
    reply = reply_to(card)
    answer_of(reply)
    with refused(by="cardanswer_once"):
        answer_of(reply)
    with refused(by="cardanswer_erased_without_words"):
        answer_of(reply_to(card), value=None)


def test_b43_only_the_erase_function_gets_at_an_answer(card: DecisionCard) -> None:
    answer = answer_of(reply_to(card))
    sql("SELECT calls_erase_card_answers(%s, %s)", make_organization().pk, [answer.pk])
    answer.refresh_from_db()
    assert answer.value == "y"
    sql("SELECT calls_erase_card_answers(%s, %s)", card.organization_id, [answer.pk])
    row = CardAnswer.objects.filter(pk=answer.pk)
    assert row.values_list("value", "answer_text", "question_text").get() == (
        None,
        None,
        "Is water still running?",
    )
    answer.refresh_from_db()
    assert answer.erased_at is not None


def test_a_snippet_has_a_word_of_its_own_and_a_text(organization: Organization) -> None:
    shared = {"organization": organization, "word": "closed", "text": "Valve closed."}
    Snippet.objects.create(**shared)
    with refused(by="snippet_word_once"):
        Snippet.objects.create(**shared)
    own = shared | {"owner": make_user()}
    Snippet.objects.create(**own)
    with refused(by="snippet_word_once"):
        Snippet.objects.create(**own)
    for word in ("Closed", "two words", "", "::x"):
        with refused(by="snippet_word_form"):
            Snippet.objects.create(**shared | {"word": word})
    with refused(by="snippet_has_text"):
        Snippet.objects.create(**shared | {"word": "empty", "text": ""})
    with refused(by="calls_snippet_reason_id_within_organization_id"):
        foreign = reason_named(make_organization(), "el")
        Snippet.objects.create(**shared | {"word": "foreign", "reason": foreign})


def test_a_reason_set_has_a_name_of_its_own(organization: Organization) -> None:
    ReasonSet.objects.create(organization=organization, name="Night")
    with refused(by="reasonset_name_once"):
        ReasonSet.objects.create(organization=organization, name="Night")
    with refused(by="reasonset_direction_known"):
        ReasonSet.objects.create(organization=organization, name="Up", direction="up")
