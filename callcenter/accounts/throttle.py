"""Counting tries to sign in, exactly, before anything is looked at (B-35).

Every try is counted by one statement that commits by itself, so that neither parallel tries nor
a rolled-back request are missed. A subject is a keyed hash: the table names nobody.
"""

from collections.abc import Mapping
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError

from .models import LoginThrottle

COUNT = """
    INSERT INTO accounts_loginthrottle AS known (subject, tries, window_started_at)
    SELECT subject, 1, statement_timestamp() FROM unnest(%(subjects)s::text[]) AS subject
    ON CONFLICT (subject) DO UPDATE SET
        tries = CASE WHEN known.window_started_at > statement_timestamp() - %(window)s
                THEN known.tries + 1 ELSE 1 END,
        window_started_at = CASE WHEN known.window_started_at > statement_timestamp() - %(window)s
                THEN known.window_started_at ELSE statement_timestamp() END
    RETURNING subject, tries
"""


class TooManyTriesError(RuleError):
    """The limit of tries is reached; whether the password was right is not looked at."""

    http_status = 429


def _subject(kind: str, what: str) -> str:
    digest = salted_hmac(f"callcenter.accounts.throttle.{kind}", what, algorithm="sha256")
    return f"{kind}:{digest.hexdigest()}"


def of_account(email: str) -> str:
    """The subject of whoever signs in with `email`, known or not."""
    return _subject("account", email.strip().casefold())


def of_address(request: HttpRequest) -> str:
    """The subject of the network address that asks; the proxy's word counts if it is ours."""
    return _subject("address", client_address(request) or "unknown")


def of_key_address(address: str | None) -> str:
    """The subject of a network address that tries keys of other systems."""
    return _subject("key", address or "unknown")


def of_factor(user_id: int) -> str:
    """The subject of a person's second factor."""
    return _subject("factor", str(user_id))


def of_code(user_id: int, code: str) -> str:
    """The subject of one code of a person: it is used up by the first one who gives it."""
    return _subject("code", f"{user_id}:{code}")


def of_reset(email: str) -> str:
    """The subject of an address that asks for reset mails."""
    return _subject("reset", email.strip().casefold())


def client_address(request: HttpRequest) -> str | None:
    """The network address of the client, behind as many proxies as the settings trust."""
    address: str | None = get_client_ip(request)
    return address


def typed_name(request: HttpRequest | None, credentials: Mapping[str, str] | None) -> str:
    """Under which name axes records a try: the address as it was typed."""
    if credentials and credentials.get("email"):
        return credentials["email"].strip().lower()
    return request.POST.get("login", "").strip().lower() if request else ""


def limits_of_login(request: HttpRequest, email: str) -> dict[str, int]:
    """The subjects of one try to sign in, with how many tries each has in a window."""
    return {
        of_account(email): settings.LOGIN_TRIES_PER_ACCOUNT,
        of_address(request): settings.LOGIN_TRIES_PER_ADDRESS,
    }


def count_try(limits: Mapping[str, int]) -> None:
    """Count one try of each subject; TooManyTriesError when one of them is over its limit.

    The count is committed when this returns or raises. It must not run inside a transaction
    (RuntimeError), because a rollback would take the count back.
    """
    parameters: dict[str, Any] = {"subjects": sorted(limits), "window": settings.LOGIN_WINDOW}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(COUNT, parameters)
        counted: list[tuple[str, int]] = cursor.fetchall()
    if any(tries > limits[subject] for subject, tries in counted):
        minutes = int(settings.LOGIN_WINDOW.total_seconds() // 60)
        raise TooManyTriesError(
            _("Too many tries. Wait %(minutes)d minutes and try again.") % {"minutes": minutes}
        )


def forget_tries(subject: str) -> None:
    """Start again at zero: the right password or code was given."""
    LoginThrottle.objects.filter(subject=subject).delete()


def forgive_try(subject: str) -> None:
    """Take back one try of a shared subject, so that good logins do not use up an office's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_loginthrottle SET tries = greatest(tries - 1, 0) WHERE subject = %s",
            [subject],
        )


def prune() -> int:
    """Delete the rows whose window is over; how many they were."""
    over = timezone.now() - settings.LOGIN_WINDOW
    return LoginThrottle.objects.filter(window_started_at__lt=over).delete()[0]
