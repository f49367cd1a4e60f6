"""Secrets that must be read again: sealed with a key that is not in the database (B-57, A5).

What only has to be recognised is kept as an HMAC instead (`accounts.secrets`).
"""

import hashlib
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

ID_BYTES, NONCE_BYTES = 4, 12


class UnsealableError(ValueError):
    """It was sealed with another key or for another purpose, or is damaged."""


def seal(secret: str, *, purpose: str) -> bytes:
    """`secret` under the newest key, readable only for the same `purpose`.

    AES-256-GCM; the key's id and a random nonce stand before it.
    """
    key_id, key = _keys(tuple(settings.SEALING_KEYS))[0]
    nonce = secrets.token_bytes(NONCE_BYTES)
    return key_id + nonce + AESGCM(key).encrypt(nonce, secret.encode(), purpose.encode())


def unseal(sealed: bytes, *, purpose: str) -> str:
    """What was sealed for this purpose under one of the keys; UnsealableError for all else."""
    sealed = bytes(sealed)
    key_id, rest = sealed[:ID_BYTES], sealed[ID_BYTES:]
    nonce, text = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
    for known, key in _keys(tuple(settings.SEALING_KEYS)):
        if known == key_id:
            try:
                return AESGCM(key).decrypt(nonce, text, purpose.encode()).decode()
            except (InvalidTag, ValueError):
                break
    raise UnsealableError("This was not sealed here, or not for this.")


@lru_cache(maxsize=4)
def _keys(words: tuple[str, ...]) -> list[tuple[bytes, bytes]]:
    """Each key with an id that tells nothing about it."""
    keys = [hashlib.sha256(b"callcenter.sealing\0" + word.encode()).digest() for word in words]
    return [(hashlib.sha256(key).digest()[:ID_BYTES], key) for key in keys]
