"""Chains as they are run: started from a call, ended, withdrawn; the call's history says so.

A call's row is always locked before its escalation's, so that no two agents wait for each other.
"""

import uuid
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.calls.history import append_row, bump, clean_text, lock_call
from callcenter.calls.models import CallLog, CommentKind
from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .models import Escalation, EscalationItem, Outcome, Policy, Responder, Word
from .policies import said_reason
from .rows import check_right, found, insert, lock, withdraw, write
from .telling import sentence

ENDINGS = (Word.NO_ANSWER, Word.CALLER_HUNG_UP, Word.FAILED)
LONGEST_MESSAGE = 500


def start_escalation(
    *, call_log_id: int, policy_id: uuid.UUID | None, actor: Principal
) -> Escalation:
    """Start ringing for a call by a policy, or by none where nobody planned one.

    It stands at the property of the call, and the call's history says that it began.
    NotFoundError for a call that is not visible; StaleError while a chain runs for it;
    RuleError (policy) for one that is absent or disabled; NotAllowedError.
    """
    check_right(actor, "add", Escalation)
    with write_transaction(actor):
        log = lock_call(call_log_id, actor)
        if Escalation.objects.filter(call_log=log, withdrawn_at=None).running().exists():
            raise StaleError(_("A chain is running for this call already."))
        policy = _usable(policy_id, actor) if policy_id is not None else None
        escalation = insert(
            Escalation(
                organization_id=log.organization_id,
                policy=policy,
                property_id=log.property_id,
                call_log=log,
                caller_phone=log.phone_e164 or None,
                routing_phone=policy.routing_phone if policy else None,
                status=Word.INITIATED,
                started_at=timezone.now(),
                started_by_id=actor.user_id,
                started_by_name=actor.user_name,
            )
        )
        said = _("Chain “%(policy)s” started.") % {"policy": policy}
        tell(log, said if policy else _("Ringing started, by no policy."), actor)
    return escalation


def end_escalation(
    *,
    escalation_id: uuid.UUID,
    ending: Word,
    actor: Principal,
    comment: str = "",
    seen_version: int | None = None,
) -> Escalation:
    """End a chain that nobody accepted: no answer, the caller hung up, or failed.

    The call's history gets the sentence of it with the comment. A ring that still rings ends
    with the caller; otherwise RuleError says to tell first what came of it. NotFoundError;
    StaleError when it is over already; RuleError (ending) for another word.
    """
    check_right(actor, "change", Escalation)
    if ending not in ENDINGS:
        raise RuleError(_("A chain does not end so."), field="ending")
    comment = clean_text(comment, limit=LONGEST_MESSAGE, field="comment").strip()
    with write_transaction(actor):
        log, escalation = lock_running(escalation_id, actor, seen_version=seen_version)
        if ending != Word.CALLER_HUNG_UP:
            check_quiet(escalation)
        open_ring = going_on(escalation)
        if open_ring is not None:
            hung_up = {"status": Word.CALLER_HUNG_UP, "outcome": Outcome.CALLER_HUNG_UP}
            write(open_ring, ended_at=now_after(open_ring), **hung_up)
        finish(escalation, log, ending, actor, comment=comment)
    return escalation


def withdraw_escalation(*, escalation_id: uuid.UUID, reason: str, actor: Principal) -> None:
    """Take a chain and its rings out of every list and count; they stay in the record.

    The call's history says so. RuleError (reason), NotFoundError, NotAllowedError.
    """
    check_right(actor, "withdraw", Escalation)
    reason = said_reason(reason)
    with write_transaction(actor):
        log, escalation = _lock_both(escalation_id, actor)
        rows = EscalationItem.objects.filter(escalation=escalation, withdrawn_at=None)
        withdraw(rows, actor, withdrawn_reason=reason)
        withdraw(Escalation.objects.filter(pk=escalation.pk), actor, withdrawn_reason=reason)
        if log is not None:
            tell(log, _("Chain withdrawn: %(reason)s") % {"reason": reason}, actor)


def lock_running(
    escalation_id: uuid.UUID, actor: Principal, *, seen_version: int | None = None
) -> tuple[CallLog | None, Escalation]:
    """A chain that has not ended and its call, locked; NotFoundError, StaleError."""
    log, escalation = _lock_both(escalation_id, actor, seen_version=seen_version)
    if escalation.ended_at is not None:
        raise StaleError(_("This chain is over already."))
    return log, escalation


def going_on(escalation: Escalation) -> EscalationItem | None:
    """The ring of a locked chain that goes on, if any: one person is rung at a time."""
    return escalation.items.filter(status=Word.RINGING, ended_at=None, withdrawn_at=None).first()


def check_quiet(escalation: Escalation) -> None:
    """RuleError while a ring of a locked chain goes on."""
    ring = going_on(escalation)
    if ring is not None:
        said = _("Say first what came of the ring to %(name)s.")
        raise RuleError(said % {"name": ring.responder_name})


def finish(
    escalation: Escalation,
    log: CallLog | None,
    status: Word,
    actor: Principal,
    *,
    answered_by: Responder | None = None,
    comment: str = "",
) -> None:
    """End a locked chain and tell the call's history. Costs are summed when all are known."""
    rings = list(escalation.items.filter(withdrawn_at=None).as_rung())
    costs = [ring.cost_cents for ring in rings]
    known = [cost for cost in costs if cost is not None]
    total = sum(known) if costs and len(known) == len(costs) else None
    write(
        escalation,
        status=status,
        status_message=comment or None,
        ended_at=now_after(escalation),
        answered_by=answered_by,
        outgoing_cost_cents=total,
        call_cost_cents=total,
    )
    if log is not None:
        said = _("Chain ended, %(how)s. %(rings)s.") % {
            "how": str(status.label).lower(),
            "rings": sentence(escalation, rings),
        }
        tell(log, f"{said}\n{comment}" if comment else said, actor)


def tell(log: CallLog, text: str, actor: Principal) -> None:
    """A line in the history of a locked call, of the kind of chains."""
    append_row(log, actor=actor, text=text, kind=CommentKind.CHAIN)
    bump(log)


def _lock_both(
    escalation_id: uuid.UUID, actor: Principal, *, seen_version: int | None = None
) -> tuple[CallLog | None, Escalation]:
    """A chain and its call, locked in this order: first the call.

    No call when there is none, or when it was withdrawn or moved out of the actor's sight.
    """
    chains = Escalation.objects.visible_to(actor)
    known = chains.filter(pk=escalation_id).values_list("call_log_id").first()
    if known is None:
        raise NotFoundError(_("There is no such chain."))
    log = None
    if known[0] is not None:
        try:
            log = lock_call(known[0], actor)
        except NotFoundError:
            log = None
    return log, lock(chains, escalation_id, seen_version=seen_version)


def _usable(policy_id: uuid.UUID, actor: Principal) -> Policy:
    policies = Policy.objects.visible_to(actor).select_for_update(no_key=True)
    policy = found(policies, policy_id, field="policy", message=_("There is no such policy."))
    if not policy.is_enabled:
        raise RuleError(_("This policy is disabled."), field="policy")
    return policy


def now_after(row: Escalation | EscalationItem) -> datetime:
    """Now, and never before the row began, whoever wrote that."""
    now = timezone.now()
    return max(now, row.started_at) if row.started_at is not None else now
