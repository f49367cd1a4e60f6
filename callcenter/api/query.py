"""The query of an API request: names without regard to case, arrays in every spelling."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

MOST_FIELDS = 6_000
_INDEX = re.compile(r"\[[0-9]*\]", re.ASCII)
_WHOLE = re.compile(r"[+-]?[0-9]+", re.ASCII)
LONGEST = 18  # digits of a number that can be an id at all


class QueryError(ValueError):
    """A parameter cannot be used; `parameter` is its name, "" when the whole query is no good."""

    def __init__(self, parameter: str = "") -> None:
        super().__init__(parameter)
        self.parameter = parameter


class Query:
    """What stands behind the question mark. Unknown names are ignored; an empty value is none."""

    def __init__(self, environ: Mapping[str, object]) -> None:
        raw = str(environ.get("QUERY_STRING", ""))
        text = raw.encode("latin-1", "replace").decode("utf-8", "replace")
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            raise QueryError from None
        self._pairs = [(name.lower(), value) for name, value in pairs]

    def has(self, name: str) -> bool:
        """Whether the parameter is there, be it empty."""
        return any(key == name.lower() for key, _ in self._pairs)

    def text(self, name: str) -> str:
        """The last value of a parameter; "" when there is none. QueryError for NUL."""
        values = [value for key, value in self._pairs if key == name.lower()]
        if not values:
            return ""
        if "\x00" in values[-1]:
            raise QueryError(name)
        return values[-1]

    def whole(self, name: str, *, at_most: int | None = None) -> int:
        """A parameter as a whole number from 0 on, 0 when there is none; else QueryError.

        A number of more digits than any id has comes back as 10^18.
        """
        text = self.text(name)
        if not text:
            return 0
        if not re.fullmatch(r"[0-9]+", text, re.ASCII):
            raise QueryError(name)
        number = int(text) if len(text) <= LONGEST else 10**LONGEST
        if at_most is not None and number > at_most:
            raise QueryError(name)
        return number

    def whole_set(self, name: str) -> frozenset[int] | None:
        """The union of `name=3`, `name[]=3` and `name[7]=3`; None when no value is given.

        QueryError for a value that is no integer, or an index that is neither empty nor digits.
        An integer that no id can be is left out: it matches nothing.
        """
        key, texts = name.lower(), []
        for said, value in self._pairs:
            if said != key and not said.startswith(f"{key}["):
                continue
            if said != key and not _INDEX.fullmatch(said[len(key) :]):
                raise QueryError(name)
            if value:
                texts.append(value)
        if not all(_WHOLE.fullmatch(text) for text in texts):
            raise QueryError(name)
        return frozenset(int(text) for text in texts if len(text) <= LONGEST) if texts else None
