"""The pages of a unit and of a resident."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.models import CallLog, MedicalNoteReading
from callcenter.calls.views.places import SIZE
from callcenter.properties.models import Property, Unit
from tests.calls.conftest import post, signed_in
from tests.factories import (
    make_call_log,
    make_organization,
    make_phone,
    make_property,
    make_resident,
    make_unit,
    status_named,
)

ROLES = ["owner", "admin", "member"]
NOTE = "Uses an oxygen device"


@pytest.fixture
def unit(log: CallLog) -> Unit:
    assert log.unit
    log.unit.may_enter = True
    log.unit.medical_note = NOTE
    log.unit.save(update_fields=["may_enter", "medical_note"])
    return log.unit


def unit_page(client: Client, unit: Unit, **query: Any) -> Any:
    return client.get(reverse("calls:unit", args=[unit.pk]), query)


@pytest.mark.parametrize("role", ROLES)
def test_a_unit_tells_people_numbers_instructions_and_calls(
    people: dict[str, Membership], unit: Unit, log: CallLog, role: str
) -> None:
    assert log.resident
    make_phone(log.resident, "+12125550143", label="cell")
    gone = make_resident(unit, first_name="Old", last_name="Tenant")
    gone.move_out = timezone.now().date() - timedelta(days=9)
    gone.save(update_fields=["move_out"])
    closed = make_call_log(
        unit.organization,
        property=unit.property,
        unit=unit,
        status=status_named(unit.organization, "Closed"),
    )
    text = unit_page(signed_in(people[role]), unit).text
    for words in ("12B", "Maple Court", "Ana de la Cruz", "(212) 555-0143", "May enter"):
        assert words in text
    for words in ("Ring 7 for the key", "Dog, Biscuit", "Old Tenant", f'num-id">{closed.pk}<'):
        assert words in text
    opened = text[text.index("Open matters") : text.index('id="rows"')]
    assert f"#{log.pk}" in opened
    assert f"#{closed.pk}" not in opened
    assert text.index("Ana de la Cruz</bdi></a>") < text.index("Old Tenant")


@pytest.mark.parametrize("view", ["calls:unit", "calls:resident", "calls:medical"])
def test_b07_places_that_one_may_not_see_are_not_there(
    people: dict[str, Membership], organization: Organization, view: str
) -> None:
    member = signed_in(people["member"])
    for home in (make_property(organization), make_property(make_organization())):
        unit = make_unit(home, medical_note=NOTE)
        pk = make_resident(unit).pk if view == "calls:resident" else unit.pk
        send = member.post if view == "calls:medical" else member.get
        for number in (pk, 10**15):
            answer = send(reverse(view, args=[number]), {"key": "one"})
            assert answer.status_code == 404
            assert NOTE not in answer.text


@pytest.mark.parametrize("is_htmx", [True, False])
def test_a_medical_note_shows_only_by_a_step_that_is_written_down(
    people: dict[str, Membership], unit: Unit, log: CallLog, *, is_htmx: bool
) -> None:
    client = signed_in(people["member"], htmx=is_htmx)
    for address in (reverse("calls:unit", args=[unit.pk]), reverse("calls:detail", args=[log.pk])):
        assert NOTE not in client.get(address).text
    assert client.get(reverse("calls:medical", args=[unit.pk])).status_code == 405
    answer = post(client, "calls:medical", unit.pk)
    assert answer.status_code == 200
    assert NOTE in answer.text
    assert ("<!doctype html>" in answer.text) is not is_htmx
    reading = MedicalNoteReading.objects.get(unit=unit)
    assert (reading.reader_name, reading.reader) == ("Priya Nair", people["member"].user)
    assert NOTE not in unit_page(client, unit).text


def test_a_note_that_is_not_there_is_no_reading(
    people: dict[str, Membership], maple: Property
) -> None:
    plain = make_unit(maple)
    assert post(signed_in(people["admin"]), "calls:medical", plain.pk).status_code == 404
    assert not MedicalNoteReading.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE calls_medicalnotereading SET reader_name = 'x'",
        "DELETE FROM calls_medicalnotereading",
        "TRUNCATE calls_medicalnotereading",
    ],
)
def test_b43_nobody_rewrites_who_read_a_note(
    people: dict[str, Membership], unit: Unit, statement: str
) -> None:
    post(signed_in(people["admin"]), "calls:medical", unit.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert MedicalNoteReading.objects.count() == 1


def test_calls_of_a_unit_are_paged_and_cost_the_same(
    people: dict[str, Membership], unit: Unit
) -> None:
    client, htmx = (signed_in(people["member"], htmx=is_htmx) for is_htmx in (False, True))
    with CaptureQueriesContext(connection) as one:
        unit_page(client, unit)
    for n in range(SIZE + 2):
        at = timezone.now() - timedelta(hours=n + 1)
        make_call_log(unit.organization, property=unit.property, unit=unit, contacted_at=at)
        make_resident(unit)
    with CaptureQueriesContext(connection) as many:
        first = unit_page(client, unit)
    assert len(many) == len(one) + 1 <= 8  # what does not fit on a page is counted
    cursor = re.search(r"cursor=([\w-]+)", first.text)
    assert cursor
    second = unit_page(htmx, unit, cursor=cursor[1])
    assert second.text.lstrip().startswith('<section class="panel" id="rows"')
    ids = [re.findall(r'num-id">(\d+)<', page.text) for page in (first, second)]
    assert [len(page) for page in ids] == [SIZE, 3]
    assert not set(ids[0]) & set(ids[1])


@pytest.mark.parametrize("role", ROLES)
def test_a_resident_tells_place_others_there_and_own_calls(
    people: dict[str, Membership], unit: Unit, log: CallLog, role: str
) -> None:
    assert log.resident
    other = make_resident(unit, first_name="Mateo", last_name="de la Cruz")
    theirs = make_call_log(
        unit.organization, property=unit.property, unit=unit, resident=other, call_from="Mateo"
    )
    text = signed_in(people[role]).get(reverse("calls:resident", args=[log.resident_id])).text
    for words in ("Ana de la Cruz", "12B, Maple Court", "Mateo de la Cruz", f'num-id">{log.pk}<'):
        assert words in text
    assert f'num-id">{theirs.pk}<' not in text
