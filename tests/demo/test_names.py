"""The demo's telephone numbers: enough for the largest load, each once."""

import random

from phonenumbers import is_possible_number, parse

from callcenter.demo.names import Numbers


def test_a_large_load_gets_each_number_once() -> None:
    numbers = Numbers(random.Random(1), many=True)  # noqa: S311 (not for secrets)
    dealt = [numbers.deal("Europe/London") for _ in range(10_000)]
    assert len(set(dealt)) == len(dealt)
    assert all(is_possible_number(parse(e164)) for e164 in set(dealt))
