"""One made-up company, for examples in documents."""

from .wire import (
    CallCenterActivityLog,
    CallCenterActivityLogComment,
    CallLogReason,
    CareCenterUnit,
    ModuleStatus,
    Property,
    PropertySummary,
    Resident,
    Unit,
    UnitSummary,
)

LOG = CallCenterActivityLog(
    LogId=4711,
    PropertyId=12,
    UnitId=340,
    ResidentId=None,
    CallFrom="Ana Ruiz",
    ModuleStatusId=3,
    Subject="Water under the sink",
    Notes="Shut-off valve closed by tenant",
    LogReasons=[9, 2],
    Takenby="Kim Osei",
    OldComments=[
        CallCenterActivityLogComment(
            Comment="Plumber rung, due 10:30",
            Date="2026-11-20T09:11:40.250000-05:00",
            User="Kim Osei",
            Status="In Progress",
        )
    ],
    NewComments=None,
    CreatedOn="2026-11-20T09:03:11.000000-05:00",
)
UPDATE = {"ModuleStatusId": 5, "NewComments": "Leak fixed, tenant confirmed"}
NEW = {
    "UnitId": 340,
    "CallFrom": "Ana Ruiz",
    "Subject": "Water under the sink",
    "LogReasons": [9, 2],
    "NewComments": "Drips, bucket stands below",
}
STATUS = ModuleStatus(ModuleStatusId=3, Name="In Progress")
REASON = CallLogReason(CallLogReasonId=9, Name="Leak")
ADDRESS = {"Address1": "1 Maple Street", "Address2": None, "City": "Albany", "State": "NY"}
PROPERTY = Property(
    PropertyId=12,
    C4Uid=None,
    PropertyName="Maple Court",
    **ADDRESS,
    Zip="12207",
    EntityNumber=None,
    AccountingServerId=None,
    LegalName="Maple Court Condominium",
    PropertyTypeId=None,
    SecondaryPropertyTypeId=None,
    AccountingSoftwareId=None,
    PropertyStatus=True,
)
UNIT = Unit(
    UnitId=340,
    PropertyId=12,
    UnitNumber="12B",
    **ADDRESS,
    Zip="12207",
    DisplayOrder=24,
    Floor="12",
    Latitude=None,
    Longitude=None,
)
RESIDENT = Resident(
    ResidentId=902,
    PropertyId=12,
    UnitId=340,
    ResidentFirstName="Ana",
    ResidentMiddleInitial=None,
    ResidentLastName="Ruiz",
    ResidentEmail="ana.ruiz@example.com",
    ResidentUnitphone=None,
    ResidentCellphone="+1 212 555 0101",
    ResidentWorkphone=None,
    ResidentOtherphone=None,
    OccupancyType="Owner",
    ResidentType=1,
    MoveInDate="2024-05-01T00:00:00.000000-04:00",
)
CARE_CENTER_UNIT = CareCenterUnit(
    ConnectUnitId=340,
    ConnectPropertyId=12,
    ConnectResidentId=902,
    ResidentType=1,
    ResidentFirstName="Ana",
    ResidentLastName="Ruiz",
    C4UID=None,
    PropertyName="Maple Court",
    EmailAddress="ana.ruiz@example.com",
    PhoneNumber="+1 212 555 0101",
    UnitNumber="12B",
    **ADDRESS,
    ZipCode="12207",
    Country="US",
)
UNIT_SUMMARY = UnitSummary(
    UnitId=340, AccountBalance=0, WorkOrders=0, Violations=0, CallLogs=47, ArchMods=0
)
PROPERTY_SUMMARY = PropertySummary(
    PropertyId=12, Tasks=0, WorkOrders=0, Violations=0, CallLogs=1204, ArchMods=0
)
