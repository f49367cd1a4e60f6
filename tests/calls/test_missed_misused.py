"""Marking missed calls twice, at once, in bulk, without rights and with odd words."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.missed import handle_missed_calls
from callcenter.calls.models import HandledMissedCall
from callcenter.properties.models import PropertyLink
from tests.calls.conftest import signed_in
from tests.calls.test_missed import mark, rang
from tests.factories import make_membership, make_organization, make_property, principal_again

ADDRESSES = ("calls:missed_handle", "desk:live_handled")


@pytest.fixture
def member(people: dict[str, Membership]) -> Client:
    return signed_in(people["member"], htmx=True)


@pytest.mark.parametrize("name", ADDRESSES)
def test_b03_calls_that_one_does_not_see_stay_and_lend_no_words(
    member: Client, organization: Organization, name: str
) -> None:
    hidden = rang(organization, property=make_property(organization))
    foreign = rang(make_organization())
    answer = mark(member, name, missed=[hidden.pk, foreign.pk], reason="Mine")
    assert answer.status_code == 200
    assert "0 missed calls are handled." in answer.text
    assert not HandledMissedCall.objects.exists()


@pytest.mark.parametrize("name", ADDRESSES)
def test_b03_a_right_removed_in_mid_work_marks_nothing(
    member: Client, people: dict[str, Membership], organization: Organization, name: str
) -> None:
    home = make_property(organization)
    link = PropertyLink.objects.create(
        organization=organization, membership=people["member"], property=home
    )
    call = rang(organization, property=home)
    assert "(305) 555-0142" in member.get(reverse("calls:unhandled")).text
    link.delete()
    mark(member, name, missed=call.pk, reason="Rang back")
    assert not HandledMissedCall.objects.exists()


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("reason", ["\x00", "x\x00", "x" * 301, "x" * 1_000_000, " \n\t", "\u200b"])
def test_b18_words_that_cannot_be_kept_are_refused_and_the_choice_stays(
    member: Client, organization: Organization, name: str, reason: str
) -> None:
    call = rang(organization)
    answer = mark(member, name, missed=call.pk, reason=reason)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "checked" in answer.text
    assert not HandledMissedCall.objects.exists()


@pytest.mark.parametrize("name", ADDRESSES)
def test_bidi_signs_in_words_stand_in_their_own_direction(
    member: Client, organization: Organization, name: str
) -> None:
    call = rang(organization)
    reason = "Rang \u202eback\u200b <b>"
    assert mark(member, name, missed=call.pk, reason=reason).status_code == 200
    shown = member.get(reverse("calls:phone_call", args=[call.pk])).text
    assert f"<bdi>{reason[:-3]}&lt;b&gt;</bdi>" in shown


@pytest.mark.parametrize("name", ADDRESSES)
def test_more_than_a_page_of_calls_is_refused_with_the_reason(
    member: Client, organization: Organization, name: str
) -> None:
    call = rang(organization)
    many = [call.pk, *range(10**6, 10**6 + 60)]
    answer = mark(member, name, missed=many, reason="All of them")
    assert answer.status_code == 422
    assert "50 at once" in answer.text
    assert "All of them" in answer.text
    assert mark(member, name, missed=range(1, 10_001), reason="All of them").status_code == 400
    assert not HandledMissedCall.objects.exists()


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("odd", ["\x00", "-1", "\uff11", "9" * 5_000, "1; --", "9" * 1_000_000])
def test_b20_odd_ids_are_nobodys(member: Client, name: str, odd: str) -> None:
    answer = mark(member, name, missed=odd, reason="x")
    assert answer.status_code in (200, 422)
    assert not HandledMissedCall.objects.exists()


@pytest.mark.parametrize("is_good", [True, False])
def test_without_script_the_board_says_what_came_of_it(
    people: dict[str, Membership], organization: Organization, *, is_good: bool
) -> None:
    call = rang(organization)
    plain = signed_in(people["member"])
    answer = mark(
        plain, "desk:live_handled", missed=call.pk, reason="Rang back" if is_good else " "
    )
    if is_good:
        answer = plain.get(answer.headers["Location"])
    said = "1 missed call is handled." if is_good else "Say what was done about it."
    assert said in answer.text
    assert HandledMissedCall.objects.count() == is_good


@pytest.mark.usefixtures("committed_db")
def test_of_two_who_mark_at_once_one_is_told_that_nothing_waited() -> None:
    organization = make_organization()
    people = [make_membership(organization, Role.ADMIN) for _ in range(8)]
    actors = [principal_again(one) for one in people]
    call = rang(organization)
    acts = [
        partial(handle_missed_calls, phone_call_ids=[call.pk], reason="Rang back", actor=actor)
        for actor in actors
    ]
    counts = [len(keys) for keys in at_once(acts)]
    assert sorted(counts) == [0] * 7 + [1]
    assert HandledMissedCall.objects.count() == 1


def at_once[T](acts: Sequence[Callable[[], T]]) -> list[T]:
    """What each of these says, all begun at the same moment on connections of their own."""
    start = Barrier(len(acts))

    def acting(act: Callable[[], T]) -> T:
        try:
            connection.ensure_connection()
            start.wait(30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(acting, acts))
