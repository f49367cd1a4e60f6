"""Lists: a page, all of it as a stream, or a walk by tokens (wire/connect.md 5)."""

import base64
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import msgspec
from django.db.models import Count, Max, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from callcenter.api.call import Call
from callcenter.api.query import QueryError
from callcenter.api.replies import JSON
from callcenter.core.connections import let_connection_go
from callcenter.core.paging import beyond
from callcenter.properties.credentials import sees_the_same
from callcenter.properties.principals import Principal

from .params import KEYSET_PAGE, Paging
from .wire import encode

CHUNK = 2_000  # rows of a stream that are in memory at once
FARTHEST = 2**62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Listed[Row](Protocol):
    """A list that any part of can be asked for; rows come in the dialect's shapes."""

    @property
    def ascends(self) -> bool: ...
    @property
    def filters(self) -> str: ...
    @property
    def width(self) -> int: ...

    def count(self) -> int:
        """How many rows match."""

    def part(self, start: int, size: int) -> list[Row]:
        """`size` rows from number `start` (from 0) on."""

    def beyond(self, values: Sequence[Any], size: int) -> list[Row]:
        """`size` rows after the one of these values."""

    def keys(self, row: Row) -> Sequence[Any]:
        """The values that place a row in the order."""

    def until_now(self) -> "tuple[int, Listed[Row]]":
        """How many rows match at this moment, and the list without those that come later."""


@dataclass(frozen=True)
class Listing[Row]:
    """A list made of a queryset.

    `rows` are scoped and filtered, in no order; `columns` order them, a unique one last, and
    `ascends` all of them. `tell` makes the shapes of some ordered rows in a constant number of
    statements. `filters` says in one text what narrows the list, for tokens.
    """

    rows: QuerySet[Any, Any]
    columns: tuple[str, ...]
    ascends: bool
    tell: Callable[[QuerySet[Any, Any]], list[Row]]
    place: Callable[[Row], Sequence[Any]]
    filters: str = ""

    @property
    def width(self) -> int:
        """How many values place a row."""
        return len(self.columns)

    def count(self) -> int:
        """How many rows match."""
        return self.rows.count()

    def part(self, start: int, size: int) -> list[Row]:
        """`size` rows from number `start` (from 0) on."""
        return self.tell(self._ordered()[start : start + size])

    def beyond(self, values: Sequence[Any], size: int) -> list[Row]:
        """`size` rows after the one of these values."""
        rows = beyond(self._ordered(), self.columns, values, walks_up=self.ascends)
        return self.tell(rows[:size])

    def keys(self, row: Row) -> Sequence[Any]:
        """The values that place a row in the order."""
        return self.place(row)

    def until_now(self) -> "tuple[int, Listing[Row]]":
        """How many rows match at this moment, and the list without those that come later."""
        bound = self.rows.aggregate(total=Count("pk"), newest=Max("pk"))
        rows = self.rows.filter(pk__lte=bound["newest"] or 0)
        return int(bound["total"]), replace(self, rows=rows)

    def _ordered(self) -> QuerySet[Any, Any]:
        sign = "" if self.ascends else "-"
        return self.rows.order_by(*(f"{sign}{column}" for column in self.columns))


class ListWrapper[Row](msgspec.Struct):
    """Every list: how many match, and the rows of the part that was asked for."""

    Total: int
    Elements: list[Row]


class TokenWrapper[Row](msgspec.Struct):
    """A list that is walked by tokens; Next is null on the last page."""

    Total: int
    Elements: list[Row]
    Next: str | None


def listed(call: Call, listing: Listed[Any]) -> HttpResponseBase:
    """The part of a list that the query asks for."""
    paging = Paging.of(call.query)
    if paging.after is not None:
        return _walked(call, listing, paging)
    if paging.page and paging.size:
        return _page(listing, paging)
    return _everything(call, listing)


def _page(listing: Listed[Any], paging: Paging) -> HttpResponse:
    start = (paging.page - 1) * paging.size
    rows = listing.part(start, paging.size) if start < FARTHEST else []
    # a page that is not full is the last one, and its rows tell how many there are
    is_last = bool(rows) and len(rows) < paging.size
    total = start + len(rows) if is_last else listing.count()
    return _json(ListWrapper(total, rows))


def _json(wrapper: msgspec.Struct) -> HttpResponse:
    return HttpResponse(encode(wrapper), content_type=JSON)


def _everything(call: Call, listing: Listed[Any]) -> HttpResponseBase:
    rows = listing.part(0, CHUNK + 1)
    if len(rows) <= CHUNK:
        return _json(ListWrapper(len(rows), rows))
    return StreamingHttpResponse(_stream(call.principal, *listing.until_now()), content_type=JSON)


def _stream(principal: Principal, total: int, listing: Listed[Any]) -> Iterator[bytes]:
    """All rows of one moment, each chunk in a short statement of its own.

    No connection is held while the client reads (design.md 7, "Big answers"). When the credential
    is revoked or sees other rows by now, the stream ends in the middle, as no JSON (B-06).
    """
    yield b'{"Total":%d,"Elements":[' % total
    rows = listing.part(0, CHUNK)
    separator = b""
    while rows:
        let_connection_go()
        yield separator + encode(rows)[1:-1]
        separator = b","
        if not sees_the_same(principal):
            return
        rows = listing.beyond(listing.keys(rows[-1]), CHUNK) if len(rows) == CHUNK else []
    yield b"]}"


def _walked(call: Call, listing: Listed[Any], paging: Paging) -> HttpResponse:
    size = paging.size or KEYSET_PAGE
    bound_to = f"{call.principal.organization_id} {call.path} {listing.ascends} {listing.filters}"
    if paging.after:
        found = listing.beyond(_values(paging.after, bound_to, listing.width), size + 1)
    else:
        found = listing.part(0, size + 1)
    goes_on = len(found) > size
    found = found[:size]
    token = _token(listing.keys(found[-1]), bound_to) if goes_on else None
    is_whole = not paging.after and not goes_on
    return _json(TokenWrapper(len(found) if is_whole else listing.count(), found, token))


def _token(values: Sequence[Any], bound_to: str) -> str:
    """An opaque text that means the place after the row of these values, in this list alone."""
    packed = msgspec.json.encode([_packed(value) for value in values])
    said = base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
    return f"{said}.{_signature(said, bound_to)}"


def _values(token: str, bound_to: str, count: int) -> list[Any]:
    """The values that a token stands for; QueryError when it is not from this list."""
    said, _, signature = token.partition(".")
    if not token.isascii() or not hmac.compare_digest(signature, _signature(said, bound_to)):
        raise QueryError("after")
    packed = msgspec.json.decode(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    return [_unpacked(value) for value in packed][:count]


def _signature(said: str, bound_to: str) -> str:
    digest = salted_hmac("callcenter.api.after", f"{bound_to}\0{said}", algorithm="sha256")
    return digest.hexdigest()[:32]


def _packed(value: Any) -> Any:
    return {"at": (value - _EPOCH) // _MICROSECOND} if isinstance(value, datetime) else value


def _unpacked(value: Any) -> Any:
    return _EPOCH + value["at"] * _MICROSECOND if isinstance(value, dict) else value
