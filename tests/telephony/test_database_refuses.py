"""What PostgreSQL refuses of telephone calls and their parties."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.utils import timezone

from callcenter.telephony.models import PhoneCall, PhoneCallParty
from tests.factories import (
    make_call_log,
    make_extension,
    make_organization,
    make_party,
    make_phone_call,
    make_property,
    make_upstream,
)
from tests.refusals import refused, sql

pytestmark = pytest.mark.django_db
NOW = timezone.now()
BEFORE = NOW - timedelta(seconds=1)


@pytest.fixture
def call() -> PhoneCall:
    organization = make_organization()
    return make_phone_call(
        organization,
        upstream=make_upstream(organization),
        extension=make_extension(organization),
        published_at=NOW,
    )


@pytest.fixture
def party(call: PhoneCall) -> PhoneCallParty:
    return make_party(call, extension=call.extension)


def changed(row: models.Model, **fields: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**fields)  # noqa: SLF001 (Django's name)


@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize(
    "table", ["extension", "upstream", "phonecall", "phonecallparty", "phonecallevent"]
)
def test_inv31_calls_and_what_was_told_of_them_are_never_deleted(
    party: PhoneCallParty, table: str, statement: str
) -> None:
    with refused(by="permission denied|rows here are kept"):
        sql(statement.format(f"telephony_{table}"))


def test_inv31_not_even_the_owner_of_the_tables_deletes_calls() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE '%%_refuse' AND c.relname LIKE 'telephony_%%'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    kept = {f"telephony_{name}" for name in ("phonecall", "phonecallparty", "upstream")}
    assert kept | {f"{name}auditevent" for name in kept} <= guarded
    assert "telephony_phonecallevent" in guarded


@pytest.mark.parametrize("statement", ["UPDATE {} SET pgh_label = 'x'", "DELETE FROM {}"])
def test_b44_who_changed_a_call_stays_on_record(call: PhoneCall, statement: str) -> None:
    with refused(by="permission denied|rows here are kept"):
        sql(statement.format("telephony_phonecallauditevent"))


def test_a_source_tells_of_a_call_once(call: PhoneCall) -> None:
    same = {"source": call.source, "external_id": call.external_id}
    with refused(by="phonecall_source_key"):
        make_phone_call(call.organization, **same)
    make_phone_call(make_organization(), **same)


def test_a_call_has_one_name_on_the_wire_in_its_organisation(call: PhoneCall) -> None:
    with refused(by="phonecall_wire_id_once"):
        make_phone_call(call.organization, wire_id=call.wire_id)
    make_phone_call(make_organization(), wire_id=call.wire_id)
    for wrong in ("", "9F3C1D7AE05B42C6D811", "9f3c1d7ae05b42c6d81", "9f3c1d7ae05b42c6d81g"):
        with refused(by="phonecall_wire_id_form"):
            changed(call, wire_id=wrong)


def test_a_call_comes_from_somewhere(call: PhoneCall) -> None:
    for name in ("source", "external_id"):
        with refused(by="phonecall_has_source"):
            changed(call, **{name: ""})


@pytest.mark.parametrize(
    "times",
    [
        {"answered_at": BEFORE},
        {"ended_at": BEFORE},
        {"answered_at": NOW + timedelta(seconds=9), "ended_at": NOW + timedelta(seconds=8)},
    ],
)
def test_times_of_a_call_are_in_order(call: PhoneCall, times: dict[str, Any]) -> None:
    with refused(by="phonecall_times_in_order"):
        changed(call, **times)
    changed(call, answered_at=NOW, ended_at=NOW)


@pytest.mark.parametrize(
    "times",
    [
        {"ringing_at": NOW, "answered_at": BEFORE},
        {"ringing_at": NOW, "ended_at": BEFORE},
        {"answered_at": NOW, "ended_at": BEFORE},
    ],
)
def test_times_of_a_party_are_in_order(party: PhoneCallParty, times: dict[str, Any]) -> None:
    with refused(by="phonecallparty_times_in_order"):
        changed(party, **times)
    changed(party, ringing_at=NOW, answered_at=NOW, ended_at=NOW)


def test_numbers_of_the_wire_are_known(party: PhoneCallParty) -> None:
    with refused(by="phonecall_flow_known"):
        changed(party.phone_call, flow=3)
    with refused(by="phonecallparty_flow_known"):
        changed(party, flow=3)
    with refused(by="phonecallparty_status_known"):
        changed(party, status=6)
    changed(party.phone_call, flow=None)
    changed(party, flow=None, status=0)


def test_only_what_ended_came_to_something(party: PhoneCallParty) -> None:
    for row, by in (
        (party.phone_call, "phonecall_disposition_of_what_ended"),
        (party, "phonecallparty_disposition_of_what_ended"),
    ):
        with refused(by=by):
            changed(row, disposition=0)
        with refused(by=by):
            changed(row, disposition=6, ended_at=NOW)
        changed(row, ended_at=NOW)
        changed(row, disposition=5)


def test_numbers_in_full_have_their_form(call: PhoneCall) -> None:
    for name in ("caller_e164", "called_e164"):
        with refused(by="phonecall_e164_form"):
            changed(call, **{name: "12125550177"})
        changed(call, **{name: "+12125550177"})


def test_withdrawing_needs_a_reason(call: PhoneCall) -> None:
    with refused(by="phonecall_withdrawn_with_reason"):
        changed(call, withdrawn_at=NOW)
    with refused(by="phonecall_withdrawn_with_reason"):
        changed(call, withdrawn_reason="Twice")
    changed(call, withdrawn_at=NOW, withdrawn_reason="Twice")


def test_two_parties_have_two_places_at_the_end_of_a_transaction(party: PhoneCallParty) -> None:
    with refused(by="phonecallparty_position_once"):
        make_party(party.phone_call, position=party.position)
    second = make_party(party.phone_call, position=1)
    changed(party, position=1)  # they may change places
    changed(second, position=0)
    connection.check_constraints()


def test_b07_a_call_stays_within_its_organisation(call: PhoneCall) -> None:
    other = make_organization()
    for column, row in {
        "upstream": make_upstream(other),
        "extension": make_extension(other),
        "property": make_property(other),
    }.items():
        with refused(by=f"telephony_phonecall_{column}_id_within_organization_id"):
            changed(call, **{column: row})


def test_b07_a_partys_extension_is_of_its_calls_organisation(party: PhoneCallParty) -> None:
    other = make_organization()
    with refused(by="telephony_phonecallparty_extension_id_within_organization_id"):
        changed(party, extension=make_extension(other))
    with refused(by="telephony_phonecallparty_phone_call_id_within_organization_id"):
        changed(party, phone_call=make_phone_call(other))
    with refused(by="within_organization_id"):
        changed(party, organization=other)


def test_b07_a_log_is_of_a_phone_call_of_its_organisation(call: PhoneCall) -> None:
    logs = [make_call_log(call.organization, phone_call=call) for _ in range(2)]
    assert [log.phone_call for log in logs] == [call, call]
    with refused(by="calls_calllog_phone_call_id_within_organization_id"):
        make_call_log(make_organization(), phone_call=call)
