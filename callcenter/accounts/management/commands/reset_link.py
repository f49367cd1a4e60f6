"""`manage.py reset_link`: for people whom no owner can help."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from callcenter.accounts.actions import find_person, revoke_resets
from callcenter.accounts.links import RESET_LIFETIME, absolute, make_link
from callcenter.accounts.models import OneTimeLinkKind


class Command(BaseCommand):
    """Print a one-time link with which a person sets a new password."""

    help = "Print a one-time link with which the person with this address sets a new password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the link; older ones end."""
        person = find_person(options["email"])
        if person is None or not person.is_active:
            raise CommandError("nobody who may sign in has this address")
        with transaction.atomic():
            revoke_resets(person.email)
            _link, token = make_link(
                kind=OneTimeLinkKind.PASSWORD_RESET, email=person.email, lifetime=RESET_LIFETIME
            )
        self.stdout.write(absolute(reverse("accounts:link", args=[token])))
