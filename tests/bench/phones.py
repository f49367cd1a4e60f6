"""The two lists of the dialect voipnow, against psycopg and a JSON encoder alone.

Raw is the statements of the calls, their parties and their statistics or number, prepared, without
token, without Django; its answer is byte for byte ours. A database of its own has a hundred
thousand calls that are over and five thousand, more than anybody has, that go on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

import msgspec
import psycopg

from callcenter.accounts.models import Membership
from callcenter.accounts.tokens import issue_token
from tests.factories import make_credential

from .api import Client, figure_of, over_raw
from .databases import NOW, SEED, Database, of_database
from .report import Figure
from .serving import HOST

CALLS, LIVE = 100_000, 5_000
PATH, LIVE_PATH = "/uapi/cdr/@organization", "/uapi/phoneCalls/@organization"
SINCE = "startDate=2020-01-01T00:00:00Z"
LISTS = ((20, 2.5), (1_000, 1.5), (4_999, 1.5))
TABLES = ("telephony_extension", "telephony_phonecall", "telephony_phonecallparty")
# Twenty extensions; a call every two minutes, of which two of three come from outside and three of
# four were answered; every third has a second party. The newest go on.
FILL_EXTENSIONS = """
INSERT INTO telephony_extension (organization_id, number, own_line)
SELECT id, '0009*' || n, '' FROM accounts_organization, generate_series(200, 219) AS n
WHERE slug = %(slug)s
"""
FILL_CALLS = """
INSERT INTO telephony_phonecall (organization_id, source, external_id, wire_id, extension_id, flow,
    caller_raw, caller_e164, caller_name, caller_digits_reversed, called_raw, called_e164,
    called_digits_reversed, nonce, published_at, answered_at, ended_at, disposition, stored_at,
    heard_at, withdrawn_reason)
SELECT e.organization_id, 'bench', n::text, lpad(to_hex(n), 20, '0'), e.id,
    (ARRAY[8, 8, 4])[1 + mod(n, 3)], '', '', '', '', '', '', '', '', at,
    CASE WHEN mod(n, 4) > 0 THEN at + interval '8 seconds' END,
    CASE WHEN n >= %(live)s THEN at + interval '90 seconds' END,
    CASE WHEN n >= %(live)s THEN CASE WHEN mod(n, 4) > 0 THEN 0 ELSE 3 END END, at, at, ''
FROM generate_series(0, %(live)s + %(calls)s - 1) AS n
CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - n * interval '2 minutes' AS at) AS clock
JOIN telephony_extension e ON e.number = '0009*' || 200 + mod(n, 20)
"""
FILL_PARTIES = """
INSERT INTO telephony_phonecallparty (organization_id, phone_call_id, position, extension_id,
    sources, destinations, flow, status, caller_id, ringing_at, answered_at, ended_at, parked_by,
    disposition)
SELECT c.organization_id, c.id, place, c.extension_id, '{+13055550142}', '{0009*200}', c.flow, 5,
    'Ana Ruiz <+13055550142>', c.published_at, c.answered_at, c.ended_at, '', c.disposition
FROM telephony_phonecall c JOIN generate_series(0, 1) AS place ON place = 0 OR mod(c.id, 3) = 0
WHERE c.source = 'bench'
"""
OVER = """
c.ended_at IS NOT NULL AND COALESCE(c.answered_at, c.published_at) >= %(since)s
"""
GOING = "c.ended_at IS NULL"
ROWS = """
SELECT c.id, c.wire_id, e.number, c.published_at, c.answered_at, c.nonce
FROM telephony_phonecall c LEFT JOIN telephony_extension e ON e.id = c.extension_id
WHERE c.organization_id = %(of)s AND c.withdrawn_at IS NULL AND <which>
ORDER BY c.published_at DESC, c.wire_id DESC LIMIT %(size)s
"""
OVER_ROWS, GOING_ROWS = (ROWS.replace("<which>", which).encode() for which in (OVER, GOING))
VIEWS = """
SELECT p.phone_call_id, p.position, e.number, p.sources, p.destinations, p.flow, p.status,
    p.ringing_at, p.caller_id, p.answered_at, p.disposition
FROM telephony_phonecallparty p LEFT JOIN telephony_extension e ON e.id = p.extension_id
WHERE p.phone_call_id = ANY(%s) ORDER BY p.phone_call_id, p.position
"""
STATS = b"""
SELECT c.flow, c.disposition, count(*) FROM telephony_phonecall c
WHERE c.organization_id = %(of)s AND c.withdrawn_at IS NULL AND c.ended_at IS NOT NULL
    AND COALESCE(c.answered_at, c.published_at) >= %(since)s
GROUP BY c.flow, c.disposition
"""
MANY = b"""
SELECT count(*) FROM telephony_phonecall c
WHERE c.organization_id = %(of)s AND c.withdrawn_at IS NULL AND c.ended_at IS NULL
"""
WORDS = {0: "answered", 3: "unanswered", 1: "busy", 2: "failed", 4: "unknown", 5: "unallowed"}


@dataclass(frozen=True)
class Phones(Database):
    """A small demo organisation with very many telephone calls."""

    logs: int = 1_000

    @property
    def name(self) -> str:
        """Its name in the cluster."""
        return f"bench_phones_{CALLS}_{LIVE}_{SEED}"

    def fill(self, fresh: str) -> None:
        """The demo, then extensions, calls and parties, past the triggers."""
        super().fill(fresh)
        fill(of_database("MIGRATE_DATABASE_URL", fresh), CALLS, LIVE)


def fill(address: str, calls: int, live: int) -> None:
    """So many calls that are over, and that go on, of the demo's organisation in a database."""
    with psycopg.connect(address) as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        slug = owner.execute(
            "SELECT o.slug FROM accounts_organization o"
            " JOIN accounts_membership m ON m.organization_id = o.id"
            " JOIN accounts_user u ON u.id = m.user_id WHERE u.email = 'owner@example.com'"
        ).fetchone()
        owner.execute(FILL_EXTENSIONS, {"slug": slug[0] if slug else ""})
        owner.execute(FILL_CALLS, {"calls": calls, "live": live, "now": NOW})
        owner.execute(FILL_PARTIES)
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())


@dataclass(frozen=True)
class Sides:
    """Who answers: our application, and a raw connection."""

    client: Client
    raw: psycopg.Connection
    owner: Membership

    def over(self, size: int) -> bytes:
        """Our page of so many calls of the history."""
        return self.client.ask(PATH, f"{SINCE}&count={size}")

    def going(self, size: int) -> bytes:
        """Our page of so many live calls."""
        return self.client.ask(LIVE_PATH, f"count={size}")

    def over_alone(self, size: int) -> bytes:
        """The same by psycopg."""
        of = {"of": self.owner.organization_id, "since": SINCE.partition("=")[2], "size": size}
        entries = self._entries(self.raw.execute(OVER_ROWS, of).fetchall(), "")
        total, stats = _stats(self.raw.execute(STATS, of).fetchall())
        said = _page(entries, size, total) | {"phoneCallStat": stats}
        return _encoded(said, size, f"{PATH}?{SINCE}&count={size}")

    def going_alone(self, size: int) -> bytes:
        """The same by psycopg."""
        of = {"of": self.owner.organization_id, "size": size}
        links = f"https://{HOST}{LIVE_PATH}/@self/"
        entries = self._entries(self.raw.execute(GOING_ROWS, of).fetchall(), links)
        total = self.raw.execute(MANY, of).fetchall()[0][0]
        return _encoded(_page(entries, size, total), size, f"{LIVE_PATH}?count={size}")

    def _entries(self, rows: list[tuple[Any, ...]], links: str) -> list[dict[str, Any]]:
        views = self.raw.execute(VIEWS, [[row[0] for row in rows]]).fetchall()
        seen = {call: list(map(_view, these)) for call, these in groupby(views, lambda v: v[0])}
        return [_call(row, seen.get(row[0], []), self.owner, links) for row in rows]


def _page(entries: list[dict[str, Any]], size: int, total: int) -> dict[str, Any]:
    return {
        "entry": entries,
        "startIndex": 0,
        "totalResults": total,
        "itemsPerPage": size,
        "filtered": True,
        "sorted": True,
    }


def _encoded(said: dict[str, Any], size: int, address: str) -> bytes:
    following = {"next": f"https://{HOST}{address}&startIndex={size}"}
    is_part = size < min(said["totalResults"], 5_000)
    return msgspec.json.encode(said | {"paging": following if is_part else {}})


def _said(at: datetime) -> str:
    return at.isoformat()[:19] + "Z"


def _call(
    row: tuple[Any, ...], views: list[dict[str, Any]], owner: Membership, links: str
) -> dict[str, Any]:
    _, wire_id, extension, published, answered, nonce = row
    call = {
        "id": wire_id,
        "extension": extension,
        "ownerId": str(owner.organization_id),
        "ownerName": owner.organization.name,
        "published": _said(published),
    }
    if answered is not None:
        call["answered"] = _said(answered)
    call |= {"nonce": nonce, "phoneCallView": views}
    return call | {"links": {"self": f"{links}{wire_id}"}} if links else call


def _view(row: tuple[Any, ...]) -> dict[str, Any]:
    _, place, extension, sources, targets, flow, status, ringing, caller, answered, how = row
    view = {
        "id": f"{place:02}",
        "extension": extension,
        "source": sources,
        "destination": targets,
        "flow": flow,
        "status": status,
        "ringing": _said(ringing),
        "callerId": caller,
    }
    if answered is not None:
        view["answered"] = _said(answered)
    return view if how is None else view | {"disposition": how}


def _stats(rows: list[tuple[Any, ...]]) -> tuple[int, list[dict[str, int]]]:
    stats = {
        flow: {"type": kind, "total": 0} | dict.fromkeys(WORDS.values(), 0)
        for kind, flow in enumerate((8, 4))
    }
    for flow, disposition, many in rows:
        if flow in stats:
            stats[flow]["total"] += many
            stats[flow][WORDS[disposition]] += many
    return sum(many for *_, many in rows), list(stats.values())


@contextmanager
def prepared(database: Database) -> Iterator[Sides]:
    """Both sides over a database; the credential and its token are removed afterwards."""
    database.use()
    owner = Membership.objects.select_related("user", "organization").get(
        user__email="owner@example.com"
    )
    credential, _ = make_credential(owner, name="bench")
    credential.refresh_from_db()
    issued = issue_token(credential_id=credential.pk, client_id=credential.client_id)
    if issued is None:
        raise RuntimeError("no token")
    raw = psycopg.connect(database.url("DATABASE_URL"), autocommit=True, prepare_threshold=1)
    raw.execute("SET TIME ZONE 'UTC'")
    try:
        yield Sides(Client(HTTP_AUTHORIZATION=f"Bearer {issued.token}"), raw, owner)
    finally:
        raw.close()
        credential.delete()


def measured(seconds: float, database: Database | None = None) -> list[Figure]:
    """All figures of the dialect."""
    database = database or Phones()
    database.prepare()
    with prepared(database) as sides:
        return list(_lists(sides, seconds))


def _lists(sides: Sides, seconds: float) -> Iterator[Figure]:
    for name, by_us, by_psycopg in (
        (f"of {LIVE:,} live calls", sides.going, sides.going_alone),
        (f"calls of {CALLS:,} of the history, with statistics", sides.over, sides.over_alone),
    ):
        for size, bound in LISTS:
            ours, alone = partial(by_us, size), partial(by_psycopg, size)
            if ours() != alone():
                raise RuntimeError("the raw answer is not the same")
            pace = over_raw(ours, alone, seconds)
            yield figure_of(f"API voipnow: {size:,} {name}", pace, bound)
