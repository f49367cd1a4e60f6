"""Measurements that are no pages: checking the history, importing against COPY."""

import io
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from psycopg import sql

from callcenter.accounts.models import Organization
from callcenter.calls.chain import verify
from callcenter.core.limits import without_time_limits
from callcenter.imports import files
from callcenter.imports.actions import NamedSource, start_run
from callcenter.imports.models import ImportRun, RunState, SourceKind
from callcenter.imports.runs import work_on
from callcenter.properties.access import principal_for

from .databases import Database
from .endpoints import owner
from .report import Figure

VERIFY_SECONDS_A_MILLION = 60
OF_COPY = 0.3
TABLES = ("calls_calllog", "calls_calllogreason", "calls_comment")


def checking(database: Database) -> Figure:
    """How long `verify_history` takes for a million comments."""
    database.use()
    organization = Organization.objects.get(slug="demo")
    begun = time.perf_counter()
    with without_time_limits():
        verdict = verify(organization)
    seconds = time.perf_counter() - begun
    if verdict.broken:
        raise RuntimeError(f"the history is broken: {verdict.first}")
    a_million = seconds / verdict.comments * 1_000_000
    return Figure(
        f"`verify_history`, {verdict.comments:,} comments",
        f"{seconds:.1f} s, {a_million:.1f} s a million",
        f"under {VERIFY_SECONDS_A_MILLION} s a million",
        a_million < VERIFY_SECONDS_A_MILLION,
    )


def importing(database: Database, calls: int) -> Figure:
    """A call-log import against COPY of the very same rows into the same tables."""
    database.use()
    marks = database.marks()
    taken = _import(calls)
    rows = _take_out(database, marks)
    copied = _copy(rows)
    database.restore(marks)
    ratio = copied / taken
    return Figure(
        f"import of {calls:,} calls against COPY of the same rows",
        f"{ratio:.2f} of COPY ({taken:.1f} s, {copied:.1f} s)",
        f"at least {OF_COPY}",
        ratio >= OF_COPY,
    )


def _import(calls: int) -> float:
    """Seconds from the staged file to the end of the run, as a worker does it."""
    user = owner()
    organization = Organization.objects.get(slug="demo")
    actor = principal_for(
        user_id=user.pk, organization_id=organization.pk, request_id="bench", kind="session"
    )
    assert actor is not None
    body = b"".join(_file(calls))
    upload = SimpleUploadedFile("bench.json", body, "application/json")
    name = f"bench {datetime.now(UTC):%H%M%S%f}"
    run = start_run(
        stored=files.store(upload),
        file_name="bench.json",
        source=NamedSource(name, SourceKind.CALL_LOGS),
        options={},
        actor=actor,
    )
    begun = time.perf_counter()
    while work_on(run.pk, lambda: None) is not None:
        pass
    seconds = time.perf_counter() - begun
    run = ImportRun.objects.get(pk=run.pk)
    files.remove(run.stored_as)
    if run.state != RunState.DONE or run.created != calls:
        raise RuntimeError(f"the import ended {run.state}: {run.created} created, {run.error}")
    return seconds


def _file(calls: int) -> Iterator[bytes]:
    """The answer of the property API with so many calls, half of them with a comment."""
    begin = datetime(2026, 1, 5, 9, tzinfo=UTC)
    yield b'{"Elements": ['
    for n in range(calls):
        at = begin + timedelta(seconds=37 * n)
        call: dict[str, Any] = {
            "LogId": n + 1,
            "PropertyId": None,
            "UnitId": None,
            "ResidentId": None,
            "CallFrom": f"Caller {n % 977}",
            "ModuleStatusId": 1,
            "Subject": "Kitchen sink drains slowly",
            "Notes": f"Since {n % 7} days. May enter.",
            "LogReasons": [n % 5 + 1],
            "Takenby": "Kim Osei",
            "CreatedOn": at.isoformat(),
            "OldComments": [],
            "NewComments": "",
        }
        if n % 2:
            said = {"Comment": "Rang back, no answer.", "Date": at.isoformat()}
            call["OldComments"] = [said | {"User": "Kim Osei", "Status": "New"}]
        yield (b"," if n else b"") + json.dumps(call).encode()
    yield b"]}"


def _take_out(database: Database, marks: dict[str, int]) -> dict[str, bytes]:
    """The rows that the import made, as COPY writes them, and none of them left."""
    rows = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            statement = (
                f"COPY (SELECT {_columns(table)} FROM {table} WHERE id > {marks[table]}) TO STDOUT"  # noqa: S608 (constants)
            )
            with cursor.copy(statement) as copy:
                rows[table] = b"".join(bytes(part) for part in copy)
    database.restore(marks)
    with psycopg.connect(database.url("MIGRATE_DATABASE_URL"), autocommit=True) as owned:
        for table in TABLES:
            owned.execute(sql.SQL("VACUUM {}").format(sql.Identifier(table)))
    return rows


def _copy(rows: dict[str, bytes]) -> float:
    """Seconds that COPY of the rows takes, in one transaction, constraints checked as it goes."""
    begun = time.perf_counter()
    with without_time_limits(), connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for table, text in rows.items():
            with cursor.copy(f"COPY {table} ({_columns(table)}) FROM STDIN") as copy:
                source = io.BytesIO(text)
                while part := source.read(1 << 16):
                    copy.write(part)
        cursor.execute("COMMIT")
    return time.perf_counter() - begun


def _columns(table: str) -> str:
    """The columns of a table that can be written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = ''",
            [table],
        )
        return str(cursor.fetchone()[0])


def cores() -> int:
    """How many the process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def postgres_version() -> str:
    """The server's."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])
