"""Call logs and the telephone calls that they were written down in."""

from datetime import UTC, datetime

import pytest

from callcenter.accounts.models import Organization
from callcenter.calls.linking import link_phone_call, unlink_phone_call
from callcenter.calls.models import CallLog, CommentKind
from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from callcenter.telephony.models import PhoneCall
from tests.factories import make_call_log, make_organization, make_phone_call

AT = datetime(2026, 11, 20, 19, 3, 11, tzinfo=UTC)


@pytest.fixture
def log(organization: Organization, maple: Property) -> CallLog:
    return make_call_log(organization, property=maple, contacted_zone="America/New_York")


@pytest.fixture
def rung(organization: Organization) -> PhoneCall:
    return make_phone_call(organization, published_at=AT, caller_e164="+13055550142")


def test_a_link_leaves_a_line_without_a_number_and_raises_the_version(
    log: CallLog, rung: PhoneCall, admin: Principal
) -> None:
    link_phone_call(call_log_id=log.pk, phone_call_id=rung.pk, seen_version=1, actor=admin)
    log.refresh_from_db()
    assert (log.phone_call, log.version) == (rung, 2)
    line = log.comments.get()
    assert line.text == f"Linked to phone call {rung.wire_id} of 2026-11-20 14:03:11 EST."
    assert line.kind == CommentKind.EDIT


def test_the_same_link_again_writes_nothing(
    log: CallLog, rung: PhoneCall, admin: Principal
) -> None:
    for _time in range(2):
        link_phone_call(call_log_id=log.pk, phone_call_id=rung.pk, actor=admin)
    assert (log.comments.count(), CallLog.objects.get(pk=log.pk).version) == (1, 2)


def test_an_unlinked_log_is_free_for_another_call(
    log: CallLog, rung: PhoneCall, admin: Principal, organization: Organization
) -> None:
    link_phone_call(call_log_id=log.pk, phone_call_id=rung.pk, actor=admin)
    other = make_phone_call(organization)
    with pytest.raises(RuleError) as refused:
        link_phone_call(call_log_id=log.pk, phone_call_id=other.pk, actor=admin)
    assert refused.value.field == "phone_call"
    for _time in range(2):
        unlink_phone_call(call_log_id=log.pk, actor=admin)
    said = list(log.comments.order_by("seq").values_list("text", flat=True))
    assert said[1:] == [f"No more linked to phone call {rung.wire_id}."]
    link_phone_call(call_log_id=log.pk, phone_call_id=other.pk, actor=admin)
    assert CallLog.objects.get(pk=log.pk).phone_call == other


def test_several_logs_are_of_one_call(
    log: CallLog, rung: PhoneCall, admin: Principal, organization: Organization
) -> None:
    for one in (log, make_call_log(organization)):
        link_phone_call(call_log_id=one.pk, phone_call_id=rung.pk, actor=admin)
    assert rung.call_logs.count() == 2


def test_b03_calls_that_the_actor_does_not_see_are_not_linked(
    log: CallLog, rung: PhoneCall, admin: Principal, member: Principal
) -> None:
    foreign = make_phone_call(make_organization())
    for actor, call in ((admin, foreign), (member, rung)):  # not at the member's extension
        with pytest.raises(RuleError):
            link_phone_call(call_log_id=log.pk, phone_call_id=call.pk, actor=actor)
    with pytest.raises(NotFoundError):
        unlink_phone_call(call_log_id=make_call_log(make_organization()).pk, actor=admin)


def test_the_second_of_two_writers_is_told(log: CallLog, rung: PhoneCall, admin: Principal) -> None:
    link_phone_call(call_log_id=log.pk, phone_call_id=rung.pk, seen_version=1, actor=admin)
    with pytest.raises(StaleError):
        unlink_phone_call(call_log_id=log.pk, seen_version=1, actor=admin)
