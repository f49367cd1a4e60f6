"""Secrets of credentials: made, and known again by their keyed HMAC (B-39)."""

import hashlib
import hmac
import secrets
import uuid
from functools import lru_cache

from django.conf import settings

HMAC_BYTES = 32


def new_secret() -> str:
    """A secret in the form of a uuid with all of its 128 bits drawn at random."""
    return str(uuid.UUID(bytes=secrets.token_bytes(16)))


def hmac_of(secret: str) -> tuple[str, bytes]:
    """The id of the newest pepper, and the HMAC of `secret` under it: what is stored."""
    return hmacs_of(secret)[0]


def hmacs_of(secret: str) -> list[tuple[str, bytes]]:
    """The HMAC of `secret` under each active pepper with the pepper's id, the newest first.

    Letter case does not count, as in any uuid. One HMAC costs the same for every secret, so
    neither a known nor an unknown one shows by its time.
    """
    return _under_each_pepper(secret.lower())


def new_token() -> str:
    """A token of 256 random bits: 43 letters, digits, `-` and `_` (wire/voipnow.md 2)."""
    return secrets.token_urlsafe(32)


def token_hmacs_of(token: str) -> list[tuple[str, bytes]]:
    """The same for a token, in which letter case counts."""
    return _under_each_pepper(f"token\0{token}")


def _under_each_pepper(text: str) -> list[tuple[str, bytes]]:
    said = text.encode("utf-8", "surrogateescape")
    peppers = _peppers(tuple(settings.API_PEPPERS))
    return [(name, hmac.digest(pepper, said, "sha256")) for name, pepper in peppers]


@lru_cache(maxsize=4)
def _peppers(words: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """Each pepper with its id: eight hex digits that tell nothing about it."""
    keys = [hashlib.sha256(b"callcenter.api.pepper\0" + word.encode()).digest() for word in words]
    return [(hashlib.sha256(key).hexdigest()[:8], key) for key in keys]
