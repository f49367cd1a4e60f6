"""Two agents on one log: fifty comments at once are all there, in one order (inv 2)."""

import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.conf import settings
from django.test import Client

from callcenter.accounts.models import Membership, Role
from callcenter.calls.chain import verify
from callcenter.calls.models import CallLog, Comment
from tests.factories import make_call_log, make_membership, make_organization, status_named

EACH = 25
TOKEN = "t" * 32


def session_of(agent: Membership) -> str:
    """The cookies of a browser of the agent."""
    client = Client()
    client.force_login(agent.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def send(url: str, cookies: str, **form: object) -> int:
    """The status of the answer to a form of htmx; sent again as static/js/offline.js does."""
    sent = {"key": uuid.uuid4(), "csrfmiddlewaretoken": TOKEN} | form
    request = urllib.request.Request(  # noqa: S310 (loopback)
        url,
        data=urllib.parse.urlencode(sent).encode(),
        headers={"Cookie": cookies, "HX-Request": "true"},
    )
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (loopback)
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            if refusal.code != 503:
                return refusal.code
        except ConnectionError:
            pass  # the key makes sure that it is written once


def test_two_agents_write_fifty_comments_at_once_and_none_is_lost(site: str) -> None:
    organization = make_organization()
    kim, lee = (make_membership(organization, Role.ADMIN, name=name) for name in ("Kim", "Lee"))
    log = make_call_log(organization)
    cookies = {"Kim": session_of(kim), "Lee": session_of(lee)}
    start = Barrier(2 * EACH)

    def write(work: tuple[str, int]) -> int:
        name, number = work
        start.wait()
        return send(f"{site}/calls/{log.pk}/comment/", cookies[name], text=f"{name} {number}")

    work = [(name, number) for number in range(EACH) for name in ("Kim", "Lee")]
    with ThreadPoolExecutor(2 * EACH) as pool:
        assert set(pool.map(write, work)) == {200}
    rows = list(Comment.objects.filter(call_log=log).order_by("seq"))
    assert [row.seq for row in rows] == list(range(1, 2 * EACH + 1))
    assert {(row.author_name, row.text) for row in rows} == {(n, f"{n} {i}") for n, i in work}
    assert CallLog.objects.get(pk=log.pk).version == 2 * EACH + 1
    assert verify(organization).broken == 0
    for name in cookies:
        assert shown(site, log.pk, cookies[name]) == [row.text for row in rows]


def shown(site: str, pk: int, cookies: str) -> list[str]:
    """The comments as the page of the call tells them."""
    page = urllib.request.Request(f"{site}/calls/{pk}/", headers={"Cookie": cookies})  # noqa: S310
    with urllib.request.urlopen(page, timeout=60) as answer:  # noqa: S310 (loopback)
        return re.findall(r">((?:Kim|Lee) \d+)<", answer.read().decode())


def test_of_two_agents_who_move_one_log_the_second_is_told(
    site: str,
) -> None:
    organization = make_organization()
    kim, lee = (make_membership(organization, Role.ADMIN) for _ in range(2))
    log = make_call_log(organization)
    to = status_named(organization, "In progress")
    url = f"{site}/calls/{log.pk}/status/"
    form = {"status": to.pk, "seen_version": log.version}
    assert send(url, session_of(kim), comment="Kim's words", **form) == 200
    assert send(url, session_of(lee), comment="Lee's words", **form) == 409
    assert [row.text for row in Comment.objects.filter(call_log=log)] == ["Kim's words"]
