"""The same seed gives the same demo organisation."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from callcenter.calls.models import BuildingEvent, CallLog
from callcenter.demo.loading import Size, load_demo
from tests.demo.conftest import NOW

pytestmark = pytest.mark.django_db

CONTENT = """
    SELECT p.name, u.building, u.number, r.search_name, l.call_from, l.phone_raw, l.status_kind,
        l.subject, l.notes, l.contacted_at, l.closed_at, l.duration_seconds, t.email,
        l.first_answer_due_at, l.resolve_due_at, l.clock_paused_at, h.email, e.title,
        (SELECT array_agg(x.mnemonic ORDER BY lr.position) FROM calls_calllogreason lr
            JOIN calls_reason x ON x.id = lr.reason_id WHERE lr.call_log_id = l.id),
        (SELECT array_agg(c.text || c.status_name || c.created_at ORDER BY c.seq)
            FROM calls_comment c WHERE c.call_log_id = l.id AND c.kind <> 'fold'),
        (SELECT min(b.due_at) FROM calls_callback b WHERE b.call_log_id = l.id)
    FROM calls_calllog l LEFT JOIN properties_property p ON p.id = l.property_id
    LEFT JOIN properties_unit u ON u.id = l.unit_id
    LEFT JOIN properties_resident r ON r.id = l.resident_id
    LEFT JOIN accounts_user t ON t.id = l.taken_by_id
    LEFT JOIN accounts_user h ON h.id = l.assignee_id
    LEFT JOIN calls_eventcall c ON c.call_log_id = l.id
    LEFT JOIN calls_buildingevent e ON e.id = c.event_id ORDER BY l.id
"""


PHONE_CALLS = """
    SELECT c.external_id, c.flow, c.caller_raw, c.caller_name, c.called_raw, c.published_at,
        c.answered_at, c.ended_at, c.disposition, h.reason, h.handled_by_name, h.handled_at,
        (SELECT array_agg(x.number || ' ' || p.ended_at || p.disposition ORDER BY p.position)
            FROM telephony_phonecallparty p JOIN telephony_extension x ON x.id = p.extension_id
            WHERE p.phone_call_id = c.id),
        (SELECT array_agg(l.subject ORDER BY l.id) FROM calls_calllog l
            WHERE l.phone_call_id = c.id)
    FROM telephony_phonecall c LEFT JOIN calls_handledmissedcall h ON h.phone_call_id = c.id
    ORDER BY c.published_at, c.id
"""


def content(seed: int, *, heavy: bool = True, statement: str = CONTENT) -> list[tuple[Any, ...]]:
    """What a load with this seed holds; the load itself is undone."""
    with transaction.atomic(), connection.cursor() as cursor:
        load_demo(now=NOW, size=Size(units=240, logs=700, heavy=heavy), seed=seed)
        cursor.execute(statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        transaction.set_rollback(True)
    return rows


def test_the_same_seed_gives_the_same_content_and_another_seed_another() -> None:
    first = content(3)
    assert len(first) == 700
    assert content(3) == first
    assert content(4) != first


def test_the_same_seed_gives_the_same_telephone_calls_and_none_where_speed_is_measured() -> None:
    first = content(3, heavy=False, statement=PHONE_CALLS)
    assert len(first) > 60
    assert content(3, heavy=False, statement=PHONE_CALLS) == first
    assert content(4, heavy=False, statement=PHONE_CALLS) != first
    assert content(3, statement=PHONE_CALLS) == []


def test_the_command_loads_and_tells_the_log_ins(tmp_path: Path) -> None:
    said, path = StringIO(), tmp_path / "demo.json"
    size = ("--units", "24", "--logs", "50", "--now", "2026-11-24T12:00:00")
    call_command("demo_data", *size, "--accounts", str(path), stdout=said)
    assert CallLog.objects.count() == 50
    assert not BuildingEvent.objects.exists()  # too small a house for the scenes
    assert "50 of 50 calls loaded" in said.getvalue()
    known = json.loads(path.read_text())
    assert set(known) == {"users", "credentials"}
    assert known["users"][0]["password"] not in said.getvalue()


def test_too_little_is_refused() -> None:
    with pytest.raises(CommandError, match="at least 12"):
        call_command("demo_data", "--units", "3")
