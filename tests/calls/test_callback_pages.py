"""The pages of callbacks: the list that is worked off, and the forms on the page of a call."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.callbacks import promise_callback, take_callback
from callcenter.calls.models import Callback, CallLog
from callcenter.calls.values import Promise
from callcenter.properties.models import Property
from tests.calls.conftest import post, signed_in
from tests.factories import make_call_log, make_property, principal_again

type People = dict[str, Membership]


def promise(log: CallLog, membership: Membership, minutes: int, who: int | None = None) -> Callback:
    said = Promise(at=timezone.now() + timedelta(minutes=minutes), assignee_id=who)
    return promise_callback(call_log_id=log.pk, promise=said, actor=principal_again(membership))


@pytest.fixture
def htmx(people: People) -> Client:
    return signed_in(people["member"], htmx=True)


def listed(client: Client, **query: Any) -> list[int]:
    """The ids of the promises on the page, in order."""
    response = client.get(reverse("calls:callbacks"), query)
    assert response.status_code == 200
    return [row["pk"] for row in response.context["work"].page.rows]


def test_the_list_shows_the_first_due_first_and_filters_by_whose(
    people: People, log: CallLog, htmx: Client
) -> None:
    me, admin = people["member"].user_id, people["admin"]
    later, late = promise(log, admin, 60, me), promise(log, admin, -12, None)
    others = promise(log, admin, 5, admin.user_id)
    assert listed(htmx) == [late.pk, later.pk]
    assert listed(htmx, who="mine") == [later.pk]
    assert listed(htmx, who="anyone") == [late.pk]
    assert listed(htmx, who="all") == [late.pk, others.pk, later.pk]
    page = htmx.get(reverse("calls:callbacks")).text
    assert "12 min late" in page
    assert 'class="clock soon" data-clock="calm"' in page


def test_a_member_sees_promises_of_linked_properties_and_what_waits_for_anyone(
    organization: Organization, people: People, log: CallLog, htmx: Client
) -> None:
    elsewhere = make_call_log(organization, property=make_property(organization))
    unplaced = make_call_log(organization)
    hidden = promise(elsewhere, people["admin"], 1)
    seen = promise(unplaced, people["admin"], 2)
    promise(unplaced, people["admin"], 2, people["admin"].user_id)
    assert seen.pk in listed(htmx, who="all")
    assert hidden.pk not in listed(htmx, who="all")
    assert htmx.get(reverse("calls:callback", args=[hidden.pk])).status_code == 404
    for view in ("calls:callback_take", "calls:callback_end", "calls:callback_change"):
        assert post(htmx, view, hidden.pk, state="done", comment="x").status_code == 404


def test_pages_of_the_list_meet_every_promise_once(
    people: People, log: CallLog, htmx: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.calls.promises.PAGE_SIZE", 2)
    made = [promise(log, people["admin"], minutes).pk for minutes in (5, 3, 9, 1, 7)]
    met, cursor = [], ""
    for _page in range(3):
        response = htmx.get(reverse("calls:callbacks"), {"cursor": cursor})
        met += [row["pk"] for row in response.context["work"].page.rows]
        cursor = response.context["work"].page.next
    assert met == [made[i] for i in (3, 1, 0, 4, 2)]
    assert cursor == ""


def test_the_list_costs_the_same_with_1_and_40_rows(people: People, log: CallLog) -> None:
    client, counts = signed_in(people["member"]), []
    for many in (1, 39):
        for minutes in range(many):
            promise(log, people["admin"], minutes)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("calls:callbacks"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_taking_is_race_free_and_the_second_is_told(
    people: People, log: CallLog, htmx: Client
) -> None:
    callback = promise(log, people["admin"], 5)
    take_callback(callback_id=callback.pk, actor=principal_again(people["admin"]))
    response = post(htmx, "calls:callback_take", callback.pk)
    assert response.status_code == 409
    assert "Kim Osei took this callback first" in response.text
    free = promise(log, people["admin"], 5)
    response = post(htmx, "calls:callback_take", free.pk)
    assert response.headers["HX-Retarget"] == "#rows"
    free.refresh_from_db()
    assert free.assignee_id == people["member"].user_id


def test_ending_needs_words_and_keeps_those_that_were_typed(
    people: People, log: CallLog, htmx: Client
) -> None:
    callback = promise(log, people["member"], 5)
    refused = post(htmx, "calls:callback_end", callback.pk, state="failed", comment=" ")
    assert refused.status_code == 422
    assert "what came of the callback" in refused.text
    assert 'value="failed" checked' in refused.text
    response = post(htmx, "calls:callback_end", callback.pk, state="failed", comment="No answer")
    assert response.status_code == 200
    assert listed(htmx, who="all") == []
    again = post(htmx, "calls:callback_end", callback.pk, state="done", comment="My <b>words")
    assert again.status_code == 409
    assert "This callback has ended" in again.text


def test_the_same_form_twice_ends_once(people: People, log: CallLog, htmx: Client) -> None:
    callback = promise(log, people["member"], 5)
    for _time in range(2):
        response = post(
            htmx, "calls:callback_end", callback.pk, state="done", comment="Rung", key="k-1"
        )
        assert response.status_code == 200
    assert log.comments.filter(text="Callback done: Rung").count() == 1


def test_a_promise_is_made_on_the_page_of_the_call_in_words(
    people: People, log: CallLog, htmx: Client
) -> None:
    refused = post(htmx, "calls:promise", log.pk, due="tomorrow nine-ish", who="")
    assert refused.status_code == 422
    assert 'value="tomorrow nine-ish"' in refused.text
    assert "Write it like" in refused.text
    made = post(htmx, "calls:promise", log.pk, due="tomorrow 9", who="")
    assert made.status_code == 200
    callback = Callback.objects.get(call_log=log)
    assert callback.assignee_id == people["member"].user_id
    assert "in New York" in made.text
    post(htmx, "calls:promise", log.pk, due="in 2h", who="Kim Osei")
    assert Callback.objects.filter(assignee=people["admin"].user).exists()
    unknown = post(htmx, "calls:promise", log.pk, due="in 2h", who="Nobody")
    assert "Nobody of that name" in unknown.text


def test_without_script_one_comes_back_to_the_call_or_the_list(
    people: People, log: CallLog
) -> None:
    client = signed_in(people["member"])
    made = post(client, "calls:promise", log.pk, due="in 2h", who="anyone")
    assert made.headers["Location"] == reverse("calls:detail", args=[log.pk])
    callback = Callback.objects.get(call_log=log)
    shown = client.get(reverse("calls:callback", args=[callback.pk]), {"as": "done"})
    assert "What came of it" in shown.text
    taken = post(client, "calls:callback_take", callback.pk, back="call")
    assert taken.headers["Location"] == reverse("calls:detail", args=[log.pk])
    ended = post(client, "calls:callback_end", callback.pk, state="done", comment="Rung")
    assert ended.headers["Location"] == reverse("calls:callbacks")


def test_another_time_or_person_is_one_form(people: People, log: CallLog, htmx: Client) -> None:
    callback = promise(log, people["member"], 5, people["member"].user_id)
    before = callback.due_at
    response = post(htmx, "calls:callback_change", callback.pk, due="tomorrow 9", who="anyone")
    assert response.status_code == 200
    callback.refresh_from_db()
    assert callback.due_at > before
    assert callback.assignee_id is None
    refused = post(htmx, "calls:callback_change", callback.pk, due="sometime", who="")
    assert refused.status_code == 422
    assert 'value="sometime"' in refused.text


def test_words_are_shown_back_on_the_clock_of_their_place(
    organization: Organization, maple: Property, htmx: Client, log: CallLog
) -> None:
    def said(due: str, **place: int) -> str:
        asked: dict[str, Any] = {"due": due, **place}
        return htmx.get(reverse("calls:due_words"), asked).text

    assert ", 09:00 in New York" in said("tomorrow 9", property=maple.pk)
    assert ", 09:00 in New York" in said("tomorrow 9", call=log.pk)
    assert "At night there" in said("tomorrow 3", call=log.pk)
    assert "Write it like" in said("whenever")
    elsewhere = make_property(organization, time_zone="America/Denver")
    foreign = make_call_log(organization, property=elsewhere)
    assert "Denver" not in said("tomorrow 9", property=elsewhere.pk)
    assert "Denver" not in said("tomorrow 9", call=foreign.pk)


def test_a_call_is_logged_with_a_promise_and_a_wrong_one_keeps_the_words(
    people: People, maple: Property, htmx: Client
) -> None:
    url = reverse("desk:new")
    first = htmx.get(url, {"property": maple.pk})
    status = first.context["form"]["status"].value()
    form = {
        "key": "log-1",
        "property": maple.pk,
        "call_from": "Ana",
        "direction": "inbound",
        "status": status,
    }
    refused = htmx.post(url, form | {"due": "some day", "due_quick": "2h"})
    assert refused.status_code == 422
    assert 'value="some day"' in refused.text
    assert not CallLog.objects.exists()
    htmx.post(url, form | {"due_quick": "2h", "due_who": "anyone"})
    callback = Callback.objects.get()
    assert (callback.assignee_id, callback.due_text) == (None, "2h")
    assert callback.call_log.status.name == "Callback due"
    htmx.post(url, form | {"key": "log-2", "due": "tomorrow 9", "due_who": "me"})
    assert Callback.objects.latest("pk").assignee_id == people["member"].user_id
