"""What happens to memberships: roles, property links, leaving and coming back (B-09)."""

from collections.abc import Collection

from django.db import IntegrityError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.accounts.actions import belongs_only_to, revoke_resets
from callcenter.accounts.links import RESET_LIFETIME, make_link
from callcenter.accounts.models import (
    Membership,
    OneTimeLink,
    OneTimeLinkKind,
    Organization,
    Role,
)
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.mail import mail_is_configured
from callcenter.core.transactions import write_transaction

from .models import Property, PropertyLink
from .principals import Principal

LAST_OWNER = "membership_last_owner_stays"


def require_may_manage(principal: Principal, *roles: str) -> None:
    """NotAllowedError unless the principal may manage memberships of all these roles.

    An owner manages all; an admin only those whose role is member; a member none.
    """
    if not principal.may("accounts.change_membership"):
        raise NotAllowedError(_("Only owners and admins manage people."))
    if principal.role != Role.OWNER and any(role != Role.MEMBER for role in roles):
        raise NotAllowedError(_("Only an owner manages owners and admins."))


def manageable_roles(principal: Principal) -> list[Role]:
    """The roles that the principal may grant."""
    return list(Role) if principal.role == Role.OWNER else [Role.MEMBER]


def take_turn(principal: Principal) -> None:
    """Wait for others who change people of this organisation; then see if one still may.

    Two owners who remove each other at the same moment come here one after the other: the
    second one finds that the right is gone. Call it inside the write transaction, first.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=principal.organization_id)
    still = Membership.objects.visible_to(principal).filter(
        pk=principal.membership_id or 0, user__is_active=True, is_active=True, role=principal.role
    )
    if not still.exists():
        raise NotAllowedError(_("Your own role was changed. Reload the page."))


def _locked(principal: Principal, membership_id: int) -> Membership:
    rows = Membership.objects.visible_to(principal).select_related("user")
    membership = rows.select_for_update(of=("self",)).filter(pk=membership_id).first()
    if membership is None:
        raise NotFoundError(_("This person is not among yours."))
    return membership


def _save(membership: Membership, *fields: str) -> None:
    """Save, and ask at once what the database would say at the end: is an owner left?"""
    membership.save(update_fields=fields)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS accounts_membership_last_owner IMMEDIATE")
            cursor.execute("SET CONSTRAINTS accounts_membership_last_owner DEFERRED")
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", "") != LAST_OWNER:
            raise
        raise RuleError(
            _("The organisation needs an active owner. Make somebody else an owner first."),
            field="role",
        ) from error


def change_membership(
    *, membership_id: int, role: str, property_ids: Collection[int], principal: Principal
) -> Membership:
    """Give a membership a role and, for a member, exactly these properties.

    NotAllowedError beyond the principal's rights, RuleError when no owner would be left or a
    property is not the organisation's, NotFoundError for somebody else's membership.
    """
    with write_transaction(principal):
        take_turn(principal)
        membership = _locked(principal, membership_id)
        require_may_manage(principal, membership.role, role)
        if membership.role != role:
            membership.role = role
            _save(membership, "role")
        link_properties(membership, property_ids if role == Role.MEMBER else (), principal)
    return membership


def link_properties(
    membership: Membership, property_ids: Collection[int], principal: Principal
) -> None:
    """Make these the properties of a membership; RuleError for one that is not visible."""
    wished = set(property_ids)
    found = Property.objects.visible_to(principal).filter(pk__in=wished)
    if found.count() != len(wished):
        raise RuleError(_("One of these properties does not exist."), field="properties")
    links = PropertyLink.objects.filter(
        organization_id=principal.organization_id, membership=membership
    )
    present = set(links.values_list("property_id", flat=True))
    links.filter(property_id__in=present - wished).delete()
    PropertyLink.objects.bulk_create(
        PropertyLink(
            organization_id=principal.organization_id, membership=membership, property_id=pk
        )
        for pk in sorted(wished - present)
    )


def set_active(*, membership_id: int, is_active: bool, principal: Principal) -> Membership:
    """Let a person in or out; out takes effect on the next request (B-06).

    The invitations that a person made and that nobody accepted end with the membership.
    """
    with write_transaction(principal):
        take_turn(principal)
        membership = _locked(principal, membership_id)
        require_may_manage(principal, membership.role)
        if membership.is_active != is_active:
            membership.is_active = is_active
            _save(membership, "is_active")
        if not is_active:
            made = OneTimeLink.objects.filter(
                organization_id=principal.organization_id, created_by_id=membership.user_id
            )
            made.open().update(revoked_at=timezone.now())
    return membership


def make_reset_link(*, membership_id: int, principal: Principal) -> tuple[OneTimeLink, str]:
    """A one-time link with which a person sets a new password, and its token.

    For servers without mail. NotAllowedError unless an owner asks. RuleError when mail is
    there, or when the person has ever belonged elsewhere: no organisation may take over an
    account that opens another's doors (design.md 6).
    """
    if principal.role != Role.OWNER:
        raise NotAllowedError(_("Only an owner makes links to a new password."))
    if mail_is_configured():
        raise RuleError(_("This server sends mail: the person asks for a link by themselves."))
    with write_transaction(principal):
        take_turn(principal)
        membership = _locked(principal, membership_id)
        person = membership.user
        if not membership.is_active or not belongs_only_to(person, principal.organization_id):
            raise RuleError(
                _("For this person the operator of the server makes the link (reset_link).")
            )
        revoke_resets(person.email)
        return make_link(
            kind=OneTimeLinkKind.PASSWORD_RESET,
            email=person.email,
            lifetime=RESET_LIFETIME,
            organization_id=principal.organization_id,
            created_by_id=principal.user_id,
        )
