"""Chains as they are planned: the policies; `rules` has their steps."""

import secrets
import uuid
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, TypedDict
from zoneinfo import available_timezones

from django.utils.text import slugify
from django.utils.translation import gettext as _

from callcenter.calls.history import clean_text
from callcenter.core.errors import RuleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .models import Escalation, EscalationItem, Policy, Responder
from .rows import check_right, clean, found, insert, lock, refusing, require, withdraw, write

LONGEST_SLUG = 100


class PolicyFields(TypedDict, total=False):
    """What can be said of a policy; `property_id` None is every property.

    Of `routing_phone` and its kin another system tells; the pages leave them alone.
    """

    name: str
    description: str | None
    property_id: int | None
    reason_family: str
    time_zone: str
    routing_phone: str | None
    provider_phone_id: str | None
    phone_country_code: str | None
    phone_area_code: str | None
    phone_purchased_at: datetime | None
    greeting_message: str
    no_answer_message: str
    no_one_available_message: str
    is_enabled: bool
    repeats: bool
    repeat_times: int


def create_policy(
    *,
    fields: PolicyFields,
    actor: Principal,
    wished_id: uuid.UUID | None = None,
    created_at: datetime | None = None,
    created_by_id: uuid.UUID | None = None,
) -> Policy:
    """A new policy, without a rule; its slug is made of the name and ten digits.

    `wished_id` and `created_at` may be chosen by another system, `created_by_id` is a responder
    (else the actor's own, if any). RuleError (name, property, time_zone, routing_phone, id,
    created_by) beside what cannot be; NotAllowedError for members.
    """
    check_right(actor, "add", Policy)
    require(fields, "name", _("Give the policy a name."))
    with write_transaction(actor), _one_number():
        row = Policy(
            organization_id=actor.organization_id,
            slug=_slug(fields["name"]),
            created_by=creator(created_by_id, actor),
            **_policy_values(fields, actor),
            **birth(created_at),
        )
        return insert(row, wished_id=wished_id)


def change_policy(
    *,
    policy_id: uuid.UUID,
    fields: PolicyFields,
    actor: Principal,
    seen_version: int | None = None,
) -> Policy:
    """Change what is named in `fields`. As `create_policy`; NotFoundError, StaleError."""
    check_right(actor, "change", Policy)
    if "name" in fields:
        require(fields, "name", _("Give the policy a name."))
    with write_transaction(actor), _one_number():
        row = lock(Policy.objects.visible_to(actor), policy_id, seen_version=seen_version)
        return write(row, **_policy_values(fields, actor))


def withdraw_policy(*, policy_id: uuid.UUID, reason: str, actor: Principal) -> None:
    """Take a policy out of use, with its rules, escalations and their rings.

    That is what the dialect means by deleting it; to stop using it, disable it instead.
    RuleError (reason) without a reason; NotFoundError, NotAllowedError.
    """
    check_right(actor, "withdraw", Policy)
    reason = said_reason(reason)
    with write_transaction(actor):
        row = lock(Policy.objects.visible_to(actor), policy_id)
        withdraw(row.rules.filter(withdrawn_at=None), actor, order=None)
        chains = Escalation.objects.filter(policy=row)
        rings = EscalationItem.objects.filter(escalation__in=chains.values("pk"))
        withdraw(rings.filter(withdrawn_at=None), actor, withdrawn_reason=reason)
        withdraw(chains.filter(withdrawn_at=None), actor, withdrawn_reason=reason)
        withdraw(Policy.objects.filter(pk=row.pk), actor)


def said_reason(reason: str) -> str:
    """Why evidence is withdrawn; RuleError (reason) without a word."""
    reason = clean_text(reason, limit=300, field="reason").strip()
    if not reason:
        raise RuleError(_("Say why it is withdrawn."), field="reason")
    return reason


def _policy_values(fields: PolicyFields, actor: Principal) -> dict[str, Any]:
    plain = {name: value for name, value in fields.items() if name != "property_id"}
    values = clean(Policy, plain)
    if values.get("time_zone") and values["time_zone"] not in available_timezones():
        raise RuleError(_("There is no such time zone."), field="time_zone")
    if "property_id" in fields:
        values["property_id"] = fields["property_id"]
        if fields["property_id"] is not None:
            places = Property.objects.visible_to(actor)
            said = _("There is no such property.")
            found(places, fields["property_id"], field="property", message=said)
    return values


def creator(created_by_id: uuid.UUID | None, actor: Principal) -> Responder | None:
    """The responder of this key, else the actor's own, if any; RuleError (created_by)."""
    if created_by_id is None:
        return Responder.objects.of_account(actor)
    rows = Responder.objects.visible_to(actor)
    said = _("There is no such person.")
    return found(rows, created_by_id, field="created_by", message=said)


def birth(created_at: datetime | None) -> dict[str, datetime]:
    """The column of a time of creation that another system chose."""
    return {} if created_at is None else {"created_at": created_at}


def _slug(name: str) -> str:
    """Words of the name, "-" and ten digits."""
    digits = f"{secrets.randbelow(10**10):010d}"
    return f"{slugify(name)[: LONGEST_SLUG - 11]}-{digits}"


def _one_number() -> AbstractContextManager[None]:
    said = _("Another policy has this number.")
    return refusing("policy_routing_phone_once", said, field="routing_phone")
