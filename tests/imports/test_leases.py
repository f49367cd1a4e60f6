"""One worker at a time, and a dead one's lease is waited for without giving the run up (F08)."""

import pytest
from django.db.models.functions import Now

from callcenter.imports.leases import take_lease
from callcenter.imports.models import ImportRun, RunState
from callcenter.imports.tasks import run_import
from callcenter.outbox.delivery import MAX_ATTEMPTS
from callcenter.outbox.models import OutboxMessage
from tests.factories import make_organization, make_principal
from tests.imports.conftest import bring, element, wrapped


@pytest.mark.django_db
def test_f08_waiting_for_a_dead_workers_lease_is_no_start_in_vain() -> None:
    run = bring(wrapped(element()), make_principal(make_organization()))
    message = OutboxMessage.objects.get(arguments={"run_id": run.pk})
    assert take_lease(run.pk) is not None  # and its worker is killed
    for _ in range(MAX_ATTEMPTS + 2):
        run_import(message_id=message.pk, run_id=run.pk)
    message.refresh_from_db()
    assert (message.attempts, message.parked_at, message.done_at) == (0, None, None)
    ImportRun.objects.filter(pk=run.pk).update(leased_until=Now())
    run_import(message_id=message.pk, run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.created) == (RunState.DONE, 1)


@pytest.mark.django_db
def test_f08_a_run_that_is_worked_on_is_not_given_to_a_second_worker() -> None:
    run = bring(wrapped(element()), make_principal(make_organization()))
    assert take_lease(run.pk) is not None
    assert take_lease(run.pk) is None
