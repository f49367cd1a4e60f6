"""Working through a run: stage, check, apply in chunks; stopped anywhere, it goes on (F01).

Each step is one transaction that holds its effect, its ledger and its checkpoint. A worker that
is killed leaves complete steps behind; the next one reads the file again up to where lines were
staged, checks again, and applies what still waits.
"""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import structlog
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from callcenter.core.ahead import one_ahead
from callcenter.outbox.delivery import Again

from . import files, staging
from .call_log_rows import apply_call_logs
from .leases import (
    LONG_STEP,
    OPEN,
    Lease,
    LeaseLostError,
    RequesterGoneError,
    let_go,
    step,
    take_lease,
)
from .ledger import new_chunk, next_lines, write_chunk
from .merging import merge_repeated
from .models import ImportRun, RunState, SourceKind
from .readers.results import UnreadableFileError
from .roster_rows import apply_roster

SLICE = 60.0  # seconds after which a worker lets other work in
WAIT = timedelta(seconds=2)  # until a run looks again whether its turn has come
logger = structlog.get_logger(__name__)

type Progress = Callable[[], None]


class _TimeIsUpError(Exception):
    """This worker has done its share for now."""


def work_on(run_id: int, progress: Progress) -> Again | None:
    """Do as much of a run as fits into a slice; None when nothing is left to do.

    `progress` is called after each step that is in the database.
    """
    lease = take_lease(run_id)
    if lease is None:
        return _look_again(run_id)
    try:
        _go_on(lease, progress)
    except _TimeIsUpError:
        let_go(lease)
        return Again()
    except LeaseLostError:
        return Again(WAIT, progress=False)
    except RequesterGoneError:
        said = _("The person who asked for this import may not import any more.")
        park(lease.run_id, said)
    except UnreadableFileError as error:
        _end(lease, RunState.FAILED, str(error))
    except BaseException:
        let_go(lease)
        raise
    return None


def _go_on(lease: Lease, progress: Progress) -> None:
    """All steps that are left; _TimeIsUpError after the one that ends the slice."""
    until = time.monotonic() + SLICE

    def stepped() -> None:
        progress()
        if time.monotonic() > until:
            raise _TimeIsUpError

    _stage(lease, stepped)
    _check(lease, stepped)
    _apply(lease, stepped)


def _look_again(run_id: int) -> Again | None:
    """When to come back to a run that cannot be had; None when it is over or parked."""
    run = ImportRun.objects.filter(pk=run_id, state__in=OPEN).first()
    if run is None:
        return None
    if run.state == RunState.PENDING:
        return Again(WAIT)
    return Again(WAIT, is_turn=False)  # somebody works on it, or did until a moment ago


def _stage(lease: Lease, stepped: Progress) -> None:
    """Copy the file's lines into the ledger, from where an earlier worker stopped."""
    run = ImportRun.objects.select_related("source", "organization").get(pk=lease.run_id)
    staged = staging.last_staged(run)
    if run.bytes_read == run.byte_size and staged:
        return
    with files.opened(run.stored_as) as file:
        columns, lines = staging.read_lines(run, file)
        page = staging.columns_for_page(columns)
        batches = staging.batches(run, staging.skipped(lines, staged))
        with closing(one_ahead(batches)) as made:  # no thread reads on when the file is closed
            for batch in made:
                with step(lease) as (run, _principal):
                    staging.stage(run, batch, bytes_read=_almost(file.tell()))
                    ImportRun.objects.filter(pk=run.pk).update(columns=page)
                stepped()
    with step(lease) as (run, _principal):
        ImportRun.objects.filter(pk=run.pk).update(
            state=RunState.VALIDATING, bytes_read=F("byte_size")
        )


def _almost(place: int) -> int:
    """How far the file was read; its full size is written only when all lines are staged."""
    return max(place - 1, 0)


def _check(lease: Lease, stepped: Progress) -> None:
    """End the lines that say nothing new; the rest is to be applied."""
    with step(lease, is_long=True) as (run, _principal):
        _take_time()
        merge_repeated(run)
        duplicate = staging.mark_duplicates(run)
        unchanged = staging.mark_known(run)
        ImportRun.objects.filter(pk=run.pk).update(
            state=RunState.APPLYING,
            duplicate=F("duplicate") + duplicate,
            unchanged=F("unchanged") + unchanged,
        )
    stepped()


def _take_time() -> None:
    """Let this transaction last as long as its step may."""
    seconds = f"{LONG_STEP.total_seconds():.0f}s"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true),"
            " set_config('transaction_timeout', %s, true)",
            [seconds, seconds],
        )


def _apply(lease: Lease, stepped: Progress) -> None:
    """Apply what waits, chunk after chunk, and close the ledger."""
    while _apply_chunk(lease):
        stepped()


def _apply_chunk(lease: Lease) -> bool:
    """Apply the next lines; False when there are none and the run is done."""
    with step(lease) as (run, principal):
        lines = next_lines(run)
        if not lines:
            ImportRun.objects.filter(pk=run.pk).update(
                state=RunState.DONE, finished_at=Now(), leased_until=None
            )
        else:
            chunk = new_chunk(run, principal, lines)
            if run.source.kind == SourceKind.CALL_LOGS:
                apply_call_logs(chunk)
            else:
                apply_roster(chunk)
            counts = write_chunk(chunk)
            ImportRun.objects.filter(pk=run.pk).update(
                checkpoint=lines[-1].number,
                **{name: F(name) + count for name, count in counts.items()},
            )
    if not lines:
        files.remove(run.stored_as)
    return bool(lines)


def park(run_id: int, reason: str) -> None:
    """Put a run aside until somebody lets it go on; its source is free for others."""
    logger.warning("import_parked", run_id=run_id)
    ImportRun.objects.filter(pk=run_id, state__in=OPEN).update(
        state=RunState.PARKED, error=reason, leased_until=None
    )


def _end(lease: Lease, state: RunState, reason: str) -> None:
    run = ImportRun.objects.get(pk=lease.run_id)
    held = ImportRun.objects.filter(pk=run.pk, attempts=lease.attempt)
    held.update(state=state, error=reason, finished_at=Now(), leased_until=None)
    files.remove(run.stored_as)
