"""Polling upstreams: one poller each at a time, patient with what fails (wire/voipnow.md 11).

What is due, who polls, what failed and until when it is left alone is in `UpstreamPoll`; the
broker only carries hints. A poller that is killed leaves a lease that ends by itself.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from callcenter.core.errors import RuleError
from callcenter.core.sealing import UnsealableError, seal, unseal
from callcenter.outbox.publishing import Hint, publish
from callcenter.properties.principals import Principal

from .addresses import checked_base
from .client import RefusedError, Token, UpstreamClient, UpstreamError
from .listing import end_unlisted, take_listing
from .models import Upstream, UpstreamPoll
from .paging import MOST_TOTAL, Lists, Page, Window
from .upstreams import purpose_of, secret_of

TASK = "telephony.poll_upstream"
AT_ONCE = 100  # upstreams that one round hands out
LEASE = timedelta(minutes=5)  # longer than any poll may take (the task's time limit)
OVERLAP = timedelta(minutes=5)  # of one window of the history with the one before
FIRST = timedelta(days=31)  # of the history are fetched at the beginning
HISTORY_EVERY = timedelta(minutes=1)
SLICE = timedelta(minutes=2)  # after which a poller leaves the rest of the history to the next
PAUSE, LONGEST_PAUSE = 15.0, 900.0  # seconds after the first failure, and at most
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Lease:
    """The right to poll an upstream; `attempt` tells it from every other one."""

    upstream: Upstream
    attempt: int

    def write(self, **values: object) -> bool:
        """Write to the poll's row, unless somebody else has the lease now."""
        rows = UpstreamPoll.objects.filter(upstream=self.upstream, attempt=self.attempt)
        return rows.update(**values) == 1


def hand_out() -> int:
    """Tell workers of the upstreams that are due; how many the broker took.

    Each is due again later, whether or not anybody polls it meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE telephony_upstreampoll"
            " SET due_at = statement_timestamp() + make_interval(secs => %s)"
            " WHERE id IN (SELECT p.id FROM telephony_upstreampoll p"
            "  JOIN telephony_upstream u ON u.id = p.upstream_id"
            "   AND u.polls AND u.closed_at IS NULL"
            "  WHERE p.due_at <= statement_timestamp() AND p.stopped_at IS NULL"
            "  AND (p.paused_until IS NULL OR p.paused_until <= statement_timestamp())"
            "  ORDER BY p.due_at LIMIT %s FOR UPDATE OF p SKIP LOCKED)"
            " RETURNING organization_id, upstream_id",
            [settings.POLL_SECONDS, AT_ONCE],
        )
        due = cursor.fetchall()
    taken = 0
    for organization_id, upstream_id in due:
        if not publish(
            Hint(TASK, {"organization_id": organization_id, "upstream_id": upstream_id})
        ):
            break  # the broker is away: they are due again soon
        taken += 1
    return taken


def poll_upstream(*, upstream_id: int, actor: Principal) -> bool:
    """Ask an upstream for its live calls and, if it is time, its history; whether that was done.

    False when somebody else does, or when it is paused, stopped or closed. What goes wrong is
    written to the poll's row: each failure in a row makes the pause longer, a key that is not
    taken stops polling until a person enters another one.
    """
    lease = _take_lease(upstream_id, actor)
    if lease is None:
        return False
    try:
        _poll(lease, actor)
    except (RefusedError, UnsealableError, RuleError) as error:
        logger.warning("upstream_stopped", upstream=upstream_id, reason=str(error))
        lease.write(stopped_at=Now(), error=str(error)[:300], leased_until=None)
    except UpstreamError as error:
        _pause(lease, error)
    else:
        lease.write(failures=0, paused_until=None, error="", leased_until=None)
    return True


def _take_lease(upstream_id: int, actor: Principal) -> Lease | None:
    rows = Upstream.objects.in_use().filter(organization_id=actor.organization_id, polls=True)
    upstream = rows.filter(pk=upstream_id).first()
    if upstream is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE telephony_upstreampoll SET attempt = attempt + 1,"
            " leased_until = statement_timestamp() + make_interval(secs => %s)"
            " WHERE upstream_id = %s AND stopped_at IS NULL"
            " AND (paused_until IS NULL OR paused_until <= statement_timestamp())"
            " AND (leased_until IS NULL OR leased_until <= statement_timestamp())"
            " RETURNING attempt",
            [LEASE.total_seconds(), upstream_id],
        )
        row = cursor.fetchone()
    return Lease(upstream, row[0]) if row else None


def _pause(lease: Lease, error: UpstreamError) -> None:
    """Leave the upstream alone for a while: longer each time, or as long as it asks."""
    failures = UpstreamPoll.objects.get(upstream=lease.upstream).failures + 1
    wait = min(PAUSE * 2 ** min(failures - 1, 16), LONGEST_PAUSE)
    wait = max(wait * random.uniform(0.8, 1.2), error.wait)  # noqa: S311 (so that not all come at once)
    logger.warning("upstream_failed", upstream=lease.upstream.pk, reason=str(error))
    lease.write(
        failures=failures,
        paused_until=timezone.now() + timedelta(seconds=wait),
        error=str(error)[:300],
        leased_until=None,
    )


def _poll(lease: Lease, actor: Principal) -> None:
    upstream = lease.upstream
    base = checked_base(upstream.base_url)
    secret = secret_of(upstream)
    purpose = f"token, {purpose_of(upstream.organization_id, base.origin)}"

    def keep(token: Token) -> None:
        lease.write(sealed_token=seal(token.value, purpose=purpose), token_until=token.until)

    with UpstreamClient(base) as client:
        lists = Lists(
            client,
            new_token=lambda: client.new_token(upstream.client_id, secret),
            kept=keep,
            token=_kept_token(upstream, purpose),
        )
        _poll_live(lists, lease, actor)
        _poll_history(lists, lease, actor)


def _kept_token(upstream: Upstream, purpose: str) -> Token | None:
    """The token of an earlier poll, if it can still be read."""
    poll = UpstreamPoll.objects.get(upstream=upstream)
    if poll.sealed_token is None or poll.token_until is None:
        return None
    try:
        return Token(unseal(bytes(poll.sealed_token), purpose=purpose), poll.token_until)
    except UnsealableError:
        return None


def _poll_live(lists: Lists, lease: Lease, actor: Principal) -> None:
    """Take the live calls; only a list that is whole says which have ended."""
    asked_at = timezone.now()
    listed: set[str] = set()
    unread, total = 0, None
    for page in lists.live():
        taken = take_listing(
            upstream=lease.upstream,
            entries=page.entries,
            is_history=False,
            asked_at=asked_at,
            actor=actor,
        )
        listed |= taken.ids
        unread += taken.unread
        total = page.total
    is_whole = total is None or len(listed) >= total  # rows that came twice count once
    if is_whole and not unread and lease.write(live_at=asked_at):
        end_unlisted(upstream=lease.upstream, listed=listed, asked_at=asked_at, actor=actor)


def _poll_history(lists: Lists, lease: Lease, actor: Principal) -> None:
    """Take the history since last time, window by window, each noted when it is here.

    Windows overlap by some minutes, because calls are saved late; the same call again changes
    nothing. A window with more calls than can be asked for is halved.
    """
    poll = UpstreamPoll.objects.get(upstream=lease.upstream)
    now = timezone.now().replace(microsecond=0)
    known = poll.history_until
    if known is not None and now - known < HISTORY_EVERY:
        return
    waiting = [Window((known - OVERLAP) if known else now - FIRST, now)]
    zone = ZoneInfo(lease.upstream.time_zone)
    by_saving = True
    while waiting and timezone.now() - now < SLICE:
        window = waiting.pop()
        try:
            pages = lists.history(window.parameters(zone, by_saving=by_saving))
            is_taken = _take_window(pages, window, lease, actor, now)
        except UpstreamError as error:
            if not by_saving or error.status != HTTPStatus.BAD_REQUEST:
                raise
            by_saving = False  # this server does not know these parameters
            waiting.append(window)
            continue
        if not is_taken:
            waiting += reversed(window.halves())
        elif not lease.write(history_until=window.end):
            return


def _take_window(
    pages: Iterator[Page], window: Window, lease: Lease, actor: Principal, asked_at: datetime
) -> bool:
    """Take the pages of a window; False when it has to be halved first."""
    for page in pages:
        if page.total is not None and page.total > MOST_TOTAL and not window.is_shortest:
            return False
        take_listing(
            upstream=lease.upstream,
            entries=page.entries,
            is_history=True,
            asked_at=asked_at,
            actor=actor,
        )
    return True
