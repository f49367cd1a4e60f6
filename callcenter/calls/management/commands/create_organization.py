"""`manage.py create_organization`: the beginning of every organisation."""

from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify

from callcenter.accounts.links import absolute, make_link
from callcenter.accounts.models import OneTimeLinkKind, Organization, Role
from callcenter.calls.workflow import give_default_workflow


class Command(BaseCommand):
    """Make an organisation with the default statuses and reasons, and invite its first owner."""

    help = "Make an organisation; prints the one-time link with which its first owner joins."

    def add_arguments(self, parser: CommandParser) -> None:
        """What must be said, and what has a usual value."""
        parser.add_argument("--name", required=True, help="The company, as people call it.")
        parser.add_argument("--email", required=True, help="The first owner's address.")
        parser.add_argument("--owner-name", required=True, help="The first owner's name.")
        parser.add_argument("--time-zone", default="America/New_York")
        parser.add_argument("--region", default="US", help="Default country of numbers.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it in one transaction, and print the link."""
        _check(options)
        with transaction.atomic():
            organization = Organization.objects.create(
                name=options["name"].strip(),
                slug=_free_slug(options["name"]),
                time_zone=options["time_zone"],
                region=options["region"],
            )
            give_default_workflow(organization)
            _link, token = make_link(
                kind=OneTimeLinkKind.INVITATION,
                email=options["email"],
                name=options["owner_name"].strip(),
                organization=organization,
                role=Role.OWNER,
            )
        path = reverse("properties:invitation", args=[token])
        self.stdout.write(
            f"{organization} is there. {options['owner_name']} joins as its owner, once and"
            f" within a week, with\n{absolute(path)}"
        )


def _check(options: dict[str, Any]) -> None:
    try:
        validate_email(options["email"])
    except ValidationError as error:
        raise CommandError(f"--email: {options['email']} is no e-mail address") from error
    if options["time_zone"] not in available_timezones():
        raise CommandError(f"--time-zone: {options['time_zone']} is not known, say Area/City")
    region = options["region"]
    if len(region) != 2 or not region.isascii() or not region.isupper():
        raise CommandError("--region: two capital letters, such as US")
    if not options["name"].strip() or not options["owner_name"].strip():
        raise CommandError("--name and --owner-name must not be empty")


def _free_slug(name: str) -> str:
    """A short word for the name that no other organisation has."""
    base = slugify(name)[:50] or "organization"
    taken = set(Organization.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)
