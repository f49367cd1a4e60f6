"""Rings as other systems tell, change and take back (wire/oneuptime.md 2.2 and 11)."""

import uuid
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .models import Escalation, EscalationItem, Responder, Rule
from .policies import birth, said_reason
from .rows import check_right, check_times, clean, found, insert, lock, require, withdraw, write


class ItemFields(TypedDict, total=False):
    """What can be said, and said otherwise, of a ring. `status` is any text but "".

    Null seconds and cents are unknown. `accepted_by_human` is for imports that know.
    """

    status: str
    status_message: str | None
    dial_seconds: int | None
    talk_seconds: int | None
    cost_cents: int | None
    started_at: datetime | None
    ended_at: datetime | None
    is_answered: bool
    accepted_by_human: bool | None


def log_item(
    *,
    escalation_id: uuid.UUID,
    fields: ItemFields,
    actor: Principal,
    rule_id: uuid.UUID | None = None,
    responder_id: uuid.UUID | None = None,
    phone: str | None = None,
    wished_id: uuid.UUID | None = None,
    created_at: datetime | None = None,
) -> EscalationItem:
    """A ring that another system tells of; the chain itself stays as it is.

    RuleError (escalation, rule, responder, status, ended_at, id, or the column) beside what is
    absent, withdrawn, of another organisation or cannot be; NotAllowedError for members.
    """
    check_right(actor, "add", EscalationItem)
    require(fields, "status", _("A ring has a status."))
    with write_transaction(actor):
        chain = _chain(escalation_id, actor)
        rule = _named(Rule, rule_id, "rule", actor)
        responder = _named(Responder, responder_id, "responder", actor)
        values = clean(EscalationItem, {**fields, "phone": phone})
        check_times(values.get("started_at"), values.get("ended_at"))
        item = EscalationItem(
            organization_id=chain.organization_id,
            escalation=chain,
            property_id=chain.property_id,
            rule=rule,
            rule_order=rule.order if rule else None,
            ring_limit_seconds=rule.ring_seconds if rule else None,
            responder=responder,
            responder_name=responder.name if responder else "",
            **values,
            **birth(created_at),
        )
        _check_answer(item)
        return insert(item, wished_id=wished_id)


def change_item(
    *,
    item_id: uuid.UUID,
    fields: ItemFields,
    actor: Principal,
    seen_version: int | None = None,
) -> EscalationItem:
    """Change what is named in `fields`; the version grows by one in any case.

    A ring that was not answered was accepted by nobody. The audit keeps before and after.
    NotFoundError, StaleError, NotAllowedError; RuleError as in `log_item`.
    """
    check_right(actor, "change", EscalationItem)
    if "status" in fields:
        require(fields, "status", _("A ring has a status."))
    with write_transaction(actor):
        item = lock(EscalationItem.objects.visible_to(actor), item_id, seen_version=seen_version)
        values: dict[str, Any] = clean(EscalationItem, fields)
        if values.get("is_answered") is False and "accepted_by_human" not in values:
            values["accepted_by_human"] = item.accepted_by_human and False
        for name, value in values.items():
            setattr(item, name, value)
        check_times(item.started_at, item.ended_at)
        _check_answer(item)
        return write(item, **values)


def withdraw_item(*, item_id: uuid.UUID, reason: str, actor: Principal) -> None:
    """Take a ring out of every list and count; it stays in the record.

    RuleError (reason) without a reason; NotFoundError, NotAllowedError.
    """
    check_right(actor, "withdraw", EscalationItem)
    reason = said_reason(reason)
    with write_transaction(actor):
        item = lock(EscalationItem.objects.visible_to(actor), item_id)
        rows = EscalationItem.objects.filter(pk=item.pk)
        withdraw(rows, actor, withdrawn_reason=reason)


def _chain(escalation_id: uuid.UUID, actor: Principal) -> Escalation:
    """The escalation, locked, so that no ring comes to one that is being withdrawn."""
    try:
        return lock(Escalation.objects.visible_to(actor), escalation_id)
    except NotFoundError as error:
        raise RuleError(_("There is no such chain."), field="escalation") from error


def _named[M: (Rule, Responder)](
    model: type[M], pk: uuid.UUID | None, field: str, actor: Principal
) -> M | None:
    if pk is None:
        return None
    rows: QuerySet[M] = model.objects.visible_to(actor)
    return found(rows, pk, field=field, message=_("There is no such row."))


def _check_answer(item: EscalationItem) -> None:
    if item.accepted_by_human and not item.is_answered:
        said = _("Nobody accepts what was not answered.")
        raise RuleError(said, field="accepted_by_human")
