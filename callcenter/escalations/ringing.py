"""One ring after the other: begun, told what came of it, or recorded at once; judged later."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.calls.history import clean_text
from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .models import Escalation, EscalationItem, Outcome, Responder, ResponderLine, Rule, Word
from .planned import lines_of
from .rows import check_right, clean, found, insert, lock, write
from .running import check_quiet, finish, lock_running, now_after
from .schedules import rotas_of

SECOND = timedelta(seconds=1)
LONGEST_MESSAGE = 500
# What a ring's columns say for an outcome: status, something picked up, a person took it over.
SAID: dict[Outcome, tuple[Word, bool, bool | None]] = {
    Outcome.ACCEPTED: (Word.CONNECTED, True, True),
    Outcome.VOICEMAIL: (Word.CONNECTED, True, False),
    Outcome.NO_ANSWER: (Word.NO_ANSWER, False, False),
    Outcome.DECLINED: (Word.NO_ANSWER, False, False),
    Outcome.BUSY: (Word.BUSY, False, False),
    Outcome.BAD_NUMBER: (Word.FAILED, False, False),
    Outcome.CALLER_HUNG_UP: (Word.CALLER_HUNG_UP, False, None),
}
ENDS = {Outcome.ACCEPTED: Word.COMPLETED, Outcome.CALLER_HUNG_UP: Word.CALLER_HUNG_UP}


@dataclass(frozen=True)
class Who:
    """Whom a ring is for: by which step, who, and on which number."""

    rule: Rule | None
    responder: Responder
    line: ResponderLine | None


def start_ring(
    *,
    escalation_id: uuid.UUID,
    actor: Principal,
    rule_id: uuid.UUID | None = None,
    responder_id: uuid.UUID | None = None,
    line_id: int | None = None,
) -> EscalationItem:
    """Somebody's telephone rings from now on, until `finish_ring`.

    Whoever the rule means now, or `responder_id` instead; on `line_id`, else on the first number
    of that person, verified ones first. StaleError when the chain is over; RuleError (rule,
    responder, line) for what is not there, and while another ring of the chain goes on.
    """
    check_right(actor, "change", Escalation)
    with write_transaction(actor):
        _log, escalation = lock_running(escalation_id, actor)
        check_quiet(escalation)
        now = timezone.now()
        who = _who(escalation, rule_id, responder_id, line_id, actor)
        return _insert(escalation, who, actor, status=Word.RINGING, started_at=now)


def finish_ring(
    *,
    item_id: uuid.UUID,
    outcome: Outcome,
    actor: Principal,
    ring_seconds: int | None = None,
    talk_seconds: int | None = None,
    cost_cents: int | None = None,
    comment: str = "",
) -> EscalationItem:
    """Say what came of a ring that goes on; it rang until now unless `ring_seconds` says else.

    Accepted ends the chain, and so does a caller who hung up. NotFoundError; StaleError when
    somebody said it first; RuleError for seconds or cents below 0.
    """
    check_right(actor, "change", Escalation)
    values = _numbers(ring_seconds, talk_seconds, cost_cents)
    with write_transaction(actor):
        log, escalation = lock_running(_chain_of(item_id, actor), actor)
        item = lock(EscalationItem.objects.visible_to(actor), item_id)
        if item.status != Word.RINGING or item.ended_at is not None:
            raise StaleError(_("Somebody else said already what came of this ring."))
        ended_at = now_after(item)
        if ring_seconds is None and item.started_at is not None:
            values["dial_seconds"] = (ended_at - item.started_at) // SECOND
        write(item, ended_at=ended_at, **values, **_said(outcome, comment))
        if outcome in ENDS:
            who = item.responder if outcome == Outcome.ACCEPTED else None
            finish(escalation, log, ENDS[outcome], actor, answered_by=who)
    return item


def record_ring(
    *,
    escalation_id: uuid.UUID,
    outcome: Outcome,
    actor: Principal,
    rule_id: uuid.UUID | None = None,
    responder_id: uuid.UUID | None = None,
    line_id: int | None = None,
    ring_seconds: int | None = None,
    talk_seconds: int | None = None,
    cost_cents: int | None = None,
    started_at: datetime | None = None,
    comment: str = "",
) -> EscalationItem:
    """Record a ring that is over, by one key: who as in `start_ring`, outcome as in `finish_ring`.

    Without `started_at` (aware) it ended now and began as long before as the seconds say; null
    seconds and cents are unknown. Errors as in both; RuleError (started_at) for the future.
    """
    check_right(actor, "change", Escalation)
    values = _numbers(ring_seconds, talk_seconds, cost_cents)
    took = ((ring_seconds or 0) + (talk_seconds or 0)) * SECOND
    now = timezone.now()
    if started_at is not None and started_at + took > now:
        raise RuleError(_("This is in the future."), field="started_at")
    started_at = started_at or now - took
    with write_transaction(actor):
        log, escalation = lock_running(escalation_id, actor)
        check_quiet(escalation)
        who = _who(escalation, rule_id, responder_id, line_id, actor)
        times = {"started_at": started_at, "ended_at": started_at + took}
        item = _insert(escalation, who, actor, **times, **values, **_said(outcome, comment))
        if outcome in ENDS:
            accepted = who.responder if outcome == Outcome.ACCEPTED else None
            finish(escalation, log, ENDS[outcome], actor, answered_by=accepted)
    return item


def judge_ring(
    *, item_id: uuid.UUID, accepted_by_human: bool | None, actor: Principal
) -> EscalationItem:
    """Say whether it was a person who picked up; None is "unknown" again.

    For rings that other systems tell of: they count a machine as an answer. RuleError when
    nothing picked up; NotFoundError.
    """
    check_right(actor, "change", Escalation)
    with write_transaction(actor):
        item = lock(EscalationItem.objects.visible_to(actor), item_id)
        if accepted_by_human and not item.is_answered:
            raise RuleError(_("Nothing picked up this ring."))
        if item.accepted_by_human == accepted_by_human:
            return item
        return write(item, accepted_by_human=accepted_by_human)


def _who(
    escalation: Escalation,
    rule_id: uuid.UUID | None,
    responder_id: uuid.UUID | None,
    line_id: int | None,
    actor: Principal,
) -> Who:
    """Whom a ring is for; RuleError beside what is not there."""
    rule = None
    if rule_id is not None:
        rules = Rule.objects.visible_to(actor).filter(policy=escalation.policy_id)
        rules = rules.select_related("responder", "policy__property")
        rule = found(rules, rule_id, field="rule", message=_("There is no such step."))
    responder = rule.responder if rule else None
    if responder_id is not None:
        people = Responder.objects.visible_to(actor)
        responder = found(
            people, responder_id, field="responder", message=_("There is no such person.")
        )
    elif rule is not None and rule.schedule_id is not None:
        responder = _on_call(rule, actor)
    if responder is None:
        raise RuleError(_("Say who is rung: nobody is on call."), field="responder")
    lines = lines_of({responder.pk}, actor)[responder.pk]
    line = next((line for line in lines if line_id in (None, line.pk)), None)
    if line is None and line_id is not None:
        raise RuleError(_("There is no such number."), field="line")
    return Who(rule, responder, line)


def _on_call(rule: Rule, actor: Principal) -> Responder | None:
    now = timezone.now()
    assert rule.schedule_id is not None  # noqa: S101 (for the type)
    rotas = rotas_of({rule.schedule_id}, start=now, end=now, principal=actor)
    zone = rule.policy.zone(actor.organization.time_zone)
    return rotas[rule.schedule_id].on_call(now, zone)


def _insert(escalation: Escalation, who: Who, actor: Principal, **values: Any) -> EscalationItem:
    """The row of a ring, and how far the chain has come with it."""
    has_rung = escalation.items.filter(withdrawn_at=None).exists()
    item = insert(
        EscalationItem(
            organization_id=escalation.organization_id,
            escalation=escalation,
            property_id=escalation.property_id,
            rule=who.rule,
            rule_order=who.rule.order if who.rule else None,
            ring_limit_seconds=who.rule.ring_seconds if who.rule else None,
            responder=who.responder,
            responder_name=who.responder.name,
            phone=who.line.e164 if who.line else None,
            rung_by_id=actor.user_id,
            rung_by_name=actor.user_name,
            **values,
        )
    )
    changes: dict[str, Any] = {}
    if has_rung or item.status == Word.RINGING:
        changes["status"] = Word.ESCALATED if has_rung else Word.RINGING
    if who.rule is not None and who.rule.order is not None:
        before = escalation.current_rule_order or 1
        changes["current_rule_order"] = who.rule.order
        if who.rule.order < before:
            changes["repeat_count"] = (escalation.repeat_count or 0) + 1
    write(escalation, **changes)
    return item


def _chain_of(item_id: uuid.UUID, actor: Principal) -> uuid.UUID:
    rings = EscalationItem.objects.visible_to(actor).filter(pk=item_id)
    escalation_id = rings.values_list("escalation_id", flat=True).first()
    if escalation_id is None:
        raise NotFoundError(_("There is no such ring."))
    return escalation_id


def _said(outcome: Outcome, comment: str) -> dict[str, Any]:
    """The columns of an outcome; its word stands in the message where the status hides it."""
    outcome = Outcome(outcome)
    comment = clean_text(comment, limit=LONGEST_MESSAGE, field="comment").strip()
    status, is_answered, accepted = SAID[outcome]
    return {
        "outcome": outcome,
        "status": status,
        "status_message": comment or str(outcome.label),
        "is_answered": is_answered,
        "accepted_by_human": accepted,
    }


def _numbers(
    ring_seconds: int | None, talk_seconds: int | None, cost_cents: int | None
) -> dict[str, Any]:
    """The columns of seconds and cents; RuleError for what is below 0 or too large."""
    values = {
        "dial_seconds": ring_seconds,
        "talk_seconds": talk_seconds,
        "cost_cents": cost_cents,
    }
    for name, value in values.items():
        if value is not None and value < 0:
            raise RuleError(_("This cannot be less than 0."), field=name)
    return clean(EscalationItem, values)
