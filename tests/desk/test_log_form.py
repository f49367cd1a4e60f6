"""Logging a call by the form: once, in scope, with every refusal beside its field."""

import uuid
from typing import Any

import pytest
from django.test import Client

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.models import CallLog, Reason, Status
from callcenter.properties.models import Property, Resident, Unit
from tests.calls.conftest import signed_in
from tests.factories import (
    make_membership,
    make_organization,
    make_property,
    make_resident,
    make_unit,
    reason_named,
    status_named,
)

pytestmark = pytest.mark.django_db

BACKEND = "callcenter.properties.backends.DeskBackend"


@pytest.fixture
def maple(organization: Organization) -> Property:
    return make_property(organization, name="Maple Court", time_zone="America/Denver")


@pytest.fixture
def me(request: pytest.FixtureRequest, organization: Organization, maple: Property) -> Membership:
    """Whoever has the least right to log a call, unless the test names a role."""
    role = getattr(request, "param", Role.MEMBER)
    return make_membership(organization, role, links=[maple], name="Priya Nair")


every_role = pytest.mark.parametrize(
    "me", [Role.OWNER, Role.ADMIN, Role.MEMBER], indirect=True, ids=str
)


def typed(organization: Organization, **fields: Any) -> dict[str, Any]:
    """What a browser sends for an otherwise empty form."""
    initial = Status.objects.get(organization=organization, is_initial=True)
    blank = {
        "key": str(uuid.uuid4()),
        "call_from": "",
        "status": initial.pk,
        "direction": "inbound",
        "notes": "",
    }
    return blank | fields


@every_role
def test_a_call_of_a_known_resident_is_logged_with_all_that_was_typed(
    client: Client, organization: Organization, ana: Resident, unit: Unit, me: Membership
) -> None:
    reasons = [reason_named(organization, name).pk for name in ("el", "ms")]
    form = typed(
        organization,
        unit=unit.pk,
        resident=ana.pk,
        reasons=reasons,
        subject="Ceiling",
        notes="  Water through the ceiling\n",
        direction="outbound",
        phone="(212) 555-0143",
        status=status_named(organization, "Escalated").pk,
        contacted="2026-07-04 18:00",
        duration="4:30",
    )
    answer = client.post("/new/", form)
    call = CallLog.objects.get()
    assert answer.headers["Location"] == f"/calls/{call.pk}/"
    assert (call.property_id, call.unit, call.resident) == (unit.property_id, unit, ana)
    assert call.call_from == "Ana Cruz"
    assert [link.reason_id for link in call.reason_links.order_by("position")] == reasons
    assert (call.subject, call.notes) == (
        "Ceiling",
        "  Water through the ceiling\r\n".replace("\r", ""),
    )
    assert (call.direction, call.phone_e164) == ("outbound", "+12125550143")
    assert call.status.name == "Escalated"
    assert call.contacted_at.isoformat() == "2026-07-05T00:00:00+00:00"  # six o'clock in Denver
    assert (call.contacted_zone, call.contacted_on.isoformat()) == ("America/Denver", "2026-07-04")
    assert call.duration_seconds == 270
    assert call.taken_by == me.user


@every_role
def test_htmx_gets_the_call_where_its_form_was_and_is_told_when_it_was_saved(
    htmx: Client, organization: Organization, ana: Resident
) -> None:
    answer = htmx.post("/new/", typed(organization, resident=ana.pk, notes="Water"))
    call = CallLog.objects.get()
    title, part = answer.text.split("</title>")
    assert title.strip() == f"<title>#{call.pk} - callcenter"
    assert part.strip().startswith('<section class="zone centre" id="centre"')
    assert f'<a href="/calls/{call.pk}/">#{call.pk}</a> saved ' in answer.text
    assert "Water" in answer.text
    assert 'hx-target="#work"' in answer.text  # my work is read anew
    assert answer.headers["HX-Push-Url"] == f"/desk/{call.pk}/"
    assert "saved at" not in htmx.get("/", headers={"hx-request": "false"}).text  # said once


def test_save_and_next_goes_back_to_the_desk(
    client: Client, htmx: Client, organization: Organization, ana: Resident
) -> None:
    answer = client.post("/new/", typed(organization, resident=ana.pk, next="1"))
    assert answer.headers["Location"] == "/"
    answer = htmx.post("/new/", typed(organization, resident=ana.pk, next="1"))
    assert "Nobody on the line" in answer.text
    assert f"#{CallLog.objects.latest('pk').pk}</a> saved " in answer.text
    assert 'id="memory"' in answer.text  # that of the last caller goes
    assert "Ana Cruz" not in answer.text
    assert answer.headers["HX-Push-Url"] == "/"
    assert "desk:next" in answer.headers["HX-Trigger-After-Settle"]


def test_nobody_we_know_is_logged_by_what_was_said(
    client: Client, organization: Organization
) -> None:
    client.post("/new/", typed(organization, call_from=" FedEx driver "))
    call = CallLog.objects.get()
    assert (call.call_from, call.property_id) == ("FedEx driver", None)
    assert call.contacted_zone == organization.time_zone
    assert call.status.is_initial


@every_role
def test_a_call_without_a_caller_is_refused_beside_the_field(
    client: Client, htmx: Client, organization: Organization, unit: Unit
) -> None:
    form = typed(organization, unit=unit.pk, notes="Water <b>everywhere</b>")
    for one in (client, htmx):
        answer = one.post("/new/", form)
        assert answer.status_code == 422
        assert "Say who called." in answer.text
        assert 'aria-describedby="call_from-error"' in answer.text
        assert "Water &lt;b&gt;everywhere&lt;/b&gt;" in answer.text
        assert f'name="unit" value="{unit.pk}"' in answer.text
        assert form["key"] in answer.text
    assert "<html" not in answer.text
    part = answer.text.split("</title>")[1]
    assert part.strip().startswith('<section class="zone centre" id="centre"')
    assert not CallLog.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("contacted", "soon", "Write a time like"),
        ("contacted", "2999-01-01 10:00", "in the future"),
        ("duration", "long", "Write a duration like"),
        ("duration", "26h", "longer than a day"),
        ("status", "999999", "Select a valid choice"),
        ("status", "x", "Select a valid choice"),
        ("reasons", "999999", "Select a valid choice"),
        ("reasons", "1e3", "Select a valid choice"),
        ("direction", "sideways", "Select a valid choice"),
        ("phone", "5" * 81, "at most 80 characters"),
        ("subject", "x" * 301, "at most 300 characters"),
        ("notes", "x" * 50_001, "at most 50000 characters"),
        ("notes", "\x00", "Null characters"),
        ("call_from", "x" * 301, "at most 300 characters"),
        ("key", "", "too old"),
        ("unit", "999999", "no such unit"),
        ("resident", "x", "no such place"),
        ("property", "9" * 40, "no such place"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_logs_nothing(
    htmx: Client, organization: Organization, field: str, value: str, words: str
) -> None:
    fields = {"call_from": "FedEx", "notes": "kept text", field: value}
    answer = htmx.post("/new/", typed(organization, **fields))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text
    assert field == "notes" or "kept text" in answer.text
    assert not CallLog.objects.exists()


def test_a_new_call_cannot_be_a_duplicate(htmx: Client, organization: Organization) -> None:
    duplicate = status_named(organization, "Duplicate").pk
    assert f'value="{duplicate}"' not in htmx.get("/new/").text
    answer = htmx.post("/new/", typed(organization, call_from="x", status=duplicate))
    assert answer.status_code == 422


def test_b46_the_same_form_twice_is_one_call(
    client: Client, organization: Organization, ana: Resident
) -> None:
    form = typed(organization, resident=ana.pk, notes="once")
    first, second = client.post("/new/", form), client.post("/new/", form)
    assert first.headers["Location"] == second.headers["Location"]
    assert CallLog.objects.count() == 1


def test_b46_a_key_that_was_used_for_other_words_is_refused_and_the_words_stay(
    htmx: Client, organization: Organization, ana: Resident
) -> None:
    form = typed(organization, resident=ana.pk, notes="first")
    htmx.post("/new/", form)
    answer = htmx.post("/new/", form | {"notes": "second"})
    assert answer.status_code == 409
    assert "saved before with other words" in answer.text
    assert "second" in answer.text
    assert form["key"] not in answer.text
    assert CallLog.objects.count() == 1


def test_b03_a_foreign_place_reason_or_status_is_like_an_absent_one(
    htmx: Client, organization: Organization
) -> None:
    other = make_organization()
    foreign = make_resident(
        make_unit(make_property(other, name="Canary House")), last_name="Canary"
    )
    assert foreign.unit is not None
    wrong = {
        "resident": foreign.pk,
        "unit": foreign.unit.pk,
        "property": foreign.property_id,
        "status": status_named(other).pk,
        "reasons": Reason.objects.filter(organization=other).values_list("pk", flat=True)[0],
    }
    for field, pk in wrong.items():
        answers = [
            htmx.post("/new/", typed(organization, call_from="x", **{field: value}))
            for value in (pk, 2**40)
        ]
        assert [answer.status_code for answer in answers] == [422, 422]
        assert "Canary" not in answers[0].text
    assert not CallLog.objects.exists()


def test_b03_a_member_logs_nothing_at_a_property_that_is_not_linked(
    organization: Organization,
) -> None:
    hidden = make_unit(make_property(organization, name="Canary House"))
    member = signed_in(make_membership(organization, Role.MEMBER))
    answer = member.post("/new/", typed(organization, unit=hidden.pk, call_from="x"))
    assert answer.status_code == 422
    assert "Canary" not in answer.text
    assert not CallLog.objects.exists()


def test_a_reason_of_the_address_is_chosen_and_a_foreign_one_is_like_an_absent_one(
    client: Client, organization: Organization, unit: Unit
) -> None:
    lockout, noise = (reason_named(organization, letters) for letters in ("al", "cn"))
    Reason.objects.filter(pk=noise.pk).update(is_enabled=False)
    foreign = reason_named(make_organization(), "el")
    ids = [lockout.pk, noise.pk, foreign.pk, 99_999_999, "x"]
    query = "&".join(f"reason={pk}" for pk in ids)
    page = client.get(f"/new/?unit={unit.pk}&{query}").text
    assert page.count(" checked><b>") == 1
    assert f'value="{lockout.pk}" checked>' in page


def test_b08_nothing_but_the_form_s_own_fields_has_an_effect(
    client: Client, organization: Organization, ana: Resident, me: Membership
) -> None:
    sneaked = {
        "id": 7, "version": 9, "taken_by": 99, "taken_by_name": "Nobody",
        "created_at": "2001-01-01", "closed_at": "2001-01-01", "withdrawn_at": "2001-01-01",
    }  # fmt: skip
    client.post("/new/", typed(organization, resident=ana.pk, **sneaked) | {"organization": 99})
    call = CallLog.objects.get()
    assert (call.version, call.organization, call.taken_by) == (1, organization, me.user)
    assert (call.closed_at, call.withdrawn_at, call.created_at.year > 2001) == (None, None, True)


def test_a_time_that_was_twice_is_kept_with_its_flag(
    client: Client, organization: Organization, unit: Unit
) -> None:
    form = typed(organization, unit=unit.pk, call_from="x", contacted="2025-11-02 01:30")
    client.post("/new/", form)
    call = CallLog.objects.get()
    assert (call.contacted_flag, call.contacted_text) == ("ambiguous", "2025-11-02 01:30")


def test_b25_a_form_without_its_token_is_refused(
    me: Membership, organization: Organization
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(me.user, backend=BACKEND)
    assert client.post("/new/", typed(organization, call_from="x")).status_code == 403
    assert not CallLog.objects.exists()
