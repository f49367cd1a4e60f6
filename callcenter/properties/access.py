"""Rights computed from a membership: the one place that pages, admin and APIs ask."""

from collections.abc import Collection
from functools import cache
from typing import Any

from django.db.models import Model

from callcenter.accounts.models import (
    Membership,
    Organization,
    Role,
    SinglePermission,
    User,
    Wallboard,
)
from callcenter.core.prepared import fetch_all

from .principals import Kind, Principal

# every request begins with it: a queryset of so many columns costs more to compile than to run
_MEMBERSHIPS = """
SELECT {columns},
       ARRAY(SELECT link.property_id FROM properties_propertylink link
             WHERE link.membership_id = membership.id),
       EXISTS (SELECT FROM mfa_authenticator factor WHERE factor.user_id = person.id
               AND factor.type IN ('totp', 'webauthn'))
FROM accounts_membership membership
JOIN accounts_organization organization ON organization.id = membership.organization_id
JOIN accounts_user person ON person.id = membership.user_id
WHERE membership.user_id = %(user)s AND membership.is_active AND person.is_active
ORDER BY membership.created_at, membership.id
"""
_PARTS: dict[str, type[Model]] = {
    "membership": Membership,
    "organization": Organization,
    "person": User,
}


def _words(rights: dict[str, str]) -> frozenset[str]:
    """{"calls.reason": "view add"} as Django's words "calls.view_reason", "calls.add_reason"."""
    return frozenset(
        f"{model.split('.')[0]}.{verb}_{model.split('.')[1]}"
        for model, verbs in rights.items()
        for verb in verbs.split()
    )


MEMBER = _words(
    {
        "properties.property": "view",
        "properties.unit": "view",
        "properties.resident": "view add",
        "properties.residentphone": "view add change",
        "telephony.extension": "view",
        "telephony.phonecall": "view",
        "calls.status": "view",
        "calls.reason": "view",
        "calls.calllog": "view add change",
        "calls.comment": "view add",
        "calls.attachment": "view add",
        "calls.buildingevent": "view add change",
        "calls.callback": "view add change",
        "calls.snippet": "view add change delete",
        "calls.reasonset": "view",
        "calls.decisioncard": "view",
        "calls.cardquestion": "view",
        "escalations.responder": "view",
        "escalations.responderline": "view",
        "escalations.schedule": "view",
        "escalations.policy": "view",
        "escalations.rule": "view",
        # to start, ring and end a chain at the desk; rings as such are written by who manages
        "escalations.escalation": "view add change",
        "escalations.escalationitem": "view",
    }
)
ADMIN = MEMBER | _words(
    {
        "accounts.organization": "view",
        "accounts.membership": "view add change",
        "accounts.apicredential": "view add change",
        "properties.property": "add change",
        "properties.unit": "add change delete",
        "properties.resident": "change",
        "properties.residentphone": "delete",
        "properties.propertylink": "view add change delete",
        "accounts.wallboard": "view add change",
        "telephony.extension": "add change",
        "telephony.upstream": "view add change",
        "telephony.phonecall": "withdraw",
        "calls.status": "add change delete",
        "calls.reason": "add change delete",
        "calls.snippet": "share",
        "calls.reasonset": "add change delete",
        "calls.decisioncard": "add change delete",
        "calls.cardquestion": "add change delete",
        "calls.exportrecord": "view",
        "calls.calllog": "withdraw",
        "calls.comment": "withdraw",
        "escalations.responder": "add change withdraw",
        "escalations.responderline": "add change withdraw",
        "escalations.schedule": "add change withdraw",
        "escalations.policy": "add change withdraw",
        "escalations.rule": "add change withdraw",
        "escalations.escalation": "withdraw",
        "escalations.finding": "view change",
        "escalations.escalationitem": "add change withdraw",
        "imports.importsource": "view add change",
        "imports.importrun": "view add",
        "imports.importline": "view",
    }
)
OWNER = ADMIN | _words({"accounts.organization": "change"})

PERMISSIONS = {Role.OWNER: OWNER, Role.ADMIN: ADMIN, Role.MEMBER: MEMBER}
# What credentials that only read may see (wire/connect.md 2).
READ_ITEM = frozenset({"escalations.view_escalationitem"})
READ_ALL = READ_ITEM | {word for word in MEMBER if word.split(".")[1].startswith("view_")}


def credential_words(
    role: Role, *, has_role: bool, permissions: Collection[str], can_write: bool
) -> frozenset[str]:
    """What a credential of this effective role, or with these single permissions, may do.

    A member's writes only if an owner or admin issued it so; single permissions only read.
    """
    if has_role:
        if role == Role.MEMBER and not can_write:
            return READ_ALL
        return PERMISSIONS[role] | READ_ITEM
    words: frozenset[str] = frozenset()
    if SinglePermission.READ_CALL_LOG_ITEM in permissions:
        words |= READ_ITEM
    if SinglePermission.READ_ALL in permissions:
        words |= READ_ALL
    return words


def active_memberships(user_id: int) -> list[Membership]:
    """The active memberships of a person, oldest first, in one query.

    Each comes with its organisation, its user, `linked_property_ids`, and `has_second_factor`:
    whether the person has set up an app or a key.
    """
    statement, parts = _statement()
    found = []
    for row in fetch_all(statement, {"user": user_id}):
        values = iter(row)
        membership, organization, person = (
            model.from_db("default", names, [next(values) for _ in names]) for model, names in parts
        )
        membership.organization, membership.user = organization, person
        membership.linked_property_ids, membership.has_second_factor = values
        found.append(membership)
    return found


@cache
def _statement() -> tuple[str, list[tuple[Any, list[str]]]]:
    """The statement, and the columns of each model in it."""
    parts = [
        (model, [field.attname for field in model._meta.concrete_fields])  # noqa: SLF001
        for model in _PARTS.values()
    ]
    columns = (
        f'{alias}."{name}"'
        for alias, (_model, names) in zip(_PARTS, parts, strict=True)
        for name in names
    )
    return _MEMBERSHIPS.format(columns=", ".join(columns)), parts


def principal_of(membership: Membership, *, request_id: str, kind: Kind = "session") -> Principal:
    """The principal of a membership that `active_memberships` returned."""
    role = Role(membership.role)
    linked: list[int] = membership.linked_property_ids  # type: ignore[attr-defined]
    return Principal(
        organization_id=membership.organization_id,
        user_id=membership.user_id,
        membership_id=membership.pk,
        credential_id=None,
        role=role,
        permissions=PERMISSIONS[role],
        property_ids=frozenset(linked) if role == Role.MEMBER else None,
        request_id=request_id,
        kind=kind,
        user_name=str(membership.user),
        organization=membership.organization,
    )


def principal_for(
    *, user_id: int, organization_id: int, request_id: str, kind: Kind = "task"
) -> Principal | None:
    """The principal of a person in exactly this organisation now, or None (B-06)."""
    for membership in active_memberships(user_id):
        if membership.organization_id == organization_id:
            return principal_of(membership, request_id=request_id, kind=kind)
    return None


def principal_of_wallboard(board: Wallboard, *, request_id: str) -> Principal:
    """What a screen on the wall may count: all of its organisation; it may do nothing."""
    return Principal(
        organization_id=board.organization_id,
        user_id=None,
        membership_id=None,
        credential_id=None,
        role=Role.ADMIN,
        permissions=frozenset(),
        property_ids=None,
        request_id=request_id,
        kind="wallboard",
        user_name="",
        organization=board.organization,
    )
