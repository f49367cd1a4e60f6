"""Extensions and telephone systems change by actions; calls are shown, found and withdrawn."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from callcenter.telephony.models import Extension, PhoneCall, Upstream
from callcenter.telephony.upstreams import find_upstream
from tests.admin.pages import page
from tests.admin.test_writes import errors, last_event
from tests.factories import make_party, make_phone_call
from tests.worlds import World

pytestmark = pytest.mark.django_db
SYSTEM = {
    "name": "Main board",
    "time_zone": "America/New_York",
    "allowed_addresses": "10.0.0.7,10.1.0.0/16",
    "lost_after_seconds": "14400",
}


def test_an_extension_is_added_and_assigned_by_whom_the_audit_says(
    world: World, admin: Client
) -> None:
    form = {"number": "0003*777", "own_line": "(305) 555-0142"}
    assert admin.post(page(Extension, "add"), form).status_code == 302
    new = Extension.objects.get(number="0003*777")
    assert (new.organization, new.own_line, new.user) == (world.organization, "+13055550142", None)
    known = {
        "user": world.member.user_id,
        "property": world.pk("Property"),
        "own_line": new.own_line,
    }
    address = page(Extension, "change", new.pk)
    assert admin.post(address, known | {"number": "0003*778"}).status_code == 302
    new.refresh_from_db()
    assert (new.number, new.user_id) == ("0003*777", world.member.user_id)
    assert last_event(new).pgh_context["user"] == world.admin.user_id


def test_what_is_no_extension_or_line_is_refused_in_words(world: World, admin: Client) -> None:
    there = Extension.objects.get(pk=world.pk("Extension")).number
    for form, said in (
        ({"number": "two"}, "digits"),
        ({"number": there}, "already"),
        ({"number": "0003*779", "own_line": "call me"}, "no public telephone number"),
    ):
        answer = admin.post(page(Extension, "add"), form)
        assert said in errors(answer), form
    assert Extension.objects.count() == 1


def test_b39_the_secret_of_a_system_is_in_the_answer_that_made_it_and_nowhere_else(
    world: World, owner: Client
) -> None:
    answer = owner.post(page(Upstream, "add"), SYSTEM)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    board = Upstream.objects.get(name="Main board")
    assert board.allowed_addresses == ["10.0.0.7/32", "10.1.0.0/16"]
    secret = secret_in(answer)
    assert find_upstream(secret) == board
    for verb in ("change", "history"):
        assert secret not in owner.get(page(Upstream, verb, board.pk)).text
    assert secret not in owner.get(page(Upstream, "changelist")).text


def secret_in(answer: Any) -> str:
    """The secret in the first address that the page shows."""
    address: str = answer.context["addresses"][0][1]
    assert address in answer.text
    return address.split("/")[-2]


def test_a_new_secret_ends_the_old_one_after_a_question(world: World, owner: Client) -> None:
    old = secret_in(owner.post(page(Upstream, "add"), SYSTEM))
    board = Upstream.objects.get(name="Main board")
    act = {"action": "renew", "_selected_action": str(board.pk)}
    asked = owner.post(page(Upstream, "changelist"), act)
    assert "opens nothing from now on" in asked.text
    assert find_upstream(old) == board
    new = secret_in(owner.post(page(Upstream, "changelist"), act | {"confirmed": "1"}))
    assert (find_upstream(old), find_upstream(new)) == (None, board)


def test_a_closed_system_takes_nothing_and_stays(world: World, owner: Client) -> None:
    secret = secret_in(owner.post(page(Upstream, "add"), SYSTEM))
    board = Upstream.objects.get(name="Main board")
    act = {"action": "close", "_selected_action": str(board.pk)}
    assert "no way back" in owner.post(page(Upstream, "changelist"), act).text
    owner.post(page(Upstream, "changelist"), act | {"confirmed": "1"})
    board.refresh_from_db()
    assert board.closed_at is not None
    assert find_upstream(secret) is None
    assert owner.post(page(Upstream, "change", board.pk), SYSTEM).status_code == 403


def test_b13_a_system_is_asked_where_it_may_be_and_its_secret_is_never_shown(
    world: World, owner: Client
) -> None:
    owner.post(page(Upstream, "add"), SYSTEM)
    board = Upstream.objects.get(name="Main board")
    address = page(Upstream, "change", board.pk)
    polling = {"polls": "on", "client_id": "app", "polling_secret": "s3cret-of-theirs"}
    refused = owner.post(address, SYSTEM | polling | {"base_url": "http://10.0.0.1"})
    assert refused.status_code == 422
    assert "s3cret-of-theirs" not in refused.text
    form = SYSTEM | polling | {"base_url": "https://pbx.example", "name": "Board"}
    assert owner.post(address, form).status_code == 302
    board.refresh_from_db()
    assert (board.name, board.polls, board.base_url) == ("Board", True, "https://pbx.example")
    assert "s3cret-of-theirs" not in owner.get(address).text
    assert owner.post(address, SYSTEM).status_code == 302
    board.refresh_from_db()
    assert (board.polls, board.sealed_secret) == (False, None)


def test_a_call_is_found_by_its_last_digits_and_shown_with_its_parties(
    world: World, owner: Client
) -> None:
    call = make_phone_call(
        world.organization, caller_raw="+13055550142", caller_digits_reversed="2410555503"
    )
    make_party(call, caller_id="Ana Ruiz <+13055550142>")
    for query in ("0142", "305-555-0142", call.wire_id):
        found = owner.get(page(PhoneCall, "changelist"), {"q": query}).context["cl"].result_list
        assert [row.pk for row in found] == [call.pk]
    text = owner.get(page(PhoneCall, "change", call.pk)).text
    assert "Ana Ruiz" in text
    assert owner.post(page(PhoneCall, "change", call.pk), {"caller_name": "x"}).status_code == 403


def test_the_page_of_a_call_asks_no_more_with_more_parties(world: World, owner: Client) -> None:
    call = make_phone_call(world.organization)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            owner.get(page(PhoneCall, "change", call.pk))
        return len(seen)

    make_party(call, extension_id=world.pk("Extension"))
    before = asked()
    for _ in range(5):
        make_party(call, extension_id=world.pk("Extension"))
    assert asked() == before


def test_inv31_calls_are_withdrawn_with_a_reason(world: World, admin: Client) -> None:
    call = PhoneCall.objects.get(pk=world.pk("PhoneCall"))
    act = {"action": "withdraw", "_selected_action": str(call.pk)}
    assert "Reason" in admin.post(page(PhoneCall, "changelist"), act).text
    act |= {"confirmed": "1"}
    admin.post(page(PhoneCall, "changelist"), act | {"reason": " "})
    call.refresh_from_db()
    assert call.withdrawn_at is None
    admin.post(page(PhoneCall, "changelist"), act | {"reason": "A test of the line"})
    call.refresh_from_db()
    assert call.withdrawn_reason == "A test of the line"
    assert last_event(call).pgh_context["user"] == world.admin.user_id
