"""What has served its time is forgotten, and nothing younger."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from callcenter.accounts import api_requests
from callcenter.accounts.models import (
    REQUESTS_KEPT,
    ApiRequest,
    IdempotencyRecord,
    LoginThrottle,
    Role,
)
from callcenter.accounts.tasks import prune
from callcenter.celery import app
from tests.factories import (
    make_api_request,
    make_credential,
    make_membership,
    make_organization,
)

pytestmark = pytest.mark.django_db


def test_old_windows_answers_and_logins_go_and_young_ones_stay() -> None:
    now = timezone.now()
    over = now - settings.LOGIN_WINDOW - timedelta(seconds=1)
    for subject, since in (("old", over), ("young", now)):
        LoginThrottle.objects.create(subject=subject, tries=3, window_started_at=since)
    for key, age in (("old", timedelta(hours=24, seconds=1)), ("young", timedelta(hours=23))):
        IdempotencyRecord.objects.create(
            scope="session:1:1", endpoint="x", key=key, request_digest=b"", created_at=now - age
        )
    for key, age in (("old", timedelta(seconds=-1)), ("young", timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=now + age)
    for _ in range(2):
        prune()
        assert [row.subject for row in LoginThrottle.objects.all()] == ["young"]
        assert [row.key for row in IdempotencyRecord.objects.all()] == ["young"]
        assert [row.session_key for row in Session.objects.all()] == ["young"]


def test_requests_of_credentials_go_after_seven_days_in_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api_requests, "BATCH", 3)
    credential, _ = make_credential(make_membership(make_organization(), Role.OWNER))
    now = timezone.now()
    for n in range(7):
        make_api_request(credential, at=now - REQUESTS_KEPT - timedelta(seconds=1 + n))
    young = make_api_request(credential, at=now - REQUESTS_KEPT + timedelta(minutes=1))
    assert api_requests.prune() == 7
    prune()
    assert list(ApiRequest.objects.all()) == [young]


def test_beat_asks_for_tasks_that_there_are() -> None:
    app.loader.import_default_modules()
    import_module("callcenter.accounts.tasks")
    asked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert asked <= set(app.tasks)
