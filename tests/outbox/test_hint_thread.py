"""Hints go on after an error that nobody foresaw, whatever came of one of them."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from callcenter.outbox import publishing
from callcenter.outbox.publishing import Hint, HintThread

PATIENCE = 10.0


class Broken:
    """A line to the broker that cannot even be let go."""

    def release(self) -> None:
        """As kombu has it."""
        raise ValueError("not open")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_that_nobody_foresaw_costs_one_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def send(hint: Hint, _line: object) -> bool:
        if not hint.arguments:
            raise ValueError("what is this")
        sent.append(hint.arguments["message_id"])
        return len(sent) != 2  # the second one meets a line that is cut off

    monkeypatch.setattr(publishing, "_connection", Broken)
    monkeypatch.setattr(publishing, "_send", send)
    monkeypatch.setattr(publishing, "publish", lambda _hint: True)
    monkeypatch.setattr(publishing, "PAUSE", 0.0)
    others = set(threading.enumerate())

    def works() -> bool:
        mine = set(threading.enumerate()) - others
        return any(one.name == "outbox-hints" for one in mine)

    hints = HintThread()
    hints.offer(Hint("imports.run", {}))
    within(lambda: not works())
    for number in (1, 2):
        hints.offer(Hint("imports.run", {"message_id": number}))
    within(lambda: sent == [1, 2] and not works())
    hints.offer(Hint("imports.run", {"message_id": 3}))
    within(lambda: sent == [1, 2, 3] and works())


def within(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)
