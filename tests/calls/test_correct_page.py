"""Correcting and withdrawing on their pages, with htmx and without."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.models import CallLog, Comment, TimeFlag
from callcenter.calls.values import ContactTime
from callcenter.properties.models import Property
from tests.calls.conftest import post, signed_in
from tests.factories import (
    make_call_log,
    make_comment,
    make_organization,
    make_property,
    make_resident,
    make_unit,
    reason_named,
)

ROLES = ["owner", "admin", "member"]


def form_of(client: Client, log: CallLog) -> dict[str, Any]:
    """The fields of the form as a browser would send them untouched."""
    text = client.get(reverse("calls:correct", args=[log.pk])).text
    form = text[text.index('<form class="call-form') :]
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        named = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if named.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        if "name" in named and named["name"] not in ("csrfmiddlewaretoken", "words"):
            fields.setdefault(named["name"], []).append(named.get("value", "on"))
    chosen = re.search(r'<option value="(\d+)" selected', form)
    fields["main_reason"] = chosen[1] if chosen else ""
    return fields | {"comment": ""}


def correct(client: Client, log: CallLog, **fields: Any) -> Any:
    return client.post(reverse("calls:correct", args=[log.pk]), form_of(client, log) | fields)


@pytest.fixture
def admin(people: dict[str, Membership]) -> Client:
    return signed_in(people["admin"])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_htmx", [True, False])
def test_a_correction_is_saved_and_shown(
    people: dict[str, Membership], log: CallLog, role: str, *, is_htmx: bool
) -> None:
    client = signed_in(people[role], htmx=is_htmx)
    answer = correct(client, log, subject="Ceiling", direction="outbound", comment="Was wrong")
    if is_htmx:
        assert answer.status_code == 200
        assert answer.text.lstrip().startswith('<div class="log" id="call">')
        assert answer["HX-Push-Url"] == f"/calls/{log.pk}/"
    else:
        assert (answer.status_code, answer["Location"]) == (302, f"/calls/{log.pk}/")
    log.refresh_from_db()
    assert (log.subject, log.direction, log.version) == ("Ceiling", "outbound", 2)
    row = Comment.objects.get(call_log=log)
    assert row.text == "Was wrong\nSubject: nothing → “Ceiling”\nDirection: Inbound → Outbound"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_htmx", [True, False])
def test_a_correction_without_a_reason_is_refused_and_nothing_typed_is_lost(
    people: dict[str, Membership], log: CallLog, role: str, *, is_htmx: bool
) -> None:
    client = signed_in(people[role], htmx=is_htmx)
    answer = correct(client, log, subject="Ceiling of the kitchen", comment=" ")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="Ceiling of the kitchen"' in answer.text
    assert re.search(r'name="comment"[^>]*aria-invalid="true"', answer.text)
    assert ("<!doctype html>" in answer.text) is not is_htmx
    log.refresh_from_db()
    assert (log.subject, log.version) == ("", 1)


@pytest.mark.parametrize("is_htmx", [True, False])
def test_b45_the_second_of_two_correctors_sees_what_is_saved_and_keeps_the_own(
    people: dict[str, Membership], log: CallLog, *, is_htmx: bool
) -> None:
    client = signed_in(people["member"], htmx=is_htmx)
    fields = form_of(client, log) | {"subject": "Mine", "comment": "Why"}
    correct(signed_in(people["owner"]), log, subject="Theirs", comment="Because")
    address = reverse("calls:correct", args=[log.pk])
    answer = client.post(address, fields)
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text
    assert 'name="seen_version" value="2"' in answer.text
    assert client.post(address, fields | {"seen_version": 2}).status_code < 400
    log.refresh_from_db()
    assert (log.subject, log.version) == ("Mine", 3)


def test_a_form_that_nobody_touched_changes_nothing(admin: Client, log: CallLog) -> None:
    third, second = (reason_named(log.organization, name) for name in ("al", "ms"))
    for position, reason in ((1, second), (2, third)):
        log.reason_links.create(organization=log.organization, reason=reason, position=position)
    assert correct(admin, log, comment="No reason").status_code == 302
    log.refresh_from_db()
    assert log.version == 1
    assert not Comment.objects.filter(call_log=log).exists()


def test_finding_another_place_loses_nothing_and_saves_nothing(
    admin: Client, log: CallLog, maple: Property
) -> None:
    other = make_unit(maple, number="4C")
    answer = correct(admin, log, words="4c maple", find="1", subject="Typed", comment="Why")
    assert answer.status_code == 200
    assert f'value="u:{other.pk}"' in answer.text
    assert 'value="Typed"' in answer.text
    assert "Why</textarea>" in answer.text
    correct(admin, log, place=f"u:{other.pk}", call_from="Her sister", comment="Wrong unit")
    log.refresh_from_db()
    assert (log.unit, log.resident, log.call_from) == (other, None, "Her sister")


def test_b03_a_place_that_one_does_not_see_is_not_found_and_not_taken(
    people: dict[str, Membership], log: CallLog, organization: Organization
) -> None:
    hidden = make_unit(make_property(organization, name="Hidden House"), number="4C")
    foreign = make_unit(make_property(make_organization(), name="Foreign House"), number="4C")
    member = signed_in(people["member"])
    assert "House" not in correct(member, log, words="4C", find="1").text
    for unit in (hidden, foreign):
        answer = correct(member, log, place=f"u:{unit.pk}", call_from="X", comment="Why")
        assert answer.status_code == 422
        assert "House" not in answer.text
    assert correct(member, log, place="u:0", call_from="X", comment="Why").status_code == 422
    log.refresh_from_db()
    assert log.version == 1


def test_the_time_is_read_on_the_clock_of_the_place(admin: Client, log: CallLog) -> None:
    correct(admin, log, day="2026-11-01", time="01:30:00", comment="First time")
    log.refresh_from_db()
    assert log.contacted_at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert (log.contacted_flag, log.contacted_text) == ("ambiguous", "2026-11-01 01:30:00")
    assert form_of(admin, log).get("is_second") is None
    correct(admin, log, day="2026-11-01", time="01:31:00", is_second="1", comment="Second time")
    log.refresh_from_db()
    assert log.contacted_at == datetime(2026, 11, 1, 6, 31, tzinfo=UTC)
    assert form_of(admin, log)["is_second"] == ["1"]


@pytest.mark.parametrize(
    ("local", "zone", "is_second", "utc", "flag"),
    [
        ("2026-03-08 01:59:59", "America/New_York", False, "06:59:59", TimeFlag.EXACT),
        ("2026-03-08 02:30:00", "America/New_York", False, "07:30:00", TimeFlag.IMPOSSIBLE),
        ("2026-03-08 02:30:00", "America/New_York", True, "07:30:00", TimeFlag.IMPOSSIBLE),
        ("2026-03-08 03:00:00", "America/New_York", False, "07:00:00", TimeFlag.EXACT),
        ("2026-11-01 01:30:00", "America/New_York", False, "05:30:00", TimeFlag.AMBIGUOUS),
        ("2026-11-01 01:30:00", "America/New_York", True, "06:30:00", TimeFlag.AMBIGUOUS),
        ("2026-04-05 01:45:00", "Australia/Lord_Howe", False, "14:45:00", TimeFlag.AMBIGUOUS),
        ("2026-04-05 01:45:00", "Australia/Lord_Howe", True, "15:15:00", TimeFlag.AMBIGUOUS),
        ("2026-10-04 02:10:00", "Australia/Lord_Howe", False, "15:40:00", TimeFlag.IMPOSSIBLE),
        ("2026-03-08 02:30:00", "America/Phoenix", True, "09:30:00", TimeFlag.EXACT),
    ],
)
def test_hours_that_a_clock_shows_twice_or_never_are_flagged(
    local: str, zone: str, utc: str, flag: TimeFlag, *, is_second: bool
) -> None:
    typed = datetime.fromisoformat(local)
    time = ContactTime.on_clock(typed, zone, is_second=is_second)
    assert (f"{time.at:%H:%M:%S}", time.flag, time.text) == (utc, flag, local)


@pytest.mark.parametrize(
    "fields",
    [
        {"place": "x:1"},
        {"place": "u:" + "9" * 18},
        {"main_reason": "999999999999"},
        {"more_reasons": "7x"},
        {"direction": "sideways"},
        {"day": "2026-02-30"},
        {"time": "25:00"},
        {"day": "0001-01-01", "time": "00:00"},
        {"day": "9999-12-31", "time": "23:59:59"},
        {"subject": "a\x00b"},
        {"seen_version": "-1"},
        {"seen_version": ""},
    ],
)
def test_b20_what_makes_no_sense_is_refused_and_changes_nothing(
    admin: Client, log: CallLog, fields: dict[str, str]
) -> None:
    answer = correct(admin, log, **{"subject": "New", "comment": "Why"} | fields)
    assert answer.status_code in (409, 422)
    log.refresh_from_db()
    assert (log.version, log.subject) == (1, "")


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_inv31_owner_and_admin_withdraw_a_call_once_with_a_reason(
    people: dict[str, Membership], log: CallLog, role: str
) -> None:
    client = signed_in(people[role])
    assert client.get(reverse("calls:withdraw", args=[log.pk])).status_code == 200
    assert post(client, "calls:withdraw", log.pk, reason=" ", seen_version=1).status_code == 422
    fields = {"reason": "A test call", "seen_version": 1, "key": "one"}
    for _ in range(2):
        answer = post(client, "calls:withdraw", log.pk, **fields)
        assert (answer.status_code, answer["Location"]) == (302, reverse("calls:list"))
    assert client.get(reverse("calls:detail", args=[log.pk])).status_code == 404
    assert [row.text for row in Comment.objects.filter(call_log=log)] == ["Withdrawn: A test call"]


def test_members_do_not_withdraw(people: dict[str, Membership], log: CallLog) -> None:
    member = signed_in(people["member"])
    assert member.get(reverse("calls:withdraw", args=[log.pk])).status_code == 403
    assert post(member, "calls:withdraw", log.pk, reason="x", seen_version=1).status_code == 403
    assert "Withdraw" not in member.get(reverse("calls:detail", args=[log.pk])).text


def test_a_comment_is_withdrawn_on_the_page_of_its_call_alone(
    admin: Client, log: CallLog, organization: Organization
) -> None:
    comment = make_comment(log, text="Meant for 11B")
    other = make_call_log(organization)
    address = reverse("calls:withdraw", args=[other.pk])
    assert admin.get(address, {"comment": comment.pk}).status_code == 404
    assert (
        post(admin, "calls:withdraw", other.pk, comment=comment.pk, reason="x").status_code == 404
    )
    answer = post(admin, "calls:withdraw", log.pk, comment=comment.pk, reason="wrong unit")
    assert answer.status_code == 302
    assert "Withdrawn by Kim Osei: wrong unit" in admin.get(answer["Location"]).text
    again = post(admin, "calls:withdraw", log.pk, comment=comment.pk, reason="again")
    assert again.status_code == 422
    assert "Meant for 11B" in again.text


def test_a_resident_can_be_found_by_name(admin: Client, log: CallLog, maple: Property) -> None:
    maria = make_resident(maple, first_name="María", last_name="Núñez")
    answer = correct(admin, log, words="nunez", find="1")
    assert f'value="r:{maria.pk}"' in answer.text
    correct(admin, log, place=f"r:{maria.pk}", comment="It was María")
    log.refresh_from_db()
    assert (log.resident, log.unit, log.call_from) == (maria, None, "María Núñez")
