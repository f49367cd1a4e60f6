"""A log and its telephone call brought together, and apart, in the pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.models import CallLog
from callcenter.properties.models import Property
from callcenter.telephony.models import PhoneCall
from tests.calls.conftest import post, signed_in
from tests.calls.test_missed import mark
from tests.calls.test_undo import token_in, undo
from tests.factories import (
    make_call_log,
    make_extension,
    make_organization,
    make_party,
    make_phone_call,
    make_property,
)

DIGITS = "2410555503"


@pytest.fixture
def member(people: dict[str, Membership]) -> Client:
    return signed_in(people["member"])


@pytest.fixture
def rung(organization: Organization, maple: Property, people: dict[str, Membership]) -> PhoneCall:
    """A call to Maple Court an hour ago, which the member answered."""
    at = timezone.now() - timedelta(hours=1)
    extension = make_extension(organization, user=people["member"].user)
    call = make_phone_call(
        organization,
        property=maple,
        extension=extension,
        published_at=at,
        answered_at=at + timedelta(seconds=8),
        ended_at=at + timedelta(seconds=99),
        caller_raw="+13055550142",
        caller_e164="+13055550142",
        caller_digits_reversed=DIGITS,
    )
    make_party(call, extension=extension, answered_at=call.answered_at, ended_at=call.ended_at)
    other = make_extension(organization, "0003*299")
    make_party(call, extension=other, ended_at=call.answered_at, disposition=3)
    return call


@pytest.fixture
def log(organization: Organization, maple: Property, rung: PhoneCall) -> CallLog:
    return make_call_log(
        organization, property=maple, phone_digits_reversed=DIGITS, contacted_at=rung.published_at
    )


def tied(log: CallLog) -> PhoneCall | None:
    log.refresh_from_db()
    return log.phone_call


def page(rung: PhoneCall) -> str:
    return reverse("calls:phone_call", args=[rung.pk])


def test_a_call_is_tied_to_a_log_that_it_offers_and_goes_back(
    member: Client, rung: PhoneCall, log: CallLog
) -> None:
    shown = member.get(page(rung))
    assert [one.pk for one in shown.context["like"]] == [log.pk]
    answer = post(member, "calls:phone_call_tie", rung.pk, log=str(log.pk))
    assert (answer.status_code, answer.headers["Location"]) == (302, page(rung))
    assert tied(log) == rung
    shown = member.get(page(rung))
    assert [one.pk for one in shown.context["row"].logs] == [log.pk]
    assert not shown.context["like"]
    undo(member, token_in(shown.text))
    assert tied(log) is None
    said = list(log.comments.order_by("seq").values_list("text", flat=True))
    assert said[1] == f"No more linked to phone call {rung.wire_id}."


def test_a_log_is_untied_and_that_goes_back_too(
    member: Client, rung: PhoneCall, log: CallLog
) -> None:
    post(member, "calls:phone_call_tie", rung.pk, log=f"#{log.pk}")
    member.get(page(rung))  # shows the first toast
    post(member, "calls:phone_call_tie", rung.pk, log=str(log.pk), untie="1")
    assert tied(log) is None
    undo(member, token_in(member.get(page(rung)).text))
    assert tied(log) == rung


def test_what_changed_meanwhile_stays(member: Client, rung: PhoneCall, log: CallLog) -> None:
    post(member, "calls:phone_call_tie", rung.pk, log=str(log.pk))
    token = token_in(member.get(page(rung)).text)
    post(member, "calls:comment", log.pk, text="So I was told", visibility="internal")
    undo(member, token)
    assert tied(log) == rung


def test_a_log_finds_its_call_by_number_or_by_who_answered(
    member: Client, rung: PhoneCall, log: CallLog, organization: Organization, maple: Property
) -> None:
    detail, choose = (reverse(f"calls:{n}", args=[log.pk]) for n in ("detail", "of_log"))
    assert f'href="{choose}"' in member.get(detail).text
    far = make_phone_call(organization, property=maple, published_at=timezone.now())
    offered = member.get(choose).context["rows"]
    assert [row.call.pk for row in offered] == [rung.pk]
    CallLog.objects.filter(pk=log.pk).update(phone_digits_reversed="")
    assert [row.call.pk for row in member.get(choose).context["rows"]] == [rung.pk]
    answer = post(member, "calls:of_log", log.pk, phone_call=rung.pk)
    assert answer.headers["Location"] == detail
    assert page(rung) in member.get(detail).text
    refused = post(member, "calls:of_log", log.pk, phone_call=far.pk)
    assert (refused.status_code, tied(log)) == (422, rung)
    assert "unlink that one first" in refused.text
    post(member, "calls:of_log", log.pk)
    assert tied(log) is None


@pytest.mark.parametrize("typed", ["", "x", "0", "99999999", "9" * 20])
def test_a_log_that_is_none_is_refused_in_words(
    member: Client, rung: PhoneCall, typed: str
) -> None:
    answer = post(member, "calls:phone_call_tie", rung.pk, log=typed)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_b03_neither_side_is_reached_from_where_it_is_not_seen(
    member: Client, organization: Organization, rung: PhoneCall, log: CallLog
) -> None:
    away = make_property(organization)
    hidden = make_phone_call(organization, property=away)
    foreign = make_phone_call(make_organization())
    for call in (hidden, foreign):
        assert member.get(page(call)).status_code == 404
        assert post(member, "calls:phone_call_tie", call.pk, log=str(log.pk)).status_code == 404
        assert post(member, "calls:of_log", log.pk, phone_call=call.pk).status_code == 422
    secret = make_call_log(organization, property=away, phone_digits_reversed=DIGITS)
    assert secret.pk not in [one.pk for one in member.get(page(rung)).context["like"]]
    assert post(member, "calls:phone_call_tie", rung.pk, log=str(secret.pk)).status_code == 422
    assert member.get(reverse("calls:of_log", args=[secret.pk])).status_code == 404


def test_the_strip_shows_who_rang_and_talked(member: Client, rung: PhoneCall) -> None:
    film = member.get(page(rung)).context["film"]
    talked, vain = film.frames
    assert film.seconds == 99
    assert [bar.kind for bar in talked.bars] == ["ring", "talk"]
    assert (talked.bars[1].x, talked.bars[1].width) == (8.08, 91.92)
    assert [bar.kind for bar in vain.bars] == ["none"]


def test_a_missed_call_is_handled_on_its_page(member: Client, rung: PhoneCall) -> None:
    assert "missed-reason" not in member.get(page(rung)).text
    PhoneCall.objects.filter(pk=rung.pk).update(answered_at=None)
    assert "missed-reason" in member.get(page(rung)).text
    answer = mark(member, missed=rung.pk, reason="Left a message", of="call")
    assert answer.headers["Location"] == page(rung)
    text = member.get(page(rung)).text
    assert "missed-reason" not in text
    assert "by <bdi>Priya Nair</bdi>: <bdi>Left a message</bdi>" in text


def test_the_pages_cost_as_many_statements_whatever_they_show(
    member: Client, organization: Organization, maple: Property, rung: PhoneCall, log: CallLog
) -> None:
    def asked() -> list[int]:
        counts = []
        for address in (page(rung), reverse("calls:of_log", args=[log.pk])):
            with CaptureQueriesContext(connection) as seen:
                member.get(address)
            counts.append(len(seen))
        return counts

    asked()
    before = asked()
    for n in range(5):
        near = rung.published_at + timedelta(minutes=n)
        alike: dict[str, Any] = {"property": maple, "phone_digits_reversed": DIGITS}
        make_call_log(organization, contacted_at=near, **alike)
        make_call_log(organization, phone_call=rung, **alike)
        make_party(rung, extension=rung.extension, ended_at=rung.ended_at)
        make_phone_call(organization, published_at=near, caller_digits_reversed=DIGITS)
    assert asked() == before
    assert max(before) <= 8


@pytest.mark.parametrize("role", ["owner", "member"])
def test_the_page_of_a_tied_log_costs_no_more_statements(
    people: dict[str, Membership], log: CallLog, rung: PhoneCall, role: str
) -> None:
    client = signed_in(people[role])
    url = reverse("calls:detail", args=[log.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as apart:
        client.get(url)
    CallLog.objects.filter(pk=log.pk).update(phone_call=rung)
    with CaptureQueriesContext(connection) as together:
        answer = client.get(url)
    assert reverse("calls:phone_call", args=[rung.pk]) in answer.text
    assert len(together) <= len(apart)


def test_b02_a_log_does_not_show_a_phone_call_that_one_does_not_see(
    people: dict[str, Membership], organization: Organization, log: CallLog, rung: PhoneCall
) -> None:
    PhoneCall.objects.filter(pk=rung.pk).update(property=make_property(organization))
    CallLog.objects.filter(pk=log.pk).update(phone_call=rung)
    url, page = reverse("calls:detail", args=[log.pk]), reverse("calls:phone_call", args=[rung.pk])
    assert page not in signed_in(people["member"]).get(url).text
    assert page in signed_in(people["owner"]).get(url).text
