"""One-time links: made, found and used up; only a digest of the token is kept (C07, C08)."""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError

from .models import LINK_LIFETIME, OneTimeLink, OneTimeLinkKind

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
RESET_LIFETIME = timedelta(hours=24)


def digest_of_token(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("ascii")).digest()


def make_link(
    *, kind: OneTimeLinkKind, email: str, lifetime: timedelta = LINK_LIFETIME, **fields: Any
) -> tuple[OneTimeLink, str]:
    """A new link and its token of 256 random bits, which is shown now and never again."""
    token = secrets.token_urlsafe(32)
    link = OneTimeLink.objects.create(
        kind=kind,
        email=email.strip(),
        token_digest=digest_of_token(token),
        expires_at=timezone.now() + lifetime,
        **fields,
    )
    return link, token


def find_link(token: str, kind: OneTimeLinkKind, *, lock: bool = False) -> OneTimeLink:
    """The link that can still be used; NotFoundError for every other, or malformed, token.

    With `lock` (inside a transaction) a twin that uses the same link waits for this one.
    """
    if TOKEN.fullmatch(token) is None:
        raise no_such_link()
    links = OneTimeLink.objects.open().filter(token_digest=digest_of_token(token), kind=kind)
    link = (links.select_for_update(of=("self",)) if lock else links).first()
    if link is None:
        raise no_such_link()
    return link


def no_such_link() -> NotFoundError:
    """The one answer to every link that does not work, whyever."""
    return NotFoundError(
        _("This link is used up, too old or not complete. Ask for a new one, or sign in.")
    )


def use_up(link: OneTimeLink) -> None:
    """Mark a locked link as used: it works once."""
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])


def absolute(path: str) -> str:
    """The address of a path for people elsewhere: from settings, never from Host (B-30)."""
    return settings.BASE_URL.rstrip("/") + path
