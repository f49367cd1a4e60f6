"""What people change about themselves: their profile, and a forgotten password."""

from smtplib import SMTPException
from typing import Any

import structlog
from django.db import transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.mail import send_text
from callcenter.core.transactions import Actor, write_transaction

from .links import RESET_LIFETIME, absolute, find_link, make_link, no_such_link, use_up
from .models import OneTimeLink, OneTimeLinkKind, User

logger = structlog.get_logger(__name__)
PROFILE = ("name", "time_zone", "theme", "density", "single_key_shortcuts", "shows_state")


def find_person(email: str) -> User | None:
    """The person with this address, whatever its case; one statement, found or not."""
    people = User.objects.alias(folded=Lower("email"))
    return people.filter(folded=email.strip().lower()).first()


def change_profile(*, person: User, actor: Actor, **fields: Any) -> None:
    """Change how a person is called and how pages look for them."""
    for name in PROFILE:
        setattr(person, name, fields[name])
    with write_transaction(actor):
        person.save(update_fields=PROFILE)


def mail_text(*, to: str, subject: str, text: str) -> bool:
    """Send a mail about an account; False, and a line in the log, when it cannot be sent."""
    try:
        send_text(to=to, subject=subject, text=text)
    except (OSError, SMTPException):
        logger.exception("mail_not_sent")
        return False
    return True


def request_reset(*, email: str) -> None:
    """Mail a link that sets a new password, or that nobody here has this address.

    The work is the same for a known and an unknown address: statements, and one mail (B-36).
    """
    person = find_person(email)
    revoke_resets(email)
    _link, token = make_link(
        kind=OneTimeLinkKind.PASSWORD_RESET, email=email, lifetime=RESET_LIFETIME
    )
    if person is not None and person.is_active:
        text = _(
            "Somebody, probably you, forgot the password of your callcenter account.\n"
            "Set a new one within a day:\n\n%(url)s\n\n"
            "If it was not you, do nothing: the old password still works."
        ) % {"url": absolute(reverse("accounts:link", args=[token]))}
    else:
        text = _(
            "Somebody, probably you, wanted to set a new callcenter password for this address.\n"
            "No account has it. If you are invited under another address, use that one."
        )
    mail_text(to=email, subject=_("Your callcenter password"), text=text)


def revoke_resets(email: str) -> None:
    """Make older links to a new password worthless: only the newest works."""
    links = OneTimeLink.objects.filter(kind=OneTimeLinkKind.PASSWORD_RESET, email__iexact=email)
    links.filter(used_at=None, revoked_at=None).update(revoked_at=timezone.now())


def belongs_only_to(person: User, organization_id: int) -> bool:
    """Whether the person never belonged to another organisation than this one."""
    return not person.memberships.exclude(organization_id=organization_id).exists()


def person_of_reset(link: OneTimeLink) -> User:
    """Whose password a link sets; NotFoundError when it is nobody's any more.

    An owner's link works only for somebody of that organisation alone: otherwise one
    organisation could take over an account that opens another's doors (design.md 6).
    """
    person = find_person(link.email)
    if person is None or not person.is_active:
        raise no_such_link()
    if link.organization_id and not belongs_only_to(person, link.organization_id):
        raise no_such_link()
    return person


def reset_password(*, token: str, password: str) -> User:
    """Set a new password by a one-time link; every login of the person ends (B-34).

    NotFoundError when the link was used, revoked or is too old.
    """
    with transaction.atomic():
        link = find_link(token, OneTimeLinkKind.PASSWORD_RESET, lock=True)
        person = person_of_reset(link)
        person.set_password(password)
        person.save(update_fields=["password"])
        use_up(link)
        revoke_resets(link.email)
    return person
