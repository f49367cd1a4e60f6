"""What owners and admins change in the admin: by the rules, audited, refused in words."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.test import Client

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.actions import withdraw_call_log
from callcenter.calls.models import CallLog, Comment, Reason, Status
from callcenter.core.errors import NotFoundError
from callcenter.imports.models import ImportSource
from callcenter.properties.models import (
    Property,
    PropertyLink,
    Resident,
    ResidentPhone,
    Unit,
)
from tests.admin.pages import page
from tests.factories import make_call_log, make_membership, make_property, make_unit
from tests.worlds import World

pytestmark = pytest.mark.django_db

NO_PHONES = {"phones-TOTAL_FORMS": "0", "phones-INITIAL_FORMS": "0"}
NO_COMMENTS = {"comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}


def last_event(row: Any) -> Any:
    kept: Any = apps.get_model(row._meta.app_label, f"{row._meta.object_name}AuditEvent")
    return kept.objects.filter(pgh_obj_id=row.pk).order_by("-pgh_id").first()


def errors(answer: Any) -> str:
    return str(answer.context["adminform"].form.errors)


def test_b44_a_new_row_is_of_the_organisation_and_the_audit_knows_who(
    world: World, admin: Client
) -> None:
    form = {"name": "Hill House", "time_zone": "America/Denver", "is_active": "on"}
    assert admin.post(page(Property, "add"), form).status_code == 302
    row = Property.objects.get(name="Hill House")
    assert (row.organization, row.search_name) == (world.organization, "hill house")
    assert last_event(row).pgh_context["user"] == world.admin.user_id
    history = admin.get(page(Property, "history", row.pk)).text
    assert str(world.admin.user) in history
    assert "unknown" in admin.get(page(Property, "history", world.pk("Property"))).text


def test_a_changed_row_says_before_and_after_in_its_history(world: World, owner: Client) -> None:
    unit = world.rows["Unit"]
    form = {"number": "12-B", "building": "", "display_order": "3", "may_enter": "unknown"}
    assert owner.post(page(Unit, "change", unit.pk), form).status_code == 302
    unit.refresh_from_db()
    assert (unit.number_key, unit.display_order) == ("12b", 3)
    history = owner.get(page(Unit, "history", unit.pk)).text
    assert "display order: 0 → 3" in history


def test_a_name_that_is_taken_is_refused_beside_the_form(world: World, owner: Client) -> None:
    taken = world.rows["Reason"].name
    answer = owner.post(page(Reason, "add"), {"name": taken, "mnemonic": "zz", "is_enabled": "on"})
    assert "reason_name_once" in errors(answer) or "already exists" in errors(answer)
    assert Reason.objects.filter(name=taken).count() == 1


def test_a_mnemonic_that_begins_another_one_is_refused_in_words(
    world: World, owner: Client
) -> None:
    answer = owner.post(page(Reason, "add"), {"name": "New", "mnemonic": "e", "is_enabled": "on"})
    assert answer.status_code == 422
    assert "This mnemonic begins another one" in errors(answer)
    assert 'value="New"' in answer.text


def test_the_kind_of_a_used_status_stays(world: World, owner: Client) -> None:
    status = world.rows["Status"]
    form = {"name": status.name, "kind": "waiting", "order": "0", "is_enabled": "on"}
    answer = owner.post(page(Status, "change", status.pk), form)
    assert answer.status_code == 422
    assert "keeps its kind" in errors(answer)


def test_a_used_status_is_not_deleted(world: World, owner: Client) -> None:
    status = world.rows["Status"]
    address = page(Status, "delete", status.pk)
    assert "Cannot delete status" in owner.get(address).text
    owner.post(address, {"post": "yes"})
    owner.post(
        page(Status, "changelist"),
        {"action": "delete_selected", "_selected_action": status.pk, "post": "yes"},
    )
    assert Status.objects.filter(pk=status.pk).exists()


def test_an_unused_reason_is_deleted_by_whom_the_audit_says(world: World, admin: Client) -> None:
    reason = Reason.objects.filter(organization=world.organization, mnemonic="ox").get()
    assert admin.post(page(Reason, "delete", reason.pk), {"post": "yes"}).status_code == 302
    event = last_event(reason)
    assert (event.pgh_label, event.pgh_context["user"]) == ("delete", world.admin.user_id)


def test_b22_the_number_of_a_resident_is_read_when_it_is_typed(world: World, owner: Client) -> None:
    form = {
        "property": world.pk("Property"),
        "unit": world.pk("Unit"),
        "occupancy": "renter",
        "first_name": "Ana",
        "last_name": "Ruiz",
        "phones-TOTAL_FORMS": "1",
        "phones-INITIAL_FORMS": "0",
        "phones-0-label": "cell",
        "phones-0-raw": "(212) 555-0101 x4",
    }
    assert owner.post(page(Resident, "add"), form).status_code == 302
    phone = ResidentPhone.objects.get(raw="(212) 555-0101 x4")
    assert (phone.e164, phone.extension) == ("+12125550101", "4")
    assert (phone.digits_reversed, phone.organization) == ("1010555212", world.organization)
    assert phone.resident.edited_at is not None


def test_a_resident_does_not_move_into_a_unit_of_another_property(
    world: World, owner: Client
) -> None:
    foreign = make_unit(make_property(world.organization))
    form = {"unit": foreign.pk, "occupancy": "owner", "first_name": "Ana"} | NO_PHONES
    answer = owner.post(page(Resident, "change", world.pk("Resident")), form)
    assert "This unit is at another property" in errors(answer)


@pytest.mark.parametrize(("role", "allowed"), [("owner", True), ("admin", False)])
def test_b09_only_owners_make_admins(
    role: str, world: World, request: pytest.FixtureRequest, *, allowed: bool
) -> None:
    client: Client = request.getfixturevalue(role)
    form = {"role": "admin", "is_active": "on"}
    client.post(page(Membership, "change", world.member.pk), form)
    world.member.refresh_from_db()
    assert (world.member.role == "admin") is allowed


def test_b09_an_admin_does_not_touch_owners_and_admins(world: World, admin: Client) -> None:
    for membership in (world.owner, world.admin):
        form = {"role": "member"}
        assert admin.post(page(Membership, "change", membership.pk), form).status_code == 403


def test_b09_the_last_owner_stays_and_the_page_says_so(world: World, owner: Client) -> None:
    form = {"role": "member", "is_active": "on"}
    answer = owner.post(page(Membership, "change", world.owner.pk), form)
    assert answer.status_code == 422
    assert "needs an active owner" in errors(answer)
    assert Membership.objects.get(pk=world.owner.pk).role == "owner"


def test_a_link_is_given_and_taken(world: World, admin: Client) -> None:
    member = make_membership(world.organization)
    form = {"membership": member.pk, "property": world.pk("Property")}
    assert admin.post(page(PropertyLink, "add"), form).status_code == 302
    link = PropertyLink.objects.get(membership=member)
    assert admin.post(page(PropertyLink, "delete", link.pk), {"post": "yes"}).status_code == 302
    assert not PropertyLink.objects.filter(pk=link.pk).exists()


@pytest.mark.parametrize(("role", "status"), [("owner", 302), ("admin", 403)])
def test_only_owners_change_the_organisation(
    role: str, status: int, world: World, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(role)
    form = {"name": "New name", "time_zone": "Europe/London", "region": "GB"}
    answer = client.post(page(Organization, "change", world.organization.pk), form)
    assert answer.status_code == status
    changed = Organization.objects.get(pk=world.organization.pk)
    assert (changed.name == "New name") is (role == "owner")


def test_b08_no_field_of_a_request_moves_a_row_to_another_organisation(
    world: World, other: World, owner: Client
) -> None:
    source = world.rows["ImportSource"]
    form = {
        "name": "Roster",
        "options": "{}",
        "organization": other.organization.pk,
        "key": "other",
        "id": other.pk("ImportSource"),
    }
    assert owner.post(page(ImportSource, "change", source.pk), form).status_code == 302
    changed = ImportSource.objects.get(pk=source.pk)
    assert (changed.organization, changed.key) == (world.organization, source.key)
    assert changed.name == "Roster"


def call_form(log: CallLog, **changes: Any) -> dict[str, Any]:
    local = log.contacted_at.astimezone(ZoneInfo(log.organization.time_zone))
    form: dict[str, Any] = {
        "property": log.property_id or "",
        "unit": "",
        "resident": "",
        "call_from": log.call_from,
        "subject": log.subject,
        "direction": log.direction,
        "contacted_at_0": local.strftime("%Y-%m-%d"),
        "contacted_at_1": local.strftime("%H:%M:%S"),
        "notes": log.notes,
        "comment": "",
        "seen_version": log.version,
    }
    return form | NO_COMMENTS | changes


@pytest.fixture
def call_log(world: World) -> CallLog:
    log: CallLog = world.rows["CallLog"]
    CallLog.objects.filter(pk=log.pk).update(contacted_at=log.contacted_at.replace(microsecond=0))
    log.refresh_from_db()
    return log


def test_a_call_is_corrected_by_the_action_with_a_row_of_history(
    call_log: CallLog, owner: Client
) -> None:
    address = page(CallLog, "change", call_log.pk)
    refused = owner.post(address, call_form(call_log, subject="Leak"))
    assert refused.status_code == 422
    assert "Say in a comment why" in errors(refused)
    done = owner.post(address, call_form(call_log, subject="Leak", comment="Typing error"))
    assert done.status_code == 302
    row = Comment.objects.filter(call_log=call_log).order_by("-seq").first()
    assert row is not None
    assert (row.kind, str(row.text).startswith("Typing error\nSubject")) == ("edit", True)
    assert CallLog.objects.get(pk=call_log.pk).version == call_log.version + 1


def test_b45_a_correction_of_what_somebody_else_changed_is_refused(
    call_log: CallLog, owner: Client
) -> None:
    stale = call_form(call_log, subject="Leak", comment="Why", seen_version=call_log.version - 1)
    answer = owner.post(page(CallLog, "change", call_log.pk), stale)
    assert answer.status_code == 409
    assert "Somebody else changed this call" in errors(answer)
    assert 'value="Leak"' in answer.text


def test_status_comments_and_version_are_only_shown(call_log: CallLog, owner: Client) -> None:
    closed = Status.objects.filter(organization=call_log.organization, kind="closed").first()
    assert closed is not None
    forged = {
        "status": closed.pk,
        "version": 99,
        "closed_at": "2020-01-01",
        "comments-TOTAL_FORMS": "1",
        "comments-0-text": "forged",
        "notes": "Edited",
    }
    address = page(CallLog, "change", call_log.pk)
    assert owner.post(address, call_form(call_log, **forged)).status_code == 302
    after = CallLog.objects.get(pk=call_log.pk)
    assert (after.status_id, after.closed_at) == (call_log.status_id, None)
    assert (after.version, after.notes) == (call_log.version + 1, "Edited")
    assert not Comment.objects.filter(text="forged").exists()


def test_inv31_calls_are_withdrawn_with_a_reason_and_never_deleted(
    call_log: CallLog, owner: Client
) -> None:
    chosen = {"action": "withdraw", "_selected_action": call_log.pk}
    listed = page(CallLog, "changelist")
    asked = owner.post(listed, chosen)
    assert 'name="reason"' in asked.text
    assert f"#{call_log.pk} {call_log.call_from}" in asked.text
    chosen |= {"confirmed": "1"}
    refused = owner.post(listed, chosen | {"reason": " "}, follow=True)
    assert "Say why the call is withdrawn" in refused.text
    assert CallLog.objects.get(pk=call_log.pk).withdrawn_at is None
    owner.post(listed, chosen | {"reason": "Test call"})
    assert CallLog.objects.get(pk=call_log.pk).withdrawn_reason == "Test call"
    assert owner.post(page(CallLog, "delete", call_log.pk), {"post": "yes"}).status_code == 403


def test_of_several_calls_all_are_withdrawn_or_none(
    call_log: CallLog, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [call_log.pk, make_call_log(call_log.organization, status=call_log.status).pk]
    asked: list[int] = []

    def withdraw_one_alone(**said: Any) -> None:
        asked.append(said["call_log_id"])
        if len(asked) > 1:
            raise NotFoundError("It went meanwhile.")
        withdraw_call_log(**said)

    monkeypatch.setattr("callcenter.calls.admin.withdraw_call_log", withdraw_one_alone)
    form = {"action": "withdraw", "confirmed": "1", "reason": "Test", "_selected_action": chosen}
    answer = owner.post(page(CallLog, "changelist"), form, follow=True)
    assert "It went meanwhile." in answer.text
    assert sorted(asked) == sorted(chosen)
    assert not CallLog.objects.filter(pk__in=chosen).exclude(withdrawn_at=None).exists()
