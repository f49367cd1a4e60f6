"""A telephone system on loopback that answers as a test wants it to: a small real HTTP server."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Answer:
    """What is sent: JSON, or bytes as they are."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def sent(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    method: str
    path: str
    query: dict[str, str]
    token: str
    form: dict[str, str]
    host: str


@dataclass
class FakeUpstream:
    """The server: what it was asked, what it holds, and answers that go first by path."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    live: list[Any] = field(default_factory=list)
    history: list[Any] = field(default_factory=list)
    first: dict[str, list[Answer]] = field(default_factory=dict)
    always: dict[str, Callable[[Asked], Answer]] = field(default_factory=dict)
    tokens: int = 0
    secret: str = "hunter2"

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.first.get(asked.path):
            return self.first[asked.path].pop(0)
        if asked.path in self.always:
            return self.always[asked.path](asked)
        if asked.path == "/oauth/token.php":
            return self._token(asked)
        if asked.token != f"Bearer token-{self.tokens}":
            return Answer({"error": {"code": "access_token_invalid"}}, 401)
        if asked.path == "/uapi/phoneCalls/@me/@self":
            return self.page(self.live, asked)
        if asked.path == "/uapi/cdr/@me":
            return self.page(self.history, asked)
        return Answer(b"<h1>Not found</h1>", 404)

    def _token(self, asked: Asked) -> Answer:
        if asked.form.get("client_secret") != self.secret:
            return Answer({"error": "invalid_client"}, 401)
        self.tokens += 1
        token = {"access_token": f"token-{self.tokens}", "token_type": "Bearer"}
        return Answer(token | {"expires_in": "3600"})

    def page(self, rows: list[Any], asked: Asked) -> Answer:
        """A page as the contract has it."""
        start, count = int(asked.query["startIndex"]), int(asked.query["count"])
        entries = rows[start : start + count]
        if not entries:
            return Answer(b"", 204)
        return Answer({"entry": entries, "startIndex": start, "totalResults": len(rows)})

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


@contextmanager
def running(upstream: FakeUpstream) -> Iterator[FakeUpstream]:
    """The server at a port of its own, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            form = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
            query = parse_qs(parts.query, keep_blank_values=True)
            answer = upstream.answer(
                Asked(
                    self.command,
                    parts.path,
                    {name: values[-1] for name, values in query.items()},
                    self.headers.get("Authorization", ""),
                    {name: values[-1] for name, values in form.items()},
                    self.headers.get("Host", ""),
                )
            )
            body = b"" if answer.status == 204 else answer.sent()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in answer.headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            if "Content-Length" in answer.headers:
                self.close_connection = True

        do_GET = do_POST = _handle  # noqa: N815 (the standard library's names)

        def log_message(self, *_: Any) -> None:
            """Say nothing: the tests' output is for tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    upstream.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield upstream
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
