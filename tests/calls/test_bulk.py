"""One act for many calls: a result for each, once, undone together; and what is new."""

import re
import uuid
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.bulk import MOST
from callcenter.calls.models import Callback, CallLog, Comment
from callcenter.properties.models import Property
from tests.calls.conftest import signed_in
from tests.calls.test_undo import token_in
from tests.factories import make_call_log, make_organization, make_property, status_named


@pytest.fixture
def calls(organization: Organization, maple: Property) -> list[CallLog]:
    """Three new calls at Maple Court, newest first."""
    now = timezone.now()
    return [
        make_call_log(organization, property=maple, contacted_at=now - timedelta(minutes=n))
        for n in range(3)
    ]


def send(client: Client, calls: list[CallLog], status: str = "Resolved", **fields: Any) -> Any:
    to = status_named(calls[0].organization, status).pk if status else ""
    form = {"act": "status", "status": to, "key": str(uuid.uuid4())} | fields
    form.setdefault("call", [f"{log.pk}.{log.version}" for log in calls])
    return client.post(reverse("calls:bulk") + "?state=open", form)


def statuses(calls: list[CallLog]) -> list[str]:
    return [CallLog.objects.get(pk=log.pk).status.name for log in calls]


def test_each_call_is_moved_or_refused_for_itself(
    people: dict[str, Membership], organization: Organization, calls: list[CallLog]
) -> None:
    client = signed_in(people["admin"], htmx=True)
    changed = make_call_log(organization, version=4)
    changed.version = 3
    escalated = make_call_log(organization, status=status_named(organization, "Escalated"))
    foreign = make_call_log(make_organization())
    foreign.organization = organization
    answer = send(client, [*calls, changed, escalated, foreign], "Cancelled")
    assert statuses(calls) == ["Cancelled"] * 3
    text = answer.text
    assert "3 changed" in text
    assert "3 refused" in text
    why = dict(re.findall(r'<li><a href="[^"]*">#(\d+)</a> ([^<]*)</li>', text))
    assert "Somebody else changed" in why[str(changed.pk)]
    assert "cannot go from Escalated to Cancelled" in why[str(escalated.pk)]
    assert why[str(foreign.pk)] == "There is no such call."
    assert statuses([changed, escalated, foreign]) == ["New", "Escalated", "New"]
    picked = re.findall(r'value="(\d+)\.\d+" form="bulk"[^>]* checked', text)
    assert {int(pk) for pk in picked} == {changed.pk, escalated.pk}


def test_b46_the_same_form_twice_moves_once_and_answers_the_same(
    people: dict[str, Membership], calls: list[CallLog]
) -> None:
    client = signed_in(people["admin"], htmx=True)
    key = str(uuid.uuid4())
    assert "3 changed" in send(client, calls, key=key).text
    assert "3 changed" in send(client, calls, key=key).text
    assert Comment.objects.filter(call_log__in=calls).count() == 3


def test_one_undo_takes_all_of_them_back_but_those_changed_since(
    people: dict[str, Membership], calls: list[CallLog]
) -> None:
    client = signed_in(people["admin"], htmx=True)
    token = token_in(send(client, calls, comment="Storm is over").text)
    send(signed_in(people["owner"], htmx=True), [CallLog.objects.get(pk=calls[1].pk)], "Closed")
    answer = client.post(reverse("desk:undo"), {"token": token})
    assert statuses(calls) == ["New", "Closed", "New"]
    assert "Undone: 2. 1 could not be: Call #" in answer.text
    said = Comment.objects.filter(call_log=calls[0]).order_by("seq")
    assert [row.text for row in said] == ["Storm is over", "Undone."]


def test_calls_about_one_matter_are_folded_into_the_oldest_and_taken_out_again(
    people: dict[str, Membership], calls: list[CallLog]
) -> None:
    client = signed_in(people["admin"], htmx=True)
    oldest = calls[-1]
    answer = send(client, calls, act="fold")
    assert "2 calls changed." in answer.text
    folded = CallLog.objects.filter(folded_into=oldest).order_by("pk")
    assert {log.pk for log in folded} == {calls[0].pk, calls[1].pk}
    client.post(reverse("desk:undo"), {"token": token_in(answer.text)})
    assert not folded.all().exists()
    assert statuses(calls) == ["New"] * 3
    named = [CallLog.objects.get(pk=log.pk) for log in calls[:2]]
    assert "2 calls changed." in send(client, named, act="fold", head=oldest.pk).text
    alone = send(client, [CallLog.objects.get(pk=oldest.pk)], act="fold")
    assert alone.status_code == 422


def test_calls_are_assigned_by_a_name_me_or_nobody_and_each_for_itself(
    people: dict[str, Membership], organization: Organization, calls: list[CallLog]
) -> None:
    client = signed_in(people["admin"], htmx=True)
    elsewhere = make_call_log(organization, property=make_property(organization))
    changed = make_call_log(organization, version=2)
    changed.version = 1
    answer = send(client, [*calls, elsewhere, changed], act="assign", who="Priya Nair")
    why = dict(re.findall(r'<li><a href="[^"]*">#(\d+)</a> ([^<]*)</li>', answer.text))
    assert why == {
        str(elsewhere.pk): "Nobody of that name sees this call.",
        str(changed.pk): "Somebody else changed this call in the meantime.",
    }
    assert holders(calls) == [people["member"].user_id] * 3
    fresh = [CallLog.objects.get(pk=log.pk) for log in calls]
    assert "3 needed no change" in send(client, fresh, act="assign", who="priya").text
    assert "3 changed" in send(client, fresh, act="assign", who="me").text
    assert holders(calls) == [people["admin"].user_id] * 3
    fresh = [CallLog.objects.get(pk=log.pk) for log in calls]
    assert "3 changed" in send(client, fresh, act="assign", who="nobody").text
    assert holders(calls) == [None] * 3


def holders(calls: list[CallLog]) -> list[int | None]:
    return [CallLog.objects.get(pk=log.pk).assignee_id for log in calls]


def test_assigning_is_undone_for_all_but_those_changed_since(
    people: dict[str, Membership], calls: list[CallLog]
) -> None:
    client = signed_in(people["admin"], htmx=True)
    CallLog.objects.filter(pk=calls[0].pk).update(assignee=people["owner"].user)
    token = token_in(send(client, calls, act="assign", who="Priya Nair").text)
    send(client, [calls[1]], act="comment", text="She knows.")
    answer = client.post(reverse("desk:undo"), {"token": token})
    assert "Undone: 2. 1 could not be: Call #" in answer.text
    assert holders(calls) == [people["owner"].user_id, people["member"].user_id, None]
    assert client.post(reverse("desk:undo"), {"token": token}).status_code == 200
    assert Comment.objects.filter(call_log=calls[2], text="Undone.").count() == 1


def test_one_key_takes_what_nobody_holds_and_names_who_was_first(
    people: dict[str, Membership], calls: list[CallLog]
) -> None:
    client = signed_in(people["admin"], htmx=True)
    CallLog.objects.filter(pk=calls[0].pk).update(assignee=people["owner"].user)
    CallLog.objects.filter(pk=calls[1].pk).update(version=7)  # a comment came in between
    answer = send(client, calls, act="take")
    assert "Dana Ruiz took this call first." in answer.text
    me = people["admin"].user_id
    assert holders(calls) == [people["owner"].user_id, me, me]
    client.post(reverse("desk:undo"), {"token": token_in(answer.text)})
    assert holders(calls) == [people["owner"].user_id, None, None]


def test_a_comment_goes_to_each_once_and_has_no_undo(
    people: dict[str, Membership], calls: list[CallLog]
) -> None:
    client = signed_in(people["admin"], htmx=True)
    said = {"act": "comment", "text": "Plumber at 3 & not before.", "visibility": "shareable"}
    key = str(uuid.uuid4())
    for _again in range(2):
        answer = send(client, calls, key=key, **said)
        assert "3 calls changed." in answer.text
        assert 'name="token"' not in answer.text
    rows = Comment.objects.filter(call_log__in=calls)
    assert {(row.text, row.visibility) for row in rows} == {(said["text"], "shareable")}
    assert rows.count() == 3


def test_callbacks_are_promised_on_the_clock_of_each_call(
    people: dict[str, Membership], calls: list[CallLog]
) -> None:
    client = signed_in(people["admin"], htmx=True)
    zones = [ZoneInfo("Pacific/Honolulu"), ZoneInfo("Pacific/Auckland")]  # never on the same day
    for log, zone in zip(calls, zones, strict=False):
        CallLog.objects.filter(pk=log.pk).update(contacted_zone=zone.key)
    before = timezone.now()
    send(client, calls[:2], act="promise", due="tomorrow 9", ringer="anyone")
    west, east = (Callback.objects.get(call_log=log) for log in calls[:2])
    for promised, zone in zip((west, east), zones, strict=True):
        local = promised.due_at.astimezone(zone)
        days = [
            (now.astimezone(zone) + timedelta(days=1)).date() for now in (before, timezone.now())
        ]
        assert (local.hour, local.minute) == (9, 0)
        assert local.date() in days
    assert (west.assignee_id, west.due_text) == (None, "tomorrow 9")
    assert not Callback.objects.filter(call_log=calls[2]).exists()


def test_b02_a_member_moves_no_call_of_other_properties(
    people: dict[str, Membership], organization: Organization, calls: list[CallLog]
) -> None:
    hidden = make_call_log(organization, property=make_property(organization))
    answer = send(signed_in(people["member"], htmx=True), [*calls, hidden])
    assert "1 refused" in answer.text
    assert statuses([*calls, hidden]) == ["Resolved"] * 3 + ["New"]


def test_without_script_the_list_comes_back_and_says_it(
    people: dict[str, Membership], organization: Organization, calls: list[CallLog]
) -> None:
    client = signed_in(people["admin"])
    closed = make_call_log(organization, version=2)
    closed.version = 1
    answer = send(client, [*calls, closed])
    assert (answer.status_code, answer.headers["Location"]) == (302, "/calls/?state=open")
    page = client.get(answer.headers["Location"]).text
    assert "3 calls changed." in page
    assert f"#{closed.pk}: Somebody else changed" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"call": []}, "Select the calls first"),
        ({"call": ["x"]}, "no such call"),
        ({"call": ["1.1.1"]}, "no such call"),
        ({"call": [f"{n}.1" for n in range(1, MOST + 2)]}, "At most 200"),
        ({"status": ""}, "Choose the status"),
        ({"act": "delete"}, "valid choice"),
        ({"act": "assign", "who": " "}, "Say who is to have them"),
        ({"act": "comment", "text": " \n"}, "Write something first"),
        ({"act": "promise", "due": "soonish"}, "end of day"),
    ],
)
def test_half_an_act_is_refused_and_changes_nothing(
    people: dict[str, Membership], calls: list[CallLog], fields: dict[str, Any], words: str
) -> None:
    answer = send(signed_in(people["admin"], htmx=True), calls, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert statuses(calls) == ["New"] * 3


def newer(client: Client, query: str = "") -> Any:
    """What the list of this moment is told later, as its own page asks."""
    page = client.get(f"{reverse('calls:list')}?{query}").text
    asked = re.search(r'data-newer="([^"]+)"', page)
    assert asked
    return lambda: client.get(asked[1].replace("&amp;", "&"))


def test_what_is_new_is_counted_with_the_filters_of_the_list(
    people: dict[str, Membership],
    organization: Organization,
    maple: Property,
    calls: list[CallLog],
) -> None:
    member = signed_in(people["member"], htmx=True)
    everything, waiting = newer(member), newer(member, "state=waiting")
    assert everything().status_code == waiting().status_code == 204
    for place in (maple, maple, make_property(organization)):
        make_call_log(organization, property=place)
    assert "2 new" in everything().text
    assert waiting().status_code == 204
    assert member.get(reverse("calls:newer"), {"top": "nonsense"}).status_code == 204
