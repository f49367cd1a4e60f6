"""Which action of `escalations` each write of the dialect is."""

import uuid
from collections.abc import Callable
from typing import Any

from callcenter.core.errors import RuleError
from callcenter.escalations.items import change_item, log_item, withdraw_item
from callcenter.escalations.policies import change_policy, create_policy, withdraw_policy
from callcenter.escalations.rules import add_rule, change_rule, withdraw_rule
from callcenter.properties.principals import Principal

from .parts import ITEM, POLICY, RULE
from .payloads import Payload
from .refusals import NO_TARGET, TWO_TARGETS, RefusalError

REASON = "Deleted through the API."
OF_ALL = ("wished_id", "created_at")
OF_ITEM = ("escalation_id", "rule_id", "responder_id", "phone")
TARGETS = ("responder_id", "schedule_id")


def _create_item(payload: Payload, actor: Principal) -> uuid.UUID:
    own = payload.taken(*OF_ITEM, *OF_ALL)
    return log_item(fields=_typed(payload), actor=actor, **own).pk


def _update_item(pk: uuid.UUID, payload: Payload, actor: Principal) -> None:
    change_item(item_id=pk, fields=_typed(payload), actor=actor)


def _delete_item(pk: uuid.UUID, actor: Principal) -> None:
    withdraw_item(item_id=pk, reason=REASON, actor=actor)


def _create_policy(payload: Payload, actor: Principal) -> uuid.UUID:
    own = payload.taken("created_by_id", *OF_ALL)
    return create_policy(fields=_typed(payload), actor=actor, **own).pk


def _update_policy(pk: uuid.UUID, payload: Payload, actor: Principal) -> None:
    change_policy(policy_id=pk, fields=_typed(payload), actor=actor)


def _delete_policy(pk: uuid.UUID, actor: Principal) -> None:
    withdraw_policy(policy_id=pk, reason=REASON, actor=actor)


def _create_rule(payload: Payload, actor: Principal) -> uuid.UUID:
    _check_targets(payload)
    if not any(payload.fields.get(name) for name in TARGETS):
        raise RefusalError(NO_TARGET)
    own = payload.taken("policy_id", "order", "created_by_id", *OF_ALL)
    return add_rule(fields=_typed(payload), actor=actor, **own).pk


def _update_rule(pk: uuid.UUID, payload: Payload, actor: Principal) -> None:
    _check_targets(payload)
    own = payload.taken("order")
    try:
        change_rule(rule_id=pk, fields=_typed(payload), actor=actor, **own)
    except RuleError as error:
        if type(error) is RuleError and error.field is None:
            raise RefusalError(NO_TARGET) from error
        raise


def _delete_rule(pk: uuid.UUID, actor: Principal) -> None:
    withdraw_rule(rule_id=pk, actor=actor)


def _check_targets(payload: Payload) -> None:
    if all(payload.fields.get(name) for name in TARGETS):
        raise RefusalError(TWO_TARGETS)


def _typed(payload: Payload) -> Any:
    """The fields, which the table of columns named as the action does."""
    return payload.fields


CREATES: dict[str, Callable[[Payload, Principal], uuid.UUID]] = {
    ITEM: _create_item,
    POLICY: _create_policy,
    RULE: _create_rule,
}
UPDATES: dict[str, Callable[[uuid.UUID, Payload, Principal], None]] = {
    ITEM: _update_item,
    POLICY: _update_policy,
    RULE: _update_rule,
}
DELETES: dict[str, Callable[[uuid.UUID, Principal], None]] = {
    ITEM: _delete_item,
    POLICY: _delete_policy,
    RULE: _delete_rule,
}
