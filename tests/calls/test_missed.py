"""The queue of missed calls: what waits, what clears it, and marking it by hand."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.missed import MOST, handle_missed_calls, missed, missed_queue
from callcenter.calls.models import HandledMissedCall
from callcenter.core.errors import RuleError
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from callcenter.telephony.models import PhoneCall
from tests.calls.conftest import signed_in
from tests.factories import (
    make_call_log,
    make_extension,
    make_organization,
    make_party,
    make_phone_call,
    make_property,
)

ANA = "3055550142"


def rang(
    organization: Organization, *, minutes_ago: float = 60, number: str = ANA, **fields: Any
) -> PhoneCall:
    """A call that came in so long ago and that nobody answered."""
    at = timezone.now() - timedelta(minutes=minutes_ago)
    blank = {
        "published_at": at,
        "ended_at": at + timedelta(seconds=25),
        "disposition": 3,
        "caller_raw": f"+1{number}",
        "caller_e164": f"+1{number}",
        "caller_digits_reversed": number[::-1],
    }
    return make_phone_call(organization, **(blank | fields))


def mark(client: Client, view: str = "calls:missed_handle", **form: Any) -> Any:
    """Send the form that marks missed calls, with a fresh key unless one is given."""
    return client.post(reverse(view), {"key": str(uuid.uuid4())} | form)


def waiting(principal: Principal) -> list[int]:
    return [one.row.call.pk for one in missed_queue(principal).rows]


@pytest.fixture
def owner(people: dict[str, Membership]) -> Client:
    return signed_in(people["owner"])


def test_what_nobody_answered_waits_the_longest_waiting_first(
    organization: Organization, admin: Principal
) -> None:
    newer = rang(organization, number="2125550101", minutes_ago=5)
    older = rang(organization)
    rang(organization, number="2125550102", minutes_ago=15 * 24 * 60)  # long ago
    rang(organization, number="2125550103", flow=4)  # ours
    rang(organization, number="2125550104", ended_at=None, disposition=None)  # rings
    rang(organization, number="", caller_raw="Anonymous", caller_e164="")
    rang(make_organization())
    assert waiting(admin) == [older.pk, newer.pk]


def test_a_group_call_that_somebody_answered_was_not_missed(
    organization: Organization, admin: Principal
) -> None:
    call = rang(organization, minutes_ago=9, disposition=0)
    PhoneCall.objects.filter(pk=call.pk).update(answered_at=F("ended_at"))
    for n in (210, 211):
        extension = make_extension(organization, f"0003*{n}")
        make_party(call, extension=extension, ended_at=call.ended_at, disposition=3)
    assert waiting(admin) == []


def test_of_a_number_that_rings_again_the_latest_call_waits(
    organization: Organization, admin: Principal
) -> None:
    for minutes in (90, 60):
        rang(organization, minutes_ago=minutes)
    last = rang(organization, minutes_ago=30)
    (one,) = missed_queue(admin).rows
    assert (one.row.call.pk, one.times) == (last.pk, 3)


def test_it_clears_itself_when_the_number_is_answered_reached_or_logged_later(
    organization: Organization, admin: Principal
) -> None:
    numbers = [f"212555010{n}" for n in range(4)]
    for number in numbers:
        rang(organization, number=number)
    assert len(waiting(admin)) == 4
    at = timezone.now() - timedelta(minutes=5)
    rang(organization, number=numbers[0], minutes_ago=5, published_at=at, answered_at=at)
    make_phone_call(
        organization,
        flow=4,
        published_at=at,
        answered_at=at,
        called_digits_reversed=numbers[1][::-1],
    )
    make_call_log(organization, phone_digits_reversed=numbers[2][::-1])
    call = PhoneCall.objects.get(caller_e164=f"+1{numbers[3]}")
    early = {"contacted_at": timezone.now() - timedelta(days=9), "phone_call": call}
    make_call_log(organization, **early)
    assert waiting(admin) == []


def test_what_came_before_or_was_not_picked_up_or_is_of_others_clears_nothing(
    organization: Organization, admin: Principal
) -> None:
    call = rang(organization)
    at = timezone.now() - timedelta(minutes=90)
    rang(organization, published_at=at, answered_at=at, ended_at=at + timedelta(minutes=2))
    make_phone_call(organization, flow=4, called_digits_reversed=ANA[::-1])
    make_call_log(organization, contacted_at=at, phone_digits_reversed=ANA[::-1])
    make_call_log(make_organization(), phone_digits_reversed=ANA[::-1])
    assert waiting(admin) == [call.pk]


def test_b02_members_see_those_of_their_properties_and_of_none(
    organization: Organization, maple: Property, member: Principal, admin: Principal
) -> None:
    mine = rang(organization, number="2125550101", property=maple)
    nowhere = rang(organization, number="2125550102")
    others = rang(organization, number="2125550103", property=make_property(organization))
    assert set(waiting(member)) == {mine.pk, nowhere.pk}
    assert set(waiting(admin)) == {mine.pk, nowhere.pk, others.pk}
    said: dict[str, Any] = {"phone_call_ids": [others.pk], "reason": "Mine"}
    assert handle_missed_calls(**said, actor=member) == []
    assert others.pk in waiting(admin)


def test_marking_says_who_and_why_and_the_second_one_changes_nothing(
    organization: Organization, member: Principal, admin: Principal
) -> None:
    call = rang(organization)
    said: dict[str, Any] = {"phone_call_ids": [call.pk], "reason": " Rang back, wrong number "}
    (key,) = handle_missed_calls(**said, actor=member)
    assert handle_missed_calls(**said, actor=admin) == []
    row = HandledMissedCall.objects.get(pk=key)
    assert (row.reason, row.handled_by_name) == ("Rang back, wrong number", "Priya Nair")
    assert waiting(admin) == []
    again = rang(organization, minutes_ago=1)
    assert waiting(admin) == [again.pk]


@pytest.mark.parametrize(
    ("reason", "ids", "field"),
    [(" ", [1], "reason"), ("x" * 301, [1], "reason"), ("Done", [], "calls")],
)
def test_what_cannot_be_marked_is_refused(
    reason: str, ids: list[int], field: str, admin: Principal
) -> None:
    with pytest.raises(RuleError) as refused:
        handle_missed_calls(phone_call_ids=ids, reason=reason, actor=admin)
    assert refused.value.field == field
    with pytest.raises(RuleError):
        handle_missed_calls(phone_call_ids=range(MOST + 1), reason="Done", actor=admin)


def test_several_are_marked_in_the_list_with_one_reason(
    owner: Client, organization: Organization
) -> None:
    calls = [rang(organization, number=f"212555010{n}") for n in range(3)]
    page = owner.get(reverse("calls:unhandled"))
    assert "(212) 555-0100" in page.text
    chosen = [str(call.pk) for call in calls[:2]]
    refused = mark(owner, missed=chosen, reason="")
    assert refused.status_code == 422
    assert "Say what was done" in refused.text
    assert refused.text.count(" checked aria-label") == 2
    assert mark(owner, missed=chosen, reason="Vendor, rang back").status_code == 302
    done = owner.get(reverse("calls:unhandled"))
    assert "2 missed calls are handled." in done.text
    assert [one.row.call.pk for one in done.context["missed"].rows] == [calls[2].pk]
    history = owner.get(reverse("calls:phone"), {"state": "missed"}).text
    assert history.count("handled by <bdi>Dana Ruiz</bdi>: <bdi>Vendor, rang back</bdi>") == 2
    mark(owner, missed=["x", "999999999"], reason="Odd")
    nothing = owner.get(reverse("calls:unhandled")).text
    assert "0 missed calls are handled." in nothing
    assert 'name="token"' not in nothing  # there is nothing to undo


def test_the_queue_costs_as_many_statements_whatever_it_holds(
    organization: Organization, admin: Principal
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            missed_queue(admin)
        return len(seen)

    rang(organization)
    before = asked()
    for n in range(5):
        rang(organization, number=f"212555010{n}", property=make_property(organization))
    assert asked() == before == 3
    assert missed(admin).count() == 6
