"""The third-call alarm: none is missed, none is made up (M4)."""

import random
from collections import Counter
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from callcenter.accounts.models import Organization, Role
from callcenter.calls.matters import Alarm, alarms, alarms_in, open_alike, with_alarms_of
from callcenter.calls.models import CallLog, CallLogReason, Reason
from callcenter.properties.models import Unit
from callcenter.properties.principals import Principal
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_principal,
    make_property,
    make_unit,
    reason_named,
    status_named,
)


def call(unit: Unit, *mnemonics: str, days: float = 0, **fields: object) -> int:
    at = timezone.now() - timedelta(days=days)
    log = make_call_log(
        unit.organization, property=unit.property, unit=unit, contacted_at=at, **fields
    )
    for place, mnemonic in enumerate(mnemonics):
        CallLogReason.objects.create(
            organization=unit.organization,
            call_log=log,
            reason=reason_named(unit.organization, mnemonic),
            position=place,
        )
    return log.pk


def alarms_of(unit: Unit, principal: Principal) -> list[Alarm]:
    """As the memory of a unit reads them: beside any calls of it."""
    calls = CallLog.objects.visible_to(principal).filter(unit=unit)
    return alarms_in(list(with_alarms_of(calls, unit, principal)[:1]), unit, principal)


def test_m4_the_alarms_are_those_that_counting_by_hand_finds(organization: Organization) -> None:
    chance = random.Random(7)  # noqa: S311
    homes = [make_property(organization) for _ in range(3)]
    units = [make_unit(home) for home in homes for _ in range(3)]
    families = dict(
        Reason.objects.filter(organization=organization).values_list("mnemonic", "family")
    )
    expected: Counter[tuple[int, str]] = Counter()
    for _ in range(150):
        unit, days = chance.choice(units), chance.choice([0.5, 3, 13.9, 14.1, 30])
        mnemonics = chance.sample(["el", "es", "mp", "ms", "pb", "cn"], chance.choice([1, 1, 2]))
        withdrawn = chance.random() < 0.1
        fields = {"withdrawn_at": timezone.now(), "withdrawn_reason": "x"} if withdrawn else {}
        call(unit, *mnemonics, days=days, **fields)
        if days < 14 and not withdrawn:
            expected.update({(unit.pk, families[m]) for m in mnemonics})
    wanted = {key: n for key, n in expected.items() if n >= 3}
    assert len(wanted) > 5
    owner = make_principal(organization)
    found = {(alarm.unit.pk, alarm.family): alarm.count for alarm in alarms(owner)}
    assert found == wanted
    for unit in units:
        own = {(unit.pk, alarm.family): alarm.count for alarm in alarms_of(unit, owner)}
        assert own == {key: n for key, n in wanted.items() if key[0] == unit.pk}
    member = make_principal(organization, Role.MEMBER, links=[homes[0]])
    seen = {alarm.unit.property_id for alarm in alarms(member)}
    assert seen == {homes[0].pk}


def test_m4_the_organisation_says_how_many_and_within_how_long(organization: Organization) -> None:
    unit = make_unit(make_property(organization))
    for days in (1, 2, 20):
        call(unit, "el", days=days)
    assert alarms(make_principal(organization)) == []
    organization.alarm_days = 30
    organization.save()
    (alarm,) = alarms(make_principal(organization))
    assert (alarm.count, alarm.days) == (3, 30)
    organization.alarm_calls = 4
    organization.save()
    assert alarms(make_principal(organization)) == []


def test_m4_the_page_shows_them_in_few_statements(organization: Organization) -> None:
    unit = make_unit(make_property(organization, name="Maple <Court>"))
    for _ in range(3):
        call(unit, "el")
    client = Client()
    client.force_login(make_membership(organization, Role.ADMIN).user)
    client.get("/alarms/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/alarms/").text
    assert "Maple &lt;Court&gt;" in page
    assert "<b>3</b>" in page
    assert len(queries) <= 8


def test_open_calls_alike_are_of_the_unit_the_family_and_not_closed(
    organization: Organization,
) -> None:
    unit = make_unit(make_property(organization))
    principal = make_principal(organization)
    alike = call(unit, "es")
    call(unit, "pb")
    call(unit, "el", status=status_named(organization, "Resolved"))
    call(make_unit(unit.property), "el")
    call(unit, "el", days=40)
    leak = {reason_named(organization, "el").pk}
    found = open_alike(principal, unit_id=unit.pk, property_id=unit.property_id, reason_ids=leak)
    assert [log.pk for log in found] == [alike]
    elsewhere = make_principal(make_organization())
    assert not open_alike(elsewhere, unit_id=unit.pk, property_id=unit.property_id, reason_ids=leak)
