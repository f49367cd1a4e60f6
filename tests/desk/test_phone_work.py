"""Telephone calls in my work: what I answered and did not log, and what nobody answered."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Organization
from callcenter.properties.models import Property
from callcenter.telephony.models import Extension, PhoneCall
from tests.factories import (
    make_call_log,
    make_organization,
    make_phone_call,
    make_property,
)

from .test_from_phone import answered, mine

__all__ = ["mine"]


def rang(organization: Organization, n: int = 1, **fields: object) -> PhoneCall:
    """A call of 212 555 01nn that nobody answered, n minutes ago."""
    at = timezone.now() - timedelta(minutes=n)
    number = f"+121255501{n:02}"
    return make_phone_call(
        organization,
        published_at=at,
        ended_at=at + timedelta(seconds=25),
        caller_raw=number,
        caller_e164=number,
        caller_digits_reversed=number[:1:-1],
        **fields,
    )


def test_my_work_counts_them_and_leads_to_the_form_and_the_list(
    client: Client, organization: Organization, mine: Extension, maple: Property
) -> None:
    call = answered(mine)
    for n in range(1, 7):
        vain = rang(organization, n, property=maple, caller_name="LOBBY")
    rang(organization, 8, property=make_property(organization))  # of others
    rang(make_organization(), 9)
    answer = client.get(reverse("desk:home"))
    work = answer.context["work"]
    assert (work.unlogged.count, work.missed.count) == ("1", "6")
    (row,) = work.unlogged.rows
    assert (row.phone_call_id, row.caller, row.name) == (call.pk, "(305) 555-0142", "ANA CRUZ")
    assert len(work.missed.rows) == 4
    oldest = work.missed.rows[0]
    assert (oldest.phone_call_id, oldest.zone) == (vain.pk, maple.time_zone)
    for one in (call, vain):
        assert f'href="{reverse("desk:new")}?phone_call={one.pk}"' in answer.text
    for page in ("calls:finish", "calls:unhandled", "calls:phone"):
        assert f'href="{reverse(page)}"' in answer.text


def test_what_is_logged_or_answered_later_leaves_my_work(
    client: Client, organization: Organization, mine: Extension
) -> None:
    call, vain = answered(mine), rang(organization)
    make_call_log(organization, phone_call=call)
    make_call_log(organization, phone_digits_reversed=vain.caller_digits_reversed)
    work = client.get(reverse("desk:home")).context["work"]
    assert (work.unlogged.rows, work.missed.rows) == ([], [])


def test_my_work_costs_no_more_with_telephone_calls(
    client: Client, organization: Organization, mine: Extension
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("desk:home"))
        return len(seen)

    asked()
    before = asked()
    for n in range(3):
        answered(mine, minutes_ago=60 + n)
        rang(organization, n)
    assert asked() == before
