"""What credentials asked, for the page that shows it to their owners; no queries, no bodies.

Lines wait in memory and are written together about once a second, so that a request pays nothing
for its line. They are a convenience, not evidence: a process that is killed loses the last second.
"""

import atexit
import threading
import time
from collections import deque
from dataclasses import astuple, dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

logger = structlog.get_logger(__name__)
MOST = 10_000
PATH_LENGTH = 200
WRITE = """
    INSERT INTO accounts_apirequest (credential_id, at, method, path, status, milliseconds)
    SELECT line.* FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::text[],
                              %s::smallint[], %s::int[]) AS line (id, at, method, path, status, ms)
    JOIN accounts_apicredential known ON known.id = line.id
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a credential."""

    credential_id: int
    at: datetime
    method: str
    path: str
    status: int
    milliseconds: int


_waiting: deque[Line] = deque(maxlen=MOST)
_lock = threading.Lock()
_writer: threading.Thread | None = None


def remember(line: Line) -> None:
    """Keep a line until it is written; beyond MOST the oldest are dropped."""
    _waiting.append(line)
    if settings.API_REQUEST_LOG_SECONDS and (_writer is None or not _writer.is_alive()):
        _start()


def flush() -> int:
    """Write what waits; how many lines that were. While the database is away they are dropped."""
    with _lock:
        lines = [_waiting.popleft() for _ in range(len(_waiting))]
    if not lines:
        return 0
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                WRITE, [list(column) for column in zip(*map(astuple, lines), strict=True)]
            )
    except (DatabaseError, InterfaceError):
        logger.warning("request_log_not_written", lines=len(lines))
        return 0
    return len(lines)


def forget() -> None:
    """Drop what waits."""
    _waiting.clear()


def _start() -> None:
    """Start the thread that writes, once for this process: after a fork there is none."""
    global _writer
    with _lock:
        if _writer is None or not _writer.is_alive():
            _writer = threading.Thread(target=_write_on, name="request log", daemon=True)
            _writer.start()
            atexit.register(flush)


def _write_on() -> None:
    while True:
        time.sleep(settings.API_REQUEST_LOG_SECONDS)
        flush()
        connection.close()  # back to the pool
