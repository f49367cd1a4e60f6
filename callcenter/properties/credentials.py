"""From the secret or token of a request to its principal: one statement, on every request (B-06).

The same statement counts the request, and notes the credential's use once a minute.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from callcenter.accounts.models import Organization, Role, Wire
from callcenter.accounts.secrets import hmacs_of, token_hmacs_of
from callcenter.core.prepared import fetch_all

from .access import credential_words
from .principals import Principal

WINDOW = timedelta(minutes=1)

# One row at most: (pepper, HMAC) is unique. An unknown secret finds, counts and writes nothing.
DIRECTLY = """
(c.pepper_id, c.secret_hmac) IN (SELECT * FROM unnest(%(peppers)s::text[], %(hmacs)s::bytea[]))
"""
FOR_AN_HOUR = """
c.id IN (SELECT t.credential_id FROM accounts_accesstoken t
         WHERE t.expires_at > statement_timestamp() AND (t.pepper_id, t.token_hmac)
               IN (SELECT * FROM unnest(%(peppers)s::text[], %(hmacs)s::bytea[])))
"""
FIND = """
WITH found AS (
    SELECT c.id, c.role, c.permissions, c.can_write, c.is_narrowed, c.wire, c.owner_id,
           c.organization_id, m.id AS membership_id, m.role AS owner_role, u.name AS owner_name,
           c.last_used_at
    FROM accounts_apicredential c
    JOIN accounts_membership m
      ON m.user_id = c.owner_id AND m.organization_id = c.organization_id AND m.is_active
    JOIN accounts_user u ON u.id = c.owner_id AND u.is_active
    WHERE <known>
      AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > statement_timestamp())
), counted AS (
    INSERT INTO accounts_apiuse AS known (credential_id, window_started_at, requests)
    SELECT id, statement_timestamp(), 1 FROM found
    ON CONFLICT (credential_id) DO UPDATE SET
        requests = CASE WHEN known.window_started_at > statement_timestamp() - %(window)s::interval
                   THEN known.requests + 1 ELSE 1 END,
        window_started_at = CASE
            WHEN known.window_started_at > statement_timestamp() - %(window)s::interval
            THEN known.window_started_at ELSE statement_timestamp() END
    RETURNING requests, window_started_at
), noted AS (
    UPDATE accounts_apicredential SET last_used_at = statement_timestamp()
    WHERE id = (SELECT id FROM found WHERE last_used_at IS NULL
                OR last_used_at < statement_timestamp() - interval '1 minute')
)
SELECT found.id, found.role, found.permissions, found.can_write, found.is_narrowed, found.wire,
       found.owner_id, found.membership_id, found.owner_role, found.owner_name,
       counted.requests, counted.window_started_at + %(window)s::interval - statement_timestamp(),
       ARRAY(SELECT property_id FROM properties_propertylink l
             WHERE l.membership_id = found.membership_id),
       ARRAY(SELECT property_id FROM properties_credentialproperty s
             WHERE s.credential_id = found.id),
       o.id, o.uuid, o.name, o.slug, o.time_zone, o.region, o.members_see_unplaced, o.created_at
FROM found CROSS JOIN counted JOIN accounts_organization o ON o.id = found.organization_id
"""
FIND_DIRECTLY, FIND_FOR_AN_HOUR = (FIND.replace("<known>", by) for by in (DIRECTLY, FOR_AN_HOUR))
ORGANIZATION = (
    *("id", "uuid", "name", "slug", "time_zone"),
    *("region", "members_see_unplaced", "created_at"),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks with a secret: the principal, the form of answers, and how often one asked.

    `requests` counts this one, in the present window of a minute, which ends in `window_left`.
    """

    principal: Principal
    wire: Wire
    requests: int
    window_left: timedelta


def find_caller(secret: str, *, request_id: str) -> Caller | None:
    """Whose secret this is, or None: unknown, expired, revoked, or its owner is out (B-34)."""
    return _found(FIND_DIRECTLY, hmacs_of(secret), request_id)


def find_caller_by_token(token: str, *, request_id: str) -> Caller | None:
    """Whose credential this token is of, or None: also when the token's hour is over."""
    return _found(FIND_FOR_AN_HOUR, token_hmacs_of(token), request_id)


def _found(statement: str, under: list[tuple[str, bytes]], request_id: str) -> Caller | None:
    parameters: dict[str, Any] = {
        "peppers": [pepper for pepper, _ in under],
        "hmacs": [digest for _, digest in under],
        "window": WINDOW,
    }
    rows = fetch_all(statement, parameters)
    return _caller(rows[0], request_id) if rows else None


def _caller(row: tuple[Any, ...], request_id: str) -> Caller:
    (pk, own_role, permissions, can_write, is_narrowed, wire, owner_id, membership_id) = row[:8]
    (owner_role, owner_name, requests, window_left, linked, chosen) = row[8:14]
    role = effective_role(own_role, owner_role)
    organization = Organization.from_db("default", ORGANIZATION, row[14:])
    principal = Principal(
        organization_id=organization.pk,
        user_id=owner_id,
        membership_id=membership_id,
        credential_id=pk,
        role=role,
        permissions=credential_words(
            role, has_role=bool(own_role), permissions=permissions, can_write=can_write
        ),
        property_ids=_rows(role, linked, chosen if is_narrowed else None),
        request_id=request_id,
        kind="credential",
        user_name=owner_name,
        organization=organization,
        is_narrowed=is_narrowed,
    )
    return Caller(principal, Wire(wire), requests, window_left)


def effective_role(own: str, owners: str) -> Role:
    """The lower of the credential's role and its owner's present one (B-41).

    A credential without a role has the owner's, for rows.
    """
    return min((Role(role) for role in (own, owners) if role), key=lambda role: role.rank)


def _rows(role: Role, linked: list[int], chosen: list[int] | None) -> frozenset[int] | None:
    """The properties that are seen: those of the role, narrowed by the credential's set."""
    seen = frozenset(linked) if role == Role.MEMBER else None
    if chosen is None:
        return seen
    return frozenset(chosen) if seen is None else seen & frozenset(chosen)


STILL = """
SELECT c.role, m.role, c.is_narrowed,
       ARRAY(SELECT property_id FROM properties_propertylink l WHERE l.membership_id = m.id),
       ARRAY(SELECT property_id FROM properties_credentialproperty s WHERE s.credential_id = c.id)
FROM accounts_apicredential c
JOIN accounts_membership m
  ON m.user_id = c.owner_id AND m.organization_id = c.organization_id AND m.is_active
JOIN accounts_user u ON u.id = c.owner_id AND u.is_active
WHERE c.id = %(credential)s
  AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > statement_timestamp())
"""


def sees_the_same(principal: Principal) -> bool:
    """Whether a credential's principal would be given the same rows if it asked now (B-06)."""
    rows = fetch_all(STILL, {"credential": principal.credential_id})
    if not rows:
        return False
    own_role, owner_role, is_narrowed, linked, chosen = rows[0]
    role = effective_role(own_role, owner_role)
    seen = _rows(role, linked, chosen if is_narrowed else None)
    return (role, seen) == (principal.role, principal.property_ids)
