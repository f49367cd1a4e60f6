"""Views of the list that are kept, shared and remembered; its columns."""

import html
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.models import CallLog, ListSettings, SavedView
from tests.calls.conftest import signed_in
from tests.calls.test_list_page import LIST, ids
from tests.calls.test_undo import token_in
from tests.factories import make_call_log, make_property


@pytest.fixture
def admin(people: dict[str, Membership]) -> Client:
    return signed_in(people["admin"], htmx=True)


def send(client: Client, act: str, *args: int, query: str = "", **fields: Any) -> Any:
    address = f"{reverse(f'calls:{act}', args=args)}?{query}"
    return client.post(address, {"key": str(uuid.uuid4())} | fields)


def test_a_view_keeps_only_what_the_filters_know(admin: Client) -> None:
    query = "q=leak&state=open&cursor=abc&evil=1&columns=id,nonsense,place&property="
    answer = send(admin, "view-save", query=query, name=" Maple,  leaks ")
    view = SavedView.objects.get()
    assert (view.name, view.query, view.columns) == (
        "Maple, leaks",
        "q=leak&state=open",
        "id,place",
    )
    assert not view.is_shared
    assert "View saved." in answer.text
    shown = re.search(r'<a class="grow cut" href="([^"]*)"><bdi>Maple, leaks', answer.text)
    assert shown
    assert html.unescape(shown[1]) == "/calls/?q=leak&state=open&columns=id,place"


def test_a_shared_view_shows_everybody_only_what_they_may_see(
    people: dict[str, Membership], admin: Client, organization: Organization, log: CallLog
) -> None:
    make_call_log(organization, property=make_property(organization, name="Maple Annex"))
    send(admin, "view-save", query="property=maple", name="Maple", is_shared="on")
    member = signed_in(people["member"])
    page = member.get(reverse(LIST), {"view": "all"}).text
    assert "Saved for all" in page
    assert ids(member.get(reverse(LIST), {"property": "maple"})) == [log.pk]
    assert len(ids(admin.get(reverse(LIST), {"property": "maple"}))) == 2


def test_members_share_nothing_and_change_only_their_own(
    people: dict[str, Membership], admin: Client
) -> None:
    member = signed_in(people["member"], htmx=True)
    assert send(member, "view-save", name="Mine", is_shared="on").status_code == 403
    assert send(member, "view-save", name="Mine").status_code == 200
    send(admin, "view-save", name="Ours", is_shared="on")
    mine, ours = (SavedView.objects.get(name=name) for name in ("Mine", "Ours"))
    for name in ("view-rename", "view-delete"):
        assert send(member, name, ours.pk, name="Theirs").status_code == 404
        assert send(admin, name, mine.pk, name="Theirs").status_code == 404
    assert send(signed_in(people["owner"], htmx=True), "view-delete", ours.pk).status_code == 200


def test_a_view_is_renamed_and_deleted_and_both_come_back(admin: Client) -> None:
    send(admin, "view-save", query="state=open", name="Open")
    view = SavedView.objects.get()
    token = token_in(send(admin, "view-rename", view.pk, name="Not closed").text)
    admin.post(reverse("desk:undo"), {"token": token})
    assert SavedView.objects.get().name == "Open"
    token = token_in(send(admin, "view-delete", view.pk).text)
    assert not SavedView.objects.exists()
    admin.post(reverse("desk:undo"), {"token": token})
    back = SavedView.objects.get()
    assert (back.name, back.query, back.owner_id) == ("Open", "state=open", view.owner_id)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Open"])
def test_a_view_needs_a_name_of_its_own(admin: Client, name: str) -> None:
    send(admin, "view-save", name="Open")
    assert send(admin, "view-save", name=name).status_code == 422
    assert SavedView.objects.count() == 1


def test_b46_a_form_sent_twice_saves_once(admin: Client) -> None:
    key = str(uuid.uuid4())
    for _ in range(2):
        assert send(admin, "view-save", name="Open", key=key).status_code == 200
    assert SavedView.objects.count() == 1


def test_the_last_filters_come_back_and_an_address_wins(
    people: dict[str, Membership], log: CallLog
) -> None:
    client = signed_in(people["admin"])
    assert client.get(reverse(LIST)).status_code == 200
    client.get(reverse(LIST), {"state": "waiting", "cursor": "x"})
    back = client.get(reverse(LIST))
    assert (back.status_code, back.headers["Location"]) == (302, "/calls/?state=waiting")
    assert ids(client.get(reverse(LIST), {"view": "all"})) == [log.pk]
    assert client.get(reverse(LIST)).status_code == 200  # all of them were the last ones
    assert ListSettings.objects.count() == 1


def test_columns_are_chosen_ordered_and_remembered(admin: Client, log: CallLog) -> None:
    chosen = ["comments", "id", "nonsense", "talk", "place", "talk"]
    text = send(admin, "columns", column=chosen).text
    heads = re.findall(r'<th class="([^"]*)" scope="col">([^<]+)</th>', text)
    assert [label for _css, label in heads] == ["Comments", "Call", "Talk time", "Place"]
    again = admin.get(reverse(LIST), {"view": "all"}).text
    assert re.findall(r'<th class="([^"]*)" scope="col">([^<]+)</th>', again) == heads
    usual = send(admin, "columns", usual="yes", column=chosen).text
    assert "Taken by</th>" in usual
    assert ListSettings.objects.get().columns == ""


def test_the_density_is_chosen_with_the_columns(
    people: dict[str, Membership], admin: Client, log: CallLog
) -> None:
    send(admin, "columns", column=["id"], density="compact")
    send(admin, "columns", column=["id"], density="nonsense")
    people["admin"].user.refresh_from_db()
    assert people["admin"].user.density == "compact"
    assert 'data-density="compact"' in signed_in(people["admin"]).get(reverse("desk:home")).text
