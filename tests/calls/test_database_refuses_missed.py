"""What PostgreSQL refuses about missed calls that were handled."""

import pytest
from django.db import connection

from callcenter.calls.models import HandledMissedCall
from tests.factories import make_organization, make_phone_call
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def handled(reason: str = "Rang back") -> HandledMissedCall:
    call = make_phone_call(make_organization())
    return HandledMissedCall.objects.create(
        organization=call.organization, phone_call=call, reason=reason
    )


def test_a_call_is_handled_once_and_with_a_reason() -> None:
    row = handled()
    with refused(by="handledmissedcall_once"):
        HandledMissedCall.objects.create(
            organization=row.organization, phone_call=row.phone_call, reason="Again"
        )
    with refused(by="handledmissedcall_has_reason"):
        handled("")


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
    with refused(by="rows here are kept|permission denied"), connection.cursor() as cursor:
        cursor.execute(change)
