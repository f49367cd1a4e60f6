"""Hints of the log form: logged already, the third call, an event; and what their keys do."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.actions import withdraw_call_log
from callcenter.calls.building_events import open_event
from callcenter.calls.folding import fold_call
from callcenter.calls.models import BuildingEvent, CallLog, Comment, EventCall
from callcenter.properties.models import Property, Unit
from tests.calls.conftest import signed_in
from tests.factories import (
    make_call_log,
    make_membership,
    make_property,
    make_resident,
    make_unit,
    principal_again,
    reason_named,
    status_named,
)


@pytest.fixture
def home(organization: Organization) -> Property:
    return make_property(organization, name="Maple Court")


@pytest.fixture
def unit(home: Property) -> Unit:
    return make_unit(home, number="12B")


@pytest.fixture
def kim(organization: Organization, home: Property) -> Membership:
    return make_membership(organization, Role.MEMBER, links=[home], name="Kim Osei")


@pytest.fixture
def client(kim: Membership) -> Client:
    return signed_in(kim, htmx=True)


def logged(unit: Unit, mnemonic: str = "eh", *, minutes: int = 5, **fields: Any) -> CallLog:
    """A call of the unit some minutes ago."""
    at = timezone.now() - timedelta(minutes=minutes)
    log = make_call_log(
        unit.organization, property=unit.property, unit=unit, contacted_at=at, **fields
    )
    reason = reason_named(unit.organization, mnemonic)
    log.reason_links.create(organization=unit.organization, reason=reason, position=0)
    return log


def hints(client: Client, unit: Unit, *mnemonics: str) -> str:
    """What the desk says of a call from the unit about these reasons."""
    reasons = [reason_named(unit.organization, m).pk for m in mnemonics]
    asked: dict[str, Any] = {"property": unit.property_id, "unit": unit.pk, "reasons": reasons}
    answer = client.get(reverse("desk:hints"), asked)
    assert answer.status_code == 200
    return str(answer.text)


def save(client: Client, unit: Unit, mnemonic: str = "eh", **fields: Any) -> Any:
    """Send the log form with the key of a hint."""
    form = {
        "key": str(uuid.uuid4()),
        "property": unit.property_id,
        "unit": unit.pk,
        "call_from": "Ana",
        "direction": "inbound",
        "status": status_named(unit.organization).pk,
        "reasons": reason_named(unit.organization, mnemonic).pk,
    }
    return client.post(reverse("desk:new"), form | fields)


def test_an_open_call_of_the_same_family_is_told_with_its_keys(client: Client, unit: Unit) -> None:
    log = logged(unit, "eh", minutes=40, taken_by_name="Leo")
    assert f"#{log.pk}" not in hints(client, unit)
    text = hints(client, unit, "el")  # another reason of the family
    for words in ("Logged already", "40 min ago", "Leo", f"#{log.pk}", "No heat", "Ctrl+i"):
        assert words in text
    assert f"#{log.pk}" not in hints(client, unit, "pb")


def test_closed_folded_withdrawn_old_and_foreign_calls_are_no_hint(
    client: Client, unit: Unit, kim: Membership
) -> None:
    logged(unit, status=status_named(unit.organization, "Resolved"))
    logged(unit, minutes=31 * 24 * 60)
    owner = principal_again(make_membership(unit.organization, Role.OWNER))
    gone = logged(unit)
    withdraw_call_log(call_log_id=gone.pk, reason="x", seen_version=None, actor=owner)
    logged(make_unit(unit.property))
    assert "Logged already" not in hints(client, unit, "eh")
    head, folded = logged(unit), logged(unit)
    fold_call(call_log_id=folded.pk, head_id=head.pk, actor=owner)
    text = hints(client, unit, "eh")
    assert f'data-send="fold" data-value="{head.pk}"' in text
    assert f'data-send="fold" data-value="{folded.pk}"' not in text


def test_b03_hints_tell_nothing_of_a_place_that_one_may_not_see(
    client: Client, organization: Organization
) -> None:
    elsewhere = make_unit(make_property(organization))
    logged(elsewhere)
    asked = {"property": elsewhere.property_id, "unit": elsewhere.pk}
    answers = [client.get(reverse("desk:hints"), asked)]
    answers.append(client.get(reverse("desk:hints"), {"property": 10**9, "unit": 10**9}))
    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_third_call_is_told_while_it_is_logged_and_stands_in_the_memory(
    client: Client, unit: Unit
) -> None:
    done = status_named(unit.organization, "Resolved")
    logged(unit, "el", status=done, minutes=3 * 24 * 60)
    assert "Call number" not in hints(client, unit, "es")
    first = logged(unit, "eh", status=done, minutes=13 * 24 * 60)
    text = hints(client, unit, "es")
    assert "Call number 3 about emergency in 14 days" in text
    assert f"#{first.pk}" in text
    place = {"unit": unit.pk, "property": unit.property_id}
    assert "about emergency" not in client.get(reverse("desk:new"), place).text
    logged(unit, "es", status=done)
    assert "3 calls about emergency in 14 days" in client.get(reverse("desk:new"), place).text


def test_the_note_goes_to_the_open_call_once_and_no_call_is_logged(
    client: Client, unit: Unit
) -> None:
    log, key = logged(unit), str(uuid.uuid4())
    for _ in range(2):  # B-48
        answer = save(client, unit, notes="Still cold", instead=log.pk, key=key, call_from="")
        assert answer.status_code == 200
    assert [c.text for c in Comment.objects.filter(call_log=log)] == ["Still cold"]
    assert CallLog.objects.count() == 1


def test_without_a_note_nothing_is_added_and_the_words_say_why(client: Client, unit: Unit) -> None:
    log = logged(unit)
    answer = save(client, unit, subject="Kept", notes=" ", instead=log.pk)
    assert answer.status_code == 422
    assert "a comment cannot be empty" in answer.text
    assert 'value="Kept"' in answer.text
    assert not Comment.objects.exists()


def test_save_and_fold_is_one_transaction(client: Client, unit: Unit) -> None:
    head = logged(unit)
    assert save(client, unit, fold=head.pk, notes="Again").status_code == 200
    folded = CallLog.objects.select_related("status").get(folded_into=head)
    assert (folded.notes, folded.status.name) == ("Again", "Duplicate")
    elsewhere = logged(make_unit(make_property(unit.organization)))
    calls = CallLog.objects.count()
    refused = save(client, unit, fold=elsewhere.pk, notes="Kept")
    assert refused.status_code in (404, 422)
    assert CallLog.objects.count() == calls


def test_the_third_unit_within_half_an_hour_opens_an_event_that_the_next_one_joins(
    client: Client, unit: Unit
) -> None:
    others = [logged(make_unit(unit.property), minutes=n) for n in (12, 8)]
    text = hints(client, unit, "eh")
    assert "3 units in 12 min" in text
    eh = reason_named(unit.organization, "eh").pk
    assert f'data-send="open_event" data-value="{eh}"' in text
    assert save(client, unit, open_event=eh).status_code == 200
    event = BuildingEvent.objects.get()
    assert event.title == "No heat or no A/C"
    mine = CallLog.objects.latest("pk")
    joined = set(EventCall.objects.values_list("call_log_id", flat=True))
    assert joined == {mine.pk, *(log.pk for log in others)}
    next_unit = make_unit(unit.property)
    assert f'data-send="join" data-value="{event.pk}"' in hints(client, next_unit, "eh")
    assert save(client, next_unit, join=event.pk).status_code == 200
    assert EventCall.objects.filter(event=event).count() == 4


def test_two_units_are_no_event(client: Client, unit: Unit) -> None:
    logged(unit)
    logged(make_unit(unit.property))
    assert "open_event" not in hints(client, unit, "eh")


def test_what_callers_hear_is_told_as_soon_as_the_place_is_known(
    client: Client, unit: Unit, kim: Membership
) -> None:
    open_event(
        property_id=unit.property_id,
        reason_id=None,
        title="Water shut off",
        line="Back about 16:00",
        actor=principal_again(kim),
    )
    assert "Back about 16:00" in hints(client, unit)
    other = make_unit(make_property(unit.organization))
    assert "Back about" not in client.get(reverse("desk:hints"), {"property": other.pk}).text


def test_hints_cost_the_same_with_many_calls(
    client: Client, unit: Unit, django_assert_max_num_queries: Any
) -> None:
    make_resident(unit)
    for n in range(12):
        logged(unit, minutes=n)
        logged(make_unit(unit.property), minutes=n)
    with django_assert_max_num_queries(8):
        assert "Logged already" in hints(client, unit, "eh")
