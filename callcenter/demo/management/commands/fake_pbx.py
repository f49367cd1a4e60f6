"""`fake_pbx`: a telephone system that does not exist, for demo and rehearsal."""

import random
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from callcenter.accounts.models import Organization
from callcenter.demo.loading import SLUG
from callcenter.demo.switchboard import Caller, Push, Run, Switchboard
from callcenter.demo.telephones import EXTENSIONS, MAIN_LINE, demo_owner, give_telephones
from callcenter.properties.models import ResidentPhone
from callcenter.properties.principals import Principal
from callcenter.telephony.upstreams import renew_secret

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MOST_CALLERS = 500
USUAL_MINUTES = 10.0
PATIENCE = 10.0  # seconds for one answer


class Command(BaseCommand):
    help = (
        "Rings the demo organisation: pushes the events of made-up calls to the receiver of a"
        " server on this machine, for a time or a number of calls, and stops. Each start gives"
        " the demo's telephone system a new secret, which ends an earlier run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, how many, how long, how fast."""
        parser.add_argument("--url", default=settings.BASE_URL, help="default: %(default)s")
        parser.add_argument("--rate", type=float, default=6.0, help="calls a minute; default 6")
        parser.add_argument(
            "--minutes", type=float, help="then all hang up; default 10, or until --calls came"
        )
        parser.add_argument("--calls", type=int, help="stop when so many calls came and ended")
        parser.add_argument("--speed", type=float, default=1.0, help="2: twice as fast; default 1")
        parser.add_argument("--seed", type=int, help="the same seed, the same calls")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ring until the end, and say what was sent."""
        base = _checked(options)
        organization = Organization.objects.filter(slug=SLUG).first()
        actor = demo_owner(organization) if organization else None
        if actor is None:
            raise CommandError("There is no demo organisation: run `manage.py demo_data` first.")
        upstream = give_telephones(actor)
        secret = renew_secret(upstream_id=upstream.pk, actor=actor)
        rng = random.Random(options["seed"])  # noqa: S311 (not for secrets)
        board = Switchboard(
            callers=callers_of(actor, rng),
            extensions=[number for number, _ in EXTENSIONS],
            line=MAIN_LINE,
            run=f"{time.time_ns() // 1_000_000}",
            rng=rng,
        )
        minutes, calls = options["minutes"], options["calls"]
        if minutes is None and calls is None:
            minutes = USUAL_MINUTES
        with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
            run = Run(
                board=board,
                send=_sender(client, f"{base}/events/voipnow/{secret}"),
                rate=options["rate"],
                seconds=None if minutes is None else minutes * 60,
                count=calls,
                speed=options["speed"],
                clock=time.monotonic,
                wait=time.sleep,
            )
            try:
                run.go()
            except KeyboardInterrupt:
                self.stdout.write("Stopped; whoever was on the line hung up.")
        self.stdout.write(f"{len(run.rung)} calls, {run.events} events sent to {base}.")


def callers_of(actor: Principal, rng: random.Random) -> list[Caller]:
    """Up to MOST_CALLERS residents' numbers with the names that a display would show."""
    phones = ResidentPhone.objects.visible_to(actor).exclude(e164="").exclude(do_not_use=True)
    keys = list(phones.order_by("pk").values_list("pk", flat=True))
    chosen = rng.sample(keys, min(MOST_CALLERS, len(keys)))
    found = phones.filter(pk__in=chosen).select_related("resident").order_by("pk")
    return [Caller(phone.e164, str(phone.resident)[:60].upper()) for phone in found]


def _checked(options: dict[str, Any]) -> str:
    """The address without its path; CommandError for what cannot be."""
    url = urlsplit(options["url"])
    if url.scheme not in ("http", "https") or url.hostname not in LOOPBACK:
        raise CommandError("--url must be a server on this machine: calls are made up.")
    for name in ("rate", "speed", "minutes", "calls"):
        if options[name] is not None and not options[name] > 0:
            raise CommandError(f"--{name} must be more than 0.")
    return f"{url.scheme}://{url.netloc}"


def _sender(client: httpx.Client, address: str) -> Callable[[Push], None]:
    """What sends one event, and says in words why it was not taken."""

    def send(push: Push) -> None:
        try:
            answer = client.post(f"{address}/{push.kind.value}", data=push.fields)
        except httpx.HTTPError as error:
            raise CommandError(f"The server did not answer: {type(error).__name__}.") from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise CommandError("The secret opens nothing any more: did another fake_pbx start?")
        if answer.status_code != httpx.codes.OK:
            raise CommandError(f"The receiver answered {answer.status_code}.")

    return send
