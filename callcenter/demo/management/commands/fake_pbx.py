"""`fake_pbx`: a telephone system that does not exist, for demo and rehearsal."""

import random
import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from callcenter.accounts.models import Organization
from callcenter.demo.colleagues import catch_up
from callcenter.demo.loading import SLUG
from callcenter.demo.switchboard import Caller, Push, Run, Switchboard
from callcenter.demo.telephones import (
    EXTENSIONS,
    MAIN_LINE,
    demo_owner,
    give_telephones,
    houses_of,
    lines_of,
)
from callcenter.properties.models import ResidentPhone
from callcenter.properties.principals import Principal
from callcenter.telephony.models import EventKind, PhoneCall, PhoneCallEvent, Upstream
from callcenter.telephony.upstreams import renew_secret

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MOST_CALLERS = 500
USUAL_MINUTES = 10.0
PATIENCE = 10.0  # seconds for one answer
AGAIN_AFTER = 2.0  # seconds, when the server did not answer
ENDLESS = 10**9  # tries
CATCH_UP_EVERY = 30.0  # seconds


class OvertakenError(CommandError):
    """Another run has a newer secret."""


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
        parser.add_argument(
            "--forever",
            action="store_true",
            help="until it is stopped, whatever happens, with people who write calls down",
        )
        parser.add_argument("--seed", type=int, help="the same seed, the same calls")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ring until the end, and say what was sent."""
        base, forever = _checked(options), options["forever"]
        organization = Organization.objects.filter(slug=SLUG).first()
        actor = demo_owner(organization) if organization else None
        if actor is None:
            said = "There is no demo organisation: run `manage.py demo_data` first."
            if not forever:
                raise CommandError(said)
            return self._be_quiet(said)
        upstream = give_telephones(actor)
        secret = renew_secret(upstream_id=upstream.pk, actor=actor)
        with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
            line = Line(client, f"{base}/events/voipnow/{secret}", tries=ENDLESS if forever else 1)
            run = _run(options, actor, line.send)
            if forever:
                self._ring_on(run, line, actor, upstream)
            else:
                try:
                    run.go()
                except KeyboardInterrupt:
                    self.stdout.write("Stopped; whoever was on the line hung up.")
        self.stdout.write(f"{len(run.rung)} calls, {run.events} events sent to {base}.")
        return None

    def _ring_on(self, run: Run, line: "Line", owner: Principal, upstream: Upstream) -> None:
        """Ring until it is stopped, also while the server is away, with people who catch up."""

        def stop(*_: object) -> None:
            line.tries = 1  # the server stops as well
            raise KeyboardInterrupt

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        run.send = _attended(line.send, owner, upstream, run.board.rng)
        try:
            for push in left_ringing(upstream):
                line.send(push)
            run.go()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
        except OvertakenError as error:
            self._be_quiet(str(error))
        except CommandError:
            if line.tries > 1:
                raise

    def _be_quiet(self, why: str) -> None:
        """Do nothing until it is stopped: whoever started it takes its end for a failure."""
        self.stdout.write(why)
        with suppress(KeyboardInterrupt):
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            signal.pause()


class Line:
    """What sends one event to the receiver, and says in words why it was not taken.

    A server that does not answer is asked `tries` times, as a telephone system would.
    """

    def __init__(self, client: httpx.Client, address: str, *, tries: int) -> None:
        self.client, self.address, self.tries = client, address, tries

    def send(self, push: Push) -> None:
        """CommandError when it was not taken, OvertakenError when the secret is an old one."""
        said = self._answer(push).status_code
        if said == httpx.codes.NOT_FOUND:
            raise OvertakenError("The secret opens nothing any more: did another fake_pbx start?")
        if said != httpx.codes.OK:
            raise CommandError(f"The receiver answered {said}.")

    def _answer(self, push: Push) -> httpx.Response:
        tried = 0
        while True:
            tried += 1
            try:
                return self.client.post(f"{self.address}/{push.kind.value}", data=push.fields)
            except httpx.HTTPError as error:
                if tried >= self.tries:
                    said = f"The server did not answer: {type(error).__name__}."
                    raise CommandError(said) from error
                time.sleep(AGAIN_AFTER)


def _run(options: dict[str, Any], actor: Principal, send: Callable[[Push], None]) -> Run:
    """The calls that these options ask for."""
    rng = random.Random(options["seed"])  # noqa: S311 (not for secrets)
    board = Switchboard(
        callers=callers_of(actor, rng),
        extensions=[number for number, _ in EXTENSIONS],
        line=MAIN_LINE,
        run=f"{time.time_ns() // 1_000_000}",
        rng=rng,
        houses=houses_of(actor),
    )
    minutes, calls = options["minutes"], options["calls"]
    if minutes is None and calls is None and not options["forever"]:
        minutes = USUAL_MINUTES
    return Run(
        board=board,
        send=send,
        rate=options["rate"],
        seconds=None if minutes is None else minutes * 60,
        count=calls,
        speed=options["speed"],
        clock=time.monotonic,
        wait=time.sleep,
    )


def left_ringing(upstream: Upstream) -> list[Push]:
    """What hangs up the calls that a run which was killed left on the line."""
    calls = PhoneCall.objects.live().filter(upstream=upstream).values("external_id")
    begun = PhoneCallEvent.objects.filter(
        upstream=upstream, call_id__in=calls, kind__in=(EventKind.DIAL_IN, EventKind.DIAL_OUT)
    )
    told = begun.order_by("pk").values_list("raw", flat=True)
    return [Push(0.0, EventKind.HANGUP, raw | {"CallStatus": "CANCEL"}) for raw in told]


def callers_of(actor: Principal, rng: random.Random) -> list[Caller]:
    """Up to MOST_CALLERS residents' numbers with the names that a display would show."""
    phones = ResidentPhone.objects.visible_to(actor).exclude(e164="").exclude(do_not_use=True)
    keys = list(phones.order_by("pk").values_list("pk", flat=True))
    chosen = rng.sample(keys, min(MOST_CALLERS, len(keys)))
    found = phones.filter(pk__in=chosen).select_related("resident").order_by("pk")
    lines = lines_of(actor)
    return [
        Caller(
            phone.e164,
            str(phone.resident)[:60].upper(),
            lines.get(phone.resident.property_id, ""),
        )
        for phone in found
    ]


def _checked(options: dict[str, Any]) -> str:
    """The address without its path; CommandError for what cannot be."""
    url = urlsplit(options["url"])
    if url.scheme not in ("http", "https") or url.hostname not in LOOPBACK:
        raise CommandError("--url must be a server on this machine: calls are made up.")
    for name in ("rate", "speed", "minutes", "calls"):
        if options[name] is not None and not options[name] > 0:
            raise CommandError(f"--{name} must be more than 0.")
    return f"{url.scheme}://{url.netloc}"


def _attended(
    send: Callable[[Push], None], owner: Principal, upstream: Upstream, rng: random.Random
) -> Callable[[Push], None]:
    """As `send`; now and then the demo's people catch up with their calls."""
    last = time.monotonic()

    def send_and_look(push: Push) -> None:
        nonlocal last
        send(push)
        if time.monotonic() - last > CATCH_UP_EVERY:
            last = time.monotonic()
            catch_up(owner, upstream, timezone.now(), rng)

    return send_and_look
