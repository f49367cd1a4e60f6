"""Erasing who rang out of what was pushed: one function may, and nothing else is touched."""

import psycopg
import pytest

from callcenter.properties.principals import Principal
from callcenter.telephony.models import PhoneCallEvent, Upstream
from callcenter.telephony.working import work_event
from tests.conftest import environment_of
from tests.factories import make_organization, make_upstream
from tests.refusals import sql
from tests.telephony.test_database_refuses_upstreams import make_event

RAW = {
    "CallID": "abc1",
    "callflow": "IN",
    "CallStatus": "CALLING",
    "CalledExtension": "0003*210",
    "CallerIDNum": "+13055550142",
    "CallerIDName": "ANA CRUZ",
    "CalledDID": "+12125550100",
    "Whatever": "Ana",
}
OF_NOBODY = dict(list(RAW.items())[:4])


def new_upstream() -> Upstream:
    return make_upstream(make_organization())


def erase(organization_id: int, *events: PhoneCallEvent) -> None:
    sql("SELECT telephony_erase_events(%s, %s)", organization_id, [event.pk for event in events])


@pytest.mark.django_db
def test_b43_one_function_takes_numbers_and_names_out_of_an_event_and_leaves_the_rest() -> None:
    upstream = new_upstream()
    event, other = make_event(upstream, raw=RAW), make_event(upstream, kind="answer", raw=RAW)
    erase(make_organization().pk, event)
    event.refresh_from_db()
    assert (event.raw, event.erased_at) == (RAW, None)
    erase(upstream.organization_id, event)
    erased = PhoneCallEvent.objects.get(pk=event.pk)
    assert (erased.raw, erased.received_at) == (OF_NOBODY, event.received_at)
    assert erased.erased_at is not None
    other.refresh_from_db()
    assert other.raw == RAW
    erase(upstream.organization_id, event)
    event.refresh_from_db()
    assert event.erased_at == erased.erased_at


@pytest.mark.django_db
def test_a_call_whose_events_were_erased_is_of_nobody_when_it_is_worked_again() -> None:
    upstream = new_upstream()
    events = [make_event(upstream, kind=kind, raw=RAW) for kind in ("dial-in", "answer", "hangup")]
    system = Principal.system(upstream.organization)

    def worked() -> tuple[str, str, bool]:
        call = work_event(event_id=events[0].pk, actor=system)
        assert call is not None
        call.refresh_from_db()
        return call.caller_raw, call.caller_name, call.answered_at is not None

    assert worked() == ("+13055550142", "ANA CRUZ", True)
    erase(upstream.organization_id, *events)
    assert worked() == ("", "", True)


@pytest.mark.parametrize(
    "change", ["raw = '{}'", "raw = raw", "erased_at = NULL", "kind = 'dial-out'"]
)
def test_not_even_the_owner_of_the_table_changes_an_event_otherwise(
    committed_db: str, change: str
) -> None:
    event = make_event(new_upstream(), raw=RAW)
    erased = make_event(event.upstream, kind="hangup", raw=RAW)
    erase(event.organization_id, erased)
    owner = environment_of(committed_db)["MIGRATE_DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as database:
        for pk in (event.pk, erased.pk):
            with pytest.raises(psycopg.Error, match="rows here are kept"):
                database.execute(
                    f"UPDATE telephony_phonecallevent SET {change} WHERE id = {pk}"  # noqa: S608
                )
