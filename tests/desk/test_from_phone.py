"""Answered calls that nobody logged: on the agent's list, and in the form, filled in."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.models import CallLog
from callcenter.calls.unlogged import unlogged
from callcenter.properties.models import Property, Resident
from callcenter.telephony.models import Extension, PhoneCall
from tests.factories import (
    make_call_log,
    make_extension,
    make_membership,
    make_organization,
    make_party,
    make_phone,
    make_phone_call,
    make_property,
    make_resident,
    make_unit,
    principal_again,
)

from .test_log_form import typed

NUMBER, REVERSED = "+13055550142", "2410555503"


@pytest.fixture
def mine(organization: Organization, me: Membership) -> Extension:
    return make_extension(organization, "0003*210", user=me.user)


def answered(extension: Extension, *, minutes_ago: float = 60, talked: int = 91) -> PhoneCall:
    """An incoming call answered at the extension, that ended so long ago."""
    ended = timezone.now() - timedelta(minutes=minutes_ago)
    picked_up = ended - timedelta(seconds=talked)
    call = make_phone_call(
        extension.organization,
        extension=extension,
        published_at=picked_up - timedelta(seconds=8),
        answered_at=picked_up,
        ended_at=ended,
        caller_raw=NUMBER,
        caller_e164=NUMBER,
        caller_digits_reversed=REVERSED,
        caller_name="ANA CRUZ",
    )
    make_party(call, extension=extension, answered_at=picked_up, ended_at=ended, disposition=0)
    return call


def waiting(me: Membership) -> list[int]:
    return list(unlogged(principal_again(me)).order_by("pk").values_list("pk", flat=True))


def test_an_answered_call_without_a_log_waits_for_who_answered(
    me: Membership, mine: Extension, organization: Organization
) -> None:
    call = answered(mine)
    answered(mine, talked=20)  # a slip
    answered(mine, minutes_ago=29)  # there is time yet
    answered(mine, minutes_ago=15 * 24 * 60)  # long ago
    make_phone_call(organization, extension=mine)  # goes on
    theirs = make_extension(organization, "0003*211", user=make_membership(organization).user)
    rang_here = answered(theirs)
    make_party(rang_here, extension=mine, ended_at=rang_here.answered_at, disposition=3)
    assert waiting(me) == [call.pk]


def test_a_log_tied_to_it_clears_it_and_a_withdrawn_one_does_not(
    me: Membership, mine: Extension, organization: Organization
) -> None:
    call = answered(mine)
    withdrawn = {"withdrawn_at": timezone.now(), "withdrawn_reason": "A test"}
    log = make_call_log(organization, phone_call=call, **withdrawn)
    assert waiting(me) == [call.pk]
    CallLog.objects.filter(pk=log.pk).update(withdrawn_at=None, withdrawn_reason="")
    assert waiting(me) == []


@pytest.mark.parametrize(("minutes", "left"), [(-15, 1), (-5, 0), (2, 0), (25, 0), (35, 1)])
def test_whoever_wrote_by_hand_about_that_time_need_not_write_again(
    minutes: int, left: int, me: Membership, mine: Extension, organization: Organization
) -> None:
    call = answered(mine)
    number = {"phone_e164": NUMBER, "phone_digits_reversed": REVERSED}
    start = call.published_at
    make_call_log(organization, contacted_at=start + timedelta(minutes=minutes), **number)
    assert len(waiting(me)) == left


def test_a_log_of_another_organisation_clears_nothing(me: Membership, mine: Extension) -> None:
    call = answered(mine)
    make_call_log(
        make_organization(),
        phone_e164=NUMBER,
        phone_digits_reversed=REVERSED,
        contacted_at=call.published_at,
    )
    assert waiting(me) == [call.pk]


def test_the_list_leads_to_a_form_in_which_all_is_filled_in(
    client: Client, mine: Extension, maple: Property, ana: Resident
) -> None:
    call = answered(mine)
    make_phone(ana, NUMBER, digits_reversed=REVERSED)
    page = client.get(reverse("calls:finish"))
    address = f"{reverse('desk:new')}?phone_call={call.pk}"
    assert f'href="{address}"' in page.text
    answer = client.get(address)
    form = answer.context["form"]
    assert (form.place.resident, form.place.property) == (ana, maple)
    assert form.initial["phone"] == NUMBER
    assert (form.initial["direction"], form.initial["duration"]) == ("inbound", "1:31")
    at = call.published_at.astimezone(ZoneInfo(maple.time_zone))
    assert form.initial["contacted"] == f"{at:%Y-%m-%d %H:%M:%S}"
    assert f'name="phone_call" value="{call.pk}"' in answer.text


def test_a_number_of_two_people_or_of_nobody_leaves_the_place_open(
    client: Client, mine: Extension, maple: Property
) -> None:
    call = answered(mine)
    address = f"{reverse('desk:new')}?phone_call={call.pk}"
    form = client.get(address).context["form"]
    assert (form.place.resident, form.initial["call_from"]) == (None, "ANA CRUZ")
    for _ in range(2):
        make_phone(make_resident(make_unit(maple)), NUMBER, digits_reversed=REVERSED)
    assert client.get(address).context["form"].place.resident is None


def test_saving_ties_the_log_to_the_call_once(
    client: Client, me: Membership, organization: Organization, mine: Extension
) -> None:
    call = answered(mine)
    known = client.get(reverse("desk:new"), {"phone_call": call.pk}).context["form"].initial
    form = typed(organization, phone_call=call.pk, **{k: v for k, v in known.items() if v != []})
    for _ in range(2):  # the second time is a repetition
        assert client.post(reverse("desk:new"), form).status_code == 302
    log = CallLog.objects.get()
    assert (log.phone_call, log.duration_seconds, log.phone_e164) == (call, 91, NUMBER)
    assert abs(log.contacted_at - call.published_at) < timedelta(seconds=1)
    (line,) = log.comments.values_list("text", flat=True)
    assert (line or "").startswith(f"Linked to phone call {call.wire_id}")
    assert waiting(me) == []
    address = reverse("calls:phone_call", args=[call.pk])
    assert address in client.get(reverse("calls:detail", args=[log.pk])).text


def test_whoever_rings_back_a_missed_call_finds_it_in_the_form(
    client: Client, me: Membership, organization: Organization, mine: Extension
) -> None:
    Organization.objects.update(members_see_unplaced=False)
    at_anothers = make_extension(organization, "0003*211")
    call = answered(at_anothers)
    address = reverse("desk:new")
    assert client.get(address, {"phone_call": call.pk}).status_code == 404
    PhoneCall.objects.filter(pk=call.pk).update(answered_at=None, disposition=3)
    known = client.get(address, {"phone_call": call.pk}).context["form"].initial
    assert (known["phone"], known["duration"]) == (NUMBER, "")
    form = typed(organization, phone_call=call.pk, phone=NUMBER, call_from="Ana")
    assert client.post(address, form).status_code == 302
    log = CallLog.objects.get()
    assert log.phone_call == call
    address = reverse("calls:phone_call", args=[call.pk])
    assert address in client.get(reverse("calls:detail", args=[log.pk])).text


def test_b03_a_call_that_one_does_not_see_is_absent(
    client: Client, organization: Organization, me: Membership
) -> None:
    foreign = make_phone_call(make_organization())
    others = make_phone_call(organization, property=make_property(organization))
    for named in (foreign.pk, others.pk, "12x", 10**12):
        assert client.get(reverse("desk:new"), {"phone_call": named}).status_code == 404
        form: dict[str, Any] = typed(organization, phone_call=named, call_from="Ana")
        assert client.post(reverse("desk:new"), form).status_code == 422
    assert not CallLog.objects.exists()
