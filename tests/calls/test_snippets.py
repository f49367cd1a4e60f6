"""Snippets: one's own and shared ones, filled in for the place, within the house."""

import uuid
from typing import Any

import pytest
from django.test import Client

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.models import Snippet
from callcenter.properties.models import Property, Resident
from tests.calls.conftest import signed_in
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_property,
    make_resident,
    make_unit,
    reason_named,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def maple(organization: Organization) -> Property:
    return make_property(organization, name="Maple Court", time_zone="Asia/Kolkata")


@pytest.fixture
def ana(maple: Property) -> Resident:
    return make_resident(make_unit(maple, number="12B"), first_name="Ana", last_name="Cruz")


@pytest.fixture
def admin(organization: Organization) -> Membership:
    return make_membership(organization, Role.ADMIN)


def form(**fields: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "word": "closed", "text": "Valve closed."} | fields


def words(client: Client, **about: Any) -> list[dict[str, Any]]:
    answer = client.get("/snippets/words/", about)
    assert answer.headers["Cache-Control"] == "private, no-store"
    found: list[dict[str, Any]] = answer.json()["snippets"]
    return found


def test_one_makes_changes_and_deletes_ones_own(me: Membership) -> None:
    client = signed_in(me)
    twice = form(word=" ::Closed ")
    for _ in range(2):
        assert client.post("/snippets/", twice).status_code == 302
    mine = Snippet.objects.get()
    assert (mine.word, mine.owner) == ("closed", me.user)
    assert client.post(f"/snippets/{mine.pk}/", form(text="Shut.")).status_code == 302
    mine.refresh_from_db()
    assert mine.text == "Shut."
    assert client.post(f"/snippets/{mine.pk}/delete/", form()).status_code == 302
    assert not Snippet.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"word": "two words"}, "A word has up to 30 letters"),
        ({"word": ""}, "A word has up to 30 letters"),
        ({"text": "  \n"}, "Write the text"),
        ({"text": "x" * 5001}, "longer than 5000"),
        ({"reason": 10**9}, "There is no such reason"),
    ],
)
def test_what_cannot_be_is_refused_with_all_that_was_typed(
    me: Membership, fields: dict[str, Any], said: str
) -> None:
    answer = signed_in(me).post("/snippets/", form(**fields))
    assert answer.status_code == 422
    assert said in answer.text
    assert str(fields.get("word", "closed")) in answer.text
    assert not Snippet.objects.exists()


def test_a_word_stands_once_for_a_person_and_once_for_all(
    me: Membership, admin: Membership
) -> None:
    client = signed_in(me)
    client.post("/snippets/", form())
    answer = client.post("/snippets/", form(text="Again"))
    assert answer.status_code == 422
    assert "a snippet of this word already" in answer.text
    assert signed_in(admin).post("/snippets/", form(shared="1", text="All")).status_code == 302
    assert [one["text"] for one in words(client)] == ["Valve closed."]
    assert [one["text"] for one in words(signed_in(admin))] == ["All"]


def test_members_share_nothing_and_touch_no_other_ones(
    me: Membership, admin: Membership, organization: Organization
) -> None:
    client = signed_in(me)
    assert client.post("/snippets/", form(shared="1")).status_code == 403
    shared = Snippet.objects.create(organization=organization, word="all", text="All")
    theirs = Snippet.objects.create(
        organization=organization, owner=admin.user, word="secret", text="Theirs"
    )
    foreign = Snippet.objects.create(organization=make_organization(), word="far", text="Far")
    for pk, status in ((shared.pk, 403), (theirs.pk, 404), (foreign.pk, 404), (10**9, 404)):
        for address in (f"/snippets/{pk}/", f"/snippets/{pk}/delete/"):
            assert client.post(address, form()).status_code == status
    assert [one["word"] for one in words(client)] == ["all"]
    assert "Theirs" not in client.get("/snippets/").text
    assert Snippet.objects.count() == 3


def test_fields_are_filled_in_for_the_place_on_its_clock_and_only_once(
    me: Membership, ana: Resident, organization: Organization, time_machine: Any
) -> None:
    time_machine.move_to("2026-11-24T06:00:00Z", tick=False)
    text = "{resident} in {unit}, {property}, {time}, {agent} {other}"
    Snippet.objects.create(organization=organization, word="who", text=text)
    client = signed_in(me)
    full = "Ana {agent} Cruz in 12B, Maple Court, 11:30, Priya Nair {other}"
    Resident.objects.filter(pk=ana.pk).update(first_name="Ana {agent}")
    assert words(client, resident=ana.pk)[0]["text"] == full
    log = make_call_log(organization, property=ana.property, unit=ana.unit, resident=ana)
    assert words(client, call=log.pk)[0]["text"] == full
    nowhere = words(client)[0]["text"]
    assert nowhere.startswith("{resident} in {unit}, {property}, 01:00, Priya Nair")


def test_templates_of_the_chosen_reasons_come_first(
    me: Membership, organization: Organization
) -> None:
    leak = reason_named(organization, "el")
    Snippet.objects.create(organization=organization, word="aaa", text="A")
    Snippet.objects.create(organization=organization, word="leak", text="L", reason=leak)
    client = signed_in(me)
    assert [one["word"] for one in words(client, reasons=leak.pk)] == ["leak", "aaa"]
    assert [one["is_template"] for one in words(client, reasons=leak.pk)] == [True, False]
    assert [one["word"] for one in words(client)] == ["aaa", "leak"]


def test_b03_what_the_caller_may_not_see_fills_in_nothing(
    me: Membership, organization: Organization
) -> None:
    client = signed_in(me)
    elsewhere = make_property(organization)
    log = make_call_log(organization, property=elsewhere)
    for about in (
        {"property": elsewhere.pk},
        {"call": log.pk},
        {"resident": make_resident(make_property(make_organization())).pk},
        {"unit": "x"},
    ):
        assert client.get("/snippets/words/", about).status_code == 404


def test_the_words_cost_the_same_for_one_and_for_many(
    me: Membership, organization: Organization, ana: Resident, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(me)
    for n in range(30):
        Snippet.objects.create(organization=organization, word=f"w{n}", text="W")
    with django_assert_max_num_queries(8):
        words(client, resident=ana.pk)
    with django_assert_max_num_queries(8):
        client.get("/snippets/")
