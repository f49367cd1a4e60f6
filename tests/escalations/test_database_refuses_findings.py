"""What PostgreSQL refuses of the nightly look ahead and of what it found."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from callcenter.escalations.models import Finding, NightCheck
from tests.escalations.conftest import Cast
from tests.factories import make_organization, make_policy, make_property, make_responder
from tests.refusals import refused

DAY = date(2026, 11, 2)


@pytest.fixture
def check(cast: Cast) -> NightCheck:
    return NightCheck.objects.create(organization=cast.organization, day=DAY)


def found(check: NightCheck, kind: str, **fields: Any) -> Finding:
    return Finding.objects.create(
        organization=check.organization, found_in=check, kind=kind, **fields
    )


def test_an_organisation_looks_ahead_once_a_day(check: NightCheck) -> None:
    with refused(by="nightcheck_once_a_day"):
        NightCheck.objects.create(organization=check.organization, day=DAY)
    NightCheck.objects.create(organization=make_organization(), day=DAY)


def test_what_is_not_checked_counts_nothing(check: NightCheck) -> None:
    checks = NightCheck.objects.filter(pk=check.pk)
    for count in ("opened", "gone"):
        with refused(by="nightcheck_counts_when_checked"):
            checks.update(**{count: 1})
    checks.update(opened=1, gone=2, checked_at=timezone.now())


def test_a_finding_holds_once_until_it_is_gone(cast: Cast, check: NightCheck) -> None:
    hole: dict[str, Any] = {"policy": cast.policy, "night": DAY, "seconds": 60}
    first = found(check, "hole", **hole)
    found(check, "hole", **hole | {"seconds": 61})
    found(check, "missed", responder=cast.joe)
    with refused(by="finding_holds_once"):
        found(check, "hole", **hole)
    with refused(by="finding_holds_once"):
        found(check, "missed", responder=cast.joe)
    Finding.objects.filter(pk=first.pk).update(gone_in=check)
    found(check, "hole", **hole)


def test_a_finding_is_of_a_night_a_property_or_a_person(cast: Cast, check: NightCheck) -> None:
    wrong: tuple[tuple[str, dict[str, Any]], ...] = (
        ("hole", {"policy": cast.policy, "night": DAY}),
        ("hole", {"policy": cast.policy, "night": DAY, "seconds": 0}),
        ("hole", {"policy": cast.policy, "night": DAY, "seconds": 60, "responder": cast.joe}),
        ("unplanned", {"responder": cast.joe}),
        ("unverified", {"property": cast.maple}),
        ("missed", {}),
        ("boat", {"responder": cast.joe}),
    )
    for kind, fields in wrong:
        with refused(by="finding_says_of_what"):
            found(check, kind, **fields)


def test_who_handles_says_what_was_done(cast: Cast, check: NightCheck) -> None:
    finding = Finding.objects.filter(pk=found(check, "missed", responder=cast.joe).pk)
    with refused(by="finding_handled_with_comment"):
        finding.update(handled_at=timezone.now())
    with refused(by="finding_handled_with_comment"):
        finding.update(comment="done")


def test_b07_findings_stay_within_their_organisation(cast: Cast, check: NightCheck) -> None:
    other = make_organization()
    strange = NightCheck.objects.create(organization=other, day=DAY)
    one = found(check, "missed", responder=cast.joe)
    where = "escalations_finding_{}_within_organization_id"
    with refused(by=where.format("responder_id")):
        found(check, "unverified", responder=make_responder(other))
    with refused(by=where.format("property_id")):
        found(check, "unplanned", property=make_property(other))
    with refused(by=where.format("policy_id")):
        found(check, "hole", policy=make_policy(other), night=DAY, seconds=1)
    for column in ("found_in", "gone_in"):
        with refused(by=where.format(f"{column}_id")):
            Finding.objects.filter(pk=one.pk).update(**{column: strange})


def test_findings_are_never_deleted(cast: Cast, check: NightCheck) -> None:
    one = found(check, "missed", responder=cast.joe)
    with refused(by="permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM escalations_finding WHERE id = %s", [one.pk])
