"""What PostgreSQL refuses about accounts and organisations."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from callcenter.accounts.models import (
    IdempotencyRecord,
    Membership,
    OneTimeLink,
    Organization,
    Role,
    User,
)
from tests.factories import make_membership, make_organization, make_user
from tests.refusals import refused, sql


@pytest.fixture
def organization(db: None) -> Organization:
    return make_organization()


def test_a_region_is_two_letters(organization: Organization) -> None:
    for region in ("us", "U1", "U"):
        with refused(by="organization_region_is_two_letters"):
            Organization.objects.filter(pk=organization.pk).update(region=region)


@pytest.mark.django_db
def test_an_address_is_one_account_whatever_its_case() -> None:
    make_user(email="Kim@Example.com")
    with refused(by="user_email_without_case"):
        make_user(email="kim@example.COM")


@pytest.mark.django_db
def test_an_account_has_an_address() -> None:
    with refused(by="user_has_email"):
        User.objects.create(email="", name="Nobody")


def test_a_person_belongs_to_an_organisation_once(organization: Organization) -> None:
    member = make_membership(organization)
    with refused(by="membership_once"):
        make_membership(organization, user=member.user)


def test_a_role_is_one_of_three(organization: Organization) -> None:
    member = make_membership(organization)
    with refused(by="membership_role_known"):
        Membership.objects.filter(pk=member.pk).update(role="root")


def test_an_availability_is_one_of_three(organization: Organization) -> None:
    member = make_membership(organization)
    with refused(by="membership_availability_known"):
        Membership.objects.filter(pk=member.pk).update(availability="asleep")


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["accounts_user", "accounts_organization"])
def test_people_and_organisations_are_not_deleted(table: str) -> None:
    for statement in ("DELETE FROM {}", "TRUNCATE {} CASCADE"):
        with refused(by="refused|permission denied"):
            sql(statement.format(table))


def test_an_invitation_names_organisation_and_role(organization: Organization) -> None:
    link: dict[str, Any] = {
        "kind": "invitation",
        "email": "new@example.com",
        "token_digest": b"1",
        "expires_at": timezone.now() + timedelta(days=1),
    }
    rule = "onetimelink_invitation_names_organization_and_role"
    with refused(by=rule):
        OneTimeLink.objects.create(**link, role="member")
    with refused(by=rule):
        OneTimeLink.objects.create(**link, organization=organization, role="root")
    kept = OneTimeLink.objects.create(**link, organization=organization, role="member")
    now = timezone.now()
    with refused(by="onetimelink_used_or_revoked"):
        OneTimeLink.objects.filter(pk=kept.pk).update(used_at=now, revoked_at=now)
    with refused(by="token_digest"):
        OneTimeLink.objects.create(**link, organization=organization, role="member")


@pytest.mark.django_db
def test_b46_a_key_has_one_effect() -> None:
    record = {"scope": "session:1:1", "endpoint": "log", "key": "k", "request_digest": b"1"}
    IdempotencyRecord.objects.create(**record)
    with refused(by="idempotencyrecord_once"):
        IdempotencyRecord.objects.create(**record)


LAST_OWNER_LEAVES: dict[str, Callable[[Membership], Any]] = {
    "demoted": lambda m: Membership.objects.filter(pk=m.pk).update(role="admin"),
    "deactivated": lambda m: Membership.objects.filter(pk=m.pk).update(is_active=False),
    "deleted": lambda m: sql("DELETE FROM accounts_membership WHERE id = %s", m.pk),
    "account off": lambda m: User.objects.filter(pk=m.user_id).update(is_active=False),
}


@pytest.mark.parametrize("way", LAST_OWNER_LEAVES)
def test_b09_the_last_active_owner_stays(organization: Organization, way: str) -> None:
    owner = make_membership(organization, Role.OWNER)
    make_membership(organization, Role.ADMIN)
    with refused(by="would lose its last active owner"):
        LAST_OWNER_LEAVES[way](owner)


def test_an_owner_may_go_when_another_one_stays(organization: Organization) -> None:
    owner = make_membership(organization, Role.OWNER)
    make_membership(organization, Role.OWNER)
    with transaction.atomic():
        Membership.objects.filter(pk=owner.pk).update(role="member")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
