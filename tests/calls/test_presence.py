"""Who else has a call open: told to those who see it, and never a lock."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.actions import append_comment
from callcenter.calls.models import CallLog, Presence
from tests.calls.conftest import signed_in
from tests.factories import make_call_log, make_property, principal_again

type People = dict[str, Membership]


@pytest.fixture
def kim(people: People) -> Client:
    return signed_in(people["admin"], htmx=True)


@pytest.fixture
def priya(people: People) -> Client:
    return signed_in(people["member"], htmx=True)


def beat(client: Client, log: CallLog, **fields: Any) -> Any:
    said = {"seen_version": log.version, "shown": str(log.version), "typing": ""} | fields
    headers = {"X-Background": "1"}
    return client.post(reverse("calls:presence", args=[log.pk]), said, headers=headers)


def test_nothing_new_is_an_empty_answer(priya: Client, log: CallLog) -> None:
    assert beat(priya, log).status_code == 204


def test_the_others_and_what_they_type_are_told_for_half_a_minute(
    people: People, kim: Client, priya: Client, log: CallLog
) -> None:
    beat(kim, log, typing="comment")
    seen = beat(priya, log)
    assert "Kim Osei</bdi> types a comment" in seen.text
    company = seen.context["company"]
    assert beat(priya, log, shown=company.digest).status_code == 204
    beat(kim, log, typing="<b>")
    assert "Kim Osei</bdi> is here" in beat(priya, log, shown=company.digest).text
    old = timezone.now() - timedelta(seconds=31)
    Presence.objects.filter(user=people["admin"].user).update(seen_at=old)
    assert "Kim Osei" not in beat(priya, log, shown="x").text


def test_one_has_one_row_for_a_call_and_leaves_none_behind(
    organization: Organization, people: People, kim: Client, log: CallLog
) -> None:
    beat(kim, log)
    beat(kim, log)
    assert Presence.objects.count() == 1
    Presence.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    beat(kim, make_call_log(organization))
    assert Presence.objects.filter(call_log=log).count() == 0


def test_a_change_by_somebody_else_is_told_with_who_and_when(
    people: People, priya: Client, log: CallLog
) -> None:
    append_comment(call_log_id=log.pk, text="x", actor=principal_again(people["admin"]))
    told = beat(priya, log)
    assert "Changed by Kim Osei at" in told.text
    assert f'name="seen_version" value="{log.version}"' in told.text


def test_who_does_not_see_the_call_learns_nothing(
    organization: Organization, priya: Client, kim: Client
) -> None:
    elsewhere = make_call_log(organization, property=make_property(organization))
    beat(kim, elsewhere)
    assert beat(priya, elsewhere).status_code == 404


def test_a_beat_is_cheap_and_the_table_is_not_logged(priya: Client, log: CallLog) -> None:
    with CaptureQueriesContext(connection) as queries:
        beat(priya, log)
    assert len(queries) <= 8
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'calls_presence'")
        assert cursor.fetchone() == ("u",)
