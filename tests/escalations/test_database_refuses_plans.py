"""What PostgreSQL refuses of plans: responders, schedules, policies, the order of rules."""

from datetime import date, time
from typing import Any

import pytest
from django.utils import timezone

from callcenter.accounts.models import Organization
from callcenter.escalations.models import (
    Policy,
    Responder,
    ResponderLine,
    Rule,
    Schedule,
    ScheduleOverride,
    ScheduleTurn,
)
from tests.factories import (
    make_membership,
    make_organization,
    make_policy,
    make_property,
    make_responder,
    make_schedule,
    make_user,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def joe(organization: Organization) -> Responder:
    return make_responder(organization, e164="+12125550133")


@pytest.fixture
def policy(organization: Organization, joe: Responder) -> Policy:
    return make_policy(organization, joe, joe, make_schedule(organization))


def add(policy: Policy, **fields: Any) -> Rule:
    return Rule.objects.create(organization=policy.organization, policy=policy, **fields)


def test_a_rule_rings_a_responder_or_a_schedule(policy: Policy, joe: Responder) -> None:
    schedule = make_schedule(policy.organization)
    with refused(by="rule_rings_one_target"):
        add(policy, order=4)
    with refused(by="rule_rings_one_target"):
        add(policy, order=4, responder=joe, schedule=schedule)
    add(policy, order=4, schedule=schedule)


def test_an_order_is_given_once(policy: Policy) -> None:
    with refused(by="rule_order_once"):
        policy.rules.filter(order=2).update(order=1)


def test_orders_have_no_gap(policy: Policy, joe: Responder) -> None:
    with refused(by="rules, the last of order"):
        add(policy, order=5, responder=joe)
    second = policy.rules.filter(order=2)
    with refused(by="rules, the last of order"):
        second.update(order=None, withdrawn_at=timezone.now())


def test_the_last_rule_goes_and_the_first_comes_without_a_gap(
    policy: Policy, joe: Responder
) -> None:
    policy.rules.filter(order=3).update(order=None, withdrawn_at=timezone.now())
    add(policy, order=3, responder=joe)
    add(make_policy(policy.organization), order=1, responder=joe)


def test_a_rule_has_an_order_while_it_is_in_use(policy: Policy, joe: Responder) -> None:
    rules = policy.rules.filter(order=3)
    with refused(by="rule_order_while_in_use"):
        rules.update(order=None)
    with refused(by="rule_order_while_in_use"):
        rules.update(withdrawn_at=timezone.now())
    with refused(by="rule_order_while_in_use"):
        rules.update(order=0)


def test_a_rule_stays_in_its_policy(policy: Policy) -> None:
    with refused(by="a rule stays in its policy"):
        policy.rules.filter(order=3).update(policy=make_policy(policy.organization))


def test_b07_plans_stay_within_their_organisation(policy: Policy, joe: Responder) -> None:
    other = make_organization()
    stranger = make_responder(other)
    with refused(by="escalations_rule_responder_id_within_organization_id"):
        policy.rules.filter(order=1).update(responder=stranger)
    with refused(by="escalations_rule_schedule_id_within_organization_id"):
        policy.rules.filter(order=3).update(schedule=make_schedule(other))
    with refused(by="escalations_policy_property_id_within_organization_id"):
        Policy.objects.filter(pk=policy.pk).update(property=make_property(other))
    with refused(by="escalations_responderline_responder_id_within_organization_id"):
        joe.lines.update(responder=stranger)
    turn = {"organization": policy.organization, "weekday": 0, "starts_at": time(18)}
    with refused(by="escalations_scheduleturn_responder_id_within_organization_id"):
        ScheduleTurn.objects.create(
            **turn, schedule=make_schedule(policy.organization), responder=stranger
        )


def test_a_responder_has_a_name_and_an_account_of_the_organisation_once(
    organization: Organization, joe: Responder
) -> None:
    with refused(by="responder_has_name"):
        make_responder(organization, name="")
    with refused(by="escalations_responder_user_id_within_organization_id"):
        make_responder(organization, user=make_user())
    user = make_membership(organization).user
    first = make_responder(organization, user=user)
    with refused(by="responder_once_for_an_account"):
        make_responder(organization, user=user)
    Responder.objects.filter(pk=first.pk).update(withdrawn_at=timezone.now())
    make_responder(organization, user=user)


def test_a_line_is_a_number_that_can_be_rung_and_stands_once(joe: Responder) -> None:
    lines = ResponderLine.objects
    of = {"organization": joe.organization, "responder": joe, "raw": "555"}
    for wrong in ("", "2125550133", "+0212", "+1212555013a"):
        with refused(by="responderline_number_form"):
            lines.create(**of, e164=wrong)
    with refused(by="responderline_number_once"):
        lines.create(**of, e164="+12125550133")
    with refused(by="responderline_label_known"):
        lines.create(**of, e164="+12125550134", label="boat")


def test_turns_begin_once_on_days_that_there_are(
    organization: Organization, joe: Responder
) -> None:
    schedule = make_schedule(organization, (0, time(18), joe))
    of = {"organization": organization, "schedule": schedule, "starts_at": time(18)}
    with refused(by="scheduleturn_starts_once"):
        ScheduleTurn.objects.create(**of, weekday=0)
    with refused(by="scheduleturn_weekday_known"):
        ScheduleTurn.objects.create(**of, weekday=7)


def test_an_override_ends_after_it_begins(organization: Organization, joe: Responder) -> None:
    of = {"organization": organization, "schedule": make_schedule(organization)}
    day, next_day = date(2026, 11, 1), date(2026, 11, 2)
    for ends_on, ends_at in ((day, time(18)), (day, time(6)), (date(2026, 10, 31), time(23))):
        with refused(by="scheduleoverride_times_in_order"):
            ScheduleOverride.objects.create(
                **of, starts_on=day, starts_at=time(18), ends_on=ends_on, ends_at=ends_at
            )
    ScheduleOverride.objects.create(
        **of, starts_on=day, starts_at=time(18), ends_on=next_day, ends_at=time(6)
    )


def test_schedules_and_policies_have_names_and_numbers_of_their_own(policy: Policy) -> None:
    organization = policy.organization
    schedule = make_schedule(organization)
    with refused(by="schedule_has_name"):
        Schedule.objects.create(organization=organization, name="")
    with refused(by="schedule_name_once"):
        Schedule.objects.create(organization=organization, name=schedule.name)
    with refused(by="policy_has_name"):
        make_policy(organization, name="")
    with refused(by="escalations_policy_slug"):
        make_policy(organization, slug=policy.slug)
    make_policy(organization, routing_phone="+12125550199")
    with refused(by="policy_routing_phone_once"):
        make_policy(make_organization(), routing_phone="+12125550199")
