"""What PostgreSQL refuses about work that waits."""

import pytest
from django.utils import timezone

from callcenter.outbox.models import OutboxMessage
from tests.refusals import refused


@pytest.mark.django_db
def test_work_is_done_or_parked_and_not_both() -> None:
    now = timezone.now()
    with refused(by="outboxmessage_done_or_parked"):
        OutboxMessage.objects.create(organization_id=1, task="x", done_at=now, parked_at=now)
