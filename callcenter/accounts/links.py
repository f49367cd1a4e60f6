"""One-time links: made, found and used up; only a digest of the token is kept (C07, C08)."""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from callcenter.core.errors import NotFoundError

from .models import LINK_LIFETIME, OneTimeLink, OneTimeLinkKind

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
RESET_LIFETIME = timedelta(hours=24)


def digest_of_token(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("ascii")).digest()


def make_link(
    *, kind: OneTimeLinkKind, email: str, lifetime: timedelta = LINK_LIFETIME, **fields: Any
) -> str:
    """A new link's token of 256 random bits; it is shown now and never again."""
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        kind=kind,
        email=email.strip(),
        token_digest=digest_of_token(token),
        expires_at=timezone.now() + lifetime,
        **fields,
    )
    return token


def find_link(token: str, kind: OneTimeLinkKind, *, lock: bool = False) -> OneTimeLink:
    """The link that can still be used; NotFoundError for every other, or malformed, token.

    With `lock` (inside a transaction) a twin that uses the same link waits for this one.
    """
    if TOKEN.fullmatch(token) is None:
        raise NotFoundError("")
    links = OneTimeLink.objects.select_for_update(of=("self",)) if lock else OneTimeLink.objects
    link = links.filter(
        token_digest=digest_of_token(token),
        kind=kind,
        used_at=None,
        revoked_at=None,
        expires_at__gt=timezone.now(),
    ).first()
    if link is None:
        raise NotFoundError("")
    return link


def use_up(link: OneTimeLink) -> None:
    """Mark a locked link as used: it works once."""
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])


def absolute(path: str) -> str:
    """The address of a path for people elsewhere: from settings, never from Host (B-30)."""
    return settings.BASE_URL.rstrip("/") + path
