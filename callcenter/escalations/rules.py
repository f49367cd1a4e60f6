"""The steps of chains, changed under the lock of their policy.

Every write of a rule locks its policy first, so that orders stay 1, 2, 3 however many write at
once; the database refuses a gap in any case.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.db import connection
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .models import Policy, Responder, Rule, Schedule
from .policies import birth, creator
from .rows import check_right, clean, found, insert, lock, withdraw, write

MOST_RULES = 200
RENUMBER = """
UPDATE escalations_rule SET "order" = wanted.place, version = version + 1, updated_at = now()
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS wanted (id, place)
WHERE escalations_rule.id = wanted.id AND "order" IS DISTINCT FROM wanted.place
"""


class RuleFields(TypedDict, total=False):
    """What can be said of a rule: a responder or a schedule, never both.

    In a change, naming one of the two makes the other null.
    """

    name: str | None
    description: str | None
    escalate_after_seconds: int
    responder_id: uuid.UUID | None
    schedule_id: uuid.UUID | None


def add_rule(
    *,
    policy_id: uuid.UUID,
    fields: RuleFields,
    actor: Principal,
    order: int | None = None,
    wished_id: uuid.UUID | None = None,
    created_at: datetime | None = None,
    created_by_id: uuid.UUID | None = None,
) -> Rule:
    """A new step at `order`, which moves that rule and all later ones down; at the end for None.

    An order beyond both ends is the nearest one. RuleError (policy, responder, schedule, id,
    created_by, or None for "neither" and "both"), NotAllowedError.
    """
    check_right(actor, "add", Rule)
    with write_transaction(actor):
        policy = _policy(policy_id, actor)
        ids = _ids(policy)
        if len(ids) >= MOST_RULES:
            raise RuleError(_("A chain has no more than %(n)d steps.") % {"n": MOST_RULES})
        place = _place(order, len(ids) + 1)
        _renumber(ids, around=place)
        row = Rule(
            organization_id=policy.organization_id,
            policy=policy,
            order=place,
            created_by=creator(created_by_id, actor),
            **_rule_values(fields, None, actor),
            **birth(created_at),
        )
        return insert(row, wished_id=wished_id)


def change_rule(
    *,
    rule_id: uuid.UUID,
    actor: Principal,
    fields: RuleFields | None = None,
    order: int | None = None,
    seen_version: int | None = None,
) -> Rule:
    """Change what is named in `fields`, and move the rule to `order` unless that is None.

    The rules between the old and the new place move by one. Errors as in `add_rule`;
    NotFoundError, StaleError.
    """
    check_right(actor, "change", Rule)
    with write_transaction(actor):
        policy, row = _rule(rule_id, actor, seen_version)
        values = _rule_values(fields or {}, row, actor)
        if order is not None:
            ids = [pk for pk in _ids(policy) if pk != row.pk]
            ids.insert(_place(order, len(ids) + 1) - 1, row.pk)
            values["order"] = ids.index(row.pk) + 1
            _renumber([pk for pk in ids if pk != row.pk], around=values["order"])
        return write(row, **values)


def order_rules(
    *, policy_id: uuid.UUID, rule_ids: Sequence[uuid.UUID], actor: Principal
) -> list[Rule]:
    """Let the rules stand in this order.

    StaleError when these are not exactly the rules that the policy has now; NotFoundError.
    """
    check_right(actor, "change", Rule)
    with write_transaction(actor):
        policy = lock(Policy.objects.visible_to(actor), policy_id)
        if sorted(rule_ids) != sorted(_ids(policy)):
            raise StaleError(_("Somebody else changed this chain in the meantime."))
        _renumber(rule_ids)
        return list(Rule.objects.visible_to(actor).filter(policy=policy).in_order())


def withdraw_rule(*, rule_id: uuid.UUID, actor: Principal) -> None:
    """Take a step out of its chain; the later ones close the gap. NotFoundError.

    Rings of before keep the rule; other systems are told none then.
    """
    check_right(actor, "withdraw", Rule)
    with write_transaction(actor):
        policy, row = _rule(rule_id, actor, None)
        withdraw(Rule.objects.filter(pk=row.pk), actor, order=None)
        _renumber(_ids(policy))


def _policy(policy_id: uuid.UUID, actor: Principal) -> Policy:
    """The policy, locked; RuleError beside the field that names it."""
    try:
        return lock(Policy.objects.visible_to(actor), policy_id)
    except NotFoundError as error:
        raise RuleError(_("There is no such policy."), field="policy") from error


def _rule(rule_id: uuid.UUID, actor: Principal, seen_version: int | None) -> tuple[Policy, Rule]:
    """A rule and its policy, both locked, the policy first."""
    rules = Rule.objects.visible_to(actor)
    policy_id = rules.filter(pk=rule_id).values_list("policy_id", flat=True).first()
    if policy_id is None:
        raise NotFoundError(_("There is no such row."))
    policy = lock(Policy.objects.visible_to(actor), policy_id)
    return policy, lock(rules, rule_id, seen_version=seen_version)


def _ids(policy: Policy) -> list[uuid.UUID]:
    """The keys of the rules of a locked policy, in order."""
    rules = policy.rules.filter(withdrawn_at=None).order_by("order")
    return list(rules.values_list("pk", flat=True))


def _place(order: int | None, last: int) -> int:
    """The order that is meant: within 1 and `last`, which is meant by None."""
    return last if order is None else max(1, min(order, last))


def _renumber(ids: Sequence[uuid.UUID], *, around: int | None = None) -> None:
    """Give the rules of a locked policy the orders 1, 2, 3; `around` leaves that one free."""
    wanted = list(ids)
    if around is not None:
        wanted.insert(around - 1, uuid.UUID(int=0))
    with connection.cursor() as cursor:
        cursor.execute(RENUMBER, {"ids": wanted})


def _rule_values(fields: Mapping[str, Any], row: Rule | None, actor: Principal) -> dict[str, Any]:
    """The columns that change; RuleError unless afterwards the rule rings one target."""
    targets = {"responder_id": Responder, "schedule_id": Schedule}
    values = clean(Rule, {name: fields[name] for name in fields if name not in targets})
    named = {name: fields[name] for name in targets if name in fields}
    chosen = [name for name, pk in named.items() if pk is not None]
    if len(chosen) > 1:
        raise RuleError(_("Ring a person or follow a schedule, not both."))
    for name in chosen:
        rows: Any = targets[name].objects.visible_to(actor)  # type: ignore[attr-defined]
        said = _("There is no such person.") if name == "responder_id" else _("No such schedule.")
        kept = rows.select_for_update(no_key=True)  # not withdrawn meanwhile
        found(kept, named[name], field=name.removesuffix("_id"), message=said)
        named = dict.fromkeys(targets) | {name: named[name]}
    after = {name: named.get(name, getattr(row, name, None)) for name in targets}
    if not any(after.values()):
        raise RuleError(_("Say who is rung: a person or a schedule."))
    return values | named
