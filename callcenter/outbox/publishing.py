"""Handing a message to the broker: quickly, or not at all (F03 to F05).

A page never waits for the broker. Its hints go to one thread of this process, through a queue
that drops what does not fit; the sweeper's own publications are made where it runs. Errors are
counted and logged, and leave the rest of the queue alone for a while.
"""

import os
import queue
import threading
import time
from dataclasses import dataclass
from typing import Any

import structlog
from celery import current_app
from kombu.connection import Connection
from kombu.exceptions import OperationalError
from prometheus_client import Counter

TIMEOUT = 1.0  # seconds for connecting, and for each answer of the broker
PAUSE = 5.0  # seconds without a try after one that failed
WAITING = 1_000  # hints that may wait for the thread

PUBLISHED = Counter("callcenter_outbox_published_total", "Messages handed to the broker.")
UNPUBLISHED = Counter(
    "callcenter_outbox_unpublished_total", "Messages left to the sweeper.", ["reason"]
)
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hint:
    """What goes to the broker: the task's name and its keyword arguments."""

    task: str
    arguments: dict[str, Any]


def publish(hint: Hint) -> bool:
    """Hand one message over now; False when the broker did not take it, which is logged."""
    with _connection() as connection:
        return _send(hint, connection)


def _connection() -> Connection:
    """A line to the broker, opened when something is sent; nobody waits long for it."""
    options = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}
    known = current_app.conf.broker_transport_options
    line: Connection = current_app.connection_for_write(
        connect_timeout=TIMEOUT, transport_options=known | options
    )
    return line


def _send(hint: Hint, connection: Connection) -> bool:
    try:
        current_app.send_task(
            hint.task,
            kwargs=hint.arguments,
            connection=connection,
            retry=False,
            ignore_result=True,
        )
    except (OperationalError, OSError, *connection.recoverable_connection_errors) as error:
        UNPUBLISHED.labels("broker").inc()
        logger.warning("outbox_not_published", task=hint.task, reason=type(error).__name__)
        return False
    PUBLISHED.inc()
    return True


class HintThread:
    """The thread that publishes for the pages of this process; started when first needed.

    Its line to the broker stays open: a new one for each hint costs more than storing an event.
    """

    def __init__(self) -> None:
        self._queue: queue.Queue[Hint] = queue.Queue(WAITING)
        self._lock = threading.Lock()
        self._process = 0
        self._thread: threading.Thread | None = None
        self._quiet_until = 0.0

    def offer(self, hint: Hint) -> None:
        """Publish soon, if the broker is well; never waits."""
        self._start_once()
        try:
            self._queue.put_nowait(hint)
        except queue.Full:
            UNPUBLISHED.labels("queue").inc()

    def _start_once(self) -> None:
        """A forked child has the object but not the thread; one that an error ended comes back."""
        with self._lock:
            if self._process != os.getpid():
                self._process, self._thread = os.getpid(), None
                self._queue = queue.Queue(WAITING)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="outbox-hints", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        waiting = self._queue
        line: Connection | None = None
        while True:
            hint = waiting.get()
            if time.monotonic() < self._quiet_until:
                UNPUBLISHED.labels("pause").inc()
                continue
            line = self._passed_on(hint, line)

    def _passed_on(self, hint: Hint, line: Connection | None) -> Connection | None:
        """The line on which the hint went out; None when it has to be opened anew."""
        is_old = line is not None
        line = line or _connection()
        if _send(hint, line):
            return line
        line.release()  # type: ignore[no-untyped-call]
        # an old line may only have been cut off; a new one that fails means nobody is there
        if not (is_old and publish(hint)):
            self._quiet_until = time.monotonic() + PAUSE
        return None


hints = HintThread()
