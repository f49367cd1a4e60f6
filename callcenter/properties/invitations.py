"""Invitations: made, revoked and accepted. Whether an address has an account never shows."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.accounts.actions import find_person
from callcenter.accounts.links import find_link, make_link, no_such_link, use_up
from callcenter.accounts.models import Membership, OneTimeLink, OneTimeLinkKind, Role, User
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.transactions import write_transaction

from .actions import require_may_manage, take_turn
from .models import Property, PropertyLink
from .principals import Principal


@dataclass(frozen=True)
class Newcomer:
    """Who accepts an invitation: the actor of that one transaction."""

    organization_id: int
    user_id: int | None
    request_id: str
    kind: Literal["session"] = "session"


def invite(
    *, email: str, role: str, property_ids: Collection[int], principal: Principal
) -> tuple[OneTimeLink, str]:
    """An invitation and its token; it works once and for a week. An older one ends.

    NotAllowedError beyond the principal's rights, RuleError for somebody who is in already or
    a property that is not the organisation's.
    """
    require_may_manage(principal, role)
    with write_transaction(principal):
        take_turn(principal)
        ours = Membership.objects.visible_to(principal).filter(is_active=True)
        if ours.filter(user__email__iexact=email).exists():
            raise RuleError(_("This person is among yours already."), field="email")
        wished = sorted(set(property_ids)) if role == Role.MEMBER else []
        if Property.objects.visible_to(principal).filter(pk__in=wished).count() != len(wished):
            raise RuleError(_("One of these properties does not exist."), field="properties")
        older = OneTimeLink.objects.visible_to(principal).open()
        older = older.filter(kind=OneTimeLinkKind.INVITATION, email__iexact=email)
        older.update(revoked_at=timezone.now())
        return make_link(
            kind=OneTimeLinkKind.INVITATION,
            email=email,
            organization_id=principal.organization_id,
            role=role,
            property_ids=wished,
            created_by_id=principal.user_id,
        )


def revoke_invitation(*, link_id: int, principal: Principal) -> None:
    """Make an invitation worthless; NotFoundError when it is not the organisation's or over."""
    with write_transaction(principal):
        take_turn(principal)
        links = OneTimeLink.objects.visible_to(principal).open()
        link = links.filter(pk=link_id, kind=OneTimeLinkKind.INVITATION).first()
        if link is None:
            raise NotFoundError(_("This invitation is over already."))
        require_may_manage(principal, link.role)
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])


def find_invitation(token: str, *, lock: bool = False) -> OneTimeLink:
    """The invitation that can be accepted now; NotFoundError for everything else.

    It counts only as long as who made it could make it again (the first owner's was made by
    the operator of the server).
    """
    link = find_link(token, OneTimeLinkKind.INVITATION, lock=lock)
    if link.created_by_id is not None:
        makers = Membership.objects.filter(
            organization_id=_organization_of(link), user_id=link.created_by_id, is_active=True
        )
        maker = makers.filter(user__is_active=True).first()
        if maker is None or not _could_invite(Role(maker.role), link.role):
            raise no_such_link()
    return link


def _organization_of(link: OneTimeLink) -> int:
    """The organisation's id; the database keeps no invitation without one."""
    if link.organization_id is None:
        raise no_such_link()
    return link.organization_id


def _could_invite(maker: Role, role: str) -> bool:
    return maker == Role.OWNER or (maker == Role.ADMIN and role == Role.MEMBER)


def accept_as_new(*, token: str, name: str, password: str, request_id: str) -> User:
    """Make the account that an invitation is for, and its membership.

    NotFoundError for a link that does not work, RuleError when the address has an account
    since: the person accepts with its password then.
    """
    link = find_invitation(token)
    newcomer = Newcomer(_organization_of(link), None, request_id)
    with write_transaction(newcomer):
        link = find_invitation(token, lock=True)
        if find_person(link.email) is not None:
            raise RuleError(_("Something went wrong. Try again."))
        person = User.objects.create_user(link.email, password, name=name.strip())
        _join(link, person)
    return person


def accept_as(*, token: str, person: User, request_id: str) -> None:
    """Let the person whom an invitation is for, and who has proved to be it, join.

    NotFoundError for a link that does not work or is for somebody else. Nobody's role gets
    lower by it; who was let out is in again.
    """
    link = find_invitation(token)
    newcomer = Newcomer(_organization_of(link), person.pk, request_id)
    with write_transaction(newcomer):
        link = find_invitation(token, lock=True)
        if link.email.lower() != person.email.lower():
            raise no_such_link()
        _join(link, person)


def _join(link: OneTimeLink, person: User) -> None:
    organization_id = _organization_of(link)
    fields = {"role": link.role, "is_active": True}
    membership, is_new = Membership.objects.select_for_update().get_or_create(
        organization_id=organization_id, user=person, defaults=fields
    )
    if not is_new:
        was_in = membership.is_active and Role(membership.role).rank >= Role(link.role).rank
        membership.role = membership.role if was_in else link.role
        membership.is_active = True
        membership.save(update_fields=["role", "is_active"])
        if not was_in:
            PropertyLink.objects.filter(membership=membership).delete()
    here = Property.objects.filter(organization_id=organization_id)
    PropertyLink.objects.bulk_create(
        [
            PropertyLink(organization_id=organization_id, membership=membership, property_id=pk)
            for pk in here.filter(pk__in=link.property_ids).values_list("pk", flat=True)
        ],
        ignore_conflicts=True,
    )
    use_up(link)
