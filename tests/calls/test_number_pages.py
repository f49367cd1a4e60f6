"""Numbers on the pages of a call, a resident and a unit, with script and without."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.models import CallLog, RememberedNumber
from callcenter.calls.remembering import go_on
from callcenter.properties.models import Resident, ResidentPhone
from tests.calls.conftest import post, signed_in
from tests.factories import (
    make_call_log,
    make_organization,
    make_phone,
    make_property,
    make_resident,
    make_unit,
)

type People = dict[str, Membership]

NUMBER = {
    "phone_raw": "(212) 555-0143",
    "phone_e164": "+12125550143",
    "phone_digits_reversed": "3410555212",
}


@pytest.fixture
def call(log: CallLog) -> CallLog:
    """A call from 12B by nobody known, with a number that nobody has."""
    return make_call_log(
        log.organization, property=log.property, unit=log.unit, call_from="a woman", **NUMBER
    )


def page(client: Any, call: CallLog) -> str:
    return str(client.get(reverse("calls:detail", args=[call.pk])).text)


def test_a_number_that_nobody_has_is_remembered_by_a_plain_form(
    people: People, call: CallLog, log: CallLog
) -> None:
    earlier = make_call_log(call.organization, property=call.property, **NUMBER)
    client = signed_in(people["member"])
    assert "Remember it for <bdi>Ana de la Cruz</bdi>" in page(client, call)
    response = post(client, "calls:remember", call.pk, resident=log.resident_id)
    assert response.url == reverse("calls:detail", args=[call.pk])
    call.refresh_from_db()
    assert call.resident_id == log.resident_id
    after = page(client, call)
    assert "(212) 555-0143 remembered for Ana de la Cruz." in after
    assert "Earlier calls are being linked" in after
    assert "Remember it for" not in after
    remembered = RememberedNumber.objects.get()
    while go_on(remembered.pk):
        pass
    said = client.get(reverse("calls:remembered", args=[remembered.pk])).text
    assert "1 earlier call linked." in said
    assert "hx-get" not in said
    earlier.refresh_from_db()
    assert earlier.resident_id == log.resident_id


def test_several_people_are_chosen_by_a_digit_and_somebody_new_by_a_name(
    people: People, call: CallLog, log: CallLog
) -> None:
    assert log.unit
    make_resident(log.unit, first_name="Mateo", last_name="de la Cruz")
    gone = make_resident(log.unit, first_name="Old", last_name="Tenant")
    Resident.objects.filter(pk=gone.pk).update(move_out=timezone.now() - timedelta(days=9))
    htmx = signed_in(people["member"], htmx=True)
    text = page(htmx, call)
    offer = text[text.index('id="number-offer"') :].partition("</section>")[0]
    assert 'data-key="1"><kbd class="key">1</kbd> <bdi>Ana de la Cruz' in offer
    assert 'data-key="2"><kbd class="key">2</kbd> <bdi>Mateo de la Cruz' in offer
    assert "Tenant" not in offer
    answer = post(htmx, "calls:remember", call.pk, name="Maria van der Berg")
    assert 'id="call"' in answer.text
    assert Resident.objects.get(last_name="van der Berg").phones.count() == 1


def test_a_refusal_keeps_the_name_and_says_why(people: People, call: CallLog) -> None:
    htmx = signed_in(people["member"], htmx=True)
    answer = post(htmx, "calls:remember", call.pk, name="x" * 290)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#log")
    assert "x" * 290 in answer.text
    assert "This name is too long." in answer.text


def test_a_call_without_a_number_or_whose_number_somebody_has_offers_nothing(
    people: People, call: CallLog, log: CallLog
) -> None:
    client = signed_in(people["owner"])
    assert 'id="number-offer"' not in page(client, log)
    assert log.resident
    make_phone(log.resident, "+12125550143")
    assert 'id="number-offer"' not in page(client, call)


def test_b46_a_form_that_is_sent_twice_adds_one_number(
    people: People, call: CallLog, log: CallLog
) -> None:
    client = signed_in(people["admin"])
    for _ in range(2):
        post(client, "calls:remember", call.pk, resident=log.resident_id, key="once")
    assert (ResidentPhone.objects.count(), RememberedNumber.objects.count()) == (1, 1)


def test_the_offer_costs_one_statement(people: People, call: CallLog) -> None:
    client = signed_in(people["member"])
    with CaptureQueriesContext(connection) as captured:
        page(client, call)
    assert len(captured) <= 9


def test_numbers_are_added_given_up_and_forbidden_by_plain_forms(
    people: People, log: CallLog
) -> None:
    client = signed_in(people["member"])
    where = reverse("calls:resident", args=[log.resident_id])
    fields = {"number": "212.555.0143", "label": "work"}
    assert post(client, "calls:number_add", log.resident_id or 0, **fields).url == where
    phone = ResidentPhone.objects.get()
    assert (phone.label, phone.e164) == ("work", "+12125550143")
    assert post(client, "calls:number_forbid", phone.pk, do_not_use="1").url == where
    assert "<s>(212) 555-0143</s>" in client.get(where).text
    assert post(client, "calls:number_retire", phone.pk).url == where
    phone.refresh_from_db()
    assert phone.do_not_use
    assert phone.valid_to
    shown = client.get(where).text
    assert "until " in shown
    assert "No longer theirs" not in shown


def test_a_refused_number_stays_in_its_field(people: People, log: CallLog) -> None:
    htmx = signed_in(people["member"], htmx=True)
    answer = post(htmx, "calls:number_add", log.resident_id or 0, number="0003*210", label="cell")
    assert answer.status_code == 422
    assert 'value="0003*210"' in answer.text
    assert "cannot be a person" in answer.text


def test_somebody_is_added_to_a_unit_by_a_name(people: People, log: CallLog) -> None:
    client, htmx = (signed_in(people["member"], htmx=is_htmx) for is_htmx in (False, True))
    pk = log.unit_id or 0
    assert post(client, "calls:resident_add", pk, name="Kim Osei").url.endswith(f"/{pk}/")
    assert "Luis del Mar" in post(htmx, "calls:resident_add", pk, name="Luis del Mar").text
    refused = post(htmx, "calls:resident_add", pk, name=",")
    assert (refused.status_code, 'value=","' in refused.text) == (422, True)
    assert Resident.objects.filter(unit=log.unit_id).count() == 3


def test_b07_a_foreign_row_is_like_an_absent_one(
    people: People, organization: Organization, call: CallLog, log: CallLog
) -> None:
    member = signed_in(people["member"])
    assert log.resident
    mine = RememberedNumber.objects.create(
        organization=organization, resident=log.resident, asked_by=people["owner"].user
    )
    assert member.get(reverse("calls:remembered", args=[mine.pk])).status_code == 404
    for home in (make_property(organization), make_property(make_organization())):
        unit = make_unit(home, number="1")
        person = make_resident(unit)
        phone = make_phone(person, "+12125550143")
        theirs = make_call_log(unit.organization, property=home, unit=unit, **NUMBER)
        sent = (
            post(member, "calls:remember", theirs.pk, resident=person.pk),
            post(member, "calls:remember", call.pk, resident=person.pk),
            post(member, "calls:number_add", person.pk, number="2125550144", label="cell"),
            post(member, "calls:number_retire", phone.pk),
            post(member, "calls:number_forbid", phone.pk, do_not_use="1"),
            post(member, "calls:resident_add", unit.pk, name="Ana"),
        )
        assert {answer.status_code for answer in sent} == {404}
    assert not ResidentPhone.objects.exclude(valid_to=None, do_not_use=False).exists()
