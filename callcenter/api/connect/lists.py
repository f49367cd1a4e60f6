"""Lists: a page, all of it as a stream, or a walk by tokens (wire/connect.md 5)."""

import base64
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Count, Max, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from callcenter.api.query import QueryError
from callcenter.core.paging import beyond

from .call import Call
from .params import KEYSET_PAGE, Paging
from .refusals import JSON
from .wire import encode

CHUNK = 2_000  # rows of a stream that are in memory at once
FARTHEST = 2**62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Listing[Row]:
    """A list as it could be asked for in any part.

    `rows` are scoped and filtered, in no order; `columns` order them, a unique one last, and
    `ascends` all of them. `tell` makes the shapes of some ordered rows in a constant number of
    statements. `filters` says in one text what narrows the list, for tokens.
    """

    rows: QuerySet[Any, Any]
    columns: tuple[str, ...]
    ascends: bool
    tell: Callable[[QuerySet[Any, Any]], list[Row]]
    keys: Callable[[Row], Sequence[Any]]
    filters: str = ""

    def ordered(self) -> QuerySet[Any, Any]:
        """The rows in order."""
        sign = "" if self.ascends else "-"
        return self.rows.order_by(*(f"{sign}{column}" for column in self.columns))

    def beyond(self, values: Sequence[Any]) -> QuerySet[Any, Any]:
        """The rows after the one of these values, in order."""
        return beyond(self.ordered(), self.columns, values, walks_up=self.ascends)


class ListWrapper[Row](msgspec.Struct):
    """Every list: how many match, and the rows of the part that was asked for."""

    Total: int
    Elements: list[Row]


class TokenWrapper[Row](msgspec.Struct):
    """A list that is walked by tokens; Next is null on the last page."""

    Total: int
    Elements: list[Row]
    Next: str | None


def listed(call: Call, listing: Listing[Any]) -> HttpResponseBase:
    """The part of a list that the query asks for."""
    paging = Paging.of(call.query)
    if paging.after is not None:
        return _walked(call, listing, paging)
    if paging.page and paging.size:
        return _page(listing, paging)
    return _everything(listing)


def _page(listing: Listing[Any], paging: Paging) -> HttpResponse:
    start = (paging.page - 1) * paging.size
    rows = []
    if start < FARTHEST:
        rows = listing.tell(listing.ordered()[start : start + paging.size])
    # a page that is not full is the last one, and its rows tell how many there are
    is_last = bool(rows) and len(rows) < paging.size
    total = start + len(rows) if is_last else listing.rows.count()
    return _json(ListWrapper(total, rows))


def _json(wrapper: msgspec.Struct) -> HttpResponse:
    return HttpResponse(encode(wrapper), content_type=JSON)


def _everything(listing: Listing[Any]) -> HttpResponseBase:
    rows = listing.tell(listing.ordered()[: CHUNK + 1])
    if len(rows) <= CHUNK:
        return _json(ListWrapper(len(rows), rows))
    bound = listing.rows.aggregate(total=Count("pk"), newest=Max("pk"))
    return StreamingHttpResponse(
        _stream(listing, bound["total"], bound["newest"]), content_type=JSON
    )


def _stream(listing: Listing[Any], total: int, newest: int) -> Iterator[bytes]:
    """All rows up to the newest of one moment, each chunk in a short statement of its own.

    No connection is held while the client reads (design.md 7, "Big answers").
    """
    bounded = Listing(
        listing.rows.filter(pk__lte=newest),
        listing.columns,
        listing.ascends,
        listing.tell,
        listing.keys,
    )
    yield b'{"Total":%d,"Elements":[' % total
    rows = bounded.tell(bounded.ordered()[:CHUNK])
    separator = b""
    while rows:
        _let_go()
        yield separator + encode(rows)[1:-1]
        separator = b","
        if len(rows) < CHUNK:
            break
        rows = bounded.tell(bounded.beyond(bounded.keys(rows[-1]))[:CHUNK])
    yield b"]}"


def _let_go() -> None:
    """Give the connection back to its pool, unless a transaction around us needs it."""
    if not connection.in_atomic_block:
        connection.close()


def _walked(call: Call, listing: Listing[Any], paging: Paging) -> HttpResponse:
    size = paging.size or KEYSET_PAGE
    bound_to = f"{call.principal.organization_id} {call.path} {listing.ascends} {listing.filters}"
    rows = listing.ordered()
    if paging.after:
        rows = listing.beyond(_values(paging.after, bound_to, len(listing.columns)))
    found = listing.tell(rows[: size + 1])
    goes_on = len(found) > size
    found = found[:size]
    token = _token(listing.keys(found[-1]), bound_to) if goes_on else None
    is_whole = not paging.after and not goes_on
    total = len(found) if is_whole else listing.rows.count()
    return _json(TokenWrapper(total, found, token))


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
