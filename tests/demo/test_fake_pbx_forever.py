"""`fake_pbx --forever`: as the demo runs it, through stops, kills and a server that is away."""

import subprocess
import sys
import time
from collections.abc import Callable

import httpx
import pytest
from django.core.management import CommandError

from callcenter.accounts.models import Organization
from callcenter.demo.loading import Size, load_demo
from callcenter.demo.management.commands import fake_pbx
from callcenter.demo.management.commands.fake_pbx import Line, OvertakenError
from callcenter.demo.switchboard import Push
from callcenter.embedded.__main__ import telephones
from callcenter.embedded.places import LaunchError
from callcenter.properties.principals import Principal
from callcenter.telephony.models import EventKind, PhoneCall, PhoneCallEvent
from callcenter.telephony.working import work_event
from tests.conftest import ROOT, environment_of

from .conftest import NOW

PATIENCE = 60  # seconds
PUSH = Push(0.0, EventKind.DIAL_IN, {"CallID": "1", "CallFlow": "IN"})


@pytest.fixture
def start(site: str, committed_db: str) -> Callable[[], "subprocess.Popen[str]"]:
    """Starts one that rings the server of `site` often and fast."""
    load_demo(now=NOW, size=Size(units=24, logs=20), seed=1)
    command = [sys.executable, "manage.py", "fake_pbx", "--forever", f"--url={site}"]

    def start() -> "subprocess.Popen[str]":
        return subprocess.Popen(  # noqa: S603 (ours)
            [*command, "--rate=60", "--speed=20"],
            cwd=ROOT,
            env=environment_of(committed_db),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def wait_for(more: int) -> None:
    """Until so many more events have come."""
    before, until = PhoneCallEvent.objects.count(), time.monotonic() + PATIENCE
    while PhoneCallEvent.objects.count() < before + more:
        assert time.monotonic() < until
        time.sleep(0.05)


def worked() -> None:
    system = Principal.system(Organization.objects.get(slug="demo"))
    for pk in PhoneCallEvent.objects.order_by("pk").values_list("pk", flat=True):
        work_event(event_id=pk, actor=system)


def test_when_it_is_stopped_everybody_hangs_up(
    start: Callable[[], "subprocess.Popen[str]"],
) -> None:
    process = start()
    wait_for(12)
    process.terminate()
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert "Stopped." in said
    worked()
    assert PhoneCall.objects.over().exists()
    assert not PhoneCall.objects.live().exists()


def test_what_a_killed_one_left_on_the_line_is_hung_up_by_the_next(
    start: Callable[[], "subprocess.Popen[str]"],
) -> None:
    process = start()
    wait_for(12)
    process.kill()
    process.communicate(timeout=PATIENCE)
    worked()
    left = set(PhoneCall.objects.live().values_list("pk", flat=True))
    assert left
    process = start()
    wait_for(3 * len(left) + 1)  # a call rings at three extensions at most
    process.terminate()
    process.communicate(timeout=PATIENCE)
    worked()
    assert not PhoneCall.objects.live().filter(pk__in=left).exists()


def answers(*said: int | None) -> httpx.Client:
    """A server that answers so in turn; None: it is away."""
    turn = iter(said)

    def answer(request: httpx.Request) -> httpx.Response:
        code = next(turn)
        if code is None:
            raise httpx.ConnectError("away", request=request)
        return httpx.Response(code)

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_a_server_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake_pbx, "AGAIN_AFTER", 0.0)
    Line(answers(None, None, 200), "http://localhost/x", tries=3).send(PUSH)
    with pytest.raises(CommandError, match="did not answer"):
        Line(answers(None, None), "http://localhost/x", tries=2).send(PUSH)
    with pytest.raises(OvertakenError):
        Line(answers(404), "http://localhost/x", tries=3).send(PUSH)
    with pytest.raises(CommandError, match="403"):
        Line(answers(403), "http://localhost/x", tries=3).send(PUSH)


def test_the_demo_rings_as_often_as_one_wishes() -> None:
    assert telephones("1.5")["phone"][1:] == ["manage.py", "fake_pbx", "--forever", "--rate=1.5"]
    assert telephones("0") == {}
    with pytest.raises(LaunchError, match="DEMO_CALLS"):
        telephones("many")
