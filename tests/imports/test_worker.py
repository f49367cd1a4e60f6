"""Imports by a real Celery worker over a real broker: killed, doubled, forgotten, frozen."""

import hashlib
import json
import os
import random
import re
import signal
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from redis import Redis

from callcenter.accounts.models import Organization, Role
from callcenter.calls.models import CallLog, Comment
from callcenter.embedded.valkey import Valkey
from callcenter.imports import runs
from callcenter.imports.models import ImportRun, RunState
from callcenter.outbox.models import OutboxMessage
from tests.conftest import WorkerProcess
from tests.factories import make_membership, make_organization, make_principal

from .conftest import bring, counts, element, sample, wrapped

pytestmark = pytest.mark.worker
PATIENCE = 120.0


def file_of(n: int) -> bytes:
    """`n` call logs with two comments each, a broken one and a repeated one."""
    elements = [
        element(
            k,
            Subject=f"Call {k}",
            ModuleStatusId=k % 5 + 1,
            LogReasons=[k % 7 + 1, 9],
            OldComments=[
                {"Comment": f"{k} rung", "Date": "2026-11-20T09:11:40Z", "User": "Kim"},
                {"Comment": f"{k} done", "Date": "later", "User": "Bo", "Status": "Resolved"},
            ],
        )
        for k in range(1, n + 1)
    ]
    return wrapped(*elements, element(1, Subject="Call 1, again"), {"LogId": "broken"})


def state_of(organization: Organization) -> str:
    """A hash of what an import wrote, without ids and moments of our own (inv 9)."""
    calls = CallLog.objects.filter(organization=organization).order_by("external_id")
    digest = hashlib.sha256()
    columns = ("external_id", "subject", "notes", "call_from", "status__name", "version")
    for row in calls.values_list(*columns, "contacted_at"):
        digest.update(repr(row).encode())
    links = calls.values_list("external_id", "reason_links__position", "reasons__name")
    for row in sorted(links, key=repr):
        digest.update(repr(row).encode())
    comments = Comment.objects.filter(organization=organization)
    for comment in comments.order_by("call_log__external_id", "seq").values_list(
        "call_log__external_id", "seq", "text", "status_name", "kind", "author_name"
    ):
        digest.update(repr(comment).encode())
    return digest.hexdigest()


def undisturbed(content: bytes) -> str:
    """The state that the file leaves when nothing happens on the way."""
    organization = make_organization()
    run = bring(content, make_principal(organization))
    OutboxMessage.objects.filter(arguments={"run_id": run.pk}).delete()
    runs.work_on(run.pk, lambda: None)
    return state_of(organization)


def wait_until(is_so: Callable[[], bool], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.05)


def finished(run: ImportRun) -> ImportRun:
    """The run when it is over, in whatever state."""
    over = (RunState.DONE, RunState.FAILED, RunState.PARKED)
    wait_until(lambda: ImportRun.objects.filter(pk=run.pk, state__in=over).exists())
    run.refresh_from_db()
    return run


def send(client: Client, content: bytes) -> ImportRun:
    """Send the file on the page."""
    form: dict[str, Any] = {
        "kind": "call_logs",
        "key": os.urandom(8).hex(),
        "call_logs-source": "Northgate",
        "call_logs-file": SimpleUploadedFile("calls.json", content),
    }
    response = client.post(reverse("imports:list"), form)
    assert response.status_code == 302
    return ImportRun.objects.latest("pk")


def signed_in(organization: Organization) -> Client:
    client = Client()
    client.force_login(make_membership(organization, Role.ADMIN).user)
    return client


def audit_events() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM calls_calllogauditevent")
        return int(cursor.fetchone()[0])


def test_the_sample_goes_from_the_page_through_the_worker_and_twice_changes_nothing(
    worker: WorkerProcess,
) -> None:
    client = signed_in(make_organization())
    run = finished(send(client, sample()))
    assert (run.state, counts(run)) == (
        RunState.DONE, {"lines_read": 2, "created": 1, "duplicate": 1},
    )  # fmt: skip
    assert 'data-count="created">1<' in client.get(reverse("imports:detail", args=[run.pk])).text
    before = audit_events()
    again = finished(send(client, sample()))
    assert counts(again) == {"lines_read": 2, "unchanged": 1, "duplicate": 1}
    assert audit_events() == before
    wait_until(lambda: not OutboxMessage.objects.filter(done_at=None).exists())


def kill_at_random(worker: WorkerProcess, run: ImportRun, times: int, seed: int) -> None:
    """SIGKILL the worker so often, each time at some point of its work, and start it again."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    for n in range(times):
        before = ImportRun.objects.get(pk=run.pk).attempts
        wait_until(
            lambda before=before: (  # type: ignore[misc]
                ImportRun.objects.filter(pk=run.pk, attempts__gt=before).exists()
                or ImportRun.objects.filter(pk=run.pk, state=RunState.DONE).exists()
            )
        )
        time.sleep(chance.uniform(0, 1.2))
        if n % 2 and worker.children():
            os.kill(max(worker.children()), signal.SIGKILL)
        else:
            worker.kill()
            worker.start()


def test_f01_a_worker_killed_in_mid_import_leaves_the_state_of_an_undisturbed_run_inv9(
    worker: WorkerProcess,
) -> None:
    content = file_of(3_000)
    expected = undisturbed(content)
    organization = make_organization()
    run = bring(content, make_principal(organization))
    kill_at_random(worker, run, times=2, seed=1)
    finished(run)
    assert counts(run) == {"lines_read": 3_002, "created": 3_000, "duplicate": 1, "rejected": 1}
    assert state_of(organization) == expected


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_f01_twenty_kills_at_random_points(worker: WorkerProcess, seed: int) -> None:
    content = file_of(6_000)
    expected = undisturbed(content)
    organization = make_organization()
    run = bring(content, make_principal(organization))
    kill_at_random(worker, run, times=2, seed=seed)
    finished(run)
    assert counts(run) == {"lines_read": 6_002, "created": 6_000, "duplicate": 1, "rejected": 1}
    assert state_of(organization) == expected


def test_f04_a_broker_that_forgot_everything_is_asked_again(
    worker: WorkerProcess, broker: Valkey
) -> None:
    worker.kill()
    run = bring(sample(), make_principal(make_organization()))
    store = Redis.from_url(broker.url)
    wait_until(lambda: store.llen("callcenter") > 0)
    store.flushall()
    worker.start()
    assert finished(run).state == RunState.DONE


def test_f05_pages_are_as_fast_with_a_frozen_broker(worker: WorkerProcess, broker: Valkey) -> None:
    client = signed_in(make_organization())
    send(client, sample())

    def seconds() -> float:
        begin = time.monotonic()
        send(client, sample())
        return time.monotonic() - begin

    usual = statistics.median(seconds() for _ in range(7))
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        frozen = [seconds() for _ in range(7)]
    finally:
        os.kill(broker.pid, signal.SIGCONT)
    assert statistics.median(frozen) < usual * 2 + 0.1
    assert max(frozen) < usual * 4 + 0.5
    last = ImportRun.objects.latest("pk")
    assert finished(last).state == RunState.DONE


def test_f06_eight_workers_at_once_have_one_effect_inv23(committed_db: str, tmp_path: Path) -> None:
    content = file_of(1_500)
    expected = undisturbed(content)
    organization = make_organization()
    run = bring(content, make_principal(organization))
    errors: list[BaseException] = []

    def work() -> None:
        try:
            runs.work_on(run.pk, lambda: None)
            runs.work_on(run.pk, lambda: None)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert finished(run).attempts == 1
    assert state_of(organization) == expected


def test_f26_the_same_file_in_two_runs_at_once_is_taken_once(
    committed_db: str, tmp_path: Path
) -> None:
    organization = make_organization()
    admin = make_principal(organization)
    first, second = bring(file_of(50), admin), bring(file_of(50), admin)
    assert runs.work_on(second.pk, lambda: None) is not None
    assert runs.work_on(first.pk, lambda: None) is None
    assert runs.work_on(second.pk, lambda: None) is None
    assert counts(finished(second)) == {
        "lines_read": 52, "unchanged": 50, "duplicate": 1, "rejected": 1,
    }  # fmt: skip
    assert CallLog.objects.count() == 50


@pytest.mark.slow
def test_100_000_elements_go_through_the_page_and_again_change_nothing(
    worker: WorkerProcess,
) -> None:
    content = file_of(100_000)
    organization = make_organization()
    client = signed_in(organization)
    run = send(client, content)
    wait_until(lambda: finished_within(run), 900)
    run.refresh_from_db()
    assert counts(run) == {"lines_read": 100_002, "created": 100_000, "duplicate": 1, "rejected": 1}
    state, events = state_of(organization), audit_events()
    again = send(client, content)
    wait_until(lambda: finished_within(again), 900)
    again.refresh_from_db()
    assert again.unchanged == 100_000
    assert (state_of(organization), audit_events()) == (state, events)


def finished_within(run: ImportRun) -> bool:
    return ImportRun.objects.filter(pk=run.pk, state=RunState.DONE).exists()


def peak_of(pid: int) -> int:
    """The most memory that a process ever held, in bytes; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


@pytest.mark.slow
def test_f23_a_file_of_300_mb_is_taken_within_300_mb_of_memory_b15(
    worker: WorkerProcess, tmp_path: Path
) -> None:
    path = tmp_path / "big.json"
    notes, n = "x" * 40_000, 7_600
    with path.open("w") as file:
        file.write('{"Total": 1, "Elements": [')
        for k in range(1, n):
            file.write(json.dumps(element(k, Notes=notes)) + ",")
        file.write(json.dumps(element(n, Notes=notes)) + "]}")
    assert path.stat().st_size > 300_000_000
    run = bring(path.read_bytes(), make_principal(make_organization()))
    peak = 0
    until = time.monotonic() + 1_500
    while not finished_within(run):
        assert time.monotonic() < until
        peak = max([peak, *map(peak_of, worker.children())])
        time.sleep(0.2)
    run.refresh_from_db()
    assert run.created == n
    assert peak < 300_000_000
