"""Requests straight into WSGI applications, the same way for all that is compared."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from wsgiref.types import StartResponse, WSGIApplication

HOST = "localhost"


@dataclass(frozen=True)
class Ask:
    """A request: GET, or POST when there is a form; `form` makes a new one each time."""

    path: str
    query: dict[str, str] = field(default_factory=dict)
    form: Callable[[], dict[str, Any]] | None = None
    htmx: bool = False
    target: str = ""

    def environ(self, cookies: str, token: str) -> dict[str, Any]:
        """What a web server hands over for it."""
        body = b""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": urlencode(self.query),
            "SERVER_NAME": HOST,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": HOST,
            "HTTP_COOKIE": cookies,
            "HTTP_REFERER": f"https://{HOST}/",
            "HTTP_ACCEPT_LANGUAGE": "en",
            "wsgi.url_scheme": "https",
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.version": (1, 0),
        }
        if self.form is not None:
            body = urlencode(self.form() | {"csrfmiddlewaretoken": token}, doseq=True).encode()
            environ["REQUEST_METHOD"] = "POST"
            environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
            environ["CONTENT_LENGTH"] = str(len(body))
        if self.htmx:
            environ["HTTP_HX_REQUEST"] = "true"
            environ["HTTP_HX_TARGET"] = self.target
        environ["wsgi.input"] = io.BytesIO(body)
        return environ


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def answer_of(application: WSGIApplication, environ: dict[str, Any]) -> Answer:
    """Let the application answer and read all of it."""
    status = ""

    def start(line: str, *_: Any) -> Callable[[bytes], object]:
        nonlocal status
        status = line
        return lambda _: None

    begin: StartResponse = start
    chunks = application(environ, begin)
    body = b"".join(chunks)
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
    return Answer(int(status.split()[0]), body)
