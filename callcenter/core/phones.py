"""Telephone numbers as they come: typed, exported, damaged (domain.md 6).

`parse_phone` never raises and never drops anything: what cannot be read keeps its raw text.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import phonenumbers
from phonenumbers import NumberParseException, ValidationResult

MAX_DIGITS = 40
MAX_EXTENSION = 20
MAX_READ = 200
LOCAL_DIGITS = 7
FULL_DIGITS = 10
SHORTEST_TRAIL = 4


class PhoneKind(StrEnum):
    """Whose number this is; only `PERSON` is ever matched to somebody."""

    PERSON = "person"
    OWN = "own"
    EXTENSION = "extension"
    WITHHELD = "withheld"
    SPECIAL = "special"


class PhoneFlag(StrEnum):
    """What is odd about a number."""

    UNASSIGNED = "unassigned"  # possible, but no network has it
    LOCAL = "local"  # without an area code: only ever a suggestion
    INVALID = "invalid"  # nothing that rings
    DAMAGED = "damaged"  # a spreadsheet lost the last digits
    LETTERS = "letters"  # a letter stands among the digits
    PLACEHOLDER = "placeholder"  # typed because the field wanted something
    KEYPAD = "keypad"  # a withheld word, dialled as digits


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """One number: `raw` as received, the rest as far as it could be understood.

    `digits` are the national digits without the extension, empty when they lead nowhere;
    `extension` is text, because its leading zeros matter; `label` holds the words beside it.
    """

    raw: str
    e164: str | None = None
    extension: str = ""
    digits: str = ""
    kind: PhoneKind = PhoneKind.PERSON
    label: str = ""
    flags: frozenset[PhoneFlag] = frozenset()


WITHHELD = frozenset(
    [
        *("anonymous", "private", "restricted", "unavailable", "unknown", "blocked", "withheld"),
        *("id withheld", "number withheld", "private number", "private caller", "unknown number"),
        *("unknown caller", "no caller id", "caller id blocked", "out of area", "0", "-", ""),
    ]
)
PLACEHOLDERS = frozenset(
    ["n/a", "na", "none", "nil", "null", "no phone", "no number", "not available"]
)
KEYPAD_WORDS = frozenset(
    ["266696687", "7378742833", "8656696", "2562533", "86282452253", "7748283"]
)
NORTH_AMERICA = 1

_ODD_CATEGORIES = frozenset(["Cc", "Cf", "Mn", "Me", "Cs", "Co", "Cn"])
_SPLIT = re.compile(r"[/;,|&\n]| or | and ", re.IGNORECASE)
_SCHEME = re.compile(r"^(tel|callto):", re.IGNORECASE)
_ADDRESS = re.compile(r"^(?:sips?|client):(?://)?([^@;?]*)", re.IGNORECASE)
_PBX_LINE = re.compile(r"^\d{1,8}\*\d{1,8}$")
_BARE_EXTENSION = re.compile(r"^\d{2,5}$")
_NAMED_EXTENSION = re.compile(r"^(?:extension|extn?|x)[. :#]*(\d{1,8})$", re.IGNORECASE)
_AFTER_NUMBER = re.compile(
    r"^[\s,;-]*(?:ext(?:ension|n)?\s*[.:=]?|x\.?|#|,+|;)\s*(\d{1,20})\s*#?\s*", re.IGNORECASE
)
_N11 = re.compile(r"^[2-9]11$")
_FLOAT = re.compile(r"^(\d{7,15})\.0+$")
_EXPONENT = re.compile(r"^\+?(\d)(?:[.,](\d+))?e\+?(\d{1,2})$", re.IGNORECASE)
_VANITY = re.compile(
    r"^\+?1?[\s.-]*\(?\d{3}\)?[\s.-]*(?:\d{3}[\s.-]*)?[a-z][a-z-]{2,}$", re.IGNORECASE
)
_LETTER_AMONG_DIGITS = re.compile(r"^-?[a-z]\d|^\S?\d{3,}[a-z]\d", re.IGNORECASE)
_CALLER_ID = re.compile(r"^[^<]*<([^<>]*)>$")
_SIGNS = {"\u2212": "-", "_": "-", "\u00b7": ".", "\u2018": "'", "\u2019": "'", "[": "(", "]": ")"}
_LEADING_WORDS = re.compile(r"^[^\d+(]*(?:\([^\d()]*\)[^\d+(]*)*")
_INSIDE_NUMBER = frozenset("0123456789 ().-/\t")


def parse_phone(raw: str, *, region: str, own_lines: Collection[str] = ()) -> list[PhoneNumber]:
    """The numbers in `raw`, at least one; several only when each part has 7 digits or more.

    `region` is the property's country ("US"), for numbers without a country code; `own_lines`
    are E.164 numbers of our own, which never belong to a resident.
    """
    text = _normalise(raw[:MAX_READ])
    parts = _parts(text)
    if len(parts) == 1:
        numbers = [_read(raw, text, region)]
    else:
        numbers = [_read(part, part, region) for part in parts]
    return [
        replace(number, kind=PhoneKind.OWN) if number.e164 in own_lines else number
        for number in numbers
    ]


def trailing(query: str) -> str:
    """The digits of a typed number, last one first, as the stored digits are searched.

    Empty unless the query has at least four digits and nothing but what stands in numbers; of
    more than ten only the last ten count, so that a country code does not hide the number.
    """
    text = _normalise(query[:MAX_READ])
    if not text or any(c not in _INSIDE_NUMBER and c != "+" for c in text):
        return ""
    digits = _digits(text)
    return digits[::-1][:FULL_DIGITS] if len(digits) >= SHORTEST_TRAIL else ""


def _normalise(raw: str) -> str:
    """ASCII digits and signs, without marks that cannot be seen; line breaks stay."""
    return "".join(_plain_signs(raw)).strip().removeprefix("'").strip()


def _plain_signs(raw: str) -> Iterator[str]:
    for sign in unicodedata.normalize("NFKC", raw.replace("\r", "\n")):
        category = unicodedata.category(sign)
        if category == "Nd":
            yield str(unicodedata.digit(sign))
        elif sign in _SIGNS:
            yield _SIGNS[sign]
        elif category == "Pd":
            yield "-"
        elif category == "Zs" or sign == "\t":
            yield " "
        elif sign == "\n" or category not in _ODD_CATEGORIES:
            yield sign


def _digits(text: str) -> str:
    return "".join(c for c in text if c in "0123456789")


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in _SPLIT.split(text)]
    whole = all(len(_digits(part)) >= LOCAL_DIGITS for part in parts)
    return parts if len(parts) > 1 and whole else [text]


def _read(raw: str, text: str, region: str) -> PhoneNumber:
    """One number of which `text` is the readable form."""
    text = " ".join(text.split())
    return (
        _withheld(raw, text)
        or _within_the_house(raw, text, region)
        or _from_spreadsheet(raw, text, region)
        or _with_words(raw, _SCHEME.sub("", text), region)
    )


def _withheld(raw: str, text: str) -> PhoneNumber | None:
    named = _CALLER_ID.match(text)
    word = (named[1] if named else text).strip("<>\"'() ").casefold()
    if word in WITHHELD:
        return PhoneNumber(raw, kind=PhoneKind.WITHHELD)
    if text.removeprefix("+") in KEYPAD_WORDS:
        return PhoneNumber(raw, kind=PhoneKind.WITHHELD, flags=frozenset([PhoneFlag.KEYPAD]))
    digits = _digits(text)
    repeated = len(digits) >= LOCAL_DIGITS and len(set(digits)) == 1
    if word in PLACEHOLDERS or repeated:
        flags = frozenset([PhoneFlag.PLACEHOLDER])
        return PhoneNumber(raw, kind=PhoneKind.WITHHELD, flags=flags)
    return None


def _within_the_house(raw: str, text: str, region: str) -> PhoneNumber | None:
    """Extensions of a telephone system, and the short numbers of a country."""
    if _is_special(text, region):
        return PhoneNumber(raw, digits=text, kind=PhoneKind.SPECIAL)
    if address := _ADDRESS.match(text):
        if address[1].casefold() in WITHHELD:
            return PhoneNumber(raw, kind=PhoneKind.WITHHELD)
        return PhoneNumber(raw, extension=address[1][:MAX_EXTENSION], kind=PhoneKind.EXTENSION)
    if _PBX_LINE.match(text) or _BARE_EXTENSION.match(text):
        return PhoneNumber(raw, extension=text, kind=PhoneKind.EXTENSION)
    if named := _NAMED_EXTENSION.match(text):
        return PhoneNumber(raw, extension=named[1], kind=PhoneKind.EXTENSION)
    return None


def _is_special(text: str, region: str) -> bool:
    if not text.isdigit() or len(text) > 4:
        return False
    if phonenumbers.country_code_for_region(region) == NORTH_AMERICA:
        return bool(_N11.match(text))
    return bool(phonenumbers.is_emergency_number(text, region))


def _from_spreadsheet(raw: str, text: str, region: str) -> PhoneNumber | None:
    """Numbers that a spreadsheet took for quantities: `2125550101.0`, `2.12556E+09`."""
    if whole := _FLOAT.match(text):
        return _resolved(raw, whole[1], region)
    if power := _EXPONENT.match(text):
        digits = power[1] + (power[2] or "")
        if len(digits) == int(power[3]) + 1:
            return _resolved(raw, digits, region)
        return PhoneNumber(raw, flags=frozenset([PhoneFlag.DAMAGED]))
    return None


def _with_words(raw: str, text: str, region: str) -> PhoneNumber:
    """A number that may have words before and behind it, and an extension."""
    if _VANITY.match(text) and len(re.sub(r"[^a-z\d]", "", text.lower())) in (10, 11):
        return _resolved(raw, text, region)
    lead = _LEADING_WORDS.match(text)
    begin = lead.end() if lead else 0
    end = _end_of_number(text, begin)
    number, rest = text[begin:end], text[end:]
    extension = ""
    if found := _AFTER_NUMBER.match(rest):
        extension, rest = found[1], rest[found.end() :]
    elif _LETTER_AMONG_DIGITS.match(rest):
        return PhoneNumber(raw, label=text, flags=frozenset([PhoneFlag.LETTERS]))
    label = " ".join(f"{text[:begin]} {rest}".replace("(", " ").replace(")", " ").split())
    resolved = _resolved(raw, number, region)
    return replace(resolved, extension=extension, label=label.strip(" :.,;-#<>\"'"))


def _end_of_number(text: str, begin: int) -> int:
    """Where the number that begins at `begin` is over: at words, signs or a later bracket."""
    digits, end = 0, begin
    for place in range(begin, len(text)):
        sign = text[place]
        if sign == "(" and digits >= LOCAL_DIGITS:
            break
        if sign not in _INSIDE_NUMBER and not (sign == "+" and digits == 0):
            break
        if sign.isdigit():
            digits, end = digits + 1, place + 1
    return end


def _resolved(raw: str, text: str, region: str) -> PhoneNumber:
    """The number that `text` is in `region`; E.164 only when it is valid, or typed with `+`."""
    digits = _digits(text)
    for candidate in _candidates(text, digits):
        number = _parsed(candidate, region)
        if number is not None and phonenumbers.is_valid_number(number):
            return _known(raw, number)
    number = _parsed(text, region)
    if number is not None:
        possible = phonenumbers.is_possible_number_with_reason(number)
        if possible == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return PhoneNumber(raw, digits=digits[-MAX_DIGITS:], flags=frozenset([PhoneFlag.LOCAL]))
        if possible == ValidationResult.IS_POSSIBLE:
            unassigned = _known(raw, number, PhoneFlag.UNASSIGNED)
            return unassigned if text.startswith("+") else replace(unassigned, e164=None)
    return PhoneNumber(raw, digits=digits[-MAX_DIGITS:], flags=frozenset([PhoneFlag.INVALID]))


def _candidates(text: str, digits: str) -> Iterator[str]:
    """The readings to try in turn: as it stands, after a dialled prefix, Mexico's old mobile."""
    yield text
    for prefix in ("011", "00"):
        if digits.startswith(prefix):
            yield f"+{digits.removeprefix(prefix)}"
    if digits.startswith("521") and text.startswith("+"):
        yield f"+52{digits[3:]}"


def _parsed(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def _known(raw: str, number: phonenumbers.PhoneNumber, *flags: PhoneFlag) -> PhoneNumber:
    return PhoneNumber(
        raw,
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        digits=phonenumbers.national_significant_number(number),
        flags=frozenset(flags),
    )
