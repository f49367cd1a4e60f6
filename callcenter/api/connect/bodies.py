"""What may be sent, for the documents; `params` judges what is sent (wire/connect.md 7)."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from callcenter.calls.history import MAX_TEXT

from .params import MAX_LINE
from .wire import ID

NO_NUL = r"^[^\x00]*$"
SOMETHING = r"[^\s\x00-\x1f\x85]"

type Blank = Annotated[str, Meta(pattern="^$")]
type Moment = (
    Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
    | Annotated[str, Meta(extra_json_schema={"format": "date"})]
)
type Sent = ID | Annotated[str, Meta(pattern="^[0-9]+$")]
type Words = Annotated[str, Meta(max_length=MAX_TEXT, pattern=NO_NUL)]
type Line = Annotated[str, Meta(max_length=MAX_LINE, pattern=NO_NUL)]
type SentId = Annotated[Sent | UnsetType | None, Meta(description="A number, or its digits.")]


class CallLogUpdate(Struct):
    """What of a call log can be changed; at least one of the last three must be there.

    Every other member of a call log may be sent and is ignored. null leaves a thing as it is.
    """

    LogId: Annotated[
        Sent | Blank | UnsetType | None,
        Meta(description="Not needed; another number than the one in the path is refused."),
    ] = UNSET
    ModuleStatusId: SentId = UNSET
    Notes: Annotated[
        Words | UnsetType | None, Meta(description="Takes the place of the notes; empty clears.")
    ] = UNSET
    NewComments: Annotated[
        Words | UnsetType | None, Meta(description="Is appended as one comment; blank adds none.")
    ] = UNSET


ONE_OF_THREE = {
    "anyOf": [{"required": [name]} for name in ("ModuleStatusId", "Notes", "NewComments")]
}


class NewCallLog(Struct):
    """A new call log. Property and unit are filled in from the resident or unit.

    CallFrom is required unless a resident of a unit is named: then it is the resident's name.
    LogId, OldComments and Takenby are ignored.
    """

    PropertyId: SentId = UNSET
    UnitId: SentId = UNSET
    ResidentId: SentId = UNSET
    CallFrom: Annotated[Line | UnsetType | None, Meta(description="Who rang.")] = UNSET
    ModuleStatusId: Annotated[
        Sent | UnsetType | None, Meta(description="The initial status unless given.")
    ] = UNSET
    Subject: Annotated[Line | UnsetType | None, Meta(description="About what.")] = UNSET
    Notes: Words | UnsetType | None = UNSET
    LogReasons: Annotated[
        list[Sent] | UnsetType | None, Meta(description="The main reason first.")
    ] = UNSET
    CreatedOn: Annotated[
        Moment | Blank | UnsetType | None,
        Meta(
            description="The time of the call, now unless given; ISO 8601, from 1990 on and not in"
            " the future. Without an offset it is on the clock of the property."
        ),
    ] = UNSET
    NewComments: Annotated[Words | UnsetType | None, Meta(description="The first comment.")] = UNSET


SOMEBODY = {
    "anyOf": [
        {
            "required": ["CallFrom"],
            "properties": {"CallFrom": {"type": "string", "pattern": SOMETHING}},
        },
        {"required": ["ResidentId"], "properties": {"ResidentId": {"type": ["integer", "string"]}}},
    ]
}
