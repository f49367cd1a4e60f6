"""Remember this number: earlier calls come with it, once, and none that were somebody else's."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.models import CallLog, Comment, RememberedNumber, Remembering
from callcenter.calls.remembering import forget_number, go_on, remember_number
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.properties.admin_history import events_of
from callcenter.properties.models import Property, Resident, ResidentPhone, Unit
from callcenter.properties.principals import Principal
from tests.calls.conftest import post, signed_in
from tests.calls.test_undo import token_in, undo
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_phone,
    make_property,
    make_resident,
    make_unit,
    principal_again,
)

pytestmark = pytest.mark.django_db

NUMBER = {
    "phone_raw": "(212) 555-0143",
    "phone_e164": "+12125550143",
    "phone_digits_reversed": "3410555212",
}


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def unit(maple: Property) -> Unit:
    return make_unit(maple, number="12B")


@pytest.fixture
def ana(unit: Unit) -> Resident:
    return make_resident(unit, first_name="Ana", last_name="Ruiz")


@pytest.fixture
def member(me: Membership) -> Principal:
    return principal_again(me)


@pytest.fixture
def call(organization: Organization, unit: Unit) -> CallLog:
    """The call on the line, from the unit, by nobody known."""
    return make_call_log(
        organization, property=unit.property, unit=unit, call_from="a woman", **NUMBER
    )


def rung(organization: Organization, **fields: Any) -> CallLog:
    """An earlier call of the number, from nowhere unless told otherwise."""
    return make_call_log(organization, **{"call_from": "won't say"} | NUMBER | fields)


def all_of(remembered: RememberedNumber) -> None:
    while go_on(remembered.pk):
        pass
    remembered.refresh_from_db()


def residents(*calls: CallLog) -> list[int | None]:
    for call in calls:
        call.refresh_from_db()
    return [call.resident_id for call in calls]


def test_the_call_is_linked_at_once_and_earlier_ones_by_the_task(
    member: Principal, organization: Organization, call: CallLog, ana: Resident, unit: Unit
) -> None:
    nowhere = rung(organization)
    at_property = rung(organization, property=unit.property)
    written_otherwise = rung(organization, phone_raw="2125550143", phone_e164="")
    remembered = remember_number(call_log_id=call.pk, resident_id=ana.pk, actor=member)
    assert residents(call, nowhere) == [ana.pk, None]
    all_of(remembered)
    earlier = (nowhere, at_property, written_otherwise)
    assert residents(*earlier) == [ana.pk] * 3
    assert (remembered.state, remembered.linked_count) == (Remembering.LINKED, 3)
    assert {(log.unit_id, log.property_id, log.call_from) for log in earlier} == {
        (unit.pk, unit.property_id, "Ana Ruiz")
    }
    row = Comment.objects.get(call_log=nowhere)
    assert row.text
    assert (row.kind, row.author_name, nowhere.version) == ("edit", "Priya Nair", 2)
    assert "Number (212) 555-0143 remembered for Ana Ruiz." in row.text
    assert "Call from: “won't say” → “Ana Ruiz”" in row.text


def test_nothing_happens_twice(
    member: Principal, organization: Organization, call: CallLog, ana: Resident
) -> None:
    earlier = [rung(organization) for _ in range(60)]  # several chunks
    remembered = remember_number(call_log_id=call.pk, resident_id=ana.pk, actor=member)
    assert go_on(remembered.pk)
    all_of(remembered)
    all_of(remembered)
    assert set(residents(*earlier)) == {ana.pk}
    assert remembered.linked_count == 60
    assert Comment.objects.count() == 61
    with pytest.raises(RuleError, match="known already"):
        remember_number(call_log_id=call.pk, resident_id=ana.pk, actor=member)


def test_what_has_another_place_person_or_number_stays(
    member: Principal, organization: Organization, call: CallLog, ana: Resident, maple: Property
) -> None:
    next_door = make_unit(maple, number="12C")
    other = make_resident(next_door, last_name="Other")
    at_home = {"property": maple, "unit": next_door}
    left = [
        rung(organization, **at_home),
        rung(organization, **at_home, resident=other),
        rung(organization, property=make_property(organization)),
        rung(organization, phone_e164="+442125550143"),
        rung(organization, phone_digits_reversed="4410555212", phone_e164="+12125550144"),
        rung(organization, withdrawn_at=timezone.now(), withdrawn_reason="mistake"),
        rung(make_organization()),
        rung(
            organization,
            created_at=timezone.now() + timedelta(hours=1),
            updated_at=timezone.now() + timedelta(hours=1),
        ),
    ]
    before = residents(*left)
    all_of(remember_number(call_log_id=call.pk, resident_id=ana.pk, actor=member))
    assert residents(*left) == before


def test_a_number_that_moved_keeps_old_calls_with_whom_they_were(
    member: Principal, organization: Organization, call: CallLog, ana: Resident, maple: Property
) -> None:
    before = make_resident(make_unit(maple, number="9A"), last_name="Before")
    make_phone(before, "+12125550143", valid_from=date(2026, 1, 1), valid_to=date(2026, 3, 31))

    def on(day: datetime, **fields: Any) -> CallLog:
        return rung(organization, contacted_at=day, contacted_zone="UTC", **fields)

    utc = timezone.get_fixed_timezone(0)
    theirs = on(datetime(2026, 2, 1, tzinfo=utc), property=maple, unit=before.unit, resident=before)
    perhaps_theirs = on(datetime(2026, 3, 31, 12, tzinfo=utc))
    long_ago = on(datetime(2025, 12, 1, tzinfo=utc))
    since = on(datetime(2026, 4, 1, 12, tzinfo=utc))
    all_of(remember_number(call_log_id=call.pk, resident_id=ana.pk, actor=member))
    assert residents(theirs, perhaps_theirs, long_ago, since) == [before.pk, None, None, ana.pk]


def test_calls_that_a_second_holder_explains_are_left(
    member: Principal, organization: Organization, call: CallLog, ana: Resident, unit: Unit
) -> None:
    make_phone(make_resident(unit, last_name="Housemate"), "+12125550143")
    earlier = rung(organization)
    remembered = remember_number(call_log_id=call.pk, resident_id=ana.pk, actor=member)
    all_of(remembered)
    assert (residents(earlier), remembered.linked_count) == ([None], 0)


def test_a_unit_without_people_gets_one_by_a_name(member: Principal, call: CallLog) -> None:
    remembered = remember_number(call_log_id=call.pk, name="Maria de la Cruz", actor=member)
    assert residents(call) == [remembered.resident_id]
    assert call.call_from == "Maria de la Cruz"
    assert remembered.resident.last_name == "de la Cruz"


def test_undo_takes_the_number_and_gives_the_calls_back_by_new_rows(
    member: Principal, organization: Organization, call: CallLog, ana: Resident, maple: Property
) -> None:
    earlier = [rung(organization) for _ in range(30)]
    remembered = remember_number(call_log_id=call.pk, resident_id=ana.pk, actor=member)
    all_of(remembered)
    elsewhere = make_resident(make_unit(maple, number="1"), last_name="Corrected")
    CallLog.objects.filter(pk=earlier[0].pk).update(unit=elsewhere.unit, resident=elsewhere)
    forget_number(remembered_id=remembered.pk, actor=member)
    assert not ResidentPhone.objects.exists()
    assert residents(call) == [None]
    assert call.call_from == "a woman"
    all_of(remembered)
    assert remembered.state == Remembering.UNLINKED
    assert residents(*earlier) == [elsewhere.pk] + [None] * 29
    assert {(log.property_id, log.call_from) for log in earlier[1:]} == {(None, "won't say")}
    texts = [row.text or "" for row in Comment.objects.filter(call_log=earlier[1]).order_by("seq")]
    assert len(texts) == 2
    assert "not remembered any more" in texts[1]
    with pytest.raises(RuleError, match="undone before"):
        forget_number(remembered_id=remembered.pk, actor=member)


def test_the_audit_keeps_a_number_that_was_taken_back_and_by_whom(
    me: Membership, member: Principal, call: CallLog, ana: Resident
) -> None:
    client = signed_in(me, htmx=True)
    answer = post(client, "calls:remember", call.pk, resident=ana.pk, label="cell")
    number = ResidentPhone.objects.get()
    for _again in range(2):  # pressing twice is pressing once
        assert undo(client, token_in(answer.text)).status_code == 200
    assert not ResidentPhone.objects.exists()
    assert RememberedNumber.objects.get().state == Remembering.UNLINKED
    assert Comment.objects.filter(call_log=call).count() == 2
    kept = events_of(number)
    assert [event.verb for event in kept] == ["Deleted", "Added"]
    assert {event.actor for event in kept} == {"Priya Nair"}
    audit: Any = apps.get_model("properties", "ResidentPhoneAuditEvent")
    last = audit.objects.filter(pgh_obj_id=number.pk).order_by("-pgh_id").first()
    assert (last.e164, last.raw, last.resident_id) == (number.e164, number.raw, ana.pk)
    with pytest.raises(RuleError, match="undone before"):
        forget_number(remembered_id=RememberedNumber.objects.get().pk, actor=member)


def test_undo_while_the_task_is_at_work_leaves_nothing_linked(
    member: Principal, organization: Organization, call: CallLog, ana: Resident
) -> None:
    earlier = [rung(organization) for _ in range(60)]
    remembered = remember_number(call_log_id=call.pk, resident_id=ana.pk, actor=member)
    assert go_on(remembered.pk)
    forget_number(remembered_id=remembered.pk, actor=member)
    all_of(remembered)
    assert set(residents(call, *earlier)) == {None}


def test_b06_who_lost_the_right_meanwhile_links_nothing_more(
    member: Principal, me: Membership, organization: Organization, call: CallLog, ana: Resident
) -> None:
    earlier = rung(organization)
    remembered = remember_number(call_log_id=call.pk, resident_id=ana.pk, actor=member)
    Membership.objects.filter(pk=me.pk).update(is_active=False)
    all_of(remembered)
    assert (residents(earlier), remembered.state) == ([None], Remembering.STOPPED)


def test_b03_a_foreign_call_resident_or_number_is_like_an_absent_one(
    member: Principal, organization: Organization, call: CallLog, ana: Resident
) -> None:
    stranger = make_resident(make_unit(make_property(organization, name="X"), number="1"))
    foreign = make_call_log(make_organization(), **NUMBER)
    for call_id, resident_id in ((foreign.pk, ana.pk), (call.pk, stranger.pk), (call.pk, 10**9)):
        with pytest.raises(NotFoundError):
            remember_number(call_log_id=call_id, resident_id=resident_id, actor=member)
    remembered = remember_number(call_log_id=call.pk, resident_id=ana.pk, actor=member)
    colleague = principal_again(make_membership(organization, Role.OWNER))
    with pytest.raises(NotFoundError):
        forget_number(remembered_id=remembered.pk, actor=colleague)


def test_what_cannot_be_remembered_is_refused(
    member: Principal, organization: Organization, call: CallLog, ana: Resident, maple: Property
) -> None:
    next_door = make_resident(make_unit(maple, number="12C"), last_name="Next")
    silent = make_call_log(organization, property=maple, unit=ana.unit)
    withheld = make_call_log(organization, property=maple, unit=ana.unit, phone_raw="Anonymous")
    nowhere = rung(organization)
    for call_id, fields in (
        (call.pk, {"resident_id": next_door.pk}),
        (silent.pk, {"resident_id": ana.pk}),
        (withheld.pk, {"resident_id": ana.pk}),
        (nowhere.pk, {"name": "Ana"}),
        (call.pk, {"name": " "}),
    ):
        with pytest.raises(RuleError):
            remember_number(call_log_id=call_id, actor=member, **fields)
    assert not ResidentPhone.objects.exists()
    assert not RememberedNumber.objects.exists()
