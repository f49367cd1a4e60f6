"""Secrets of other systems: who they are, for how long, with which rights (B-39 to B-41)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from callcenter.accounts.models import ApiCredential, ApiUse, Membership, Role, SinglePermission
from callcenter.accounts.secrets import new_secret
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.properties.access import MEMBER
from callcenter.properties.credentials import Caller, find_caller
from callcenter.properties.issuing import Wish, issue_credential, revoke_credential
from callcenter.properties.models import PropertyLink
from tests.factories import (
    make_credential,
    make_membership,
    make_organization,
    make_property,
    principal_again,
)

pytestmark = pytest.mark.django_db


def caller(secret: str) -> Caller | None:
    return find_caller(secret, request_id="r")


def found(secret: str) -> Caller:
    known = caller(secret)
    assert known is not None
    return known


@pytest.fixture
def owner() -> Membership:
    return make_membership(make_organization(), Role.OWNER)


@pytest.fixture
def member(owner: Membership) -> Membership:
    return make_membership(owner.organization, links=[make_property(owner.organization)])


def test_b39_all_128_bits_of_a_secret_vary() -> None:
    seen = [int(new_secret().replace("-", ""), 16) for _ in range(10_000)]
    assert len(set(seen)) == len(seen)
    for bit in range(128):
        assert 4_500 < sum(secret >> bit & 1 for secret in seen) < 5_500


def test_b39_the_table_holds_no_secret(owner: Membership) -> None:
    credential, secret = issue_credential(
        wish=Wish(name="ERP", role=Role.ADMIN), principal=principal_again(owner)
    )
    row = repr(ApiCredential.objects.filter(pk=credential.pk).values().get())
    assert secret not in row
    assert secret.replace("-", "") not in row
    assert found(secret).principal.credential_id == credential.pk
    assert found(secret.upper()).principal.user_id == owner.user_id


def test_unknown_revoked_and_expired_secrets_are_nobody(owner: Membership) -> None:
    credential, secret = make_credential(owner)
    assert caller(new_secret()) is None
    assert caller("") is None
    assert caller("\udcff not even text") is None
    revoke_credential(credential_id=credential.pk, principal=principal_again(owner))
    assert caller(secret) is None
    _, short = make_credential(owner, expires_at=timezone.now() - timedelta(seconds=1))
    assert caller(short) is None


def test_b34_a_person_who_is_out_takes_the_keys_along(member: Membership) -> None:
    _, secret = make_credential(member)
    assert found(secret)
    Membership.objects.filter(pk=member.pk).update(is_active=False)
    assert caller(secret) is None


def test_b39_an_older_pepper_still_opens(owner: Membership, settings: Settings) -> None:
    settings.API_PEPPERS = ["old"]
    _, secret = make_credential(owner)
    settings.API_PEPPERS = ["new", "old"]
    assert found(secret)
    settings.API_PEPPERS = ["new"]
    assert caller(secret) is None


def test_b41_the_role_is_the_lower_of_the_own_and_the_owners_now(owner: Membership) -> None:
    make_membership(owner.organization, Role.OWNER)
    place = make_property(owner.organization)
    _, secret = make_credential(owner, Role.ADMIN)
    assert found(secret).principal.role == Role.ADMIN
    assert found(secret).principal.property_ids is None
    Membership.objects.filter(pk=owner.pk).update(role=Role.MEMBER)
    demoted = found(secret).principal
    assert (demoted.role, demoted.property_ids) == (Role.MEMBER, frozenset())
    assert not demoted.may("calls.change_calllog")
    PropertyLink.objects.create(organization=owner.organization, membership=owner, property=place)
    assert found(secret).principal.property_ids == frozenset([place.pk])


def test_a_members_key_reads_and_writes_only_if_issued_so(member: Membership) -> None:
    _, reading = make_credential(member)
    _, writing = make_credential(member, can_write=True)
    may = found(reading).principal.may
    assert may("calls.view_calllog")
    assert not may("calls.change_calllog")
    assert not may("calls.add_comment")
    assert found(writing).principal.permissions >= MEMBER


@pytest.mark.parametrize(
    ("single", "reads_calls"),
    [
        (SinglePermission.READ_ALL, True),
        (SinglePermission.READ_CALL_LOG_ITEM, False),
    ],
)
def test_single_permissions_read_what_they_say(
    owner: Membership, single: SinglePermission, *, reads_calls: bool
) -> None:
    _, secret = make_credential(owner, permissions=[single])
    principal = found(secret).principal
    assert principal.may("calls.view_calllog") is reads_calls
    assert principal.may("escalations.view_escalationitem")
    assert not principal.may("calls.change_calllog")
    assert principal.role == Role.OWNER


def test_a_property_set_narrows_and_an_empty_one_shows_nothing(member: Membership) -> None:
    elsewhere = make_property(member.organization)
    _, both = make_credential(member, properties=[elsewhere])
    assert found(both).principal.property_ids == frozenset()
    _, nothing = make_credential(member, properties=[])
    assert found(nothing).principal.property_ids == frozenset()
    assert found(nothing).principal.is_narrowed


def test_requests_are_counted_in_a_window_of_a_minute(owner: Membership) -> None:
    _, secret = make_credential(owner)
    assert [found(secret).requests for _ in range(3)] == [1, 2, 3]
    ApiUse.objects.update(window_started_at=timezone.now() - timedelta(minutes=2))
    again = found(secret)
    assert again.requests == 1
    assert timedelta(seconds=50) < again.window_left <= timedelta(minutes=1)


def test_the_last_use_is_noted_once_a_minute_and_is_no_audit_event(owner: Membership) -> None:
    credential, secret = make_credential(owner)
    events = ApiCredential.pgh_event_model.objects  # type: ignore[attr-defined]
    before = events.count()
    found(secret)
    credential.refresh_from_db()
    first = credential.last_used_at
    assert first is not None
    found(secret)
    credential.refresh_from_db()
    assert credential.last_used_at == first
    assert events.count() == before


def test_b09_nobody_issues_more_than_the_own_right(owner: Membership, member: Membership) -> None:
    admin = make_membership(owner.organization, Role.ADMIN)
    for issuer, wish in (
        (admin, Wish(name="x", role=Role.OWNER)),
        (admin, Wish(name="x", role=Role.MEMBER, membership_id=owner.pk)),
        (member, Wish(name="x", role=Role.ADMIN)),
        (member, Wish(name="x", role=Role.MEMBER, can_write=True)),
        (owner, Wish(name="x")),
        (owner, Wish(name="x", role=Role.ADMIN, permissions=["read_call_log_item"])),
        (owner, Wish(name="x", permissions=["all"])),
        (owner, Wish(name=" ", role=Role.ADMIN)),
        (owner, Wish(name="x", role=Role.ADMIN, expires_at=timezone.now())),
        (owner, Wish(name="x", role=Role.ADMIN, property_ids=[10**9])),
        (member, Wish(name="x", role=Role.MEMBER, membership_id=owner.pk)),
    ):
        with pytest.raises((NotAllowedError, RuleError)):
            issue_credential(wish=wish, principal=principal_again(issuer))
    assert not ApiCredential.objects.exists()
    issue_credential(
        wish=Wish(name="x", role=Role.MEMBER, membership_id=member.pk, can_write=True),
        principal=principal_again(admin),
    )
    assert ApiCredential.objects.get().owner == member.user


def test_a_foreign_credential_is_not_revoked(owner: Membership, member: Membership) -> None:
    credential, secret = make_credential(owner)
    for stranger in (member, make_membership(make_organization(), Role.OWNER)):
        with pytest.raises(NotFoundError):
            revoke_credential(credential_id=credential.pk, principal=principal_again(stranger))
    assert found(secret)
