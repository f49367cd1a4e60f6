"""Golden files: questions with the answers byte for byte; WRITE_GOLDEN=1 writes them anew."""

import json
import os
import re
from pathlib import Path
from typing import Any, Protocol

from .house import body_of

FOLDER = Path(__file__).with_name("golden")
SHOWN = (
    *("Allow", "Content-Length", "Content-Type", "ETag", "Location", "Retry-After"),
    "WWW-Authenticate",
)
RULE = "-" * 80


class Asked(Protocol):
    """Whoever answers."""

    def ask(
        self, who: str | None, method: str, path: str, body: Any = None, **headers: str
    ) -> Any: ...


class Transcript:
    """What was asked and answered, in the order of asking.

    What `changing` finds in a body is another at each run, and is left out.
    """

    def __init__(
        self, name: str, house: Asked, *, folder: Path = FOLDER, changing: str = r"(?!)"
    ) -> None:
        self.path = folder / f"{name}.txt"
        self.changing = re.compile(changing)
        self.house = house
        self.lines: list[str] = []

    def ask(
        self,
        why: str,
        method: str,
        path: str,
        body: Any = None,
        who: str | None = "owner",
        **headers: str,
    ) -> Any:
        """Ask, and keep question and answer."""
        answer = self.house.ask(who, method, path, body, **headers)
        asked = [
            f"{name.replace('_', '-').title()}: {value}".strip() for name, value in headers.items()
        ]
        key = f" [{who}]" if who else ""
        said = "\n".join([f"{method} {path}", *asked])
        self.show(f"{why}{key}", said, body, answer)
        return answer

    def show(self, why: str, asked: str, body: Any, answer: Any) -> None:
        """Keep a question, in words that may be others than those sent, and its answer."""
        shown = [f"{name}: {answer.headers[name]}" for name in SHOWN if name in answer.headers]
        self.lines += [RULE, why, asked]
        if body is not None:
            self.lines += ["", _readable(body)]
        text = self.changing.sub("...", body_of(answer).decode())
        self.lines += ["", str(answer.status_code), *shown, "", text, ""]

    def check(self) -> None:
        """That all is as it was, or write it."""
        text = "\n".join(self.lines).rstrip() + "\n"
        if os.environ.get("WRITE_GOLDEN"):
            self.path.parent.mkdir(exist_ok=True)
            self.path.write_bytes(text.encode())
        assert text == self.path.read_bytes().decode()


def _readable(body: Any) -> str:
    if isinstance(body, bytes):
        body = body.decode("latin-1")
    text = body if isinstance(body, str) else json.dumps(body)
    return text if len(text) < 300 else f"{text[:40]}... ({len(text)} characters)"
