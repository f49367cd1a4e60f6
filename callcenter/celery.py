"""The Celery app; its settings live in `settings.py` under CELERY_."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init
from django.core.management.base import SystemCheckError
from django_structlog.celery.steps import DjangoStructLogInitStep

from callcenter.core.checks import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")

app = Celery("callcenter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)  # a task's lines carry the request's id
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Leave logging as `settings.LOGGING` has it."""


@worker_init.connect
def check_before_work(**_: Any) -> None:
    """Refuse to work with unsafe settings, as the web server does (B-57)."""
    try:
        refuse_unsafe_start()
    except SystemCheckError as error:  # Celery would swallow it
        raise SystemExit(str(error)) from error
