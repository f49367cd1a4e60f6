"""The one box: units, people, numbers and calls found by what an agent hears on the line."""

from collections.abc import Iterator

from django.db import transaction

from callcenter.calls.models import CallLog
from callcenter.core.prepared import fetch_all
from callcenter.properties.principals import Principal

from .explaining import explain
from .hits import Hit, call_hit, reason_hit
from .reading import Query, read_query
from .reason_words import Reasons
from .search_people import GOOD, find_numbers, find_people
from .search_places import Places, find_properties, find_units, near_properties

SIMILAR = 0.5  # of a word's trigrams; lower finds more typos and more strangers
LEAST = 0.34  # of a line must be explained
SET_SIMILARITY = "SELECT set_config('pg_trgm.word_similarity_threshold', %(least)s, true)"
KINDS = ("call", "number", "unit", "resident", "property", "reason")  # of equal hits


def find(query: str, principal: Principal, limit: int = 8) -> list[Hit]:
    """The best hits for a typed line among what the principal sees (B-05), best first.

    At most five statements, whatever was typed; any text is taken. See `reading` for what is
    understood. Words that name neither a place nor a person may choose a reason.
    """
    read = read_query(query)
    if read.call_id is not None:
        return list(_call(read.call_id, principal))
    if not read.words:
        return []
    with transaction.atomic():
        _set_similarity()
        return _found(read, principal, limit)


def _found(read: Query, principal: Principal, limit: int) -> list[Hit]:
    reasons = Reasons(principal)
    places = Places(read, principal)
    hits = [
        *find_numbers(read, principal, limit),
        *find_units(read, places, reasons, principal, limit),
        *find_properties(read, places, reasons, limit),
        *_reason(read, reasons),
    ]
    is_settled = any(hit.score >= GOOD for hit in hits)
    hits += find_people(read, places, reasons, principal, limit, is_settled=is_settled)
    hits.sort(key=lambda hit: (-hit.score, KINDS.index(hit.kind)))
    good = [hit for hit in hits if hit.score >= LEAST]
    return good[:limit] or list(near_properties(read, places, reasons, limit))


def _set_similarity() -> None:
    """How much alike words must be for the trigram index, in this transaction only."""
    fetch_all(SET_SIMILARITY, {"least": str(SIMILAR)})


def _call(call_id: int, principal: Principal) -> Iterator[Hit]:
    calls = CallLog.objects.visible_to(principal).for_list()
    yield from map(call_hit, calls.filter(pk=call_id))


def _reason(read: Query, reasons: Reasons) -> Iterator[Hit]:
    """A reason alone, when that is all that the line says."""
    said = explain(read, reasons, lambda _at, _word: 0.0)
    if said.reason and not said.missing:
        yield reason_hit(said.reason, score=said.score)
