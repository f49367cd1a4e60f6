"""Drafts: the newest words win, nothing comes back after it was saved, nobody reads another's."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from callcenter.accounts.models import Organization, Role
from callcenter.calls import drafts
from callcenter.calls.drafts import (
    MOST_CHARACTERS,
    Entries,
    Kept,
    Opened,
    forget_draft,
    key_of_place,
    prune_drafts,
    save_draft,
    unsaved_of,
)
from callcenter.calls.models import Draft
from callcenter.calls.places import Place
from callcenter.calls.tasks import prune
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.properties.models import Unit
from callcenter.properties.principals import Principal
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_principal,
    make_property,
    make_resident,
    make_unit,
    principal_again,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def kim(organization: Organization) -> Principal:
    return make_principal(organization)


@pytest.fixture
def unit(organization: Organization) -> Unit:
    return make_unit(make_property(organization, name="Maple Court"), number="12B")


def a_writer() -> str:
    return str(uuid.uuid4())


def words(text: str) -> Entries:
    return [["notes", text]]


def save(who: Principal, text: str, writer: str, *, seq: int, seen: int = 0, **more: Any) -> Kept:
    key = more.pop("key", "new")
    return save_draft(
        key=key, opened=Opened(writer, seen), seq=seq, entries=words(text), actor=who, **more
    )


def text_of(who: Principal, key: str = "new") -> str:
    found = Draft.objects.visible_to(who).filter(key=key).first()
    return found.data[0][1] if found and found.data else ""


def test_a_late_save_of_an_older_text_changes_nothing(kim: Principal) -> None:
    writer = a_writer()
    save(kim, "Water", writer, seq=1)
    newest = save(kim, "Water through the ceiling", writer, seq=3)
    late = save(kim, "Water through", writer, seq=2)
    assert text_of(kim) == "Water through the ceiling"
    assert late.revision == newest.revision == 2
    assert not late.is_over


def test_what_was_saved_or_discarded_never_comes_back(kim: Principal) -> None:
    writer, next_one = a_writer(), a_writer()
    kept = save(kim, "Water", writer, seq=1)
    forget_draft(key="new", opened=Opened(writer, kept.revision), actor=kim)
    assert text_of(kim) == ""
    assert save(kim, "Wat", writer, seq=9).is_over
    save(kim, "Next call", next_one, seq=1)
    assert save(kim, "Wat", writer, seq=10).is_over
    assert text_of(kim) == "Next call"


def test_a_form_that_never_kept_anything_is_over_too_once_it_is_sent(kim: Principal) -> None:
    writer = a_writer()
    forget_draft(key="new", opened=Opened(writer, 0), actor=kim)
    assert save(kim, "Wat", writer, seq=1).is_over
    assert text_of(kim) == ""


def test_of_two_tabs_the_newer_text_wins_and_the_other_one_is_kept_beside_it(
    kim: Principal,
) -> None:
    one, two = a_writer(), a_writer()
    save(kim, "one", one, seq=5)
    second = save(kim, "two", two, seq=1)
    assert second.displaced == words("one")
    assert text_of(kim) == "two"
    again = save(kim, "two and more", two, seq=2, seen=second.revision)
    assert again.displaced == words("one")
    settled = save_draft(
        key="new",
        opened=Opened(two, again.revision),
        seq=3,
        entries=words("two"),
        actor=kim,
        settles=True,
    )
    assert settled.displaced == []


def test_a_tab_that_began_with_the_text_of_another_displaces_nothing(kim: Principal) -> None:
    kept = save(kim, "before the crash", a_writer(), seq=7)
    after = save(kim, "before the crash, and after", a_writer(), seq=1, seen=kept.revision)
    assert after.displaced == []


def test_saving_one_of_two_tabs_leaves_the_text_of_the_other(kim: Principal) -> None:
    one, two = a_writer(), a_writer()
    save(kim, "one", one, seq=5)
    second = save(kim, "two", two, seq=1)
    forget_draft(key="new", opened=Opened(two, second.revision), actor=kim)
    assert text_of(kim) == "one"
    assert not save(kim, "one goes on", one, seq=6).is_over
    forget_draft(key="new", opened=Opened(two, 0), actor=kim)
    assert text_of(kim) == "one goes on"


def test_a_form_whose_place_changes_takes_its_words_along(kim: Principal, unit: Unit) -> None:
    writer, here = a_writer(), f"new:u{unit.pk}"
    save(kim, "Water", writer, seq=1)
    save(kim, "Water", writer, seq=2, key=here, moved_from="new")
    assert (text_of(kim), text_of(kim, here)) == ("", "Water")
    save(kim, "Wat", writer, seq=1)
    assert text_of(kim) == ""
    save(kim, "Water!", writer, seq=3, moved_from=here)
    assert (text_of(kim), text_of(kim, here)) == ("Water!", "")


def test_a_move_leaves_alone_what_another_tab_wrote_there(kim: Principal, unit: Unit) -> None:
    here = f"new:u{unit.pk}"
    save(kim, "yesterday", a_writer(), seq=1, key=here)
    save(kim, "somebody else", a_writer(), seq=1)
    moved = save(kim, "today", a_writer(), seq=1, key=here, moved_from="new")
    assert moved.displaced == words("yesterday")
    assert text_of(kim) == "somebody else"


def test_a_draft_is_its_persons_alone_and_of_one_organisation(kim: Principal) -> None:
    colleague = make_principal(kim.organization)
    membership = make_membership(kim.organization)
    here = principal_again(membership)
    there = principal_again(make_membership(make_organization(), user=membership.user))
    save(here, "here", a_writer(), seq=1)
    save(there, "there", a_writer(), seq=1)
    assert (text_of(here), text_of(there)) == ("here", "there")
    assert text_of(colleague) == ""
    assert [draft.data for draft in unsaved_of(here)] == [words("here")]


def test_only_keys_about_what_one_sees_are_kept(organization: Organization, unit: Unit) -> None:
    stranger = make_unit(make_property(make_organization()))
    member = make_principal(organization, Role.MEMBER, links=[unit.property])
    elsewhere = make_unit(make_property(organization))
    call = make_call_log(organization, property=elsewhere.property)
    resident = make_resident(unit)
    good = (f"u{unit.pk}", f"r{resident.pk}", f"p{unit.property_id}")
    for place in good:
        save(member, "x", a_writer(), seq=1, key=f"new:{place}")
    bad = (f"u{stranger.pk}", f"u{elsewhere.pk}", f"p{elsewhere.property_id}", "r999999", "u0", "u")
    wrong = ("", "new ", "new:x1", f"call:{call.pk}:comment", "call:1", "call:1:status", "n" * 90)
    for key in (*(f"new:{place}" for place in bad), *wrong):
        with pytest.raises(NotFoundError):
            save(member, "x", a_writer(), seq=1, key=key)


@pytest.mark.parametrize(
    "entries",
    [
        None,
        [],
        {},
        "x",
        [["notes"]],
        [["notes", 1]],
        [["notes", "x", "y"]],
        [["n" * 101, "x"]],
        [["n", "x"]] * 401,
        [["notes", "x" * (MOST_CHARACTERS + 1)]],
    ],
    ids=lambda entries: str(entries)[:20],
)
def test_what_is_no_form_is_refused(kim: Principal, entries: object) -> None:
    opened = Opened(a_writer(), 0)
    with pytest.raises(RuleError):
        save_draft(key="new", opened=opened, seq=1, entries=entries, actor=kim)
    assert not Draft.objects.visible_to(kim).exists()


def test_a_writer_is_a_uuid_and_a_number() -> None:
    writer = a_writer()
    assert Opened.read(f"{writer}.7") == Opened(writer, 7)
    for said in ("", writer, f"{writer}.", f"{writer}.x", f"{writer}.-1", f"{writer.upper()}.1"):
        assert Opened.read(said) is None


def test_the_key_of_a_place_is_its_unit_whoever_of_the_unit_calls(unit: Unit) -> None:
    ana = make_resident(unit)
    home = unit.property
    assert key_of_place(Place(home, unit, ana)) == f"new:u{unit.pk}"
    assert key_of_place(Place(home, None, ana)) == f"new:r{ana.pk}"
    assert key_of_place(Place(home)) == f"new:p{home.pk}"
    assert key_of_place(Place()) == "new"


def test_what_is_unsaved_is_told_with_what_it_is_about_in_one_statement(
    kim: Principal, unit: Unit, django_assert_num_queries: object
) -> None:
    ana = make_resident(unit, first_name="Ana", last_name="Ruiz")
    call = make_call_log(kim.organization)
    keys = ("new", f"new:u{unit.pk}", f"new:r{ana.pk}", f"new:p{unit.property_id}")
    for n, key in enumerate((*keys, f"call:{call.pk}:comment")):
        save(kim, f"text {n}", a_writer(), seq=1, key=key)
    gone = make_unit(unit.property)
    save(kim, "gone", a_writer(), seq=1, key=f"new:u{gone.pk}")
    gone.delete()
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = unsaved_of(kim)
    assert [draft.label for draft in found] == [  # type: ignore[attr-defined]
        f"#{call.pk}",
        "Maple Court",
        "Ana Ruiz",
        "12B, Maple Court",
        "",
    ]


def test_what_nobody_touched_for_two_weeks_is_forgotten_in_batches(
    kim: Principal, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "BATCH", 2)
    over = timezone.now() - timedelta(days=14, seconds=1)
    for n in range(5):
        who = make_membership(organization).user
        Draft.objects.create(organization=organization, user=who, key="new")
        Draft.objects.filter(user=who).update(updated_at=over + timedelta(minutes=n == 4))
    assert prune_drafts() == 4
    prune()
    assert Draft.objects.count() == 1
