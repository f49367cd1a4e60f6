"""The worker's side of chains: looking ahead once a day, and mailing what was found."""

from celery import shared_task
from django.utils import timezone

from callcenter.outbox.delivery import deliver
from callcenter.properties.principals import Principal

from . import looking_ahead, mailing


@shared_task(name="escalations.look_ahead")
def look_ahead() -> None:
    """Ask for the checks of the day. Harmless when it runs twice."""
    looking_ahead.ask_for_checks(now=timezone.now())


@shared_task(name=looking_ahead.CHECK)
def check_nights(*, message_id: int, check_id: int) -> None:
    """Do the check of one organisation; twice changes nothing more."""

    def work() -> None:
        actor = _system(check_id, message_id)
        if actor is not None:
            looking_ahead.check_nights(check_id=check_id, actor=actor)

    deliver(message_id, work=work, on_parked=lambda: None)


@shared_task(name=looking_ahead.MAIL)
def mail_findings(*, message_id: int, check_id: int, user_id: int) -> None:
    """Mail one person what a check found; not again once the server has taken it."""

    def work() -> None:
        actor = _system(check_id, message_id)
        if actor is not None:
            mailing.mail_findings(check_id=check_id, user_id=user_id, actor=actor)

    deliver(message_id, work=work, on_parked=lambda: None)


def _system(check_id: int, message_id: int) -> Principal | None:
    organization = looking_ahead.organization_of(check_id)
    if organization is None:
        return None
    return Principal.system(organization, f"outbox-{message_id}")
