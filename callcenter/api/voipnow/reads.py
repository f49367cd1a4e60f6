"""Live calls and the history (wire/voipnow.md 5, 6 and 7)."""

import re
from http import HTTPStatus
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from msgspec import UNSET, UnsetType, json

from callcenter.accounts.models import Wire
from callcenter.api.call import Call
from callcenter.api.replies import JSON
from callcenter.telephony.models import PhoneCall

from . import filters, params, wire
from .contexts import context_of
from .history import read_history, statistics
from .telling import Frame, entries, page_of, paging

BY = ("id", "published")
ID = re.compile(r"[0-9a-f]{20}", re.ASCII)


def list_phone_calls(
    call: Call, user: str = "", extension: str = "", phone_call: str = ""
) -> HttpResponse:
    """The calls that go on now; of one that does not, or is not seen, the empty list."""
    context = context_of(call.principal, user, extension)
    calls = context.calls.live()
    if phone_call:
        known = ID.fullmatch(phone_call) is not None
        calls = calls.filter(wire_id=phone_call) if known else calls.none()
    said = params.parameters_of(str(call.request.META.get("QUERY_STRING", "")))
    fields, count = params.read_fields(said), params.read_count(said)
    calls = calls.filter(_condition(call, said))
    is_ascending = params.read_ascending(said)
    part = params.Part(fields, count, params.read_start(said), is_ascending)
    return _answer(call, calls, part, _frame(call, context.user))


def list_history(call: Call, user: str = "") -> HttpResponse:
    """The calls that ended, with how they ended."""
    context = context_of(call.principal, user)
    said = params.parameters_of(str(call.request.META.get("QUERY_STRING", "")))
    part, condition = read_history(said, zone_of(call))
    calls = context.calls.over().filter(condition)
    return _answer(call, calls, part, Frame(call.principal.organization))


def zone_of(call: Call) -> ZoneInfo:
    """The zone of dates that name none."""
    return ZoneInfo(call.principal.organization.time_zone)


def is_deployed(call: Call) -> bool:
    """Whether the credential is told what servers in use tell."""
    assert call.caller is not None  # noqa: S101 (operations come after the token)
    return call.caller.wire == Wire.DEPLOYED


def _condition(call: Call, said: dict[str, str]) -> Q:
    by = params.read_filter_by(said, BY)
    if not by:
        return Q()
    operator = params.read_filter_op(said, params.ALL if is_deployed(call) else params.FEW)
    try:
        return filters.condition(by, operator, said.get("filterValue", ""), zone_of(call))
    except filters.UnfitError:
        raise params.invalid("filtervalue_invalid") from None


def _frame(call: Call, user: str) -> Frame:
    request = call.request
    prefix = call.path.split("/")[1]
    host = f"{request.scheme}://{request.get_host()}"
    links = f"{host}/{prefix}/phoneCalls/{quote(user, safe='@')}/@self/"
    return Frame(call.principal.organization, links)


def _answer(
    call: Call, calls: "QuerySet[PhoneCall]", part: params.Part, frame: Frame
) -> HttpResponse:
    found = entries(page_of(calls, part), part, frame)
    if not found and not is_deployed(call):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    counted: list[wire.PhoneCallStat] | UnsetType = UNSET
    if frame.links:
        is_whole = len(found) < part.count and (found or not part.start)
        total = part.start + len(found) if is_whole else calls.count()
    else:
        total, counted = statistics(calls)
    said = wire.PhoneCalls(
        entry=found,
        startIndex=part.start,
        totalResults=total,
        itemsPerPage=part.count,
        filtered=True,
        sorted=True,
        phoneCallStat=counted,
        paging=paging(call.request, part, total),
    )
    return HttpResponse(json.encode(said), content_type=JSON)
