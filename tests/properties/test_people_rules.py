"""Who may change whose membership, and that an owner stays (B-09)."""

from typing import Any

import pytest
from django.apps import apps

from callcenter.accounts.models import Membership, OneTimeLink, Organization, Role
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.properties.actions import change_membership, make_reset_link, set_active
from callcenter.properties.invitations import invite, revoke_invitation
from callcenter.properties.models import PropertyLink
from callcenter.properties.principals import Principal
from tests.factories import (
    make_membership,
    make_organization,
    make_principal,
    make_property,
    principal_again,
)

pytestmark = pytest.mark.django_db
ROLES = list(Role)


@pytest.fixture
def organization() -> Organization:
    organization = make_organization()
    make_membership(organization, Role.OWNER)
    return organization


def change(principal: Principal, target: Membership, role: str, *places: int) -> Membership:
    return change_membership(
        membership_id=target.pk, role=role, property_ids=places, principal=principal
    )


@pytest.mark.parametrize("new", ROLES)
@pytest.mark.parametrize("old", ROLES)
@pytest.mark.parametrize("actor", ROLES)
def test_nobody_reaches_beyond_the_own_role(
    organization: Organization, actor: Role, old: Role, new: Role
) -> None:
    principal = make_principal(organization, actor)
    target = make_membership(organization, old)
    may = actor == Role.OWNER or (actor == Role.ADMIN and old == new == Role.MEMBER)

    if may:
        change(principal, target, new)
    else:
        with pytest.raises((NotAllowedError, NotFoundError)):
            change(principal, target, new)

    target.refresh_from_db()
    assert target.role == (new if may else old)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("actor", ROLES)
def test_invitations_and_leaving_follow_the_same_rule(
    organization: Organization, actor: Role, role: Role
) -> None:
    principal = make_principal(organization, actor)
    target = make_membership(organization, role)
    may = actor == Role.OWNER or (actor == Role.ADMIN and role == Role.MEMBER)
    owner = make_principal(organization, Role.OWNER)
    link, _token = invite(email="a@example.com", role=role, property_ids=(), principal=owner)

    def acts() -> list[Any]:
        return [
            lambda: invite(email="b@example.com", role=role, property_ids=(), principal=principal),
            lambda: set_active(membership_id=target.pk, is_active=False, principal=principal),
            lambda: set_active(membership_id=target.pk, is_active=True, principal=principal),
            lambda: revoke_invitation(link_id=link.pk, principal=principal),
        ]

    for act in acts():
        if may:
            act()
        else:
            with pytest.raises((NotAllowedError, NotFoundError)):
                act()
    assert OneTimeLink.objects.filter(email="b@example.com").exists() == may
    link.refresh_from_db()
    assert (link.revoked_at is not None) == may


def test_another_organizations_people_and_places_do_not_exist(organization: Organization) -> None:
    principal = make_principal(organization, Role.OWNER)
    elsewhere = make_organization()
    stranger, place = make_membership(elsewhere), make_property(elsewhere)
    member = make_membership(organization)

    with pytest.raises(NotFoundError):
        change(principal, stranger, Role.MEMBER)
    with pytest.raises(RuleError, match="does not exist"):
        change(principal, member, Role.MEMBER, place.pk)
    with pytest.raises(RuleError, match="does not exist"):
        invite(email="a@example.com", role="member", property_ids=[place.pk], principal=principal)
    assert not PropertyLink.objects.filter(membership=member).exists()


def test_a_member_sees_exactly_the_properties_of_the_last_change(
    organization: Organization,
) -> None:
    principal = make_principal(organization, Role.ADMIN)
    first, second = make_property(organization), make_property(organization)
    member = make_membership(organization, links=[first])

    change(principal, member, Role.MEMBER, second.pk)

    assert principal_again(member).property_ids == frozenset({second.pk})


@pytest.mark.parametrize("act", ["demote", "leave"])
def test_the_last_owner_stays_and_the_refusal_says_why(act: str) -> None:
    organization = make_organization()
    me = make_membership(organization, Role.OWNER)
    principal = principal_again(me)

    acts = {
        "demote": lambda: change(principal, me, Role.ADMIN),
        "leave": lambda: set_active(membership_id=me.pk, is_active=False, principal=principal),
    }

    with pytest.raises(RuleError, match="needs an active owner"):
        acts[act]()

    me.refresh_from_db()
    assert me.is_active
    assert me.role == Role.OWNER


def test_each_change_is_in_the_audit_with_who_made_it(organization: Organization) -> None:
    principal = make_principal(organization, Role.OWNER)
    member = make_membership(organization)

    change(principal, member, Role.ADMIN)

    events = apps.get_model("accounts", "MembershipAuditEvent").objects
    event = events.filter(pgh_obj=member).order_by("pgh_id").last()
    assert event.role == Role.ADMIN
    assert event.pgh_context["user"] == principal.user_id
    assert event.pgh_context["request"] == principal.request_id


def test_invitations_of_somebody_who_is_out_end(organization: Organization) -> None:
    owner = make_principal(organization, Role.OWNER)
    admin = make_membership(organization, Role.ADMIN)
    link, _token = invite(
        email="a@example.com", role="member", property_ids=(), principal=principal_again(admin)
    )

    set_active(membership_id=admin.pk, is_active=False, principal=owner)

    link.refresh_from_db()
    assert link.revoked_at is not None


def test_only_an_owner_makes_reset_links_and_only_for_people_of_this_organization_alone(
    organization: Organization,
) -> None:
    owner, admin = make_principal(organization, Role.OWNER), make_principal(organization)
    member = make_membership(organization)
    guest = make_membership(organization)
    make_membership(make_organization(), user=guest.user)

    with pytest.raises(NotAllowedError):
        make_reset_link(membership_id=member.pk, principal=admin)
    with pytest.raises(RuleError, match="operator"):
        make_reset_link(membership_id=guest.pk, principal=owner)
    with pytest.raises(NotFoundError):
        make_reset_link(membership_id=make_membership(make_organization()).pk, principal=owner)
    link, token = make_reset_link(membership_id=member.pk, principal=owner)

    assert link.email == member.user.email
    assert token.encode() not in bytes(link.token_digest)
