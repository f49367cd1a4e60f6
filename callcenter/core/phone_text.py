"""Telephone numbers as people read them."""

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat


@lru_cache(maxsize=4096)  # the same rows are looked at again and again
def show_phone(raw: str, e164: str, *, region: str) -> str:
    """The number as it is written in `region`, or abroad; as typed when it was not understood."""
    if not e164:
        return raw
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return raw
    at_home = number.country_code == phonenumbers.country_code_for_region(region)
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)
