"""The stream process as ASGI has it: one address, which says that something changed.

No permission logic and no ids: a stream says only that something of a table changed in the
person's organisation, or among what is that person's own, and pages read again through their
scoped views (design.md 7).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http.request import split_domain_port, validate_host
from psycopg_pool import PoolTimeout

from callcenter.core.live import origin_of

from . import database
from .hub import FullError, Hub, Reader, event
from .logins import AnyTicket, RefusedError, admit_and_let_go

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

HEARTBEAT_SECONDS = 15.0
SLOWEST_SECONDS = 10.0  # that a reader may take for a few words
GAP_SECONDS = 0.1  # between two words to one reader: what comes meanwhile is said together
ADMITTING = 2  # threads, each with a connection while it looks at a login

logger = structlog.get_logger(__name__)


class Stream:
    """The ASGI application."""

    def __init__(self) -> None:
        self.hub = Hub(most=settings.STREAMS_AT_MOST, most_of_one=settings.STREAMS_PER_PERSON)
        self._threads = ThreadPoolExecutor(ADMITTING, thread_name_prefix="admit")
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Listen from the start of the process to its end."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                work = (database.listen(self.hub), database.watch_logins(self.hub))
                self._tasks = [asyncio.create_task(one) for one in work]
                await send({"type": "lifespan.startup.complete"})
            else:
                self.hub.end_all()
                for task in self._tasks:
                    task.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        status = _misplaced(scope, headers)
        if status:
            await _say(send, status, headers)
            return
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        try:
            ticket = await self._admit(headers, asked)
            reader = self.hub.join(ticket)
        except RefusedError as error:
            await _say(send, error.status, headers)
        except FullError as error:
            await _say(send, 429 if error.is_mine else 503, headers)
        except (DatabaseError, PoolTimeout) as error:
            logger.warning("login_not_read", reason=type(error).__name__)
            await _say(send, 503, headers)
        else:
            try:
                await self._tell(reader, headers, receive, send)
            finally:
                self.hub.leave(reader)

    async def _admit(self, headers: dict[str, str], asked: dict[str, list[str]]) -> AnyTicket:
        """By the token of a screen, when one is sent, else by the cookies of a login."""
        page_of, token = (asked.get(name, [""])[0] for name in ("of", "board"))
        loop = asyncio.get_running_loop()
        cookies = headers.get("cookie", "")
        return await loop.run_in_executor(self._threads, admit_and_let_go, cookies, page_of, token)

    async def _tell(
        self, reader: Reader, headers: dict[str, str], receive: Receive, send: Send
    ) -> None:
        """Say what there is to say until somebody goes, is out, or reads too slowly."""
        await send({"type": "http.response.start", "status": 200, "headers": _dress(headers)})
        going = asyncio.create_task(_gone(receive))
        said = self._alive()
        with contextlib.suppress(TimeoutError, OSError, RuntimeError):
            while not going.done():
                async with asyncio.timeout(SLOWEST_SECONDS):
                    await send({"type": "http.response.body", "body": said, "more_body": True})
                if reader.is_over:
                    break
                await asyncio.sleep(GAP_SECONDS)
                has_word = await _first(going, reader.wait(HEARTBEAT_SECONDS))
                said = reader.taken() if has_word else self._alive()
                if reader.is_over:
                    said += event("again")
        going.cancel()
        with contextlib.suppress(TimeoutError, OSError, RuntimeError):
            async with asyncio.timeout(1):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _alive(self) -> bytes:
        return event("alive" if self.hub.is_live else "stale")


async def _first(going: "asyncio.Task[None]", waiting: Awaitable[bool]) -> bool:
    """What was waited for, or False when the reader went before."""
    wait = asyncio.ensure_future(waiting)
    await asyncio.wait((going, wait), return_when=asyncio.FIRST_COMPLETED)
    if wait.done():
        return wait.result()
    wait.cancel()
    return False


async def _gone(receive: Receive) -> None:
    """Return when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _misplaced(scope: Message, headers: dict[str, str]) -> int:
    """The status for what is no question for a stream of ours; 0 for one that is."""
    host = split_domain_port(headers.get("host", ""))[0]
    if not validate_host(host, settings.ALLOWED_HOSTS):
        return 400
    if not scope["path"].rstrip("/").endswith("/stream"):
        return 404
    if scope["method"] != "GET":
        return 405
    # a foreign page must not even learn whether somebody is signed in
    is_foreign = headers.get("origin") not in (None, origin_of(settings.BASE_URL))
    return 403 if is_foreign or headers.get("sec-fetch-site") == "cross-site" else 0


def _dress(headers: dict[str, str], kind: str = "text/event-stream") -> list[tuple[bytes, bytes]]:
    """Headers of an answer; pages of the app on another port may read it, no others."""
    dress = {
        "content-type": f"{kind}; charset=utf-8",
        "cache-control": "private, no-store",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
        "vary": "Origin, Cookie",
    }
    own = origin_of(settings.BASE_URL)
    if headers.get("origin") == own:
        dress["access-control-allow-origin"] = own
        dress["access-control-allow-credentials"] = "true"
    return [(name.encode(), value.encode()) for name, value in dress.items()]


async def _say(send: Send, status: int, headers: dict[str, str]) -> None:
    """A refusal, without words."""
    dress = _dress(headers, "text/plain")
    if status in (429, 503):
        dress.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": dress})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
