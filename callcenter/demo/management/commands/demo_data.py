"""`demo_data`: a demo organisation with a year of calls."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from callcenter.demo.loading import Size, load_demo


class Command(BaseCommand):
    help = "Loads the demo organisation once and prints its log-ins; a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The size, the seed, and the moment that is now."""
        parser.add_argument("--units", type=_whole(12), default=Size.units)
        parser.add_argument("--logs", type=_whole(0), default=Size.logs)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--heavy", action="store_true", help="2.5 comments a call, not 1.4")
        parser.add_argument("--now", type=datetime.fromisoformat, help="default: now; ISO 8601")
        parser.add_argument("--json", action="store_true", help="print the log-ins as JSON only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and print."""
        now: datetime = options["now"] or datetime.now(UTC).replace(microsecond=0)
        if now.tzinfo is None:
            now = now.replace(tzinfo=UTC)
        size = Size(options["units"], options["logs"], options["heavy"])
        as_json: bool = options["json"]
        logins = load_demo(
            now=now,
            size=size,
            seed=options["seed"],
            say=(lambda _: None) if as_json else self.stdout.write,
        )
        if as_json:
            self.stdout.write(json.dumps(logins))
        elif logins is None:
            self.stdout.write("The demo organisation is loaded already: nothing is changed.")
        else:
            for user in logins["users"]:
                self.stdout.write(f"{user['role']:8}{user['email']:24}{user['password']}")


def _whole(least: int) -> Any:
    """A reader of whole numbers of at least `least`."""

    def read(text: str) -> int:
        number = int(text)
        if number < least:
            raise CommandError(f"{text} is too small: at least {least}.")
        return number

    return read
