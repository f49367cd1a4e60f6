"""Checks the chain of every history, set-wise in the database, and anchors it.

A chain shows what was changed in the middle. What was cut off at its end, or rewritten from some
row on with fresh hashes, shows only against an anchor: a digest over the hashes of a range of
comments, kept in `HistoryAnchor` and, as the printed line, where the database's owner cannot
reach it.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

from callcenter.accounts.models import Organization

from .models import HistoryAnchor

ANCHOR_SIZE = 1_000_000  # comments in one anchor: their hashes are joined in memory
WAIT_SECONDS = 60

# One row for an organisation: how many rows, how many of them erased, and the first row (in the
# order of calls and numbers) that is not what it should be, with the first reason of these.
VERIFY = """
    WITH row AS (
        SELECT c.*, l.organization_id AS home,
            row_number() OVER chain AS place,
            coalesce(lag(c.hash) OVER chain, ''::bytea) AS before
        FROM calls_comment c JOIN calls_calllog l ON l.id = c.call_log_id
        WHERE l.organization_id = %(organization)s
        WINDOW chain AS (PARTITION BY c.call_log_id ORDER BY c.seq)
    ), judged AS (
        SELECT id, call_log_id, seq, erased_at, CASE
            WHEN seq <> place THEN 'gap'
            WHEN organization_id <> home THEN 'organization'
            WHEN previous_hash <> before THEN 'previous'
            WHEN erased_at IS NULL AND text_digest IS DISTINCT FROM
                sha256(salt || convert_to(text, 'UTF8')) THEN 'text'
            WHEN hash <> calls_comment_hash(
                previous_hash, organization_id, call_log_id, seq, author_id, kind, status_id,
                status_name, created_at, text_digest) THEN 'hash'
        END AS broken
        FROM row OFFSET 0 -- or each use of "broken" below would hash again
    )
    SELECT count(*), count(erased_at), count(broken),
        (array_agg(ARRAY[call_log_id::text, seq::text, id::text, broken]
            ORDER BY call_log_id, seq) FILTER (WHERE broken IS NOT NULL))[1:1]
    FROM judged
"""

ANCHORED = """
    SELECT count(*), sha256(coalesce(string_agg(hash, ''::bytea ORDER BY id), ''::bytea))
    FROM calls_comment
    WHERE organization_id = %s AND id BETWEEN %s AND %s
"""

REASONS = {
    "gap": "a row before it is missing, or its number was changed",
    "organization": "it stands at a call of another organization",
    "previous": "it does not continue the row before it",
    "text": "its text is not the one that was written",
    "hash": "its call, number, author, kind, status or time is not the one that was written",
}


class StillWritingError(Exception):
    """A transaction that adds comments did not end while an anchor waited for it."""


@dataclass(frozen=True)
class BrokenRow:
    """The first row of a history that is not what was written, and in which way."""

    call_log_id: int
    seq: int
    comment_id: int
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What a check of one organisation's histories found."""

    comments: int
    erased: int
    broken: int
    first: BrokenRow | None


@dataclass(frozen=True)
class Anchor:
    """Comments `first` to `last` (ids) of an organisation: how many, and their digest."""

    organization_id: int
    first: int
    last: int
    comments: int
    digest: bytes

    def __str__(self) -> str:
        """The line to keep elsewhere; `read` reads it back."""
        return (
            f"{self.organization_id} {self.first} {self.last} {self.comments} {self.digest.hex()}"
        )

    @classmethod
    def read(cls, line: str) -> "Anchor":
        """The anchor of a printed line; ValueError when it is none."""
        organization, first, last, comments, digest = line.split()
        return cls(int(organization), int(first), int(last), int(comments), bytes.fromhex(digest))


def verify(organization: Organization) -> Verdict:
    """Recompute every digest and hash of the organisation's histories."""
    with connection.cursor() as cursor:
        cursor.execute(VERIFY, {"organization": organization.pk})
        comments, erased, broken, first = cursor.fetchone()
    if not first:
        return Verdict(comments, erased, broken, None)
    call_log_id, seq, comment_id, reason = first[0]
    row = BrokenRow(int(call_log_id), int(seq), int(comment_id), REASONS[reason])
    return Verdict(comments, erased, broken, row)


def anchors_of(organization: Organization) -> list[Anchor]:
    """The anchors that the database keeps, oldest first."""
    kept = HistoryAnchor.objects.filter(organization=organization).order_by("last_comment_id")
    return [
        Anchor(
            organization.pk,
            anchor.first_comment_id,
            anchor.last_comment_id,
            anchor.comments,
            bytes(anchor.digest),
        )
        for anchor in kept
    ]


def first_anchor_off(anchors: Iterable[Anchor]) -> tuple[Anchor, int] | None:
    """The first anchor that no longer fits, with how many comments its range holds now."""
    for anchor in anchors:
        comments, digest = _digest(anchor.organization_id, anchor.first, anchor.last)
        if (comments, digest) != (anchor.comments, anchor.digest):
            return anchor, comments
    return None


def anchor_history(organization: Organization) -> Iterator[Anchor]:
    """Write anchors over the comments that came since the last one, and give them.

    To be called outside a transaction: it waits for the writers of comments with smaller ids
    than the newest, or one of them would seem to have been slipped in later. StillWritingError
    when they take longer than a minute.
    """
    last = HistoryAnchor.objects.filter(organization=organization).order_by("-last_comment_id")
    begin = last.values_list("last_comment_id", flat=True).first() or 0
    newest = _newest_settled(organization)
    while begin < newest:
        end = min(newest, _id_after(organization, begin, ANCHOR_SIZE) or newest)
        comments, digest = _digest(organization.pk, begin + 1, end)
        HistoryAnchor.objects.create(
            organization=organization,
            first_comment_id=begin + 1,
            last_comment_id=end,
            comments=comments,
            digest=digest,
        )
        yield Anchor(organization.pk, begin + 1, end, comments, digest)
        begin = end


def _digest(organization_id: int, first: int, last: int) -> tuple[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(ANCHORED, [organization_id, first, last])
        comments, digest = cursor.fetchone()
    return comments, bytes(digest)


def _id_after(organization: Organization, begin: int, count: int) -> int | None:
    """The id of the `count`th comment above `begin`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM calls_comment WHERE organization_id = %s AND id > %s"
            " ORDER BY id OFFSET %s LIMIT 1",
            [organization.pk, begin, count - 1],
        )
        found = cursor.fetchone()
    return int(found[0]) if found else None


def _newest_settled(organization: Organization) -> int:
    """The newest comment's id, once nobody can commit a smaller one any more; 0 for none.

    Whoever got a smaller id held the lock of an INSERT on the table before the newest was seen,
    and holds it until the end of the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(id), 0) FROM calls_comment WHERE organization_id = %s",
            [organization.pk],
        )
        newest = int(cursor.fetchone()[0])
        waiting = _writers()
        until = time.monotonic() + WAIT_SECONDS
        while waiting & _writers():
            if time.monotonic() > until:
                raise StillWritingError
            time.sleep(0.05)
    return newest


def _writers() -> set[str]:
    """The transactions that have begun to add comments and have not ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks WHERE relation = 'calls_comment'::regclass"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()"
        )
        return {row[0] for row in cursor}
