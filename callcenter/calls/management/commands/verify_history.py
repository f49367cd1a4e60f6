"""`verify_history`: whether every history still is what was written."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from callcenter.accounts.models import Organization
from callcenter.calls.chain import Anchor, anchors_of, first_anchor_off, verify
from callcenter.core.limits import without_time_limits


class Command(BaseCommand):
    help = (
        "Recomputes the chain and the digests of every history and compares the anchors."
        " Names the first broken row and exits with 1 when something does not fit."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One organisation or all, and anchors that were kept elsewhere."""
        parser.add_argument("--organization", metavar="SLUG")
        parser.add_argument(
            "--anchors", metavar="FILE", type=Path, help="lines that anchor_history printed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, tell, and fail when a history is not what was written."""
        organizations = Organization.objects.order_by("pk")
        if options["organization"]:
            organizations = organizations.filter(slug=options["organization"])
            if not organizations:
                raise CommandError(f"There is no organization {options['organization']}.")
        kept = _kept(options["anchors"])
        with without_time_limits():
            right = [self._check(organization, kept) for organization in organizations]
        if not all(right):
            raise CommandError("The history is not what was written.", returncode=1)

    def _check(self, organization: Organization, kept: list[Anchor]) -> bool:
        """Whether all fits; says what it found."""
        name = organization.slug
        verdict = verify(organization)
        erased = f", {verdict.erased} of them erased" if verdict.erased else ""
        self.stdout.write(f"{name}: {verdict.comments} comments{erased}, {verdict.broken} broken")
        if row := verdict.first:
            where = f"call {row.call_log_id}, row {row.seq} (comment {row.comment_id})"
            self.stdout.write(f"{name}: first broken: {where}: {row.reason}")
        anchors = anchors_of(organization)
        anchors += [anchor for anchor in kept if anchor.organization_id == organization.pk]
        off = first_anchor_off(anchors)
        if off is not None:
            anchor, now = off
            self.stdout.write(
                f"{name}: comments {anchor.first} to {anchor.last} are not those anchored:"
                f" {anchor.comments} then, {now} now"
            )
        elif anchors:
            self.stdout.write(f"{name}: {len(anchors)} anchors fit")
        return verdict.first is None and off is None


def _kept(path: Path | None) -> list[Anchor]:
    """The anchors of a file; CommandError for what is none."""
    if path is None:
        return []
    try:
        return [Anchor.read(line) for line in path.read_text().splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} does not hold what anchor_history prints: {error}") from error
