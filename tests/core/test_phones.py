"""The forms of telephone numbers: understood where they can be, kept as typed always (B-22)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.phones import PhoneFlag, PhoneKind, PhoneNumber, parse_phone, trailing
from tests.core.phone_corpus import CORPUS, SEVERAL, Meaning

FORMS = [(raw, meaning) for meaning, forms in CORPUS.items() for raw in forms]
NUMBER_LIKE = st.text(st.sampled_from("0123456789+-()./ x#*;,eE'tel:\u202d\u00a0\uff11\n"))


def meaning_of(number: PhoneNumber) -> Meaning:
    return Meaning(number.e164, number.extension, number.digits, number.kind)


def only(raw: str, region: str = "US") -> PhoneNumber:
    (number,) = parse_phone(raw, region=region)
    return number


def test_b22_the_corpus_holds_two_hundred_different_forms() -> None:
    assert len({raw for raw, _ in FORMS}) >= 200


@pytest.mark.parametrize(("raw", "meaning"), FORMS)
def test_b22_each_form_is_understood_and_kept_as_typed(raw: str, meaning: Meaning) -> None:
    number = only(raw)
    assert meaning_of(number) == meaning
    assert number.raw == raw


@pytest.mark.parametrize("raw", SEVERAL)
def test_several_numbers_in_one_cell_are_several(raw: str) -> None:
    assert [meaning_of(number) for number in parse_phone(raw, region="US")] == SEVERAL[raw]


@pytest.mark.parametrize("raw", ["212/555-0101", "+12125550101,,4#", "tel:+12125550101;ext=4"])
def test_a_sign_inside_one_number_does_not_split_it(raw: str) -> None:
    assert len(parse_phone(raw, region="US")) == 1


@given(st.text())
def test_b22_no_text_raises_and_each_keeps_its_raw_text(raw: str) -> None:
    numbers = parse_phone(raw, region="US")
    assert numbers
    if len(numbers) == 1:
        assert numbers[0].raw == raw
    trailing(raw)


@given(NUMBER_LIKE, st.sampled_from(["US", "GB", "MX", "DE", "ZZ", ""]))
def test_b22_what_comes_out_fits_the_columns(raw: str, region: str) -> None:
    for number in parse_phone(raw, region=region):
        assert len(number.digits) <= 40
        assert number.digits == "" or (number.digits.isascii() and number.digits.isdigit())
        assert len(number.extension) <= 20
        assert number.e164 is None or (number.e164[0] == "+" and number.e164[1:].isdigit())
        assert number.kind == PhoneKind.PERSON or number.e164 is None


def test_a_number_without_country_is_read_in_the_region_of_the_property() -> None:
    assert only("020 7946 0123", "GB").e164 == "+442079460123"
    assert only("020 7946 0123", "US").e164 is None


def test_short_numbers_are_those_of_the_country() -> None:
    assert only("999", "GB").kind == PhoneKind.SPECIAL
    assert only("999", "US").kind == PhoneKind.EXTENSION


@pytest.mark.parametrize(
    ("raw", "flag"),
    [
        ("+1 290 555 0101", PhoneFlag.UNASSIGNED),
        ("555-0101", PhoneFlag.LOCAL),
        ("212-555-010", PhoneFlag.INVALID),
        ("2.12556E+09", PhoneFlag.DAMAGED),
        ("212-555-O1O1", PhoneFlag.LETTERS),
        ("000-000-0000", PhoneFlag.PLACEHOLDER),
        ("+266696687", PhoneFlag.KEYPAD),
    ],
)
def test_what_is_odd_about_a_number_is_said(raw: str, flag: PhoneFlag) -> None:
    assert only(raw).flags == {flag}


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("212-555-0101 (cell)", "cell"),
        ("212-555-0101 after 6pm", "after 6pm"),
        ("Cell: 212-555-0101", "Cell"),
        ("212-555-0101 x4 (office)", "office"),
        ('"Ana Ruiz" <2125550101>', "Ana Ruiz"),
    ],
)
def test_words_beside_a_number_become_its_label(raw: str, label: str) -> None:
    assert only(raw).label == label


def test_an_own_line_is_never_a_resident() -> None:
    numbers = parse_phone(
        "212-555-0101 / 212-555-0102", region="US", own_lines=frozenset(["+12125550102"])
    )
    assert [number.kind for number in numbers] == [PhoneKind.PERSON, PhoneKind.OWN]


@pytest.mark.parametrize(
    ("query", "digits"),
    [
        ("0101", "1010"),
        ("555-0101", "1010555"),
        ("+1 212 555 0101", "1010555212"),
        ("\uff10\uff11\uff10\uff11", "1010"),
        ("101", ""),
        ("12B0101", ""),
        ("", ""),
    ],
)
def test_four_typed_digits_or_more_search_from_the_end(query: str, digits: str) -> None:
    assert trailing(query) == digits
