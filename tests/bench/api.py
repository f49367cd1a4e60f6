"""The property API against psycopg and a JSON encoder alone, doing the same for the same rows.

Raw is the statements of the rows, their history and their number, prepared, without credential,
without Django; its answer is byte for byte ours.
"""

import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import psycopg
from django.core.wsgi import get_wsgi_application
from django.db import connection

from callcenter.accounts.models import ApiCredential, Membership
from callcenter.calls.models import CallLog
from callcenter.properties.models import Unit
from tests.factories import make_credential

from .databases import Database
from .report import Figure
from .serving import Ask, answer_of

MANY = 1_000
ROUNDS = 5
TWENTY_OVER_RAW, MANY_OVER_RAW, PUT_OVER_RAW = 2.5, 1.5, 3.0
STREAM_GROWTH = 32 * 1024  # kB that a stream of everything may add to the process
ROWS = """
SELECT l.id, l.property_id, l.unit_id, l.resident_id, l.call_from, l.status_id, l.subject, l.notes,
       ARRAY(SELECT r.reason_id FROM calls_calllogreason r WHERE r.call_log_id = l.id
             ORDER BY r.position > 0, r.reason_id), l.taken_by_name, l.contacted_at, p.time_zone
FROM calls_calllog l LEFT JOIN properties_property p ON p.id = l.property_id
WHERE l.organization_id = %s AND l.withdrawn_at IS NULL AND l.unit_id = %s
ORDER BY l.contacted_at DESC, l.id DESC LIMIT %s
"""
HISTORY = """
SELECT c.call_log_id, c.text, c.created_at, c.author_name, c.status_name
FROM calls_comment c LEFT JOIN calls_commentwithdrawal w ON w.comment_id = c.id
WHERE c.call_log_id = ANY(%s) AND c.kind IN ('comment', 'status', 'import') AND w.id IS NULL
ORDER BY c.call_log_id, c.seq
"""
TOTAL = """
SELECT count(*) FROM calls_calllog
WHERE organization_id = %s AND withdrawn_at IS NULL AND unit_id = %s
"""
NAMES = (
    *("LogId", "PropertyId", "UnitId", "ResidentId", "CallFrom", "ModuleStatusId", "Subject"),
    *("Notes", "LogReasons", "Takenby"),
)
# A thousand calls more for one unit, each a copy of another one with reasons and history.
FILL = """
WITH old AS (
    SELECT l.*, row_number() OVER (ORDER BY id DESC) AS n FROM calls_calllog l
    WHERE property_id = %(property)s AND withdrawn_at IS NULL ORDER BY id DESC LIMIT %(many)s
), ids AS (
    SELECT n, nextval(pg_get_serial_sequence('calls_calllog', 'id')) AS id FROM old
), logs AS (
    INSERT INTO calls_calllog (id, organization_id, property_id, unit_id, call_from, direction,
        phone_raw, phone_e164, phone_digits_reversed, status_id, status_kind, subject, notes,
        taken_by_id, taken_by_name, contacted_at, contacted_zone, contacted_text, contacted_flag,
        version, closed_at, source, external_id, withdrawn_reason)
    OVERRIDING SYSTEM VALUE
    SELECT ids.id, organization_id, property_id, %(unit)s, call_from, direction, phone_raw,
        phone_e164, phone_digits_reversed, status_id, status_kind, subject, notes, taken_by_id,
        taken_by_name, contacted_at, contacted_zone, contacted_text, contacted_flag, 1, closed_at,
        '', '', '' FROM old JOIN ids USING (n)
), links AS (
    INSERT INTO calls_calllogreason (organization_id, call_log_id, reason_id, position)
    SELECT r.organization_id, ids.id, r.reason_id, r.position FROM old JOIN ids USING (n)
    JOIN calls_calllogreason r ON r.call_log_id = old.id
)
INSERT INTO calls_comment (organization_id, call_log_id, text, author_id, author_name, status_id,
    status_name, kind, visibility, created_at, time_is_assumed, raw_time)
SELECT c.organization_id, ids.id, c.text, c.author_id, c.author_name, c.status_id, c.status_name,
    c.kind, c.visibility, c.created_at, false, '' FROM old JOIN ids USING (n)
JOIN calls_comment c ON c.call_log_id = old.id ORDER BY c.call_log_id, c.seq
"""


class Client:
    """Asks our application with a credential of the demo's owner."""

    def __init__(self, **headers: str) -> None:
        self._application = get_wsgi_application()
        self._headers = headers

    def ask(
        self, path: str, query: str = "", body: dict[str, Any] | None = None, method: str = "PUT"
    ) -> bytes:
        """The body of the answer, which must be 200; `method` is that of requests with a body."""
        environ = Ask(path).environ("", "") | {"QUERY_STRING": query} | self._headers
        if body is not None:
            sent = msgspec.json.encode(body)
            environ |= {"REQUEST_METHOD": method, "CONTENT_TYPE": "application/json"}
            environ |= {"CONTENT_LENGTH": str(len(sent)), "wsgi.input": io.BytesIO(sent)}
        answer = answer_of(self._application, environ)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {answer.body[:500]!r}")
        return answer.body


@contextmanager
def prepared(database: Database) -> Iterator[tuple[Client, psycopg.Connection, Unit]]:
    """A client, a raw connection and a unit of more than a thousand calls; removed afterwards."""
    database.use()
    marks = database.marks()
    owner = Membership.objects.select_related("user").get(user__email="owner@example.com")
    credential, secret = make_credential(owner, name="bench")
    unit = Unit.objects.order_by("pk")[150]
    raw = psycopg.connect(database.url("DATABASE_URL"), autocommit=True, prepare_threshold=1)
    try:
        values = {"property": unit.property_id, "unit": unit.pk, "many": MANY}
        raw.execute(FILL, values)
        yield Client(HTTP_AUTHORIZATION=f"Bearer {secret}"), raw, unit
    finally:
        raw.close()
        database.restore(marks)
        ApiCredential.objects.filter(pk=credential.pk).delete()


def raw_list(raw: psycopg.Connection, unit: Unit, size: int) -> bytes:
    """A unit's newest calls in the form of the dialect."""
    organization = unit.organization_id
    rows = raw.execute(ROWS, [organization, unit.pk, size]).fetchall()
    history: dict[int, list[Any]] = defaultdict(list)
    for call, text, at, author, status in raw.execute(HISTORY, [[row[0] for row in rows]]):
        history[call].append((text, at, author, status))
    total = raw.execute(TOTAL, [organization, unit.pk]).fetchone()
    logs = []
    for row in rows:
        zone = ZoneInfo(row[11])
        log = dict(zip(NAMES, row, strict=False))
        log["OldComments"] = [
            {"Comment": text, "Date": _said(at, zone), "User": author, "Status": status}
            for text, at, author, status in history[row[0]]
        ]
        logs.append(log | {"NewComments": None, "CreatedOn": _said(row[10], zone)})
    return msgspec.json.encode({"Total": total[0] if total else 0, "Elements": logs})


def _said(at: Any, zone: ZoneInfo) -> str:
    return str(at.astimezone(zone).isoformat(timespec="microseconds"))


def raw_put(raw: psycopg.Connection, call: CallLog) -> None:
    """The transaction of a PUT with a comment: lock, audit context, row of history, version."""
    with raw.transaction():
        raw.execute("SELECT set_config('pghistory.context_id', gen_random_uuid()::text, true)")
        raw.execute("SELECT id FROM calls_calllog WHERE id = %s FOR NO KEY UPDATE", [call.pk])
        raw.execute(
            "INSERT INTO calls_comment (organization_id, call_log_id, text, author_name,"
            " status_id, status_name, kind, visibility, time_is_assumed, raw_time) VALUES"
            " (%s, %s, 'Rang back.', 'Raw', %s, 'New', 'comment', 'internal', false, '')"
            " RETURNING id",
            [call.organization_id, call.pk, call.status_id],
        )
        raw.execute(
            "UPDATE calls_calllog SET version = version + 1, updated_at = now() WHERE id = %s",
            [call.pk],
        )


def over_raw(ours: Callable[[], Any], raw: Callable[[], Any], seconds: float) -> list[float]:
    """[ratio, our milliseconds, raw milliseconds]: medians of rounds that take turns."""
    found = []
    for _ in range(ROUNDS):
        times: tuple[list[float], list[float]] = ([], [])
        until = time.perf_counter() + seconds
        while time.perf_counter() < until or len(times[0]) < ROUNDS:
            for act, mine in zip((ours, raw), times, strict=True):
                begun = time.perf_counter()
                act()
                mine.append(1000 * (time.perf_counter() - begun))
        a, b = median(times[0]), median(times[1])
        found.append([a / b, a, b])
    return [median(column) for column in zip(*found, strict=True)]


def measured(database: Database, seconds: float) -> list[Figure]:
    """All figures of the API over a database."""
    with prepared(database) as (client, raw, unit):
        path = f"/api/units/{unit.pk}/calllogs"
        figures = []
        for size, bound in ((20, TWENTY_OVER_RAW), (MANY, MANY_OVER_RAW)):
            query = f"page=1&pageSize={size}"
            list_ours, list_raw = (
                partial(client.ask, path, query),
                partial(raw_list, raw, unit, size),
            )
            if list_ours() != list_raw():
                raise RuntimeError("the raw list is not the same")
            ratio = over_raw(list_ours, list_raw, seconds)
            figures.append(figure_of(f"API: a unit's list of {size:,} calls", ratio, bound))
        call = CallLog.objects.filter(unit=unit, withdrawn_at=None).latest("pk")
        put = {"NewComments": "Rang back."}
        ratio = over_raw(
            lambda: client.ask(f"/api/calllogs/{call.pk}", body=put),
            lambda: raw_put(raw, call),
            seconds,
        )
        figures.append(figure_of("API: PUT with a comment", ratio, PUT_OVER_RAW))
        figures.append(streaming(client, CallLog.objects.filter(withdrawn_at=None).count()))
    return figures


def figure_of(name: str, measured: list[float], bound: float) -> Figure:
    """A ratio that `over_raw` measured, in words."""
    ratio, ours, raw = measured
    said = f"{ratio:.2f} x raw ({ours:.1f} ms, {raw:.1f} ms)"
    return Figure(name, said, f"at most {bound:g}", ratio <= bound)


def streaming(client: Client, calls: int) -> Figure:
    """How much memory the process gains while it streams every call; the bytes are let go."""
    client.ask("/api/calllogs", "page=1&pageSize=5000")  # what the process needs in any case
    connection.close()
    environ = Ask("/api/calllogs").environ("", "") | client._headers  # noqa: SLF001 (ours)
    before, most, size = _resident(), 0, 0
    begun = time.perf_counter()
    chunks: Any = client._application(environ, lambda *_: lambda _: None)  # noqa: SLF001
    for n, chunk in enumerate(chunks):
        size += len(chunk)
        if n % 20 == 0:
            most = max(most, _resident())
    chunks.close()
    seconds, grown = time.perf_counter() - begun, max(most, _resident()) - before
    said = f"{grown / 1024:.0f} MB more for {size / 1_000_000:.0f} MB in {seconds:.0f} s"
    bound = f"at most {STREAM_GROWTH // 1024} MB more"
    return Figure(f"API: {calls:,} calls streamed", said, bound, grown <= STREAM_GROWTH)


def _resident() -> int:
    """The memory of this process, kB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
