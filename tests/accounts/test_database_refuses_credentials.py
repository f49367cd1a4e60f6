"""What PostgreSQL refuses about credentials and their properties."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from callcenter.accounts.models import AccessToken, ApiCredential, Membership, Role
from callcenter.properties.models import CredentialProperty
from tests.factories import make_credential, make_membership, make_organization, make_property
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Membership:
    return make_membership(make_organization(), Role.OWNER)


def test_a_secret_opens_one_credential(owner: Membership) -> None:
    first, _ = make_credential(owner)
    with refused(by="apicredential_secret_once"):
        ApiCredential.objects.create(
            organization=owner.organization,
            owner=owner.user,
            name="twin",
            role=Role.OWNER,
            pepper_id=first.pepper_id,
            secret_hmac=first.secret_hmac,
            last_four="0000",
        )


def test_a_credential_has_a_role_or_single_permissions_and_a_name(owner: Membership) -> None:
    both = {"role": Role.MEMBER, "permissions": ["read_all_project_resources"]}
    for fields, by in (
        (both, "apicredential_role_or_permissions"),
        ({"role": "king"}, "apicredential_role_or_permissions"),
        ({"permissions": ["write"]}, "apicredential_permissions_known"),
        ({"wire": "other"}, "apicredential_wire_known"),
        ({"name": ""}, "apicredential_has_name"),
        (
            {"permissions": ["read_call_log_item"], "can_write": True},
            "apicredential_only_a_role_writes",
        ),
    ):
        with refused(by=by):
            make_credential(owner, **fields)


def test_a_set_holds_each_property_once_and_only_those_of_the_organisation(
    owner: Membership,
) -> None:
    place = make_property(owner.organization)
    credential, _ = make_credential(owner, properties=[place])
    fields = {"organization": owner.organization, "credential": credential}
    with refused(by="credentialproperty_once"):
        CredentialProperty.objects.create(**fields, property=place)
    foreign = make_property(make_organization())
    with refused(by="properties_credentialproperty_property_id_within_organization_i"):
        CredentialProperty.objects.create(**fields, property=foreign)
        connection.check_constraints()


def test_the_audit_of_credentials_only_grows(owner: Membership) -> None:
    make_credential(owner)
    with refused(by="permission denied"):
        ApiCredential.pgh_event_model.objects.update(name="x")  # type: ignore[attr-defined]


def test_a_token_is_of_one_credential_hashed_and_lives_an_hour(owner: Membership) -> None:
    credential, _ = make_credential(owner)
    now = timezone.now()
    hour = timedelta(hours=1)

    def make(digest: bytes, life: timedelta) -> AccessToken:
        return AccessToken.objects.create(
            credential=credential,
            pepper_id="p",
            token_hmac=digest,
            created_at=now,
            expires_at=now + life,
        )

    make(bytes(32), hour)
    for digest, life, by in (
        (bytes(32), hour, "accesstoken_token_once"),
        (b"plain", hour, "accesstoken_is_hashed"),
        (bytes(31), hour, "accesstoken_is_hashed"),
        (b"x" * 32, hour + timedelta(microseconds=1), "accesstoken_lives_an_hour"),
        (b"x" * 32, timedelta(0), "accesstoken_lives_an_hour"),
    ):
        with refused(by=by):
            make(digest, life)
