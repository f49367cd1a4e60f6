"""`anchor_history`: to be run daily, its output kept where the database's owner cannot reach."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from callcenter.accounts.models import Organization
from callcenter.calls.chain import StillWritingError, anchor_history
from callcenter.core.limits import without_time_limits


class Command(BaseCommand):
    help = (
        "Anchors all comments since the last anchor and prints one line for each anchor:"
        " organization, first and last comment id, comments, SHA-256 over their hashes."
        " Keep the lines elsewhere; verify_history --anchors reads them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One organisation, or all."""
        parser.add_argument("--organization", metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write and print."""
        organizations = Organization.objects.order_by("pk")
        if options["organization"]:
            organizations = organizations.filter(slug=options["organization"])
            if not organizations:
                raise CommandError(f"There is no organization {options['organization']}.")
        with without_time_limits():
            for organization in organizations:
                try:
                    for anchor in anchor_history(organization):
                        self.stdout.write(str(anchor))
                except StillWritingError as error:
                    raise CommandError("Somebody has been writing for a minute.") from error
