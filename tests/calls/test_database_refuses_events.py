"""What PostgreSQL refuses of building events, and of the numbers of an alarm."""

import pytest
from django.utils import timezone

from callcenter.accounts.models import Organization
from callcenter.calls.models import BuildingEvent, EventCall, EventLine
from tests.factories import (
    make_call_log,
    make_organization,
    make_property,
    status_named,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> BuildingEvent:
    organization = make_organization()
    home = make_property(organization)
    return BuildingEvent.objects.create(organization=organization, property=home, title="No heat")


def test_an_event_has_a_title_and_ends_with_an_outcome(event: BuildingEvent) -> None:
    rows = BuildingEvent.objects.filter(pk=event.pk)
    with refused(by="buildingevent_has_a_title"):
        rows.update(title="")
    with refused(by="buildingevent_closes_with_an_outcome"):
        rows.update(closed_at=timezone.now())
    with refused(by="buildingevent_closes_with_an_outcome"):
        rows.update(outcome="Over.")


def test_b07_an_event_stays_within_its_organisation(event: BuildingEvent) -> None:
    other = make_organization()
    rows = BuildingEvent.objects.filter(pk=event.pk)
    with refused(by="calls_buildingevent_property_id_within_organization_id"):
        rows.update(property=make_property(other))
    closed = {"closed_at": timezone.now(), "outcome": "Over."}
    with refused(by="calls_buildingevent_closing_status_id_within_organization_id"):
        rows.update(closing_status=status_named(other, "Resolved"), **closed)
    with refused(by="calls_eventcall_call_log_id_within_organization_id"):
        EventCall.objects.create(
            organization=event.organization, event=event, call_log=make_call_log(other)
        )


def test_what_callers_heard_is_kept(event: BuildingEvent) -> None:
    of = {"organization": event.organization, "event": event}
    line = EventLine.objects.create(**of, text="Soon.", author_name="Kim")
    with refused(by="eventline_says_something"):
        EventLine.objects.create(**of, text="", author_name="Kim")
    with refused(by="permission denied|rows here are kept"):
        EventLine.objects.filter(pk=line.pk).update(text="Later.")
    with refused(by="permission denied|rows here are kept"):
        EventLine.objects.filter(pk=line.pk).delete()


def test_a_call_joins_once_and_a_refusal_is_of_an_end(event: BuildingEvent) -> None:
    log = make_call_log(event.organization, property=event.property)
    of = {"organization": event.organization, "event": event, "call_log": log}
    joined = EventCall.objects.create(**of)
    with refused(by="calls_eventcall_call_log_id_key|duplicate key"):
        EventCall.objects.create(**of)
    with refused(by="eventcall_refused_when_settled"):
        EventCall.objects.filter(pk=joined.pk).update(refusal="No.")
    with refused(by="permission denied|rows here are kept"):
        EventCall.objects.filter(pk=joined.pk).delete()


def test_an_alarm_counts_two_calls_at_least_within_days(event: BuildingEvent) -> None:
    rows = Organization.objects.filter(pk=event.organization_id)
    for wrong in ({"alarm_calls": 1}, {"alarm_days": 0}, {"alarm_days": 93}):
        with refused(by="organization_alarm_makes_sense"):
            rows.update(**wrong)
