"""What PostgreSQL refuses about remembered numbers and their calls."""

import pytest

from callcenter.calls.models import CallLog, RememberedCall, RememberedNumber
from tests.factories import (
    make_call_log,
    make_organization,
    make_property,
    make_resident,
    make_unit,
)
from tests.refusals import refused


@pytest.fixture
def number(db: None) -> RememberedNumber:
    organization = make_organization()
    ana = make_resident(make_unit(make_property(organization), number="12B"))
    return RememberedNumber.objects.create(organization=organization, resident=ana)


def linked(number: RememberedNumber, log: CallLog) -> RememberedCall:
    return RememberedCall.objects.create(
        organization=number.organization, remembered=number, call_log=log, call_from_before="x"
    )


def test_a_call_comes_with_a_number_once(number: RememberedNumber) -> None:
    log = make_call_log(number.organization)
    linked(number, log)
    with refused(by="rememberedcall_once"):
        linked(number, log)


def test_number_resident_and_calls_are_of_one_organization(number: RememberedNumber) -> None:
    other = make_organization()
    with refused(by="calls_rememberedcall_call_log_id_within_organization_id"):
        linked(number, make_call_log(other))
    with refused(by="calls_rememberednumber_resident_id_within_organization_id"):
        RememberedNumber.objects.create(organization=other, resident=number.resident)
    with refused(by="calls_rememberedcall_remembered_id_within_organization_id"):
        RememberedCall.objects.create(
            organization=other,
            remembered=number,
            call_log=make_call_log(other),
            call_from_before="x",
        )
