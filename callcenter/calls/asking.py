"""Decision cards in a form: what reasons ask at a place, what was typed, what the rules say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from callcenter.core.errors import RuleError
from callcenter.core.ids import read_id
from callcenter.properties.principals import Principal

from .cards import Card, Said, cards_for, judge, read_answer
from .models import CardQuestion, Reason, Verdict

PREFIX = "card-"


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question with what was typed, and why that is no answer."""

    row: CardQuestion
    typed: str
    error: str


@dataclass(frozen=True, slots=True)
class ShownCard:
    """What a chosen reason shows: its script, and its card if it has one.

    `missing` counts the rules that wait for an answer, `answered` the questions that have one.
    """

    reason: Reason
    card: Card | None
    questions: list[ShownQuestion]
    verdict: Verdict
    answered: int
    missing: int


def typed_answers(sent: Mapping[str, Any]) -> dict[int, str]:
    """What stands in the fields of cards, by the id of the question."""
    found = {}
    for name in sent:
        question = read_id(name.removeprefix(PREFIX))
        if name.startswith(PREFIX) and question is not None:
            found[question] = sent[name]
    return found


def answers_as_sent(sent: QueryDict) -> dict[str, list[str]]:
    """The same as a form sends it: part of what a key stands for."""
    return {name: sent.getlist(name) for name in sent if name.startswith(PREFIX)}


def shown_cards(
    reasons: Sequence[Reason],
    property_id: int | None,
    principal: Principal,
    typed: Mapping[int, str],
    refused: RuleError | None = None,
) -> list[ShownCard]:
    """What these reasons show, in their order; those without script and card show nothing."""
    cards = {card.reason.pk: card for card in cards_for(reasons, property_id, principal)}
    return [
        _shown(reason, cards.get(reason.pk), typed, refused)
        for reason in reasons
        if reason.script or reason.pk in cards
    ]


def _shown(
    reason: Reason, card: Card | None, typed: Mapping[int, str], refused: RuleError | None
) -> ShownCard:
    if card is None:
        return ShownCard(reason, None, [], Verdict.OPEN, 0, 0)
    said: dict[int, Said] = {}
    questions = []
    for question in card.questions:
        error = ""
        try:
            answer = read_answer(question, typed.get(question.pk, ""))
            if answer is not None:
                said[question.pk] = answer
        except RuleError as no_answer:
            error = str(no_answer)
        if refused is not None and refused.field == f"{PREFIX}{question.pk}":
            error = str(refused)
        questions.append(ShownQuestion(question, typed.get(question.pk, ""), error))
    rules = [question.pk for question in card.questions if question.is_rule]
    missing = sum(pk not in said for pk in rules)
    return ShownCard(reason, card, questions, judge(card, said), len(said), missing)
