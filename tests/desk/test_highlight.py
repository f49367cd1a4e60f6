"""Marks stand where the eye expects them, and never let anything through."""

import pytest

from callcenter.desk.highlight import mark_key, mark_trail, mark_words


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("Ana Cruz", ["cruz"], "<bdi>Ana <mark>Cruz</mark></bdi>"),
        ("Søren José Ångström", ["jose"], "<bdi>Søren <mark>José</mark> Ångström</bdi>"),
        ("Ångström", ["ang"], "<bdi><mark>Ång</mark>ström</bdi>"),
        ("Straße", ["strasse"], "<bdi><mark>Straße</mark></bdi>"),
        ("banana", ["an", "na"], "<bdi>b<mark>anana</mark></bdi>"),
        ("<b>Ana</b>", ["b"], "<bdi>&lt;<mark>b</mark>&gt;Ana&lt;/<mark>b</mark>&gt;</bdi>"),
        ("a & b", ["amp"], "<bdi>a &amp; b</bdi>"),
        ("Ana", [], "<bdi>Ana</bdi>"),
        ("", ["x"], "<bdi></bdi>"),
    ],
)
def test_words_are_marked_whatever_their_case_and_accents(
    text: str, words: list[str], marked: str
) -> None:
    assert mark_words(text, words) == marked


@pytest.mark.parametrize(
    ("text", "key", "marked"),
    [
        ("12-B", "12b", "<bdi><mark>12-B</mark></bdi>"),
        ("# 12 B2", "12b", "<bdi><mark># 12 B</mark>2</bdi>"),
        ("0101", "01", "<bdi><mark>01</mark>01</bdi>"),
        ("7", "", "<bdi>7</bdi>"),
    ],
)
def test_the_beginning_of_a_unit_number_is_marked(text: str, key: str, marked: str) -> None:
    assert mark_key(text, key) == marked


def test_the_end_of_a_number_is_marked_with_the_signs_between() -> None:
    assert mark_trail("(212) 555-0143", 6) == "<bdi>(212) 5<mark>55-0143</mark></bdi>"
    assert mark_trail("12", 6) == "<bdi><mark>12</mark></bdi>"
