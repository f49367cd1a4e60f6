"""What beat asks for once an hour: forgetting what has served its time."""

from importlib import import_module

from celery import shared_task
from django.conf import settings

from . import api_requests, idempotency, throttle, tokens


@shared_task(name="accounts.prune")
def prune() -> None:
    """Forget throttle windows, logins and tokens that are over, answers and requests kept enough.

    Harmless when it runs twice.
    """
    throttle.prune()
    idempotency.prune()
    api_requests.prune()
    tokens.prune()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
