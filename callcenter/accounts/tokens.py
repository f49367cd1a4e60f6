"""Tokens of credentials: issued for an hour, forgotten when they are over (wire/voipnow.md 2)."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from .models import TOKEN_LIFETIME, AccessToken
from .secrets import new_token, token_hmacs_of

# nothing is issued to who is not in force; the clock is the database's (F20)
ISSUE = """
    INSERT INTO accounts_accesstoken (credential_id, pepper_id, token_hmac, created_at, expires_at)
    SELECT id, %(pepper)s, %(hmac)s, statement_timestamp(),
           least(statement_timestamp() + %(lifetime)s, expires_at)
    FROM accounts_apicredential
    WHERE id = %(credential)s AND client_id = %(client)s AND revoked_at IS NULL
      AND (expires_at IS NULL OR expires_at > statement_timestamp())
    RETURNING floor(extract(epoch FROM expires_at - created_at))::int
"""


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, which nobody can read again, and how many whole seconds it lives."""

    token: str = field(repr=False)
    seconds: int


def issue_token(*, credential_id: int, client_id: uuid.UUID) -> Issued | None:
    """A new token of the credential; None when `client_id` is not its, or it is not in force.

    It lives an hour, but never longer than the credential.
    """
    token = new_token()
    pepper, digest = token_hmacs_of(token)[0]
    values: dict[str, Any] = {
        "credential": credential_id,
        "client": client_id,
        "pepper": pepper,
        "hmac": digest,
        "lifetime": TOKEN_LIFETIME,
    }
    with connection.cursor() as cursor:
        cursor.execute(ISSUE, values)
        row = cursor.fetchone()
    return None if row is None else Issued(token, row[0])


def prune() -> int:
    """Delete the tokens that are over; how many they were."""
    return AccessToken.objects.over().delete()[0]
