"""The shapes of the dialect `connect`, member for member (wire/connect.md 4)."""

from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, json

ID = Annotated[int, Meta(ge=1, lt=2**31)]
COUNT = Annotated[int, Meta(ge=0)]
MOMENT = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d$",
        description="ISO 8601 with the property's own offset and six fraction digits.",
    ),
]

encode = json.Encoder().encode


class CallCenterActivityLogComment(Struct):
    """A row of a call log's history."""

    Comment: Annotated[str, Meta(description="Empty on a row that a change of status left.")]
    Date: MOMENT
    User: str
    Status: Annotated[str, Meta(description="Name of the status right after that change.")]


class CallCenterActivityLog(Struct):
    """One call log."""

    LogId: ID
    PropertyId: ID | None
    UnitId: ID | None
    ResidentId: ID | None
    CallFrom: Annotated[
        str,
        Meta(description="The resident's name at that time, else what the agent typed."),
    ]
    ModuleStatusId: ID
    Subject: str
    Notes: str
    LogReasons: Annotated[list[int], Meta(description="The main reason first.")]
    Takenby: str
    OldComments: list[CallCenterActivityLogComment]
    NewComments: Annotated[None, Meta(description="Written only; always null in answers.")]
    CreatedOn: MOMENT


class ModuleStatus(Struct):
    """A status of call logs."""

    ModuleStatusId: ID
    Name: str


class CallLogReason(Struct):
    """A reason of calls."""

    CallLogReasonId: ID
    Name: str


class Property(Struct):
    """A property; what we hold no value for is null."""

    PropertyId: ID
    C4Uid: str | None
    PropertyName: str
    Address1: str | None
    Address2: str | None
    City: str | None
    State: str | None
    Zip: str | None
    EntityNumber: str | None
    AccountingServerId: str | None
    LegalName: str | None
    PropertyTypeId: int | None
    SecondaryPropertyTypeId: int | None
    AccountingSoftwareId: int | None
    PropertyStatus: Annotated[bool, Meta(description="Whether the property is active.")]


class Unit(Struct):
    """A unit of a property."""

    UnitId: ID
    PropertyId: ID
    UnitNumber: str
    Address1: str | None
    Address2: str | None
    City: str | None
    State: str | None
    Zip: str | None
    DisplayOrder: int
    Floor: str | None
    Latitude: float | None
    Longitude: float | None


class Resident(Struct):
    """One person's occupancy of a unit, or of none."""

    ResidentId: ID
    PropertyId: ID
    UnitId: ID | None
    ResidentFirstName: str | None
    ResidentMiddleInitial: str | None
    ResidentLastName: str | None
    ResidentEmail: str | None
    ResidentUnitphone: str | None
    ResidentCellphone: str | None
    ResidentWorkphone: str | None
    ResidentOtherphone: str | None
    OccupancyType: str
    ResidentType: Annotated[
        int | None, Meta(description="1 owner, 2 resident, 3 renter, null for other contacts.")
    ]
    MoveInDate: MOMENT | None


class CareCenterUnit(Struct):
    """Who may be ringing, and from where: a resident and a unit."""

    ConnectUnitId: ID | None
    ConnectPropertyId: ID
    ConnectResidentId: ID
    ResidentType: int | None
    ResidentFirstName: str | None
    ResidentLastName: str | None
    C4UID: str | None
    PropertyName: str
    EmailAddress: str | None
    PhoneNumber: str | None
    UnitNumber: str | None
    Address1: str | None
    Address2: str | None
    City: str | None
    State: str | None
    ZipCode: str | None
    Country: str


class UnitSummary(Struct):
    """What a unit has; this product keeps call logs only, the rest is 0."""

    UnitId: ID
    AccountBalance: int
    WorkOrders: COUNT
    Violations: COUNT
    CallLogs: COUNT
    ArchMods: COUNT


class PropertySummary(Struct):
    """What a property has; this product keeps call logs only, the rest is 0."""

    PropertyId: ID
    Tasks: COUNT
    WorkOrders: COUNT
    Violations: COUNT
    CallLogs: COUNT
    ArchMods: COUNT


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A time on the clock of `zone`, with its offset and six fraction digits."""
    return at.astimezone(zone).isoformat(timespec="microseconds")


def midnight(day: date | None, zone: ZoneInfo) -> str | None:
    """The beginning of a day on the clock of `zone`; None for none."""
    if day is None:
        return None
    return datetime.combine(day, time.min, zone).isoformat(timespec="microseconds")
