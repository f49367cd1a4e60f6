"""What PostgreSQL refuses about missed calls that were handled."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from callcenter.calls.models import HandledMissedCall
from tests.factories import make_membership, make_organization, make_phone_call
from tests.refusals import refused

pytestmark = pytest.mark.django_db
REFUSED = "rows here are kept|permission denied"


def handled(reason: str = "Rang back") -> HandledMissedCall:
    call = make_phone_call(make_organization())
    return HandledMissedCall.objects.create(
        organization=call.organization, phone_call=call, reason=reason
    )


def test_a_call_is_handled_once_and_with_a_reason() -> None:
    row = handled()
    with refused(by="handledmissedcall_stands_once"):
        HandledMissedCall.objects.create(
            organization=row.organization, phone_call=row.phone_call, reason="Again"
        )
    with refused(by="handledmissedcall_has_reason"):
        handled("")


def test_what_was_said_is_taken_back_once_by_somebody_and_nothing_else_changes() -> None:
    row = handled()
    user = make_membership(row.organization).user
    rows = HandledMissedCall.objects.filter(pk=row.pk)
    back: dict[str, Any] = {"undone_at": timezone.now(), "undone_by": user}
    for changes, by in (
        ({"undone_at": timezone.now()}, "handledmissedcall_undone_by_somebody"),
        ({"undone_by": user}, REFUSED),
        ({**back, "reason": "Never said"}, REFUSED),
        ({**back, "handled_by": user}, REFUSED),
    ):
        with refused(by=by):
            rows.update(**changes)
    assert rows.update(**back) == 1
    for again in (back, {"undone_at": None, "undone_by": None}):
        with refused(by=REFUSED):
            rows.update(**again)
    HandledMissedCall.objects.create(
        organization=row.organization, phone_call=row.phone_call, reason="Anew"
    )


def test_the_call_is_of_the_same_organisation() -> None:
    with refused(by="calls_handledmissedcall_phone_call_id_within_organization_id"):
        HandledMissedCall.objects.create(
            organization=make_organization(),
            phone_call=make_phone_call(make_organization()),
            reason="Mine",
        )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE calls_handledmissedcall SET reason = 'x'",
        "DELETE FROM calls_handledmissedcall",
        "TRUNCATE calls_handledmissedcall",
    ],
)
def test_what_was_said_of_missed_calls_only_grows(change: str) -> None:
    handled()
    with refused(by=REFUSED), connection.cursor() as cursor:
        cursor.execute(change)
