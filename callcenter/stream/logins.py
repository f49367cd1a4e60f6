"""Who may open a stream, by the rules of the pages; and whose login is over meanwhile (B-06).

Nothing here renews a login (B-42): the session is read, never saved.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.http import HttpRequest, parse_cookie
from django.utils.crypto import constant_time_compare

from callcenter.accounts.clock import SEEN_AT, SIGNED_IN_AT
from callcenter.accounts.models import User
from callcenter.properties.backends import DeskBackend
from callcenter.properties.middleware import ORGANIZATION_KEY, lacks_factor, resolve_principal
from callcenter.properties.wallboards import find_wallboard

type AnyTicket = Ticket | BoardTicket

# Those whose session, membership and person are as they were; the session only where it changed.
STANDING = """
    SELECT wanted.place,
        CASE WHEN md5(s.session_data) = wanted.digest THEN '' ELSE s.session_data END
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[])
        AS wanted (place, key, digest, membership, seal)
    JOIN django_session s ON s.session_key = wanted.key AND s.expire_date > now()
    JOIN accounts_membership m ON m.id = wanted.membership AND m.is_active
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    WHERE md5(u.password || m.role) = wanted.seal
    UNION ALL
    SELECT wanted.place, ''
    FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (place, board)
    JOIN accounts_wallboard w ON w.id = wanted.board AND w.revoked_at IS NULL
"""


class RefusedError(Exception):
    """No stream for this one; the status says why, as the pages have it."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


@dataclass
class Ticket:
    """A login that reads a stream, as it was when it was last looked at.

    `page_of` is whom its pages are of ("12.3"). `seal` is what must not change in the person and
    the membership, `wished` the organisation that the session names.
    """

    session_key: str
    membership_id: int
    organization_id: int
    page_of: str
    seal: str
    wished: Any
    signed_in_at: float
    seen_at: float
    digest: str = ""

    @property
    def person(self) -> str:
        """Whose streams are counted together."""
        return self.page_of

    @property
    def user(self) -> str:
        """Whose own hints it reads, as hints name people."""
        return self.page_of.partition(".")[0]

    @property
    def is_over(self) -> bool:
        """Whether a limit has passed, as `accounts.sessions.ended` has it."""
        now = time.time()
        is_old = now - self.signed_in_at >= settings.SESSION_ABSOLUTE.total_seconds()
        return is_old or now - self.seen_at >= settings.SESSION_IDLE.total_seconds()

    def learn(self, session_data: str) -> bool:
        """Take the session as it is now; False when it is another login or organisation."""
        said = SessionStore().decode(session_data)
        self.digest = _md5(session_data)
        self.seen_at = said.get(SEEN_AT, 0)
        return said.get(SESSION_KEY) == self.user and said.get(ORGANIZATION_KEY) == self.wished


@dataclass(frozen=True)
class BoardTicket:
    """A screen on the wall: its token is its login, which no limit ends (B-42)."""

    wallboard_id: int
    organization_id: int

    @property
    def person(self) -> str:
        """Which screen's streams are counted together."""
        return f"board {self.wallboard_id}"

    @property
    def user(self) -> str:
        """Nobody: a screen reads no hints of a person's own."""
        return ""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def admit(cookies: str, page_of: str) -> Ticket:
    """The ticket of the login in these cookies, asked for by a page of `page_of` ("" for any).

    RefusedError: 401 without a login, 403 without an organisation or the factor that is needed,
    409 for a page of somebody else.
    """
    request: Any = HttpRequest()
    session = SessionStore(parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME))
    request.session = session
    user = _user_of(session)
    if user is None:
        raise RefusedError(401)
    request.user = user
    resolve_principal(request)
    membership = user.active_membership
    if membership is None or lacks_factor(user):
        raise RefusedError(403)
    ticket = Ticket(
        session_key=session.session_key or "",
        membership_id=membership.pk,
        organization_id=membership.organization_id,
        page_of=f"{user.pk}.{membership.organization_id}",
        seal=_md5(user.password + membership.role),
        wished=session.get(ORGANIZATION_KEY),
        signed_in_at=session.get(SIGNED_IN_AT, 0),
        seen_at=session.get(SEEN_AT, 0),
    )
    if ticket.is_over:
        raise RefusedError(401)
    if page_of not in ("", ticket.page_of):
        raise RefusedError(409)
    return ticket


def admit_board(token: str) -> BoardTicket:
    """The ticket of the screen whose token this is; RefusedError 401 for none that works."""
    board = find_wallboard(token)
    if board is None:
        raise RefusedError(401)
    return BoardTicket(board.pk, board.organization_id)


def admit_and_let_go(cookies: str, page_of: str, token: str) -> AnyTicket:
    """The ticket of a screen or a login; in a thread, which gives its connection back."""
    try:
        return admit_board(token) if token else admit(cookies, page_of)
    finally:
        connections.close_all()


def _user_of(session: SessionStore) -> User | None:
    """As Django's get_user, which may change the session, as only a page can tell the browser."""
    user_id, said = session.get(SESSION_KEY), session.get(HASH_SESSION_KEY, "")
    if not user_id or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = DeskBackend().get_user(user_id)
    if user is None:
        return None
    known = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(said, one) for one in known) else None


def to_ask(tickets: Sequence[AnyTicket]) -> list[list[Any]]:
    """The parameters of STANDING; the place of a ticket is that in the sequence."""
    logins = [(n, ticket) for n, ticket in enumerate(tickets) if isinstance(ticket, Ticket)]
    boards = [(n, ticket) for n, ticket in enumerate(tickets) if isinstance(ticket, BoardTicket)]
    return [
        [place for place, _ticket in logins],
        [ticket.session_key for _place, ticket in logins],
        [ticket.digest for _place, ticket in logins],
        [ticket.membership_id for _place, ticket in logins],
        [ticket.seal for _place, ticket in logins],
        [place for place, _ticket in boards],
        [ticket.wallboard_id for _place, ticket in boards],
    ]


def standing(tickets: Sequence[AnyTicket], rows: Sequence[tuple[int, str]]) -> set[int]:
    """The places of the tickets that are still good, after what STANDING said of them."""
    return {place for place, session_data in rows if _is_good(tickets[place], session_data)}


def _is_good(ticket: AnyTicket, session_data: str) -> bool:
    if isinstance(ticket, BoardTicket):
        return True
    return (not session_data or ticket.learn(session_data)) and not ticket.is_over
