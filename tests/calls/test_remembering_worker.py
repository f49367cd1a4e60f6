"""Earlier calls of a remembered number are linked by a real worker, soon and once."""

import time
from collections.abc import Callable

from callcenter.accounts.models import Role
from callcenter.calls.models import CallLog, Comment, RememberedNumber, Remembering
from callcenter.calls.remembering import forget_number, remember_number
from tests.conftest import WorkerProcess
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_property,
    make_resident,
    make_unit,
    principal_again,
)

NUMBER = {
    "phone_raw": "(212) 555-0143",
    "phone_e164": "+12125550143",
    "phone_digits_reversed": "3410555212",
}
SOON = 5.0  # seconds, once the worker is up
EARLIER = 40


def wait(for_what: Callable[[], bool], seconds: float) -> float:
    """How long it took; fails when it took longer."""
    begun = time.monotonic()
    while not for_what():
        assert time.monotonic() - begun < seconds
        time.sleep(0.05)
    return time.monotonic() - begun


def test_calls_are_linked_within_five_seconds_and_given_back_by_undo(
    worker: WorkerProcess,
) -> None:
    organization = make_organization()
    unit = make_unit(make_property(organization), number="12B")
    ana, ben = (make_resident(unit, first_name=name, last_name="Ruiz") for name in ("Ana", "Ben"))
    actor = principal_again(make_membership(organization, Role.OWNER))
    for _ in range(EARLIER):
        make_call_log(organization, call_from="won't say", **NUMBER)
    call = make_call_log(organization, property=unit.property, unit=unit, **NUMBER)

    def remembered(state: str) -> bool:
        return RememberedNumber.objects.latest("pk").state == state

    first = remember_number(call_log_id=call.pk, resident_id=ana.pk, actor=actor)
    wait(lambda: remembered(Remembering.LINKED), 30)  # the worker may still be starting
    assert CallLog.objects.filter(resident=ana).count() == EARLIER + 1
    forget_number(remembered_id=first.pk, actor=actor)
    wait(lambda: remembered(Remembering.UNLINKED), SOON)
    assert not CallLog.objects.exclude(resident=None).exists()
    remember_number(call_log_id=call.pk, resident_id=ben.pk, actor=actor)
    took = wait(lambda: remembered(Remembering.LINKED), SOON)
    assert CallLog.objects.filter(resident=ben).count() == EARLIER + 1
    assert RememberedNumber.objects.latest("pk").linked_count == EARLIER
    assert Comment.objects.count() == 3 * (EARLIER + 1)
    assert took < SOON
