"""Secrets that must be read again (B-57, B-14)."""

from typing import Any

import pytest

from callcenter.core.sealing import UnsealableError, seal, unseal


def test_what_was_sealed_is_read_again_and_looks_different_each_time() -> None:
    one, other = seal("hunter2", purpose="here"), seal("hunter2", purpose="here")
    assert one != other
    assert b"hunter2" not in one + other
    assert unseal(one, purpose="here") == unseal(other, purpose="here") == "hunter2"


def test_b14_it_is_read_for_its_purpose_only() -> None:
    with pytest.raises(UnsealableError):
        unseal(seal("hunter2", purpose="https://example.co:443"), purpose="https://example.com:443")


@pytest.mark.parametrize("damage", [b"", b"x", bytes(40)])
def test_what_is_damaged_is_not_read(damage: bytes) -> None:
    with pytest.raises(UnsealableError):
        unseal(damage, purpose="here")
    whole = seal("hunter2", purpose="here")
    with pytest.raises(UnsealableError):
        unseal(whole[:-1] + bytes([whole[-1] ^ 1]), purpose="here")


def test_f34_an_old_key_reads_until_it_is_taken_away(settings: Any) -> None:
    settings.SEALING_KEYS = ["old" * 20]
    before = seal("hunter2", purpose="here")
    settings.SEALING_KEYS = ["new" * 20, "old" * 20]
    assert unseal(before, purpose="here") == "hunter2"
    assert seal("x", purpose="here")[:4] != before[:4]
    settings.SEALING_KEYS = ["new" * 20]
    with pytest.raises(UnsealableError):
        unseal(before, purpose="here")
