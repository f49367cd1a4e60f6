"""Asking another telephone system over HTTP: with limits, and with no trust (B-13, F17).

The name is resolved once and the checked address is the one that is connected to; certificates
are checked against the name. No redirects, no proxies of the environment, a limit of bytes, a
limit of time for each request as a whole, and nothing compressed, which could burst.
"""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import httpx
from django.conf import settings

from .addresses import Base, resolved

CONNECT, READ = 5.0, 10.0  # seconds: to connect, between two reads
WHOLE, ALL = 60.0, 240.0  # seconds: of one request, of all requests of a poller
MOST_BYTES = 32 * 1024**2
BIT = 65_536
LONGEST_PAUSE = 3_600  # seconds that a Retry-After may ask for
REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class UpstreamError(Exception):
    """The upstream did not answer as it should; the text is fit to show to staff."""

    def __init__(self, message: str, *, status: int = 0, wait: float = 0) -> None:
        super().__init__(message)
        self.status = status
        self.wait = wait  # seconds that it asks for


class RefusedError(UpstreamError):
    """It does not take our key: a person has to see to it."""


@dataclass(frozen=True)
class Token:
    """What requests are made with, and until when."""

    value: str
    until: datetime


class UpstreamClient:
    """One poller's way to one upstream; to be used with `with`."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self._address = ""
        self._until = time.monotonic() + ALL
        self._client = httpx.Client(
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(READ, connect=CONNECT, pool=CONNECT),
            limits=httpx.Limits(max_connections=1),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def get(self, path: str, token: str) -> Any:
        """The JSON at this path below the origin; None for no content. UpstreamError."""
        headers = {"Authorization": f"Bearer {token}"}
        return self._asked("GET", path, headers=headers)

    def new_token(self, client_id: str, secret: str) -> Token:
        """A token for this client; RefusedError when it does not take the key."""
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": secret,
            "redirect_uri": settings.BASE_URL,
            "type": "unifiedapi",
        }
        path = f"{self.base.path}/oauth/token.php"
        try:
            said = self._asked("POST", path, data=form)
        except UpstreamError as error:
            if error.status in (HTTPStatus.BAD_REQUEST, *REFUSED):
                raise RefusedError(str(error), status=error.status) from None
            raise
        value = said.get("access_token") if isinstance(said, Mapping) else None
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            raise UpstreamError("It gave no token.")
        return Token(value, _until(said.get("expires_in")))

    def _asked(self, method: str, path: str, **more: Any) -> Any:
        try:
            status, headers, body = self._sent(method, path, **more)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise UpstreamError(f"It did not answer ({type(error).__name__}).") from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            wait = _wait(headers.get("retry-after", "")) if status in BUSY else 0
            raise UpstreamError(f"It answered {status}.", status=status, wait=wait)
        if status == HTTPStatus.NO_CONTENT or not body.strip():
            return None
        try:
            return json.loads(body, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            raise UpstreamError("Its answer is no JSON.") from None

    def _sent(self, method: str, path: str, **more: Any) -> tuple[int, httpx.Headers, bytes]:
        """One request to the address that was checked, read within the limits."""
        if time.monotonic() > self._until:
            raise UpstreamError("It answers too slowly.")
        self._address = self._address or resolved(self.base)
        literal = f"[{self._address}]" if ":" in self._address else self._address
        host, port = self.base.host, self.base.port
        headers = {
            "Host": self.base.url.removesuffix(self.base.path).partition("://")[2],
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "callcenter",
        } | more.pop("headers", {})
        until = min(time.monotonic() + WHOLE, self._until)
        with self._client.stream(
            method,
            f"{self.base.scheme}://{literal}:{port}{path}",
            headers=headers,
            extensions={"sni_hostname": host},
            **more,
        ) as answer:
            if answer.headers.get("content-encoding", "identity").lower() != "identity":
                raise UpstreamError("Its answer is compressed.")
            body = bytearray()
            for bit in answer.iter_raw(BIT):
                body += bit
                if len(body) > MOST_BYTES:
                    raise UpstreamError("Its answer is too large.")
                if time.monotonic() > until:
                    raise UpstreamError("It answers too slowly.")
            return answer.status_code, answer.headers, bytes(body)


def _until(seconds: Any) -> datetime:
    """When a token ends; an hour where nobody says."""
    try:
        life = float(seconds)
    except (TypeError, ValueError):
        life = 3_600.0
    life = 0.0 if math.isnan(life) else min(max(life, 0.0), 86_400.0)
    return datetime.fromtimestamp(time.time() + life, UTC)


def _wait(said: str) -> float:
    """The seconds of a Retry-After, in either of its forms; 0 where it cannot be read."""
    try:
        wait = float(said)
    except ValueError:
        try:
            wait = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return 0.0
    return 0.0 if math.isnan(wait) else min(max(wait, 0.0), LONGEST_PAUSE)
