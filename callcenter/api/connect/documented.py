"""What the documents say of each address (wire/connect.md 6); `urls` puts it beside the code."""

from typing import Any

from callcenter.api.describing import Answer, Body, Docs, Parameter

from . import examples, parameters
from .bodies import ONE_OF_THREE, SOMEBODY, CallLogUpdate, NewCallLog
from .lists import ListWrapper, TokenWrapper
from .refusals import (
    BAD_CREDENTIAL,
    BAD_MEDIA_TYPE,
    INVALID_HEADER,
    INVALID_OPERATION,
    INVALID_PARAMETER,
    INVALID_QUERY,
    MISSING_HEADER,
    MISSING_PARAMETER,
    NO_RIGHT,
    NOT_FOUND,
    NOT_LINKED,
    STALE,
    TOO_LARGE,
    TOO_MANY,
    UNAVAILABLE,
    UNKNOWN,
    WRITE_FAILED,
)
from .wire import CallCenterActivityLog

LOGS, PLACES, NAMES = "Call logs", "Properties, units, residents", "Statuses and reasons"
ALWAYS = (MISSING_HEADER, INVALID_HEADER, BAD_CREDENTIAL, TOO_MANY, NO_RIGHT, UNKNOWN, UNAVAILABLE)
OF_LIST = (*ALWAYS, INVALID_QUERY)
OF_ROW = (*ALWAYS, NOT_FOUND)
OF_PLACED_ROW = (*OF_ROW, NOT_LINKED)
OF_CHILDREN = (*OF_PLACED_ROW, INVALID_QUERY)
OF_BODY = (MISSING_PARAMETER, INVALID_PARAMETER, INVALID_OPERATION, WRITE_FAILED)
OF_WRITE = (*ALWAYS, NOT_LINKED, *OF_BODY, TOO_LARGE, BAD_MEDIA_TYPE)


def _list(shape: Any, example: Any) -> Answer:
    """A list of these; it carries Next where the request carries `after`."""
    return Answer(
        "The list; `Next` stands in it where `after` was sent, and is null on the last page.",
        (TokenWrapper[shape], ListWrapper[shape]),
        ListWrapper(1, [example]),
    )


def _logs(whose: str, codes: tuple[int, ...], told: tuple[Parameter, ...]) -> Docs:
    log = examples.LOG
    return Docs(
        f"List the call logs {whose}", LOGS, _list(CallCenterActivityLog, log), codes, "", told
    )


def _one(name: str, example: Any, codes: tuple[int, ...], group: str = PLACES) -> Docs:
    return Docs(f"Get {name}", group, Answer("It is there.", (type(example),), example), codes)


def _several(
    name: str,
    example: Any,
    codes: tuple[int, ...],
    told: tuple[Parameter, ...] = parameters.PAGING,
    group: str = PLACES,
) -> Docs:
    return Docs(f"List {name}", group, _list(type(example), example), codes, "", told)


unit_logs = _logs("of a unit", OF_CHILDREN, parameters.OF_LOGS)
property_logs = _logs("of a property", OF_CHILDREN, parameters.OF_LOGS)
resident_logs = _logs("of a resident", OF_CHILDREN, parameters.OF_LOGS)
all_logs = _logs("that you may see", OF_LIST, parameters.OF_ALL_LOGS)
one_log = Docs(
    "Get a call log",
    LOGS,
    Answer(
        "The call log; its ETag changes with it.",
        (CallCenterActivityLog,),
        examples.LOG,
        headers=("ETag",),
    ),
    OF_PLACED_ROW,
)
put_log = Docs(
    "Update a call log",
    LOGS,
    Answer("All of it is done; there is no body.", headers=("ETag",)),
    (*OF_WRITE, NOT_FOUND, STALE),
    "Changes status and notes and appends a comment, all or nothing. A call log that was got may be"
    " put back whole: what cannot be changed is ignored. A comment and a change of status sent"
    " together are one row of the history. The workflow may forbid a change of status (112).",
    (parameters.KEY, parameters.IF_MATCH),
    Body(CallLogUpdate, examples.UPDATE, ONE_OF_THREE),
)
post_log = Docs(
    "Log a call",
    LOGS,
    Answer(
        "The new call log; Location leads to it.",
        (CallCenterActivityLog,),
        examples.LOG,
        201,
        ("ETag", "Location"),
    ),
    OF_WRITE,
    "The call was taken by the owner of the credential. A property, unit, resident, status or"
    " reason that is unknown is refused (114). A credential for some properties must name one"
    " of them (1008).",
    (parameters.KEY,),
    Body(NewCallLog, examples.NEW, SOMEBODY),
)
reasons = _several("the reasons of calls", examples.REASON, OF_LIST, group=NAMES)
statuses = _several("the statuses of call logs", examples.STATUS, OF_LIST, group=NAMES)
one_status = _one("a status", examples.STATUS, OF_ROW, NAMES)
properties = _several("properties", examples.PROPERTY, OF_LIST, parameters.OF_PROPERTIES)
one_property = _one("a property", examples.PROPERTY, OF_PLACED_ROW)
property_units = _several(
    "the units of a property", examples.UNIT, OF_CHILDREN, parameters.OF_UNITS
)
property_summary = _one("the counters of a property", examples.PROPERTY_SUMMARY, OF_PLACED_ROW)
care_center_units = _several(
    "who may be ringing",
    examples.CARE_CENTER_UNIT,
    OF_LIST,
    parameters.OF_CARE_CENTER_UNITS,
)
one_unit = _one("a unit", examples.UNIT, OF_PLACED_ROW)
unit_summary = _one("the counters of a unit", examples.UNIT_SUMMARY, OF_PLACED_ROW)
one_resident = _one("a resident", examples.RESIDENT, OF_PLACED_ROW)
