"""Rows that hold a telephone number, found by that number."""

from django.db.models import Q

from .phones import FULL_DIGITS, PhoneNumber


def is_number(number: PhoneNumber, *, e164: str, digits_reversed: str) -> Q:
    """Rows whose columns of these names are `number`: as E.164, else by their last ten digits.

    A number of fewer digits, without an area code, is only itself.
    """
    tail = number.digits[-FULL_DIGITS:][::-1]
    whole = "" if len(tail) < FULL_DIGITS else "__startswith"
    same = Q(**{f"{digits_reversed}{whole}": tail})  # names of ours, never what somebody sent
    return same | Q(**{e164: number.e164}) if number.e164 else same
