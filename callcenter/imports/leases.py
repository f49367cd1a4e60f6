"""Who works on a run: one worker, for as long as it says so, on behalf of who asked (F08)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import DateTimeField, Func
from django.db.models.functions import Now

from callcenter.core.transactions import write_transaction
from callcenter.properties.access import principal_for
from callcenter.properties.principals import Principal

from .models import RUNNING, ImportRun, RunState

OPEN = (RunState.PENDING, *RUNNING)
LONG_STEP = timedelta(minutes=5)  # at most, for the one step that has no chunks


class _Clock(Func):
    """The time now, not that at which the transaction began."""

    function = "clock_timestamp"
    output_field = DateTimeField()


class LeaseLostError(Exception):
    """Another worker has the run now, or nobody needs to: stop, and write nothing."""


class RequesterGoneError(Exception):
    """The person who asked may not import any more (B-06)."""


@dataclass(frozen=True)
class Lease:
    """The right to work on a run; `attempt` tells it from every other one."""

    run_id: int
    attempt: int


def take_lease(run_id: int) -> Lease | None:
    """The lease of an open run that nobody works on and whose source is free; else None.

    Runs of one source go one after the other, in the order in which they were asked for. A run
    whose row is locked is being worked on, however old its lease looks.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_importrun r SET attempts = attempts + 1, state = 'staging',"
                " checkpoint = 0, started_at = coalesce(started_at, statement_timestamp()),"
                " leased_until = statement_timestamp() + make_interval(secs => %s)"
                " WHERE id = (SELECT id FROM imports_importrun WHERE id = %s"
                "   FOR NO KEY UPDATE SKIP LOCKED)"
                " AND state = ANY (%s)"
                " AND (leased_until IS NULL OR leased_until <= statement_timestamp())"
                " AND NOT EXISTS (SELECT 1 FROM imports_importrun o"
                "  WHERE o.source_id = r.source_id AND o.id <> r.id AND (o.state = ANY (%s)"
                "   OR (o.state = 'pending' AND o.id < r.id)))"
                " RETURNING attempts",
                [settings.OUTBOX_PATIENCE.total_seconds(), run_id, list(OPEN), list(RUNNING)],
            )
            row = cursor.fetchone()
    except IntegrityError:  # another run of the source was faster (importrun_one_running)
        return None
    return Lease(run_id, row[0]) if row else None


@contextmanager
def step(lease: Lease, *, is_long: bool = False) -> Iterator[tuple[ImportRun, Principal]]:
    """One transaction of the run's work: the lease renewed, the requester's rights of now.

    The run's row is locked, so that a worker that lost its lease can neither write nor wait
    for long, and nobody takes the lease meanwhile. A step that `is_long` renews it at its end
    once more, because others see the lease only then. LeaseLostError and RequesterGoneError
    leave everything as it was.
    """
    run = ImportRun.objects.select_related("organization", "source").get(pk=lease.run_id)
    principal = principal_for(
        user_id=run.requested_by_id,
        organization_id=run.organization_id,
        request_id=run.request_id,
    )
    if principal is None or not principal.may("imports.add_importrun"):
        raise RequesterGoneError
    with write_transaction(principal):
        held = ImportRun.objects.filter(pk=run.pk, attempts=lease.attempt, state__in=RUNNING)
        if not held.update(leased_until=Now() + settings.OUTBOX_PATIENCE):
            raise LeaseLostError
        run.refresh_from_db(fields=["state", "checkpoint", "lines_read"])
        yield run, principal
        if is_long:
            held.update(leased_until=_Clock() + settings.OUTBOX_PATIENCE)


def let_go(lease: Lease) -> None:
    """End a lease before its time, so that whoever comes next need not wait."""
    held = ImportRun.objects.filter(pk=lease.run_id, attempts=lease.attempt, state__in=RUNNING)
    held.update(leased_until=Now())
