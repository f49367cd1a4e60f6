"""The admin shows an organisation to its owners and admins, and nothing to anybody else."""

from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin.pages import ADDABLE, NAMES, REGISTERED, page
from tests.factories import (
    make_call_log,
    make_escalation,
    make_extension,
    make_membership,
    make_phone,
    make_phone_call,
    make_policy,
    make_property,
    make_resident,
    make_responder,
    make_ring,
    make_schedule,
    make_unit,
    make_upstream,
)
from tests.worlds import World, absent_key

pytestmark = pytest.mark.django_db


def test_the_models_of_the_organisation_are_there_and_accounts_are_not() -> None:
    assert NAMES == [
        "ApiCredential",
        "Attachment",
        "BuildingEvent",
        "CallLog",
        "Callback",
        "DecisionCard",
        "Escalation",
        "EscalationItem",
        "ExportRecord",
        "Extension",
        "ImportLine",
        "ImportRun",
        "ImportSource",
        "Membership",
        "Organization",
        "PhoneCall",
        "Policy",
        "Property",
        "PropertyLink",
        "Reason",
        "ReasonSet",
        "Resident",
        "Responder",
        "Rule",
        "Schedule",
        "Status",
        "Unit",
        "Upstream",
    ]


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_owner_and_admin_list_search_and_open_every_model(
    role: str, world: World, other: World, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(role)
    for model in REGISTERED:
        listed = page(model, "changelist")
        row = world.pk(model.__name__)
        for address in (
            listed,
            f"{listed}?q={world.word}",
            page(model, "change", row),
            page(model, "history", row),
        ):
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert other.word not in answer.text, address
        assert world.word in client.get(listed).text


def test_the_add_form_opens_where_rows_are_made_by_hand(
    world: World, owner: Client, other: World
) -> None:
    for model in REGISTERED:
        answer = owner.get(page(model, "add"))
        assert answer.status_code == (200 if model.__name__ in ADDABLE else 403), model
        assert other.word not in answer.text, model


def test_every_filter_answers_with_choices_of_the_own_organisation(
    world: World, other: World, owner: Client
) -> None:
    related = {"status": "Status", "property": "Property", "source": "ImportSource"}
    related |= {"policy": "Policy", "responder": "Responder", "schedule": "Schedule"}
    related |= {"extension": "Extension"}
    for model in REGISTERED:
        filters: Any = django_admin.site._registry[model].list_filter
        for entry in filters:
            if isinstance(entry, type):  # a filter of our own has no choices of rows
                continue
            field = entry if isinstance(entry, str) else entry[0]
            for whose in (world, other):
                exact = f"{field}__exact=1"
                if field in related and not isinstance(entry, str):
                    exact = f"{field}__id__exact={whose.pk(related[field])}"
                answer = owner.get(f"{page(model, 'changelist')}?{exact}", follow=True)
                assert answer.status_code == 200, (model, exact)
                assert other.word not in answer.text, (model, exact)


def test_members_get_none_of_it(world: World, member: Client) -> None:
    assert member.get(reverse("admin:index")).status_code == 403
    assert member.get(reverse("admin:login"), follow=True).status_code == 403
    for model in REGISTERED:
        for address in (
            page(model, "changelist"),
            page(model, "add"),
            page(model, "change", world.pk(model.__name__)),
        ):
            assert member.get(address).status_code == 403, address


def test_b38_nobody_comes_in_past_the_sign_in_of_the_site(world: World, client: Client) -> None:
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
    posted = client.post(reverse("admin:login"), {"username": "x", "password": "x"})
    assert posted.status_code == 302
    assert posted.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("verb", ["change", "history", "delete"])
def test_b07_a_foreign_row_answers_like_an_absent_one(
    verb: str, world: World, other: World, owner: Client
) -> None:
    for model in REGISTERED:
        foreign = owner.get(page(model, verb, other.pk(model.__name__)))
        nobody = absent_key(other.pk(model.__name__), 10**12)
        absent = owner.get(page(model, verb, nobody))
        assert foreign.status_code == absent.status_code, model
        assert foreign.status_code in (302, 403), model
        assert foreign.headers.get("Location") == absent.headers.get("Location")
        assert other.word not in foreign.text, model


def test_b05_autocomplete_finds_only_the_own_organisation(
    world: World, other: World, owner: Client
) -> None:
    for model in REGISTERED:
        pickers: Any = django_admin.site._registry[model].autocomplete_fields
        for field in pickers:
            asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
            asked |= {"field_name": field, "term": ""}
            answer = owner.get(reverse("admin:autocomplete"), asked)
            assert answer.json()["results"], (model, field)
            assert other.word not in answer.text, (model, field)


@pytest.mark.parametrize(
    ("name", "field", "target"),
    [
        ("Unit", "property", "Property"),
        ("Resident", "property", "Property"),
        ("Resident", "unit", "Unit"),
        ("PropertyLink", "membership", "Membership"),
        ("Callback", "call_log", "CallLog"),
        ("Status", "allowed_next", "Status"),
        ("Policy", "property", "Property"),
        ("Rule", "policy", "Policy"),
        ("Rule", "responder", "Responder"),
        ("Rule", "schedule", "Schedule"),
        ("Extension", "property", "Property"),
    ],
)
def test_b03_a_foreign_id_in_a_picker_is_refused_like_an_absent_one(
    name: str, field: str, target: str, world: World, other: World, owner: Client
) -> None:
    address = page(REGISTERED[NAMES.index(name)], "add")
    said = []
    for pk in (other.pk(target), absent_key(other.pk(target), 10**12)):
        form = {"phones-TOTAL_FORMS": "0", "phones-INITIAL_FORMS": "0", field: str(pk)}
        answer = owner.post(address, form)
        assert answer.status_code == 200
        errors = answer.context["adminform"].form.errors
        said.append(str(errors[field]).replace(str(pk), "ID"))
    assert said[0] == said[1]


def test_inv30_the_queries_of_a_list_do_not_grow_with_its_rows(world: World, owner: Client) -> None:
    def queries() -> dict[str, int]:
        counted = {}
        for model in REGISTERED:
            with CaptureQueriesContext(connection) as seen:
                owner.get(page(model, "changelist"))
            counted[model.__name__] = len(seen)
        return counted

    before = queries()
    for _ in range(5):
        place = make_property(world.organization)
        unit = make_unit(place)
        resident = make_resident(unit)
        make_phone(resident, "+12125550102")
        at = {"property": place, "unit": unit, "resident": resident}
        make_call_log(world.organization, status=world.rows["Status"], **at)
        make_membership(world.organization, links=[place])
        who = make_responder(world.organization, e164="+12125550133")
        policy = make_policy(world.organization, who, make_schedule(world.organization))
        log = make_call_log(world.organization, property=place, status=world.rows["Status"])
        run = {"policy": policy, "property": place, "call_log": log, "answered_by": who}
        make_ring(make_escalation(world.organization, **run), responder=who)
        at_desk = make_extension(world.organization, user=world.member.user, property=place)
        make_phone_call(world.organization, extension=at_desk, property=place)
        make_upstream(world.organization)
    assert queries() == before
    assert max(before.values()) <= 12


def test_a_person_sees_the_active_organisation_only(world: World, other: World) -> None:
    there = Client()
    there.force_login(other.owner.user, "callcenter.properties.backends.DeskBackend")
    text = there.get(page(REGISTERED[0], "changelist")).text
    assert other.word in text
    assert world.word not in text


def test_every_class_names_its_fields() -> None:
    """One that names none would show every column that is added later."""
    for model, shown in django_admin.site._registry.items():
        assert flatten_fieldsets(shown.fieldsets or []) or shown.fields or shown.exclude, model


def test_lists_count_only_as_far_as_anybody_reads(
    world: World, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.core.capped.LIMIT", 2)
    answer = owner.get(page(REGISTERED[NAMES.index("Reason")], "changelist"))
    assert answer.context["cl"].result_count == 2
