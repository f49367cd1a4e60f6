"""Times in the admin are on the clock of whoever reads, as on all other pages."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from callcenter.accounts.models import User
from callcenter.calls.models import CallLog
from tests.admin.pages import page
from tests.worlds import World

pytestmark = pytest.mark.django_db


def test_times_are_those_of_whoever_reads(world: World, owner: Client) -> None:
    call_log = world.rows["CallLog"]
    at = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
    CallLog.objects.filter(pk=call_log.pk).update(contacted_at=at)
    of_organization = owner.get(page(CallLog, "changelist")).content.decode()
    assert "Nov. 23, 2026, 10:30 p.m." in of_organization
    assert "Times of New York." in of_organization
    assert 'value="22:30:00"' in owner.get(page(CallLog, "change", call_log.pk)).content.decode()
    User.objects.filter(pk=world.owner.user_id).update(time_zone="Europe/London")
    mine = owner.get(page(CallLog, "changelist")).content.decode()
    assert "Nov. 24, 2026, 3:30 a.m." in mine
    assert "Times of London." in mine
    assert "By contacted on" in mine
    assert "Past 7 days" in mine
