"""Several lines of one file about the same thing, read as one (inv 7: a and b in one file)."""

import json
from typing import Any

from django.db import connection

from .ledger import as_json, joined_set_wise
from .models import ImportRun, SourceKind
from .readers.results import canonical, content_hash

AT_ONCE = 500


def merge_repeated(run: ImportRun) -> None:
    """Give the last of such lines what the earlier ones say besides.

    Only lines whose contents differ are looked at; one after the other, so that memory stays
    bounded however many there are.
    """
    merged: list[dict[str, Any]] = []
    with connection.chunked_cursor() as cursor:
        with joined_set_wise():
            cursor.execute(
                "SELECT l.natural_key, l.number, l.data::text FROM imports_importline l"
                " WHERE l.run_id = %s AND l.outcome = '' AND l.natural_key IN ("
                "  SELECT natural_key FROM imports_importline WHERE run_id = %s AND outcome = ''"
                "  GROUP BY natural_key HAVING min(row_hash) <> max(row_hash))"
                " ORDER BY l.natural_key, l.number",
                [run.pk, run.pk],
            )
        key, number = None, 0
        whole: dict[str, Any] = {}
        for next_key, next_number, text in cursor:
            data = json.loads(text)
            if next_key != key and key is not None:
                merged.append(_row(number, whole))
            whole = merge(run.source.kind, whole, data) if next_key == key else data
            key, number = next_key, next_number
            if len(merged) >= AT_ONCE:
                _write(run, merged)
                merged = []
    if key is not None:
        merged.append(_row(number, whole))
    _write(run, merged)


def merge(kind: str, earlier: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """What both lines say, one after the other.

    A call log is replaced by the later one, whose comments are added; of a roster's row only
    the cells that are filled replace anything, and each kind of number for itself.
    """
    if kind == SourceKind.CALL_LOGS:
        known = [_identity(comment) for comment in earlier.get("comments", ())]
        fresh = [c for c in later.get("comments", ()) if _identity(c) not in known]
        comments = [*earlier.get("comments", ()), *fresh]
        return later | ({"comments": comments} if comments else {})
    merged = earlier | later
    labels = {phone["label"] for phone in later.get("phones", ())}
    phones = [phone for phone in earlier.get("phones", ()) if phone["label"] not in labels]
    phones += later.get("phones", [])
    return merged | ({"phones": phones} if phones else {})


def _identity(comment: dict[str, Any]) -> tuple[int, str, str]:
    return comment["n"], comment["text"], comment["user"]


def _row(number: int, data: dict[str, Any]) -> dict[str, Any]:
    text = canonical(data)
    return {"number": number, "text": text, "hash": content_hash(text).hex()}


def _write(run: ImportRun, merged: list[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_importline l SET data = x.text::jsonb,"
            " row_hash = decode(x.hash, 'hex')"
            " FROM jsonb_to_recordset(%s::jsonb) AS x(number integer, text text, hash text)"
            " WHERE l.run_id = %s AND l.number = x.number",
            [as_json(merged), run.pk],
        )
