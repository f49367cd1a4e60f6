"""The thread of hints lives on, whatever comes of one of them."""

import time
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
    thread = HintThread()
    for arguments in ({}, {"message_id": 1}, {"message_id": 2}, {"message_id": 3}):
        thread.offer(Hint("imports.run", arguments))
    until = time.monotonic() + PATIENCE
    while sent != [1, 2, 3] and time.monotonic() < until:
        time.sleep(0.02)
    assert sent == [1, 2, 3]
