"""Rows in the shapes of the dialect, each kind in a constant number of statements."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from callcenter.calls.models import CallLogReason as ReasonLink
from callcenter.calls.placed import ToldCall, told_history
from callcenter.properties.models import Occupancy, PhoneLabel, ResidentPhone
from callcenter.properties.principals import Principal

from .wire import (
    CallCenterActivityLog,
    CallCenterActivityLogComment,
    CareCenterUnit,
    Property,
    Resident,
    Unit,
    midnight,
    moment,
)

type Rows = QuerySet[Any, Any]

RESIDENT_TYPES = {Occupancy.OWNER: 1, Occupancy.RESIDENT: 2, Occupancy.RENTER: 3}
OCCUPANCIES = {
    Occupancy.OWNER: "Owner",
    Occupancy.RESIDENT: "Resident",
    Occupancy.RENTER: "Renter",
    Occupancy.CONTACT: "Contact",
}
ADDRESS = ("address1", "address2", "city", "state", "zip")
NAMES = ("first_name", "middle_name", "last_name", "email")
LOG = (
    *("pk", "property_id", "unit_id", "resident_id", "call_from", "status_id", "subject"),
    *("notes", "reason_ids", "taken_by_name", "contacted_at", "property__time_zone"),
)


def tell_logs(rows: Rows, principal: Principal) -> list[CallCenterActivityLog]:
    """Call logs of a queryset with their reasons and their history: two statements."""
    links = ReasonLink.objects.filter(call_log=OuterRef("pk")).order_by(
        ExpressionWrapper(Q(position__gt=0), BooleanField()), "reason_id"
    )
    found = rows.annotate(reason_ids=ArraySubquery(links.values("reason_id")))
    return tell_calls([ToldCall(*row) for row in found.values_list(*LOG)], principal)


def tell_calls(calls: list[ToldCall], principal: Principal) -> list[CallCenterActivityLog]:
    """Call logs with their history: one statement."""
    history = told_history([call.pk for call in calls])
    usual = principal.organization.time_zone
    logs = []
    for call in calls:
        zone = ZoneInfo(call.time_zone or usual)
        comments = [
            CallCenterActivityLogComment(text, moment(at, zone), author, status)
            for text, at, author, status in history.get(call.pk, ())
        ]
        created = moment(call.contacted_at, zone)
        logs.append(CallCenterActivityLog(*call[:10], comments, None, created))
    return logs


def tell_properties(rows: Rows) -> list[Property]:
    """Properties."""
    columns = ("pk", "name", *ADDRESS, "legal_name", "is_active")
    return [
        Property(
            PropertyId=row["pk"],
            C4Uid=None,
            PropertyName=row["name"],
            Address1=row["address1"] or None,
            Address2=row["address2"] or None,
            City=row["city"] or None,
            State=row["state"] or None,
            Zip=row["zip"] or None,
            EntityNumber=None,
            AccountingServerId=None,
            LegalName=row["legal_name"] or None,
            PropertyTypeId=None,
            SecondaryPropertyTypeId=None,
            AccountingSoftwareId=None,
            PropertyStatus=row["is_active"],
        )
        for row in rows.values(*columns)
    ]


def tell_units(rows: Rows) -> list[Unit]:
    """Units."""
    columns = ("pk", "property_id", "number", *ADDRESS, "display_order", "floor")
    return [
        Unit(
            UnitId=row["pk"],
            PropertyId=row["property_id"],
            UnitNumber=row["number"],
            Address1=row["address1"] or None,
            Address2=row["address2"] or None,
            City=row["city"] or None,
            State=row["state"] or None,
            Zip=row["zip"] or None,
            DisplayOrder=row["display_order"],
            Floor=row["floor"] or None,
            Latitude=row["latitude"],
            Longitude=row["longitude"],
        )
        for row in rows.values(*columns, "latitude", "longitude")
    ]


def tell_residents(rows: Rows) -> list[Resident]:
    """Residents, each number under its label: the newest one that may be rung."""
    numbers = ResidentPhone.objects.filter(resident=OuterRef("pk")).in_use().order_by("pk")
    said = ArraySubquery(numbers.values_list(JSONObject(label="label", raw="raw")))
    columns = ("pk", "property_id", "unit_id", "occupancy", "move_in", "property__time_zone")
    found = rows.annotate(numbers=said).values(*columns, *NAMES, "numbers", "erased_at")
    return [_resident(row) for row in found]


def _resident(row: dict[str, Any]) -> Resident:
    """One resident; an erased one has no name any more."""
    by_label = {number["label"]: number["raw"] for number in row["numbers"]}
    if row["erased_at"]:
        row |= dict.fromkeys(NAMES, "")
    return Resident(
        ResidentId=row["pk"],
        PropertyId=row["property_id"],
        UnitId=row["unit_id"],
        ResidentFirstName=row["first_name"] or None,
        ResidentMiddleInitial=row["middle_name"][:1] or None,
        ResidentLastName=row["last_name"] or None,
        ResidentEmail=row["email"] or None,
        ResidentUnitphone=by_label.get(PhoneLabel.UNIT),
        ResidentCellphone=by_label.get(PhoneLabel.CELL),
        ResidentWorkphone=by_label.get(PhoneLabel.WORK),
        ResidentOtherphone=by_label.get(PhoneLabel.OTHER),
        OccupancyType=OCCUPANCIES[Occupancy(row["occupancy"])],
        ResidentType=RESIDENT_TYPES.get(Occupancy(row["occupancy"])),
        MoveInDate=midnight(row["move_in"], ZoneInfo(row["property__time_zone"])),
    )


def tell_care_center_units(rows: Rows, principal: Principal) -> list[CareCenterUnit]:
    """Residents with the unit and property where they may be ringing from."""
    numbers = ResidentPhone.objects.filter(resident=OuterRef("pk")).in_use().order_by("-pk")
    columns = ("pk", "property_id", "unit_id", "occupancy", "property__name", "unit__number")
    places = [f"{table}__{column}" for table in ("unit", "property") for column in ADDRESS]
    found = rows.annotate(numbers=ArraySubquery(numbers.values("raw")[:1]))
    country = principal.organization.region
    return [
        _care_center_unit(row, country)
        for row in found.values(*columns, *NAMES, *places, "numbers")
    ]


def _care_center_unit(row: dict[str, Any], country: str) -> CareCenterUnit:
    """One resident and unit; the address is the unit's, else the property's."""
    table = "unit" if row["unit__address1"] else "property"
    address = {column: row[f"{table}__{column}"] or None for column in ADDRESS}
    return CareCenterUnit(
        ConnectUnitId=row["unit_id"],
        ConnectPropertyId=row["property_id"],
        ConnectResidentId=row["pk"],
        ResidentType=RESIDENT_TYPES.get(Occupancy(row["occupancy"])),
        ResidentFirstName=row["first_name"] or None,
        ResidentLastName=row["last_name"] or None,
        C4UID=None,
        PropertyName=row["property__name"],
        EmailAddress=row["email"] or None,
        PhoneNumber=row["numbers"][0] if row["numbers"] else None,
        UnitNumber=row["unit__number"] or None,
        Address1=address["address1"],
        Address2=address["address2"],
        City=address["city"],
        State=address["state"],
        ZipCode=address["zip"],
        Country=country,
    )
