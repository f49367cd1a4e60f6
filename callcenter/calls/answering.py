"""Answers to decision cards after the call was logged: added, corrected by new ones, read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .cards import Card, Said, cards_for, keep_replies, read_answers
from .history import append_row, bump, lock_call, reasons_of
from .models import (
    CallLog,
    CallLogQuerySet,
    CallLogReason,
    CardAnswer,
    CardReply,
    CommentKind,
    DecisionCard,
    Verdict,
)


def answer_cards(*, call_log_id: int, answers: Mapping[int, str], actor: Principal) -> bool:
    """Add answers to the cards of a call's reasons; what was said before stays on record.

    One edit row says what is new. False when nothing is. RuleError for a question that is on
    none of the cards, or what is no answer.
    """
    with write_transaction(actor):
        log = lock_call(call_log_id, actor)
        cards = cards_for(reasons_of(log), log.property_id, actor)
        said = read_answers(cards, answers)
        before = standing_answers(log)
        new = {pk: a for pk, a in said.items() if pk not in before or before[pk] != a}
        replies = keep_replies(log, cards, new, before, actor)
        if not replies:
            return False
        text = _described(cards, replies, new, before)
        append_row(log, actor=actor, text=text, kind=CommentKind.EDIT)
        bump(log)
    return True


def standing_answers(log: CallLog) -> dict[int, Said]:
    """The last answer to each question of a call, without those that were erased."""
    rows = CardAnswer.objects.filter(
        organization_id=log.organization_id, reply__call_log=log, erased_at=None
    )
    last = rows.order_by("question_id", "-reply_id").distinct("question_id")
    told = last.values_list("question_id", "value", "answer_text", "makes_emergency")
    return {
        pk: Said(value or "", text or "", makes_emergency=urgent)
        for pk, value, text, urgent in told
    }


def _described(
    cards: Sequence[Card],
    replies: Sequence[CardReply],
    new: Mapping[int, Said],
    before: Mapping[int, Said],
) -> str:
    """For the history: what each question had and has, and what the rules say of it."""
    by_card = {card.row.pk: card for card in cards}
    lines = []
    for reply in replies:
        verdict = Verdict(reply.verdict).label
        lines.append(f"{reply.reason_name}: {verdict} ({reply.rule_of})")
        for pk, question in by_card[reply.card_id].known.items():
            if pk in new:
                had = f"“{before[pk].text}”" if pk in before else _("nothing")
                said = {"field": question.text, "before": had, "after": f"“{new[pk].text}”"}
                lines.append(_("%(field)s: %(before)s → %(after)s") % said)
    return "\n".join(lines)


@dataclass
class Line:
    """A question as it was asked, its last answer (None when erased), and those before."""

    question: str
    answer: str | None
    before: list[str] = field(default_factory=list)


@dataclass
class Told:
    """What was said to one card: the last verdict with its rule, by whom and when."""

    reason_name: str
    verdict: str = ""
    rule: str = ""
    rule_of: str = ""
    author_name: str = ""
    at: datetime | None = None
    lines: dict[int, Line] = field(default_factory=dict)


def with_cards(calls: CallLogQuerySet) -> CallLogQuerySet:
    """Each with `asks`, whether a reason of it has a card there, and `has_answers`."""
    reasons = CallLogReason.objects.filter(call_log=OuterRef(OuterRef("pk"))).values("reason")
    here = Q(property=None) | Q(property=OuterRef("property"))
    cards = DecisionCard.objects.filter(
        here, organization=OuterRef("organization"), is_enabled=True, reason__in=reasons
    )
    return calls.annotate(
        asks=Exists(cards), has_answers=Exists(CardReply.objects.filter(call_log=OuterRef("pk")))
    )


def told_of(call_log_id: int, principal: Principal) -> list[Told]:
    """What was said to the cards of a call that the principal sees, in one statement."""
    replies = CardReply.objects.visible_to(principal).filter(call_log_id=call_log_id)
    rows = CardAnswer.objects.filter(reply__in=replies).select_related("reply")
    found: dict[int, Told] = {}
    for row in rows.order_by("reply_id", "pk"):
        reply = row.reply
        told = found.setdefault(reply.card_id, Told(reply.reason_name))
        told.verdict, told.rule, told.rule_of = reply.verdict, reply.rule, reply.rule_of
        told.author_name, told.at = reply.author_name, reply.created_at
        line = told.lines.get(row.question_id)
        if line is None:
            told.lines[row.question_id] = Line(row.question_text, row.answer_text)
            continue
        line.before.append(line.answer or "")
        line.question, line.answer = row.question_text, row.answer_text
    return list(found.values())
