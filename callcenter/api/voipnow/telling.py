"""Pages of calls as the dialect tells them (wire/voipnow.md 4 and 6).

Two statements for any page: the calls, then their parties.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote, unquote_plus

from django.db.models import QuerySet
from django.http import HttpRequest
from msgspec import UNSET, UnsetType

from callcenter.accounts.models import Organization
from callcenter.core.prepared import fetch_all
from callcenter.telephony.models import Disposition, PhoneCall

from . import dates, wire
from .dates import told
from .filters import bare
from .params import FIELDS, MOST, Part

# moments as text: thousands of them are neither read nor written one by one
PARTIES = """
SELECT p.phone_call_id, p.position, e.number, p.sources, p.destinations, p.flow, p.status,
       (p.ringing_at AT TIME ZONE 'UTC')::text, p.caller_id,
       (p.recording_at AT TIME ZONE 'UTC')::text, (p.answered_at AT TIME ZONE 'UTC')::text,
       (p.parked_at AT TIME ZONE 'UTC')::text, p.parked_pos, p.parked_by,
       (p.on_hold_at AT TIME ZONE 'UTC')::text, p.holder, p.disposition
FROM telephony_phonecallparty p LEFT JOIN telephony_extension e ON e.id = p.extension_id
WHERE p.phone_call_id = ANY(%(calls)s)
ORDER BY p.phone_call_id, p.position
"""
TWO_DIGITS = tuple(f"{number:02}" for number in range(100))


@dataclass(frozen=True)
class Frame:
    """What all calls of an answer share: whose they are, and what stands before and after an id.

    Without `links` the calls are of the history.
    """

    organization: Organization
    links: str = ""


def page_of(calls: "QuerySet[PhoneCall]", part: Part) -> "QuerySet[PhoneCall]":
    """The part of the calls, in its order; ties follow the id."""
    order = ("published_at", "wire_id") if part.is_ascending else ("-published_at", "-wire_id")
    return calls.order_by(*order)[part.start : part.start + part.count]


def entries(page: "QuerySet[PhoneCall]", part: Part, frame: Frame) -> list[wire.PhoneCall]:
    """The calls of a page with the fields that were asked for."""
    times = dates.utc_text("published_at"), dates.utc_text("answered_at")
    rows = list(page.values_list("pk", "wire_id", "extension__number", *times, "nonce"))
    is_whole = len(part.fields) == len(FIELDS)
    wants = [] if is_whole else [name in part.fields for name in FIELDS]
    needs_views = "phoneCallView" in part.fields or "extension" in part.fields
    views = (
        _views([row[0] for row in rows], is_over=not frame.links) if rows and needs_views else {}
    )
    return [_entry(row, views.get(row[0], []), wants, frame) for row in rows]


def _entry(
    row: tuple[Any, ...], views: list[wire.PhoneCallView], wants: list[bool], frame: Frame
) -> wire.PhoneCall:
    """A call; all of it without `wants`."""
    _, wire_id, extension, published, answered, nonce = row
    charged = extension or next((view.extension for view in views if view.extension), "")
    values = (
        wire_id,
        charged,
        str(frame.organization.pk),
        frame.organization.name,
        told(published),
        UNSET if answered is None else told(answered),
        nonce,
        views,
        wire.Links(f"{frame.links}{wire_id}") if frame.links else UNSET,
    )
    if not wants:
        return wire.PhoneCall(*values)
    said = [value if is_wanted else UNSET for value, is_wanted in zip(values, wants, strict=True)]
    return wire.PhoneCall(*said)


def _views(calls: list[int], *, is_over: bool) -> dict[int, list[wire.PhoneCallView]]:
    rows = fetch_all(PARTIES, {"calls": calls})
    return {
        call: [_view(party, is_over=is_over) for party in parties]
        for call, parties in groupby(rows, key=lambda row: row[0])
    }


def _view(row: tuple[Any, ...], *, is_over: bool) -> wire.PhoneCallView:
    (_, position, extension, sources, destinations, flow, status, *rest) = row
    (ringing, caller, recording, answered, parked, pos, by, on_hold, holder, disposition) = rest
    if disposition is None and is_over:
        disposition = Disposition.UNKNOWN.value
    return wire.PhoneCallView(
        TWO_DIGITS[position] if position < 100 else str(position),
        extension or "",
        [bare(number) for number in sources],
        [bare(number) for number in destinations],
        UNSET if flow is None else flow,
        status,
        UNSET if ringing is None else told(ringing),
        caller or UNSET,
        UNSET if recording is None else told(recording),
        UNSET if answered is None else told(answered),
        UNSET if parked is None else told(parked),
        UNSET if pos is None else pos,
        by or UNSET,
        UNSET if on_hold is None else told(on_hold),
        UNSET if holder is None else holder,
        UNSET if disposition is None else disposition,
    )


def paging(request: HttpRequest, part: Part, total: int) -> wire.Paging:
    """Where the pages beside this one are; none that would start at 5,000 or later."""
    before: str | UnsetType = UNSET
    behind: str | UnsetType = UNSET
    if part.start and total:
        before = _address(request, max(0, min(part.start, total) - part.count))
    if part.start + part.count < min(total, MOST + 1):
        behind = _address(request, part.start + part.count)
    return wire.Paging(before, behind)


def _address(request: HttpRequest, start: int) -> str:
    """The same request from another place on, its other parameters in the letters they came in."""
    raw = str(request.META.get("QUERY_STRING", ""))
    kept = [
        quote(said, safe="!$&'()*+,;=:@/?%~[]", encoding="latin-1", errors="replace")
        for said in raw.split("&")
        if said and unquote_plus(said.partition("=")[0]) != "startIndex"
    ]
    query = "&".join([*kept, f"startIndex={start}"])
    path = quote(request.path_info, safe="/@*:!$&'()+,;=~")
    return f"{request.scheme}://{request.get_host()}{path}?{query}"
