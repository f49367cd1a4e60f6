"""Marking missed calls as handled, undone: the row stays, and the call waits again."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.missed import handle_missed_calls, undo_handled
from callcenter.calls.models import HandledMissedCall
from callcenter.core.errors import NotFoundError, StaleError
from callcenter.properties.models import Property, PropertyLink
from callcenter.properties.principals import Principal
from callcenter.telephony.models import PhoneCall
from callcenter.telephony.withdrawing import withdraw_phone_call
from tests.calls.conftest import signed_in
from tests.calls.test_missed import mark, rang, waiting
from tests.calls.test_missed_misused import ADDRESSES, at_once
from tests.calls.test_undo import token_in, undo
from tests.factories import make_call_log, make_membership, make_organization, principal_again


@pytest.fixture
def member_client(people: dict[str, Membership]) -> Client:
    return signed_in(people["member"], htmx=True)


@pytest.fixture
def call(organization: Organization, maple: Property) -> PhoneCall:
    return rang(organization, property=maple)


@pytest.fixture
def handled(call: PhoneCall, member: Principal) -> int:
    """The row by which the member said that the call is handled."""
    (key,) = handle_missed_calls(phone_call_ids=[call.pk], reason="Rang back", actor=member)
    return key


@pytest.mark.parametrize("name", ADDRESSES)
def test_undo_lets_the_call_wait_again_and_the_row_says_who_took_it_back(
    member_client: Client, member: Principal, call: PhoneCall, name: str
) -> None:
    answer = mark(member_client, name, missed=call.pk, reason="Rang back")
    assert "1 missed call is handled." in answer.text
    assert waiting(member) == []
    gone_back = undo(member_client, token_in(answer.text))
    assert (gone_back.status_code, gone_back.headers["HX-Trigger-After-Swap"]) == (200, "undone")
    assert waiting(member) == [call.pk]
    row = HandledMissedCall.objects.get()
    assert (row.reason, row.handled_by_name) == ("Rang back", "Priya Nair")
    assert (row.undone_by_id, row.undone_at is not None) == (member.user_id, True)


def test_the_list_that_a_form_answered_is_read_again_where_it_stands(
    member_client: Client, call: PhoneCall
) -> None:
    page = {"hx-current-url": "http://testserver/unhandled/?cursor=x"}
    answer = member_client.post(
        reverse("calls:missed_handle"),
        {"missed": call.pk, "reason": "Rang back", "key": "k1"},
        headers=page,
    )
    assert 'hx-get="/unhandled/?cursor=x" hx-trigger="undone' in answer.text
    elsewhere = mark(member_client, missed=call.pk, reason=" ")
    assert 'hx-get="/unhandled/" hx-trigger="undone' in elsewhere.text


def test_what_was_taken_back_may_be_handled_anew(
    member: Principal, admin: Principal, call: PhoneCall, handled: int
) -> None:
    undo_handled(handled_id=handled, actor=member)
    said: dict[str, Any] = {"phone_call_ids": [call.pk], "reason": "Wrote an e-mail"}
    (again,) = handle_missed_calls(**said, actor=admin)
    assert waiting(admin) == []
    with pytest.raises(StaleError):
        undo_handled(handled_id=handled, actor=member)  # of before: the other one stands
    assert waiting(admin) == []
    undo_handled(handled_id=again, actor=admin)
    assert waiting(admin) == [call.pk]


def test_b46_the_same_form_and_the_same_undo_twice_are_one(
    member_client: Client, member: Principal, call: PhoneCall
) -> None:
    form: dict[str, Any] = {"missed": call.pk, "reason": "Rang back", "key": "k1"}
    first, second = mark(member_client, **form), mark(member_client, **form)
    assert "1 missed call is handled." in second.text
    token = token_in(first.text)
    for _ in range(2):
        assert undo(member_client, token).status_code == 200
    late = undo(member_client, token_in(second.text))  # the other button for the same act
    assert late.status_code == 409
    assert "taken back before" in late.text
    assert mark(member_client, **form).status_code == 200  # an old answer: nothing is marked
    assert waiting(member) == [call.pk]
    assert mark(member_client, **form | {"reason": "Else"}).status_code == 409
    assert mark(member_client, **form | {"key": ""}).status_code == 422
    assert HandledMissedCall.objects.count() == 1


def test_several_go_back_at_once_and_those_that_cleared_themselves_stay_away(
    member_client: Client, organization: Organization, maple: Property, member: Principal
) -> None:
    numbers = [f"212555010{n}" for n in range(3)]
    calls = [rang(organization, number=number, property=maple) for number in numbers]
    answer = mark(member_client, missed=[call.pk for call in calls], reason="Rang back")
    make_call_log(organization, phone_digits_reversed=numbers[1][::-1])
    assert "Undone: 3." in undo(member_client, token_in(answer.text)).text
    assert set(waiting(member)) == {calls[0].pk, calls[2].pk}


def test_nobody_undoes_what_somebody_else_said(
    member_client: Client, people: dict[str, Membership], admin: Principal, call: PhoneCall
) -> None:
    token = token_in(mark(member_client, missed=call.pk, reason="Rang back").text)
    stranger = make_membership(make_organization(), Role.OWNER)
    for who in (people["owner"], people["admin"], stranger):
        assert undo(signed_in(who, htmx=True), token).status_code == 422
    assert waiting(admin) == []


def test_b03_who_lost_the_property_or_is_of_elsewhere_undoes_nothing(
    member_client: Client, admin: Principal, call: PhoneCall
) -> None:
    token = token_in(mark(member_client, missed=call.pk, reason="Rang back").text)
    PropertyLink.objects.all().delete()
    assert undo(member_client, token).status_code == 404
    stranger = principal_again(make_membership(make_organization(), Role.OWNER))
    for key in (HandledMissedCall.objects.get().pk, 0, 2**62):
        with pytest.raises(NotFoundError):
            undo_handled(handled_id=key, actor=stranger)
    assert waiting(admin) == []


def test_of_a_call_that_was_withdrawn_meanwhile_nothing_is_taken_back(
    member: Principal, people: dict[str, Membership], call: PhoneCall, handled: int
) -> None:
    owner = principal_again(people["owner"])
    withdraw_phone_call(phone_call_id=call.pk, reason="A test call", actor=owner)
    with pytest.raises(NotFoundError):
        undo_handled(handled_id=handled, actor=member)
    assert HandledMissedCall.objects.get().undone_at is None


def test_the_page_of_a_call_shows_what_was_taken_back_to_owners_and_admins_alone(
    people: dict[str, Membership], member: Principal, call: PhoneCall, handled: int
) -> None:
    undo_handled(handled_id=handled, actor=member)
    for who, is_told in (("owner", True), ("admin", True), ("member", False)):
        client = signed_in(people[who])
        text = client.get(reverse("calls:phone_call", args=[call.pk])).text
        assert ("Taken back" in text) == is_told
        assert ("<s>handled by <bdi>Priya Nair</bdi>: <bdi>Rang back</bdi></s>" in text) == is_told
        assert "missed-reason" in text
        listed = client.get(reverse("calls:phone"), {"state": "missed"}).text
        assert "Rang back" not in listed


@pytest.mark.usefixtures("committed_db")
def test_of_many_undoings_at_once_one_takes_it_back() -> None:
    organization = make_organization()
    actor = principal_again(make_membership(organization, Role.ADMIN))
    call = rang(organization)
    (key,) = handle_missed_calls(phone_call_ids=[call.pk], reason="Rang back", actor=actor)

    def take_back() -> bool:
        try:
            undo_handled(handled_id=key, actor=actor)
        except StaleError:
            return False
        return True

    assert sorted(at_once([take_back] * 8)) == [False] * 7 + [True]


@pytest.mark.usefixtures("committed_db")
def test_marking_and_undoing_at_once_leave_one_row_standing_or_none() -> None:
    organization = make_organization()
    actor = principal_again(make_membership(organization, Role.ADMIN))
    call = rang(organization)
    said: dict[str, Any] = {"phone_call_ids": [call.pk], "reason": "Rang back"}
    (key,) = handle_missed_calls(**said, actor=actor)
    acts: list[Callable[[], Any]] = [partial(undo_handled, handled_id=key, actor=actor)]
    acts += [partial(handle_missed_calls, **said, actor=actor)] * 7
    connection.close()
    at_once(acts)
    assert HandledMissedCall.objects.standing().count() <= 1
    assert HandledMissedCall.objects.filter(undone_at__isnull=False).count() == 1
