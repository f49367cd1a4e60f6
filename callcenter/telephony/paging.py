"""Walking an upstream's lists: pages, windows of time, tokens (wire/voipnow.md 11)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from zoneinfo import ZoneInfo

from django.utils import timezone

from .client import REFUSED, RefusedError, Token, UpstreamClient, UpstreamError
from .reading import entries_of

PREFIXES = ("/uapi", "/unifiedapi")  # older servers know the second one only
COUNT = 4_999  # the largest page, and the last record that can be asked for
MOST_TOTAL = 4_900  # beyond it a window is halved
MOST_PAGES = 200
EARLY = timedelta(minutes=1)  # before its end a token is renewed
SHORTEST = timedelta(seconds=2)


@dataclass(frozen=True)
class Page:
    """One answer: its objects, and how many there are in all (None where it does not say)."""

    entries: list[Any]
    total: int | None


@dataclass
class Lists:
    """One upstream's lists, asked with a token that is renewed when it has to be.

    `new_token` makes one; `kept` is called with it, so that the next poller need not.
    """

    client: UpstreamClient
    new_token: Callable[[], Token]
    kept: Callable[[Token], None]
    token: Token | None = None
    prefixes: list[str] = field(default_factory=lambda: list(PREFIXES))

    def live(self) -> Iterator[Page]:
        """The pages of live calls."""
        return self._pages("/phoneCalls/@me/@self", {})

    def history(self, parameters: Mapping[str, str]) -> Iterator[Page]:
        """The pages of the history in a window of time."""
        return self._pages("/cdr/@me", parameters)

    def _pages(self, path: str, parameters: Mapping[str, str]) -> Iterator[Page]:
        start, seen = 0, set()
        query = {**parameters, "count": str(COUNT), "startIndex": "0"}
        where = f"{path}?{urlencode(query)}"
        answer = self._first(where)
        for _ in range(MOST_PAGES):
            page = _page(answer)
            if not page.entries:
                break
            yield page
            start += len(page.entries)
            seen.add(where)
            if start > COUNT or (page.total is not None and start >= page.total):
                return
            where = self._next(answer) or f"{path}?{urlencode({**query, 'startIndex': start})}"
            if where in seen:
                return
            answer = self._get(where)

    def _first(self, where: str) -> Any:
        """The first page, under the prefix that this server knows."""
        try:
            return self._get(where)
        except UpstreamError as error:
            if error.status != HTTPStatus.NOT_FOUND or len(self.prefixes) == 1:
                raise
            del self.prefixes[0]
        return self._get(where)

    def _next(self, answer: Any) -> str:
        """Where the next page is, below the prefix; "" unless it is on the same server."""
        paging = answer.get("paging") if isinstance(answer, Mapping) else None
        said = paging.get("next") if isinstance(paging, Mapping) else None
        said = said or (answer.get("next") if isinstance(answer, Mapping) else None)
        if not isinstance(said, str):
            return ""
        base = self.client.base
        try:
            parts = urlsplit(urljoin(f"{base.url}{self.prefixes[0]}/", said))
            port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
        except ValueError:
            return ""
        root = f"{base.path}{self.prefixes[0]}"
        same = (parts.scheme, parts.hostname, port) == (base.scheme, base.host, base.port)
        start = parse_qs(parts.query).get("startIndex", ["0"])[-1]
        within = start.isascii() and start.isdigit() and int(start[:9]) <= COUNT
        plain = (
            parts.path.startswith(f"{root}/") and ".." not in parts.path and "@" not in parts.netloc
        )
        return f"{parts.path.removeprefix(root)}?{parts.query}" if same and within and plain else ""

    def _get(self, where: str) -> Any:
        """The answer; with one new token when the one we have is refused (401 or 403)."""
        path = f"{self.client.base.path}{self.prefixes[0]}{where}"
        is_new = self.token is None or self.token.until <= timezone.now() + EARLY
        if is_new:
            self._renew()
        assert self.token is not None  # noqa: S101 (renewed)
        try:
            return self.client.get(path, self.token.value)
        except UpstreamError as error:
            if error.status not in REFUSED:
                raise
            if is_new:
                raise RefusedError(str(error), status=error.status) from None
        self._renew()
        try:
            return self.client.get(path, self.token.value)
        except UpstreamError as error:
            if error.status in REFUSED:
                raise RefusedError(str(error), status=error.status) from None
            raise

    def _renew(self) -> None:
        self.token = self.new_token()
        self.kept(self.token)


def _page(answer: Any) -> Page:
    """The objects of an answer. UpstreamError for what is no list, which must not pass for none."""
    if answer is None:
        return Page([], 0)
    if not isinstance(answer, Mapping):
        raise UpstreamError("Its answer is no list.")
    total = _total(answer.get("totalResults"))
    if "entry" not in answer and "phoneCallView" not in answer and total != 0:
        raise UpstreamError("Its answer is no list.")
    entries = entries_of(answer)
    if not isinstance(answer.get("entry", []), list | Mapping | None):
        raise UpstreamError("Its answer is no list.")
    return Page(entries, total)


def _total(value: Any) -> int | None:
    said = str(value)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


@dataclass(frozen=True)
class Window:
    """A stretch of the history, both ends included."""

    start: datetime
    end: datetime

    def halves(self) -> tuple["Window", "Window"]:
        """Two windows of half the length, which meet in one second."""
        middle = (self.start + (self.end - self.start) / 2).replace(microsecond=0)
        return Window(self.start, middle), Window(middle, self.end)

    @property
    def is_shortest(self) -> bool:
        """Whether it cannot be halved."""
        return self.end - self.start <= SHORTEST

    def parameters(self, zone: ZoneInfo, *, by_saving: bool) -> dict[str, str]:
        """The window on the server's own clock, by when calls were saved or answered.

        Around a change of the clock it is an hour longer, since its hour may be meant twice.
        """
        names = ("saveStartDate", "saveEndDate") if by_saving else ("startDate", "endDate")
        hour = timedelta(hours=1)
        start = self.start - hour if _changes(self.start, zone) else self.start
        end = self.end + hour if _changes(self.end, zone) else self.end
        return dict(zip(names, (_said(start, zone), _said(end, zone)), strict=True))


def _changes(at: datetime, zone: ZoneInfo) -> bool:
    around = [(at + timedelta(hours=by)).astimezone(zone).utcoffset() for by in (-2, 2)]
    return around[0] != around[1]


def _said(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
