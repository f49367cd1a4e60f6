"""Credentials of other systems: issued, shown once, revoked (design.md 6, B-39 to B-41)."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.accounts.idempotency import once
from callcenter.accounts.models import ApiCredential, Membership, Role, SinglePermission, Wire
from callcenter.accounts.secrets import hmac_of, new_secret
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.transactions import require_text, write_transaction

from .actions import manageable_roles, take_turn
from .models import CredentialProperty, Property
from .principals import Principal

MAX_NAME = 100


@dataclass(frozen=True)
class Wish:
    """What a credential is to be. A role or single permissions, never both.

    `membership_id` is its owner's, in whose name it writes; None is the issuer's own.
    `property_ids` None is everything that the role sees, else only these.
    """

    name: str
    role: str = ""
    permissions: Collection[str] = ()
    membership_id: int | None = None
    can_write: bool = False
    property_ids: Collection[int] | None = None
    wire: str = Wire.DOCUMENTED
    expires_at: datetime | None = None


def issuable_roles(principal: Principal) -> list[Role]:
    """The roles that a credential issued by the principal may have: the own and those below."""
    return [role for role in Role if role.rank <= principal.role.rank]


def issue_credential(*, wish: Wish, principal: Principal) -> tuple[ApiCredential, str]:
    """Make a credential and its secret, which is shown now and never again.

    Owners issue any, admins up to their own role, for themselves or for people they manage;
    members issue one that reads, for themselves. NotAllowedError beyond that; RuleError for a
    name, an expiry, a right or a property that cannot be.
    """
    name = require_text(wish.name, field="name", message=_("Give the credential a name."))
    if len(name) > MAX_NAME:
        raise RuleError(_("This name is longer than 100 characters."), field="name")
    _check_rights(wish, principal)
    if wish.expires_at is not None and wish.expires_at <= timezone.now():
        raise RuleError(_("This is over already."), field="expires_at")
    with write_transaction(principal):
        take_turn(principal)
        owner = _owner(wish, principal)
        secret = new_secret()
        pepper_id, digest = hmac_of(secret)
        credential = ApiCredential.objects.create(
            organization_id=principal.organization_id,
            owner_id=owner.user_id,
            name=name,
            role=wish.role,
            permissions=sorted(set(wish.permissions)),
            can_write=wish.can_write,
            is_narrowed=wish.property_ids is not None,
            wire=wish.wire,
            expires_at=wish.expires_at,
            pepper_id=pepper_id,
            secret_hmac=digest,
            last_four=secret[-4:],
            created_by_id=principal.user_id,
        )
        if wish.property_ids is not None:
            _narrow(credential, set(wish.property_ids), principal)
    return credential, secret


def issue_once(*, wish: Wish, key: str, principal: Principal) -> tuple[int, str]:
    """The id of the credential that `key` had made, and its secret; "" when it was made before.

    What is kept of the answer holds no secret, so a repetition cannot show it again.
    """
    made: list[tuple[int, str]] = []

    def effect() -> dict[str, Any]:
        credential, secret = issue_credential(wish=wish, principal=principal)
        made.append((credential.pk, secret))
        return {"credential": credential.pk}

    answer = once(actor=principal, endpoint="credential", key=key, body=asdict(wish), effect=effect)
    credential_id: int = answer["credential"]
    return credential_id, dict(made).get(credential_id, "")


def revoke_credential(*, credential_id: int, principal: Principal) -> ApiCredential:
    """End a credential; its next request is refused. Revoked before: nothing changes.

    NotFoundError when it is absent or somebody else's.
    """
    with write_transaction(principal):
        mine = ApiCredential.objects.visible_to(principal).select_for_update(of=("self",))
        credential = mine.filter(pk=credential_id).first()
        if credential is None:
            raise NotFoundError(_("There is no such credential."))
        if credential.revoked_at is None:
            credential.revoked_at = timezone.now()
            credential.revoked_by_id = principal.user_id
            credential.save(update_fields=["revoked_at", "revoked_by"])
    return credential


def _check_rights(wish: Wish, principal: Principal) -> None:
    """That nobody grants more than the own right (B-09), and no right that is none."""
    if bool(wish.role) == bool(wish.permissions):
        raise RuleError(_("Choose a role or single permissions."), field="role")
    if not set(wish.permissions) <= set(SinglePermission.values):
        raise RuleError(_("There is no such permission."), field="permissions")
    if wish.role and wish.role not in issuable_roles(principal):
        raise NotAllowedError(_("A credential never has more rights than who issues it."))
    if wish.can_write and not principal.manages:
        raise NotAllowedError(_("Only owners and admins issue credentials that write."))
    if wish.can_write and not wish.role:
        raise RuleError(_("Single permissions only read."), field="can_write")


def _owner(wish: Wish, principal: Principal) -> Membership:
    """The membership in whose name the credential acts: the own, or one of those managed."""
    wanted = wish.membership_id or principal.membership_id
    found = Membership.objects.visible_to(principal).filter(pk=wanted or 0, is_active=True).first()
    if found is None:
        raise RuleError(_("This person is not among yours."), field="membership")
    is_mine = found.pk == principal.membership_id
    if not is_mine and found.role not in manageable_roles(principal):
        raise NotAllowedError(_("Only an owner issues credentials in the name of these people."))
    return found


def _narrow(credential: ApiCredential, wished: set[int], principal: Principal) -> None:
    found = Property.objects.visible_to(principal).filter(pk__in=wished)
    if found.count() != len(wished):
        raise RuleError(_("One of these properties does not exist."), field="properties")
    CredentialProperty.objects.bulk_create(
        CredentialProperty(
            organization_id=principal.organization_id, credential=credential, property_id=pk
        )
        for pk in sorted(wished)
    )
