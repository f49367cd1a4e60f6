"""Tokens of credentials: for an hour, never longer than the credential (wire/voipnow.md 2)."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from callcenter.accounts.models import AccessToken, ApiCredential, Membership, Role
from callcenter.accounts.secrets import hmacs_of, new_token, token_hmacs_of
from callcenter.accounts.tasks import prune
from callcenter.accounts.tokens import Issued, issue_token
from callcenter.properties.credentials import Caller, find_caller, find_caller_by_token
from callcenter.properties.issuing import revoke_credential
from tests.factories import make_credential, make_membership, make_organization, principal_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Membership:
    return make_membership(make_organization(), Role.OWNER)


def issued(credential: ApiCredential) -> Issued:
    credential.refresh_from_db()
    made = issue_token(credential_id=credential.pk, client_id=credential.client_id)
    assert made is not None
    return made


def caller(token: str) -> Caller | None:
    return find_caller_by_token(token, request_id="r")


def older(by: timedelta) -> None:
    """Let every token be so much older."""
    AccessToken.objects.update(created_at=F("created_at") - by, expires_at=F("expires_at") - by)


def test_c07_a_token_is_random_and_opens_what_its_credential_opens(owner: Membership) -> None:
    credential, secret = make_credential(owner)
    made = issued(credential)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", made.token)
    assert made.seconds == 3600
    by_token, by_secret = caller(made.token), find_caller(secret, request_id="r")
    assert by_token is not None
    assert by_secret is not None
    assert by_token.principal == by_secret.principal
    assert (by_token.requests, by_secret.requests) == (1, 2)
    assert len({new_token() for _ in range(10_000)}) == 10_000


def test_only_the_hash_of_a_token_is_kept(owner: Membership, settings: Any) -> None:
    credential, _ = make_credential(owner)
    made = issued(credential)
    row: Any = AccessToken.objects.values().get()
    assert made.token not in str(row)
    assert made.token not in repr(made)
    assert bytes(row["token_hmac"]) == token_hmacs_of(made.token)[0][1]
    assert token_hmacs_of(made.token) != hmacs_of(made.token)
    settings.API_PEPPERS = ["new" * 20, *settings.API_PEPPERS]
    assert caller(made.token) is not None  # under each active pepper
    settings.API_PEPPERS = ["new" * 20]
    assert caller(made.token) is None


def test_letter_case_counts_and_nothing_is_nobodys(owner: Membership) -> None:
    made = issued(make_credential(owner)[0])
    assert caller(made.token.swapcase()) is None
    for text in ("", " ", "a" * 43, f"{made.token} ", "\udcff"):
        assert caller(text) is None


def test_a_token_lives_an_hour(owner: Membership) -> None:
    made = issued(make_credential(owner)[0])
    older(timedelta(minutes=59))
    assert caller(made.token) is not None
    older(timedelta(minutes=1))
    assert caller(made.token) is None


def test_a_token_never_lives_longer_than_its_credential(owner: Membership) -> None:
    ends = timezone.now() + timedelta(minutes=10)
    credential, _ = make_credential(owner, expires_at=ends)
    made = issued(credential)
    assert 590 <= made.seconds <= 600
    assert AccessToken.objects.get().expires_at == ends
    ApiCredential.objects.update(expires_at=timezone.now() - timedelta(seconds=1))  # shortened
    assert caller(made.token) is None


def test_a_token_ends_at_once_with_its_credential_or_its_owner(owner: Membership) -> None:
    credential, _ = make_credential(owner)
    made = issued(credential)
    make_membership(owner.organization, Role.OWNER)
    Membership.objects.filter(pk=owner.pk).update(role=Role.MEMBER)
    known = caller(made.token)
    assert known is not None
    assert known.principal.role == Role.MEMBER  # rights are those of now
    revoke_credential(credential_id=credential.pk, principal=principal_again(owner))
    assert caller(made.token) is None


def test_nothing_is_issued_to_a_wrong_client_or_one_that_is_out(owner: Membership) -> None:
    past = timezone.now() - timedelta(seconds=1)
    credential, _ = make_credential(owner)
    assert issue_token(credential_id=credential.pk, client_id=uuid.uuid4()) is None
    ended: list[dict[str, Any]] = [{"revoked_at": past}, {"expires_at": past}]
    for fields in ended:
        made, _ = make_credential(owner, **fields)
        made.refresh_from_db()
        assert issue_token(credential_id=made.pk, client_id=made.client_id) is None
    assert not AccessToken.objects.exists()


def test_tokens_that_are_over_are_forgotten(owner: Membership) -> None:
    credential, _ = make_credential(owner)
    issued(credential)
    older(timedelta(hours=1))
    young = issued(credential)
    prune()
    row = AccessToken.objects.get()
    assert bytes(row.token_hmac) == token_hmacs_of(young.token)[0][1]
    assert str(row).startswith(f"{credential.pk}: until 2")
