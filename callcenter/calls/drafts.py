"""What somebody types and has not saved: kept within seconds, given back after a crash, never
shown under another place, gone in the transaction in which the words themselves are saved.

A draft is its person's alone, in one organisation, and no lock: the newer text wins, and the text
of another tab that the winner had not seen stays beside it. Drafts are not audited (design.md 7).
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, CharField, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError
from callcenter.properties.models import Property, Resident, Unit
from callcenter.properties.principals import Principal

from .models import CallLog, Draft
from .places import Place

type Entries = list[list[str]]

KEPT = timedelta(days=14)
BATCH = 5_000
MOST_ENTRIES = 400
LONGEST_NAME = 100
MOST_CHARACTERS = 200_000
DONE_KEPT = 8  # writers that a late save of theirs cannot bring back

_KEY = re.compile(
    r"new(?::(?P<kind>[urp])(?P<place>[1-9][0-9]{0,17}))?"
    r"|call:(?P<call>[1-9][0-9]{0,17}):(?:comment|notes)",
    re.ASCII,
)
_WRITER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

SAVE = """
    INSERT INTO calls_draft AS known
        (organization_id, user_id, key, subject_id, data, writer, seq, revision)
    VALUES (%(organization)s, %(user)s, %(key)s, %(subject)s, %(data)s, %(writer)s, %(seq)s, 1)
    ON CONFLICT ON CONSTRAINT draft_once DO UPDATE SET
        data = excluded.data, writer = excluded.writer, seq = excluded.seq,
        revision = known.revision + 1, updated_at = statement_timestamp(),
        displaced = CASE
            WHEN %(settles)s THEN '[]'
            WHEN known.writer = excluded.writer OR known.revision <= %(seen)s
                OR known.data IN ('[]', excluded.data) THEN known.displaced
            ELSE known.data END
    WHERE (known.writer <> excluded.writer OR known.seq < excluded.seq)
        AND excluded.writer <> ALL (known.done)
    RETURNING revision, updated_at, displaced
"""
LEAVE = """
    UPDATE calls_draft SET data = displaced, displaced = '[]', seq = %(seq)s,
        revision = revision + 1, updated_at = statement_timestamp()
    WHERE organization_id = %(organization)s AND user_id = %(user)s AND key = %(key)s
        AND writer = %(writer)s AND seq < %(seq)s
"""
FORGET = """
    INSERT INTO calls_draft AS known
        (organization_id, user_id, key, subject_id, writer, revision, done)
    VALUES (%(organization)s, %(user)s, %(key)s, %(subject)s, %(writer)s, 1, ARRAY[%(writer)s])
    ON CONFLICT ON CONSTRAINT draft_once DO UPDATE SET
        data = CASE WHEN known.writer = excluded.writer OR known.revision <= %(seen)s
            THEN known.displaced ELSE known.data END,
        displaced = CASE WHEN known.writer = excluded.writer OR known.revision <= %(seen)s
            THEN '[]' ELSE known.displaced END,
        done = (excluded.done || known.done)[1:%(kept)s],
        revision = known.revision + 1, updated_at = statement_timestamp()
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a save.

    `is_over` says that the words of this writer were saved or discarded before: nothing was kept.
    `displaced` is the text of another tab that this writer has not seen.
    """

    revision: int
    saved_at: datetime
    displaced: Entries
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """Which opening of a form speaks: its writer, and the last revision that it was shown."""

    writer: str
    seen: int

    @classmethod
    def read(cls, said: str) -> "Opened | None":
        """From "writer.revision", as forms send it; None for anything else."""
        writer, _dot, seen = said.partition(".")
        if not _WRITER.fullmatch(writer) or not re.fullmatch(r"[0-9]{1,15}", seen, re.ASCII):
            return None
        return cls(writer, int(seen))


def key_of_place(place: Place) -> str:
    """The key of an unsaved call about this place: "new:u12", "new:r7", "new:p3", or "new".

    All calls of one unit share a key, whoever of the unit is calling.
    """
    for letter, row in (("u", place.unit), ("r", place.resident), ("p", place.property)):
        if row is not None:
            return f"new:{letter}{row.pk}"
    return "new"


def save_draft(
    *,
    key: str,
    opened: Opened,
    seq: int,
    entries: Any,
    actor: Principal,
    moved_from: str = "",
    settles: bool = False,
) -> Kept:
    """Keep the entries of a form, [[name, value], ...], unless a later save was here before.

    `moved_from` is the key under which this form was kept until its place changed: it holds
    nothing of this writer any more. `settles` says that the displaced text was looked at.
    NotFoundError for a key about something that is not visible; RuleError for entries that are
    too many, too long or none.
    """
    values = _values(key, actor) | {
        "data": json.dumps(_checked(entries)),
        "writer": opened.writer,
        "seen": opened.seen,
        "seq": seq,
        "settles": settles,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        if moved_from:
            cursor.execute(LEAVE, values | {"key": moved_from[:80]})
        cursor.execute(SAVE, values)
        row = cursor.fetchone()
    if row is not None:
        return Kept(row[0], row[1], json.loads(row[2]))
    known = Draft.objects.visible_to(actor).get(key=key)
    is_over = opened.writer in known.done
    return Kept(known.revision, known.updated_at, known.displaced, is_over=is_over)


def forget_draft(*, key: str, opened: Opened, actor: Principal) -> None:
    """Forget what this writer kept, or what it was shown; a newer text of another one stays.

    A text that had been displaced is the draft again. Belongs into the transaction in which the
    words are saved, so that a crash leaves either them or the draft. A save of the same writer
    that is still under way waits for that transaction, and then brings nothing back.
    """
    values = {"writer": opened.writer, "seen": opened.seen, "kept": DONE_KEPT}
    with connection.cursor() as cursor:
        cursor.execute(FORGET, _values(key, actor, is_checked=False) | values)


def forget_sent_draft(*, sent: Mapping[str, Any], actor: Principal) -> None:
    """Forget the draft of a form that is saved in this transaction, when it says that it has one.

    The field `draft` is "writer.seen.key"; a form sent without the script has none.
    """
    writer, _dot, rest = str(sent.get("draft", "")).partition(".")
    seen, _dot, key = rest.partition(".")
    opened = Opened.read(f"{writer}.{seen}")
    if opened is not None and _KEY.fullmatch(key):
        forget_draft(key=key, opened=opened, actor=actor)


def drafts_for(keys: Iterable[str], principal: Principal) -> list[Draft]:
    """One's drafts of the forms that these keys name; what names no form is passed over."""
    named = [key for key in keys if _KEY.fullmatch(key)]
    return list(Draft.objects.visible_to(principal).unsaved().filter(key__in=named))


def unsaved_of(principal: Principal) -> list[Draft]:
    """One's drafts, newest first, with `label`: what they are about, "" for no place.

    In one statement; those about what is no longer visible are left out.
    """
    subject = OuterRef("subject_id")
    units = Unit.objects.visible_to(principal).filter(pk=subject)
    people = Resident.objects.visible_to(principal).filter(pk=subject)
    homes = Property.objects.visible_to(principal).filter(pk=subject)
    calls = CallLog.objects.visible_to(principal).filter(pk=subject)
    unit = Concat(F("number"), Value(", "), F("property__name"), output_field=CharField())
    person = Concat(F("first_name"), Value(" "), F("last_name"), output_field=CharField())
    number = Concat(Value("#"), Cast("pk", CharField()), output_field=CharField())
    label = Case(
        When(key="new", then=Value("")),
        When(key__startswith="new:u", then=Subquery(units.values(said=unit)[:1])),
        When(key__startswith="new:r", then=Subquery(people.values(said=person)[:1])),
        When(key__startswith="new:p", then=Subquery(homes.values("name")[:1])),
        When(key__startswith="call:", then=Subquery(calls.values(said=number)[:1])),
        default=None,
        output_field=CharField(),
    )
    mine = Draft.objects.visible_to(principal).unsaved().annotate(label=label)
    return list(mine.exclude(label=None).defer("displaced", "done")[:20])


def prune_drafts() -> int:
    """Forget what nobody touched for two weeks, a batch at a time; how many they were."""
    over = Draft.objects.filter(updated_at__lt=timezone.now() - KEPT)
    forgotten = 0
    while batch := list(over.values_list("pk", flat=True)[:BATCH]):
        forgotten += Draft.objects.filter(pk__in=batch).delete()[0]
    return forgotten


def _values(key: str, actor: Principal, *, is_checked: bool = True) -> dict[str, Any]:
    """The values of a statement about this key; NotFoundError when it is not for the actor."""
    found = _KEY.fullmatch(key)
    if found is None or actor.user_id is None:
        raise NotFoundError(_("There is no such draft."))
    number = found["place"] or found["call"]
    subject = int(number) if number else None
    if is_checked and subject is not None and not _is_visible(found["kind"], subject, actor):
        raise NotFoundError(_("There is no such draft."))
    return {
        "organization": actor.organization_id,
        "user": actor.user_id,
        "key": key,
        "subject": subject,
    }


def _is_visible(kind: str | None, subject: int, actor: Principal) -> bool:
    """Whether the actor sees the unit, resident or property, or without a kind the call."""
    if kind == "u":
        return Unit.objects.visible_to(actor).filter(pk=subject).exists()
    if kind == "r":
        return Resident.objects.visible_to(actor).filter(pk=subject).exists()
    if kind == "p":
        return Property.objects.visible_to(actor).filter(pk=subject).exists()
    return CallLog.objects.visible_to(actor).filter(pk=subject).exists()


def _checked(entries: Any) -> Entries:
    """The entries when they are pairs of texts within the limits; RuleError otherwise."""
    is_form = isinstance(entries, list) and 0 < len(entries) <= MOST_ENTRIES
    if not is_form or not all(_is_entry(entry) for entry in entries):
        raise RuleError(_("This is no form that can be kept."))
    if sum(len(name) + len(value) for name, value in entries) > MOST_CHARACTERS:
        raise RuleError(_("This is too long to be kept as a draft."))
    return list(entries)


def _is_entry(entry: Any) -> bool:
    is_pair = isinstance(entry, list) and len(entry) == 2
    return (
        is_pair and all(isinstance(part, str) for part in entry) and len(entry[0]) <= LONGEST_NAME
    )
