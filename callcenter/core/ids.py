"""Ids as addresses and forms send them."""

from collections.abc import Iterable

LONGEST = 18  # digits: every such number is a bigint


def read_id(text: str) -> int | None:
    """The id that `text` writes in ASCII digits; None for anything else.

    PostgreSQL answers with an error where a number is no bigint and where a text holds NUL, and
    Python takes the digits of other scripts for numbers: none of that may reach a query.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None


def read_ids(texts: Iterable[str]) -> list[int]:
    """The ids among these, in their order; what is no id is passed over."""
    return [pk for pk in map(read_id, texts) if pk is not None]
