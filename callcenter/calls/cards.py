"""Decision cards at work: which one a call shows, what an answer means, what the rules say of it.

Answers come as typed, by the id of their question. Nothing here changes what was said before:
a correction is another reply.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError
from callcenter.properties.principals import Principal

from .history import clean_text
from .models import (
    CallLog,
    CardAnswer,
    CardQuestion,
    CardReply,
    DecisionCard,
    QuestionKind,
    Reason,
    Verdict,
)

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that was understood: as typed, in words, and whether it makes an emergency."""

    value: str
    text: str
    makes_emergency: bool


@dataclass(frozen=True)
class Card:
    """The card of one reason at one property; `rule_of` says whose rule decides.

    `questions` are those that are asked now, `known` all that it ever asked, by id.
    """

    row: DecisionCard
    reason: Reason
    rule_of: str
    questions: list[CardQuestion]
    known: dict[int, CardQuestion] = field(repr=False)


def cards_for(
    reasons: Sequence[Reason], property_id: int | None, principal: Principal
) -> list[Card]:
    """The cards of these reasons at a property, in the order of the reasons; two statements.

    A property's own card stands in place of the organisation's.
    """
    if not reasons:
        return []
    asked = Prefetch("questions", CardQuestion.objects.order_by("order", "pk"))
    rows = DecisionCard.objects.visible_to(principal).at(property_id)
    found: dict[int, DecisionCard] = {}
    wanted = rows.filter(reason__in=[reason.pk for reason in reasons])
    for row in wanted.select_related("property").prefetch_related(asked):
        if row.property_id is not None or row.reason_id not in found:
            found[row.reason_id] = row
    return [_card(found[reason.pk], reason, principal) for reason in reasons if reason.pk in found]


def _card(row: DecisionCard, reason: Reason, principal: Principal) -> Card:
    every = list(row.questions.all())
    return Card(
        row=row,
        reason=reason,
        rule_of=str(row.property or principal.organization),
        questions=[question for question in every if question.is_enabled],
        known={question.pk: question for question in every},
    )


def read_answer(question: CardQuestion, typed: str) -> Said | None:
    """What was answered, None for nothing; RuleError when it is no answer to this question."""
    name = f"card-{question.pk}"
    typed = clean_text(typed.strip(), limit=LONGEST, field=name)
    if not typed:
        return None
    if question.kind == QuestionKind.TEXT:
        return Said(typed, typed, makes_emergency=False)
    if question.kind == QuestionKind.NUMBER:
        number = _number(typed, question)
        said = f"{typed} {question.unit}".strip()
        return Said(typed, said, makes_emergency=question.is_beyond(number))
    for option in question.options:
        if option.key == typed:
            return Said(option.key, option.text, makes_emergency=option.makes_emergency)
    raise RuleError(_("This is no answer to “%(question)s”.") % {"question": question}, field=name)


def _number(typed: str, question: CardQuestion) -> Decimal:
    """A plain number such as -3.5; no exponent, no NaN."""
    try:
        if set(typed) <= set("0123456789.-"):
            return Decimal(typed)
    except InvalidOperation:
        pass
    said = _("“%(question)s” takes a number.") % {"question": question}
    raise RuleError(said, field=f"card-{question.pk}")


def read_answers(cards: Iterable[Card], typed: Mapping[int, str]) -> dict[int, Said]:
    """What was answered, by question; RuleError for a question that none of the cards has."""
    questions = {pk: question for card in cards for pk, question in card.known.items()}
    if set(typed) - set(questions):
        raise RuleError(_("There is no such question on the cards of this call."), field="reasons")
    said = {pk: read_answer(questions[pk], text) for pk, text in typed.items()}
    return {pk: answer for pk, answer in said.items() if answer is not None}


def judge(card: Card, said: Mapping[int, Said]) -> Verdict:
    """What the rules of the card say: one answer that makes an emergency is enough.

    OPEN while a question that could make one is not answered, or when none can.
    """
    answered = [said[pk] for pk in card.known if pk in said]
    if any(answer.makes_emergency for answer in answered):
        return Verdict.EMERGENCY
    rules = [question.pk for question in card.questions if question.is_rule]
    if not rules or any(pk not in said for pk in rules):
        return Verdict.OPEN
    return Verdict.ROUTINE


def require_answers(cards: Iterable[Card], said: Mapping[int, Said]) -> None:
    """RuleError at the first question that is required and not answered."""
    for card in cards:
        for question in card.questions:
            if question.is_required and question.pk not in said:
                words = _("Answer “%(question)s” first.") % {"question": question}
                raise RuleError(words, field=f"card-{question.pk}")


def answer_at_start(
    log: CallLog, reasons: Sequence[Reason], typed: Mapping[int, str] | None, actor: Principal
) -> None:
    """Keep what was answered while a call was logged, in its transaction.

    None means that nobody saw cards (an API, an import). Costs nothing when nothing was answered
    and the organisation asks for nothing. RuleError as in `read_answers` and `require_answers`.
    """
    is_asked = typed is not None and actor.organization.requires_answers
    if not is_asked and not any((typed or {}).values()):
        return
    cards = cards_for(reasons, log.property_id, actor)
    said = read_answers(cards, typed or {})
    if is_asked:
        require_answers(cards, said)
    keep_replies(log, cards, said, {}, actor)


def keep_replies(
    log: CallLog,
    cards: Sequence[Card],
    said: Mapping[int, Said],
    before: Mapping[int, Said],
    actor: Principal,
) -> list[CardReply]:
    """One reply for each card with something new in `said`; two statements, none for nothing.

    `before` is what earlier replies left standing; the verdict weighs both.
    """
    replies = [
        _reply(log, card, judge(card, {**before, **said}), actor)
        for card in cards
        if any(pk in said for pk in card.known)
    ]
    if not replies:
        return []
    CardReply.objects.bulk_create(replies)
    by_card = {card.row.pk: card for card in cards}
    CardAnswer.objects.bulk_create(
        _answer(reply, question, said[pk])
        for reply in replies
        for pk, question in by_card[reply.card_id].known.items()
        if pk in said
    )
    return replies


def _reply(log: CallLog, card: Card, verdict: Verdict, actor: Principal) -> CardReply:
    return CardReply(
        organization_id=log.organization_id,
        call_log=log,
        card=card.row,
        reason_name=card.reason.name,
        rule=card.row.rule,
        rule_of=card.rule_of,
        verdict=verdict,
        author_id=actor.user_id,
        author_name=actor.user_name,
    )


def _answer(reply: CardReply, question: CardQuestion, said: Said) -> CardAnswer:
    return CardAnswer(
        organization_id=reply.organization_id,
        reply=reply,
        question=question,
        question_text=question.text,
        answer_text=said.text,
        value=said.value,
        makes_emergency=said.makes_emergency,
    )
