"""`demo_data`: a demo organisation with a year of calls."""

import json
import os
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from callcenter.demo.loading import (
    Size,
    give_new_credentials,
    give_new_logins,
    load_demo,
)


class Command(BaseCommand):
    help = "Loads the demo organisation once and prints its log-ins; a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The size, the seed, and the moment that is now."""
        parser.add_argument("--units", type=_whole(12), default=Size.units)
        parser.add_argument("--logs", type=_whole(0), default=Size.logs)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--heavy", action="store_true", help="2.5 comments a call, not 1.4")
        parser.add_argument("--now", type=datetime.fromisoformat, help="default: now; ISO 8601")
        parser.add_argument(
            "--accounts", type=Path, help="write the log-ins to this file, which only we may read"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and print."""
        now: datetime = options["now"] or datetime.now(UTC).replace(microsecond=0)
        if now.tzinfo is None:
            now = now.replace(tzinfo=UTC)
        size = Size(options["units"], options["logs"], options["heavy"])
        accounts: Path | None = options["accounts"]
        logins = load_demo(now=now, size=size, seed=options["seed"], say=self.stdout.write)
        if logins is None:
            self.stdout.write("The demo organisation is loaded already: nothing is changed.")
            logins = None if accounts is None else self._renewed(accounts)
        if logins is None:
            return
        if accounts is not None:
            write_private(accounts, json.dumps(logins, indent=2) + "\n")
            return
        for user in logins["users"]:
            self.stdout.write(f"{user['role']:8}{user['email']:24}{user['password']}")
        for key in logins["credentials"]:
            self.stdout.write(f"{key['role']:8}{key['wire']:12}{key['client_id']}  {key['secret']}")

    def _renewed(self, accounts: Path) -> dict[str, Any] | None:
        """What the file of log-ins lacks, made anew; None when it is complete."""
        if not accounts.exists():
            self.stdout.write(f"{accounts} is missing: its people get new passwords and keys.")
            return give_new_logins()
        known: dict[str, Any] = json.loads(accounts.read_text())
        if known.get("credentials"):
            return None
        self.stdout.write(f"{accounts} holds no credentials: the people of the demo get some.")
        return known | {"credentials": give_new_credentials()}


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read, all of it or nothing."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    fresh.replace(path)


def _whole(least: int) -> Any:
    """A reader of whole numbers of at least `least`."""

    def read(text: str) -> int:
        number = int(text)
        if number < least:
            raise CommandError(f"{text} is too small: at least {least}.")
        return number

    return read
