"""Plans of chains are changed in the admin by the actions; what was run is shown and withdrawn."""

from datetime import date, time
from typing import Any

import pytest
from django.contrib.admin import AdminSite
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from callcenter.escalations.admin.acting import ActingAdmin
from callcenter.escalations.models import (
    Escalation,
    EscalationItem,
    Policy,
    Responder,
    ResponderLine,
    Rule,
    Schedule,
)
from tests.admin.pages import page
from tests.admin.test_writes import errors, last_event
from tests.factories import make_policy, make_responder, make_ring, make_schedule
from tests.worlds import World

pytestmark = pytest.mark.django_db


def part(prefix: str, *rows: dict[str, Any], known: int = 0) -> dict[str, Any]:
    """The fields of an inline: its counts and its rows, the first `known` of which are there."""
    form = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": known}
    return form | {f"{prefix}-{n}-{k}": v for n, row in enumerate(rows) for k, v in row.items()}


def shown(client: Client, row: Any) -> dict[str, Any]:
    """What the change form of a row would send if nothing was typed."""
    form = client.get(page(type(row), "change", row.pk)).context["adminform"].form
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: getattr(value, "pk", value) for name, value in values.items() if value}


def test_a_responder_is_added_with_a_number_by_whom_the_audit_says(
    world: World, admin: Client
) -> None:
    line = {"label": "cell", "raw": "(212) 555-0101", "is_verified": "on"}
    form = {"name": "Joe Tran", "email": "joe@example.com"} | part("lines", line)
    assert admin.post(page(Responder, "add"), form).status_code == 302
    joe = Responder.objects.get(name="Joe Tran")
    assert (joe.organization, joe.version) == (world.organization, 1)
    assert last_event(joe).pgh_context["user"] == world.admin.user_id
    number = joe.lines.get()
    assert (number.e164, number.verified_at is not None) == ("+12125550101", True)


def test_numbers_are_verified_withdrawn_and_given_and_never_changed(
    world: World, owner: Client
) -> None:
    joe = make_responder(world.organization, e164="+12125550133", is_verified=False)
    dead = ResponderLine.objects.create(
        organization=world.organization, responder=joe, raw="dead", e164="+12125550199"
    )
    kept = joe.lines.get(e164="+12125550133")
    lines: list[dict[str, Any]] = [
        {"id": kept.pk, "responder": joe.pk, "raw": "+12125550144", "is_verified": "on"},
        {"id": dead.pk, "responder": joe.pk, "DELETE": "on"},
        {"label": "work", "raw": "212 555 0155"},
    ]
    form = shown(owner, joe) | part("lines", *lines, known=2)
    assert owner.post(page(Responder, "change", joe.pk), form).status_code == 302
    kept.refresh_from_db()
    dead.refresh_from_db()
    assert (kept.raw, kept.verified_at is not None) == ("+12125550133", True)
    assert dead.withdrawn_at is not None
    assert joe.lines.filter(e164="+12125550155", label="work", verified_at=None).exists()


def test_what_an_action_refuses_comes_back_in_words_and_writes_nothing(
    world: World, owner: Client
) -> None:
    address = page(Responder, "add")
    form = {"name": "New", "user": world.member.user_id} | part("lines")
    answer = owner.post(address, form)
    assert answer.status_code == 422
    assert "a responder already" in errors(answer)
    bad = {"name": "New"} | part("lines", {"label": "cell", "raw": "call me"})
    answer = owner.post(address, bad)
    assert answer.status_code == 422
    assert "no number that can be rung" in errors(answer)
    assert not Responder.objects.filter(name="New").exists()


@pytest.mark.parametrize("name", ["Responder", "Schedule", "Policy", "Rule"])
def test_b45_the_later_of_two_writers_is_told(name: str, world: World, owner: Client) -> None:
    row = world.rows[name]
    parts = part("lines") | part("turns") | part("overrides") | part("rules")
    form = shown(owner, row) | parts | {"name": "Mine"}
    form |= {"email": ""} if name == "Responder" else {}
    type(row).objects.filter(pk=row.pk).update(version=7)
    answer = owner.post(page(type(row), "change", row.pk), form)
    assert answer.status_code == 409
    assert "Somebody else changed this" in errors(answer)
    assert 'value="Mine"' in answer.text
    row.refresh_from_db()
    assert row.version == 7


def test_a_week_is_set_as_a_whole(world: World, owner: Client) -> None:
    joe = make_responder(world.organization)
    rota = make_schedule(world.organization, (0, time(8), joe), (4, time(18), joe))
    first, second = rota.turns.order_by("weekday")
    turns = [
        {"id": first.pk, "schedule": rota.pk, "weekday": 1, "starts_at": "09:00"},
        {"id": second.pk, "schedule": rota.pk, "DELETE": "on", "weekday": 4, "starts_at": "18:00"},
        {"weekday": 6, "starts_at": "22:00", "responder": joe.pk},
    ]
    form = shown(owner, rota) | part("turns", *turns, known=2) | part("overrides")
    assert owner.post(page(Schedule, "change", rota.pk), form).status_code == 302
    told = rota.turns.order_by("weekday").values_list("weekday", "starts_at", "responder")
    assert list(told) == [(1, time(9), None), (6, time(22), joe.pk)]
    rota.refresh_from_db()
    assert rota.version == 2
    stale = {"name": rota.name, "seen_version": 1} | part("overrides")
    stale |= part("turns", {"weekday": 2, "starts_at": "10:00"})
    answer = owner.post(page(Schedule, "change", rota.pk), stale)
    assert answer.status_code == 409
    same = shown(owner, rota) | part("turns") | part("overrides")
    assert owner.post(page(Schedule, "change", rota.pk), same).status_code == 302
    rota.refresh_from_db()
    assert rota.version == 2


def test_days_that_differ_are_given_and_withdrawn(world: World, owner: Client) -> None:
    joe = make_responder(world.organization)
    rota = make_schedule(world.organization)
    day = {"starts_on": "2026-12-24", "starts_at": "18:00", "ends_on": "2026-12-25"}
    day |= {"ends_at": "06:00", "responder": str(joe.pk), "note": "Christmas"}
    form = shown(owner, rota) | part("turns") | part("overrides", day)
    assert owner.post(page(Schedule, "change", rota.pk), form).status_code == 302
    override = rota.overrides.get()
    assert (override.starts_on, override.responder) == (date(2026, 12, 24), joe)
    gone = {"id": override.pk, "schedule": rota.pk, "DELETE": "on"}
    form = shown(owner, rota) | part("turns") | part("overrides", gone, known=1)
    assert owner.post(page(Schedule, "change", rota.pk), form).status_code == 302
    override.refresh_from_db()
    assert override.withdrawn_at is not None
    backwards = day | {"ends_on": "2026-12-23"}
    form = shown(owner, rota) | part("turns") | part("overrides", backwards)
    assert owner.post(page(Schedule, "change", rota.pk), form).status_code != 302


def test_a_policy_is_added_and_changed(world: World, admin: Client) -> None:
    messages = dict.fromkeys(
        ("greeting_message", "no_answer_message", "no_one_available_message"), "Please wait."
    )
    form = {"name": "Nights", "is_enabled": "on", "repeat_times": "1"} | messages | part("rules")
    assert admin.post(page(Policy, "add"), form).status_code == 302
    nights = Policy.objects.get(name="Nights")
    assert nights.slug.startswith("nights-")
    form = shown(admin, nights) | part("rules") | {"property": world.pk("Property")}
    form |= {"slug": "forged", "routing_phone": "+12125550100"}
    assert admin.post(page(Policy, "change", nights.pk), form).status_code == 302
    changed = Policy.objects.get(pk=nights.pk)
    assert (changed.property_id, changed.version) == (world.pk("Property"), 2)
    assert (changed.slug, changed.routing_phone) == (nights.slug, None)


def test_a_rule_is_added_at_its_place_moved_and_rings_one_target(
    world: World, owner: Client
) -> None:
    joe, marta = (make_responder(world.organization) for _ in range(2))
    policy = make_policy(world.organization, joe, marta)
    rota = make_schedule(world.organization)
    form = {"policy": policy.pk, "place": 1, "schedule": rota.pk, "escalate_after_seconds": 45}
    answer = owner.post(page(Rule, "add"), form | {"responder": joe.pk})
    assert "not both" in errors(answer)
    answer = owner.post(page(Rule, "add"), {**form, "schedule": ""})
    assert "Say who is rung" in errors(answer)
    assert owner.post(page(Rule, "add"), form).status_code == 302
    first = policy.rules.get(order=1)
    assert (first.schedule, first.escalate_after_seconds) == (rota, 45)
    with connection.cursor() as cursor:  # as in the next transaction
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    moved = shown(owner, first) | {"place": 3, "policy": world.pk("Policy")}
    assert owner.post(page(Rule, "change", first.pk), moved).status_code == 302
    order = policy.rules.order_by("order").values_list("order", "responder", "schedule")
    assert list(order) == [(1, joe.pk, None), (2, marta.pk, None), (3, None, rota.pk)]


@pytest.mark.parametrize(
    "name", ["Rule", "Schedule", "Responder", "Policy", "Escalation", "EscalationItem"]
)
def test_inv31_rows_are_withdrawn_after_a_question_and_never_deleted(
    name: str, world: World, other: World, owner: Client
) -> None:
    row, foreign = world.rows[name], other.rows[name]
    if name in ("Schedule", "Responder"):  # nobody must ring by it any more
        row = make_schedule(world.organization) if name == "Schedule" else None
        row = row or make_responder(world.organization)
    listed = page(type(row), "changelist")
    chosen = {"action": "withdraw", "_selected_action": [row.pk, foreign.pk]}
    asked = owner.post(listed, chosen)
    assert asked.status_code == 200
    assert other.word not in asked.text
    if 'name="reason"' in asked.text:
        refused = owner.post(listed, chosen | {"confirmed": "1", "reason": " "}, follow=True)
        assert "Say why it is withdrawn" in refused.text
        assert type(row).objects.get(pk=row.pk).withdrawn_at is None
    else:
        assert name not in ("Policy", "Escalation", "EscalationItem")
    owner.post(listed, chosen | {"confirmed": "1", "reason": "Test run"})
    gone = type(row).objects.get(pk=row.pk)
    assert gone.withdrawn_at is not None
    assert getattr(gone, "withdrawn_reason", "Test run") in ("Test run", "")
    assert type(row).objects.get(pk=foreign.pk).withdrawn_at is None
    assert owner.get(page(type(row), "change", row.pk)).status_code == 302
    assert owner.post(page(type(row), "delete", row.pk), {"post": "yes"}).status_code in (302, 403)


def test_of_several_all_are_withdrawn_or_none(world: World, owner: Client) -> None:
    free = make_responder(world.organization, name="A free one")
    chosen = [free.pk, world.pk("Responder")]
    form = {"action": "withdraw", "confirmed": "1", "_selected_action": chosen}
    answer = owner.post(page(Responder, "changelist"), form, follow=True)
    assert "is still rung by" in answer.text
    assert not Responder.objects.filter(pk__in=chosen).exclude(withdrawn_at=None).exists()


@pytest.mark.parametrize("name", ["Escalation", "EscalationItem"])
def test_what_was_run_is_only_shown(name: str, world: World, owner: Client) -> None:
    row = world.rows[name]
    address = page(type(row), "change", row.pk)
    assert 'name="_save"' not in owner.get(address).text
    assert owner.post(address, {"status": "forged"}).status_code == 403
    assert owner.post(page(type(row), "add"), {"status": "forged"}).status_code == 403
    assert not type(row).objects.filter(status="forged").exists()


def test_chains_and_rings_are_found_and_filtered(world: World, owner: Client) -> None:
    item: EscalationItem = world.rows["EscalationItem"]
    make_ring(item.escalation, responder_name="Marta", phone="+12125550158", is_answered=True)

    def found(model: Any, **query: str) -> int:
        return len(owner.get(page(model, "changelist"), query).context["cl"].result_list)

    call = f"#{world.pk('CallLog')}"
    assert (found(EscalationItem), found(EscalationItem, q=call)) == (2, 2)
    assert found(EscalationItem, q=str(item.pk)) == 1
    assert found(EscalationItem, q="marta") == found(EscalationItem, q="5550158") == 1
    assert found(EscalationItem, status="NoAnswer") == found(EscalationItem, status="other") == 1
    assert found(EscalationItem, is_answered__exact="1") == 1
    assert found(Escalation, q=call) == 1
    for nobody in (
        "#1",
        "#9" + "9" * 30,
        "nobody like this",
        "01a22d35-871b-7109-8c72-000000000000",
    ):
        assert found(Escalation, q=nobody) == found(EscalationItem, q=nobody) == 0, nobody


def test_inv30_the_queries_of_a_page_do_not_grow_with_its_parts(
    world: World, owner: Client
) -> None:
    rows = [world.rows[name] for name in ("Responder", "Schedule", "Policy", "Escalation")]

    def queries() -> list[int]:
        counted = []
        for row in rows:
            with CaptureQueriesContext(connection) as seen:
                assert owner.get(page(type(row), "change", row.pk)).status_code == 200
            counted.append(len(seen))
        return counted

    before = queries()
    responder, schedule, policy, escalation = rows
    of = {"organization": world.organization}
    for n in range(2, 7):
        who = make_responder(world.organization)
        ResponderLine.objects.create(**of, responder=responder, raw="x", e164=f"+121255501{n:02}")
        schedule.turns.create(**of, weekday=n, starts_at=time(8), responder=who)
        days = {"starts_on": date(2026, 12, n), "ends_on": date(2026, 12, n + 1)}
        clock = {"starts_at": time(8), "ends_at": time(8)}
        schedule.overrides.create(**of, **days, **clock, responder=who)
        Rule.objects.create(**of, policy=policy, order=n, responder=who)
        make_ring(escalation, responder=who)
    assert queries() == before


def test_an_admin_class_that_lacks_an_action_cannot_be_registered() -> None:
    class Lacking(ActingAdmin):
        pass

    with pytest.raises(TypeError, match="abstract"):
        AdminSite().register(Policy, Lacking)
