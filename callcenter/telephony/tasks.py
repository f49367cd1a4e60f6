"""The worker's side of telephony: events, lost calls, polling."""

from functools import partial

from celery import shared_task

from callcenter.accounts.models import Organization
from callcenter.outbox.delivery import deliver
from callcenter.properties.principals import Principal

from . import polling, taking, working


@shared_task(name=taking.TASK)
def work_event(*, message_id: int, organization_id: int, event_id: int) -> None:
    """Bring the call of an event up to date; twice, late or side by side changes nothing more."""
    deliver(
        message_id,
        work=partial(_work_event, f"outbox-{message_id}", organization_id, event_id),
        on_parked=lambda: None,
    )


def _work_event(request_id: str, organization_id: int, event_id: int) -> None:
    organization = Organization.objects.get(pk=organization_id)
    working.work_event(event_id=event_id, actor=Principal.system(organization, request_id))


@shared_task(name="telephony.end_lost_calls")
def end_lost_calls() -> None:
    """End the calls of which nothing was heard for too long."""
    for organization in Organization.objects.filter(pk__in=working.organizations_with_live_calls()):
        actor = Principal.system(organization)
        while working.end_lost_calls(actor=actor) == working.AT_ONCE:
            pass


@shared_task(name="telephony.poll")
def poll() -> None:
    """Hand out the upstreams that are due."""
    polling.hand_out()


@shared_task(name=polling.TASK)
def poll_upstream(*, organization_id: int, upstream_id: int) -> None:
    """Poll one upstream, unless somebody else does."""
    organization = Organization.objects.get(pk=organization_id)
    polling.poll_upstream(upstream_id=upstream_id, actor=Principal.system(organization))
