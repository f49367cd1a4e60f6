"""Ids: read where they are numbers that the database knows, else nothing."""

import pytest

from callcenter.core.ids import LONGEST, read_id, read_ids


@pytest.mark.parametrize(
    ("text", "pk"), [("0", 0), ("7", 7), ("0012", 12), ("9" * LONGEST, 10**LONGEST - 1)]
)
def test_digits_are_an_id(text: str, pk: int) -> None:
    assert read_id(text) == pk
    assert pk < 2**63


OTHER_SCRIPT, RAISED = "\N{ARABIC-INDIC DIGIT SEVEN}", "\N{SUPERSCRIPT TWO}"
NO_NUMBERS = ("", "x", "\x00", "<b>7</b>", OTHER_SCRIPT, RAISED)
NEARLY = (" 7", "7\n", "+7", "-7", "7.0", "7e3", "1_000", "0x7", "7\x00")
TOO_LONG = ("9" * (LONGEST + 1), "9" * 1_000_000)


def test_anything_else_is_none() -> None:
    others = (*NO_NUMBERS, *NEARLY, *TOO_LONG)
    assert [text[:30] for text in others if read_id(text) is not None] == []


def test_what_is_no_id_is_passed_over() -> None:
    assert read_ids(["3", "", "x", "1", "3", "\x00"]) == [3, 1, 3]
