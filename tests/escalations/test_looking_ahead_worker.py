"""The look ahead by a real beat, broker and worker: findings once, and a mail to each manager."""

import time
from datetime import UTC, datetime

import pytest

from callcenter.accounts.models import Role
from callcenter.escalations.models import Finding, NightCheck
from callcenter.outbox.models import OutboxMessage
from tests.conftest import WorkerProcess
from tests.factories import make_membership, make_organization, make_policy, make_property

pytestmark = pytest.mark.worker
START = 60.0  # seconds in which a worker has started and worked


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beat asks twice a second, and mails go to the worker's log."""
    monkeypatch.setenv("LOOK_AHEAD_SECONDS", "0.5")
    monkeypatch.setenv("EMAIL_URL", "console://")


def test_beat_and_worker_look_ahead_once_and_mail_what_was_found(
    often: None, worker: WorkerProcess
) -> None:
    awake = "UTC" if datetime.now(UTC).hour in range(5, 23) else "Asia/Tokyo"
    organization = make_organization(time_zone=awake)
    owner = make_membership(organization, Role.OWNER)
    make_membership(organization, Role.MEMBER)
    home = make_property(organization, time_zone=awake)
    make_policy(organization, name="Empty", property=home)
    begun = time.monotonic()
    while (
        not NightCheck.objects.exclude(checked_at=None).exists()
        or OutboxMessage.objects.filter(done_at=None).exists()
    ):
        assert time.monotonic() - begun < START, worker.log.read_text()
        time.sleep(0.1)
    time.sleep(2)  # some more rounds of beat
    assert (NightCheck.objects.count(), Finding.objects.count()) == (1, 14)
    said = worker.log.read_text()
    assert said.count("Subject: Next nights: 14 new findings") == 1
    assert f"To: {owner.user.email}" in said
