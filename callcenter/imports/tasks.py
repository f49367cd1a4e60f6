"""The worker's side of imports."""

from functools import partial

from celery import shared_task
from django.utils.translation import gettext as _

from callcenter.outbox.delivery import deliver, hold

from . import runs


@shared_task(name="imports.run")
def run_import(*, message_id: int, run_id: int) -> None:
    """Go on with a run; twice, late or side by side changes nothing more (F06)."""
    said = _("It was started several times and never got anywhere. Let it go on, or ask for help.")
    deliver(
        message_id,
        work=partial(runs.work_on, run_id, partial(hold, message_id)),
        on_parked=partial(runs.park, run_id, said),
    )
