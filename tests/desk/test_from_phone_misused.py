"""The log form that names a telephone call: lost rights, two tabs, repetitions, odd ids."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.models import CallLog
from callcenter.properties.models import Property, PropertyLink
from callcenter.telephony.models import Extension, PhoneCall
from callcenter.telephony.withdrawing import withdraw_phone_call
from tests.factories import (
    make_call_log,
    make_extension,
    make_membership,
    make_organization,
    make_phone_call,
    make_property,
    principal_again,
)

from .test_from_phone import answered
from .test_log_form import typed

NEW = "/new/"


@pytest.fixture
def mine(organization: Organization, me: Membership) -> Extension:
    return make_extension(organization, "0003*210", user=me.user)


def lose_the_extension(call: PhoneCall, organization: Organization) -> None:
    Organization.objects.filter(pk=organization.pk).update(members_see_unplaced=False)
    Extension.objects.update(user=make_membership(organization).user)


def lose_the_property(call: PhoneCall, organization: Organization) -> None:
    PhoneCall.objects.filter(pk=call.pk).update(property=make_property(organization))
    PropertyLink.objects.all().delete()


def withdraw(call: PhoneCall, organization: Organization) -> None:
    owner = principal_again(make_membership(organization, Role.OWNER))
    withdraw_phone_call(phone_call_id=call.pk, reason="A test", actor=owner)


@pytest.mark.parametrize("lose", [lose_the_extension, lose_the_property, withdraw])
def test_a_call_that_is_lost_while_one_types_costs_the_link_and_no_word(
    client: Client, organization: Organization, mine: Extension, lose: Any
) -> None:
    call = answered(mine)
    assert client.get(NEW, {"phone_call": call.pk}).status_code == 200
    lose(call, organization)
    form = typed(organization, phone_call=call.pk, call_from="Ana", notes="Water again")
    refused = client.post(NEW, form)
    assert refused.status_code == 422
    assert "There is no such phone call." in refused.text
    assert "Water again" in refused.text
    assert 'name="phone_call"' not in refused.text  # so that saving again saves
    assert not CallLog.objects.exists()
    form.pop("phone_call")
    assert client.post(NEW, form).status_code == 302
    log = CallLog.objects.get()
    assert (log.notes, log.phone_call) == ("Water again", None)


def test_b46_the_same_form_with_another_call_is_refused(
    client: Client, organization: Organization, mine: Extension
) -> None:
    first, second = answered(mine), answered(mine, minutes_ago=30)
    form = typed(organization, phone_call=first.pk, call_from="Ana")
    assert client.post(NEW, form).status_code == 302
    for changed in (form | {"phone_call": second.pk}, {**form, "phone_call": ""}):
        answer = client.post(NEW, changed)
        assert answer.status_code == 409
        assert "saved before with other words" in answer.text
    assert CallLog.objects.get().phone_call == first


def test_of_two_tabs_each_writes_its_log_of_the_call(
    client: Client, organization: Organization, mine: Extension
) -> None:
    call = answered(mine)
    for who in ("Ana", "Ben"):
        form = typed(organization, phone_call=call.pk, call_from=who)
        assert client.post(NEW, form).status_code == 302
    assert list(call.call_logs.order_by("pk").values_list("call_from", flat=True)) == ["Ana", "Ben"]


def test_a_comment_instead_leaves_a_log_at_the_call_that_it_has(
    client: Client, organization: Organization, maple: Property, mine: Extension
) -> None:
    first, second = answered(mine), answered(mine, minutes_ago=30)
    log = make_call_log(organization, property=maple, phone_call=first)
    fields = {"phone_call": second.pk, "notes": "Rang again", "instead": log.pk}
    form = typed(organization, property=maple.pk, **fields)
    answer = client.post(NEW, form)
    log.refresh_from_db()
    assert (answer.status_code, log.phone_call, CallLog.objects.count()) == (302, first, 1)


@pytest.mark.parametrize(
    "odd",
    ["\x00", "\u202e1", "\u200b", "-1", "\uff11", "9" * 19, "9" * 5_000, "x" * 1_000_000],
    ids=range(8),
)
def test_b20_odd_ids_of_calls_are_refused_and_the_words_stay(
    client: Client, organization: Organization, me: Membership, odd: str
) -> None:
    answer = client.post(NEW, typed(organization, phone_call=odd, call_from="Ana", notes="Kept"))
    assert answer.status_code == 422
    assert "There is no such phone call." in answer.text
    assert "Kept" in answer.text
    assert not CallLog.objects.exists()


def test_names_that_telephones_tell_are_only_text(
    client: Client, organization: Organization, mine: Extension
) -> None:
    call = answered(mine)
    name = "\u202eevil\u2066\u200b<script>"
    PhoneCall.objects.filter(pk=call.pk).update(caller_name=name, caller_raw="\u202e<i>")
    for address in (
        reverse("calls:phone"),
        reverse("calls:phone_call", args=[call.pk]),
        reverse("calls:finish"),
        f"{NEW}?phone_call={call.pk}",
    ):
        text = client.get(address).text
        assert "<script>\u202e" not in text
        assert name not in text
        assert "\u202e<i>" not in text


@pytest.mark.parametrize("name", ["pop", "live", "live_queue", "live_today"])
def test_the_parts_that_read_themselves_again_take_no_other_method_and_nothing_of_others(
    client: Client, htmx: Client, mine: Extension, name: str
) -> None:
    foreign = make_organization(name="Canary Homes")
    make_phone_call(foreign, caller_name="Canary", caller_raw="+12025550199")
    url = reverse(f"desk:{name}")
    for method in ("POST", "PUT", "DELETE"):
        assert htmx.generic(method, url).status_code == 405
    asked: dict[str, Any] = {
        "of": f"{mine.user_id}.{foreign.pk}",
        "organization": foreign.pk,
        "board": "x" * 9_999,
    }
    answer = htmx.get(url, asked)
    assert answer.status_code == 200
    assert "Canary" not in answer.text
    assert "5550199" not in answer.text
