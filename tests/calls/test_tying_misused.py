"""Links of logs and telephone calls from two tabs, after rights are gone, and by odd forms."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.models import CallLog
from callcenter.properties.models import Property, PropertyLink
from callcenter.telephony.models import PhoneCall
from callcenter.telephony.withdrawing import withdraw_phone_call
from tests.calls.conftest import post, signed_in
from tests.calls.test_undo import token_in, undo
from tests.factories import make_call_log, make_phone_call, make_property, principal_again

ODD = ("\x00", "a\x00b", "\u202e1", "\u200b1", "\uff11\uff12", "-1", "1e3", "9" * 19, "9" * 5_000)
LONG = "7" * 1_000_000


@pytest.fixture
def member(people: dict[str, Membership]) -> Client:
    return signed_in(people["member"])


@pytest.fixture
def rung(organization: Organization, maple: Property) -> PhoneCall:
    at = timezone.now() - timedelta(hours=1)
    ended = at + timedelta(seconds=99)
    return make_phone_call(organization, property=maple, published_at=at, ended_at=ended)


@pytest.fixture
def other(organization: Organization, maple: Property) -> PhoneCall:
    return make_phone_call(organization, property=maple)


@pytest.fixture
def log(organization: Organization, maple: Property) -> CallLog:
    return make_call_log(organization, property=maple)


def tied(log: CallLog) -> PhoneCall | None:
    log.refresh_from_db()
    return log.phone_call


def lines(log: CallLog) -> int:
    return log.comments.count()


def test_an_old_page_of_a_call_unlinks_nothing_of_another_call(
    member: Client, rung: PhoneCall, other: PhoneCall, log: CallLog
) -> None:
    CallLog.objects.filter(pk=log.pk).update(phone_call=other)
    answer = post(member, "calls:phone_call_tie", rung.pk, log=str(log.pk), untie="1")
    assert answer.status_code == 409
    assert "of another phone call" in answer.text
    assert (tied(log), lines(log)) == (other, 0)


def test_an_old_page_of_a_log_unlinks_only_what_it_showed(
    member: Client, rung: PhoneCall, other: PhoneCall, log: CallLog
) -> None:
    CallLog.objects.filter(pk=log.pk).update(phone_call=rung)
    shown = member.get(reverse("calls:of_log", args=[log.pk])).text
    assert f'name="was" value="{rung.pk}"' in shown
    CallLog.objects.filter(pk=log.pk).update(phone_call=other)
    answer = post(member, "calls:of_log", log.pk, was=rung.pk)
    assert (answer.status_code, tied(log), lines(log)) == (409, other, 0)
    assert "of another phone call" in answer.text
    post(member, "calls:of_log", log.pk, was=other.pk)
    assert tied(log) is None
    assert post(member, "calls:of_log", log.pk, was=other.pk).status_code == 302
    assert lines(log) == 1


def test_b46_the_same_form_twice_links_once_and_without_a_key_not_at_all(
    member: Client, rung: PhoneCall, log: CallLog
) -> None:
    url = reverse("calls:phone_call_tie", args=[rung.pk])
    assert member.post(url, {"log": log.pk}).status_code == 422
    assert tied(log) is None
    form = {"log": log.pk, "key": "k1"}
    for _ in range(2):
        assert member.post(url, form).status_code == 302
    assert (tied(log), lines(log)) == (rung, 1)
    CallLog.objects.filter(pk=log.pk).update(phone_call=None)
    assert member.post(url, form).status_code == 302  # an old answer, no new link
    assert (tied(log), lines(log)) == (None, 1)
    assert member.post(url, form | {"log": "1"}).status_code == 409


def test_b03_a_member_who_lost_the_property_links_and_undoes_nothing(
    member: Client, people: dict[str, Membership], rung: PhoneCall, log: CallLog
) -> None:
    post(member, "calls:phone_call_tie", rung.pk, log=str(log.pk))
    token = token_in(member.get(reverse("calls:phone_call", args=[rung.pk])).text)
    PropertyLink.objects.filter(membership=people["member"]).delete()
    for answer in (
        undo(member, token),
        post(member, "calls:phone_call_tie", rung.pk, log=str(log.pk), untie="1"),
        post(member, "calls:of_log", log.pk),
    ):
        assert answer.status_code == 404
    assert (tied(log), lines(log)) == (rung, 1)


def test_nobody_undoes_the_link_of_somebody_else(
    member: Client, people: dict[str, Membership], rung: PhoneCall, log: CallLog
) -> None:
    post(member, "calls:phone_call_tie", rung.pk, log=str(log.pk))
    token = token_in(member.get(reverse("calls:phone_call", args=[rung.pk])).text)
    for who in ("owner", "admin"):
        answer = undo(signed_in(people[who], htmx=True), token)
        assert answer.status_code == 422
        assert "cannot be undone from here" in answer.text
    assert (tied(log), lines(log)) == (rung, 1)


def test_what_was_unlinked_from_a_call_that_is_not_seen_goes_back(
    member: Client, organization: Organization, log: CallLog
) -> None:
    hidden = make_phone_call(organization, property=make_property(organization))
    CallLog.objects.filter(pk=log.pk).update(phone_call=hidden)
    detail = reverse("calls:detail", args=[log.pk])
    assert reverse("calls:of_log", args=[log.pk]) in member.get(detail).text
    assert post(member, "calls:of_log", log.pk, was=hidden.pk).status_code == 302
    assert tied(log) is None
    undo(member, token_in(member.get(detail).text))
    assert tied(log) == hidden


def test_a_log_of_a_withdrawn_call_can_be_linked_to_the_right_one(
    member: Client, people: dict[str, Membership], rung: PhoneCall, other: PhoneCall, log: CallLog
) -> None:
    post(member, "calls:phone_call_tie", other.pk, log=str(log.pk))
    owner = principal_again(people["owner"])
    withdraw_phone_call(phone_call_id=other.pk, reason="A test", actor=owner)
    detail = member.get(reverse("calls:detail", args=[log.pk])).text
    assert reverse("calls:of_log", args=[log.pk]) in detail
    choose = member.get(reverse("calls:of_log", args=[log.pk])).text
    assert f'name="was" value="{other.pk}"' in choose
    assert post(member, "calls:of_log", log.pk, was=other.pk).status_code == 302
    assert post(member, "calls:phone_call_tie", rung.pk, log=str(log.pk)).status_code == 302
    assert tied(log) == rung


@pytest.mark.parametrize("odd", [*ODD, LONG], ids=range(len(ODD) + 1))
def test_b20_odd_ids_are_refused_in_words_on_either_side(
    member: Client, rung: PhoneCall, log: CallLog, odd: str
) -> None:
    CallLog.objects.filter(pk=log.pk).update(phone_call=rung)
    for url, form in (
        ("calls:phone_call_tie", {"log": odd}),
        ("calls:phone_call_tie", {"log": odd, "untie": odd}),
        ("calls:of_log", {"phone_call": odd}),
        ("calls:of_log", {"was": odd}),
    ):
        pk = rung.pk if url.endswith("tie") else log.pk
        answer = post(member, url, pk, **form)
        assert answer.status_code in (409, 422), (url, form)
        assert 'role="alert"' in answer.text
    assert (tied(log), lines(log)) == (rung, 0)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_bodies_of_another_type_do_nothing(
    member: Client, rung: PhoneCall, log: CallLog, kind: str
) -> None:
    body: Any = f'{{"log": "{log.pk}", "key": "k1"}}'
    for name, pk in (("phone_call_tie", rung.pk), ("of_log", log.pk)):
        url = reverse(f"calls:{name}", args=[pk])
        answer = member.generic("POST", url, body, kind)
        assert answer.status_code in (400, 422)
    assert tied(log) is None
    for method in ("PUT", "DELETE", "PATCH"):
        assert member.generic(method, url).status_code == 405


@pytest.mark.parametrize("name", ["cursor", "number", "extension", "property", "call", "since"])
@pytest.mark.parametrize("odd", ["\x00", "\ud800", "\u202e\u200b", "9" * 5_000, "x" * 1_000_000])
def test_b20_odd_filters_of_the_history_find_nothing_or_say_so(
    member: Client, rung: PhoneCall, name: str, odd: str
) -> None:
    asked = odd.encode("utf-8", "surrogatepass")
    for page in ("calls:phone", "calls:phone_days"):
        answer = member.get(reverse(page), {name: asked})
        assert answer.status_code in (200, 404, 422), (page, name)
    assert member.get(reverse("calls:phone"), {"direction": asked}).status_code == 422
    assert member.get(reverse("desk:new"), {"phone_call": asked}).status_code == 404
