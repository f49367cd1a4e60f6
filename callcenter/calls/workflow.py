"""The statuses and reasons that a new organisation starts with (domain.md 1 and 2).

They are a beginning: an organisation renames, adds and disables as it likes.
"""

from callcenter.accounts.models import Organization

from .models import Reason, Status, StatusKind

STATUSES: dict[str, tuple[StatusKind, tuple[str, ...]]] = {
    "New": (
        StatusKind.OPEN,
        ("In progress", "Escalated", "Resolved", "Duplicate", "Cancelled"),
    ),
    "In progress": (
        StatusKind.OPEN,
        (
            "Waiting for resident",
            "Waiting for vendor",
            "Callback due",
            "Escalated",
            "Resolved",
            "Duplicate",
        ),
    ),
    "Escalated": (StatusKind.OPEN, ("In progress", "Resolved")),
    "Waiting for resident": (StatusKind.WAITING, ("In progress", "Resolved", "Closed")),
    "Waiting for vendor": (StatusKind.WAITING, ("In progress", "Resolved")),
    "Callback due": (StatusKind.WAITING, ("In progress", "Resolved", "Cancelled")),
    "Resolved": (StatusKind.CLOSED, ("Closed", "In progress")),
    "Closed": (StatusKind.CLOSED, ("In progress",)),
    "Duplicate": (StatusKind.CLOSED, ("In progress",)),
    "Cancelled": (StatusKind.CLOSED, ("In progress",)),
}

REASONS: dict[str, dict[str, str]] = {
    "Maintenance": {
        "mp": "Plumbing drip or clog",
        "ma": "Appliance",
        "mh": "Heating or cooling weak",
        "mb": "Pest",
        "me": "Outlet, light or switch",
        "md": "Door or lock sticks",
        "mc": "Smoke detector chirps",
        "ms": "Status of my request",
    },
    "Emergency": {
        "el": "Active leak or burst",
        "eh": "No heat or no A/C",
        "es": "Sewage backup",
        "ep": "No power",
        "eu": "Unsecured door or window",
        "ef": "Fire or alarm",
        "eg": "Gas smell",
        "ev": "Elevator entrapment",
    },
    "Access": {
        "al": "Lockout",
        "af": "Fob or gate",
        "ag": "Guest or vendor permission",
    },
    "Payment": {
        "pb": "Balance, how to pay",
        "pn": "Payment not posted",
        "pl": "Late fee dispute",
        "pp": "Portal login",
    },
    "Lease": {
        "lr": "Renewal",
        "lm": "Move-out notice",
        "lt": "Transfer",
        "lc": "Copy of lease",
        "ld": "Deposit",
    },
    "Leasing": {
        "qa": "Availability, price",
        "qt": "Tour",
        "qs": "Application status",
    },
    "Community": {
        "cn": "Noise",
        "cp": "Parking or tow",
        "ca": "Amenity booking",
        "ck": "Package",
        "cd": "Neighbour dispute",
        "ch": "Pool or gym hours",
    },
    "Other": {
        "ov": "Vendor arriving",
        "oo": "Owner question",
        "ow": "Wrong number",
        "os": "Sales or spam",
        "ox": "Survey, other",
    },
}


def give_default_workflow(organization: Organization) -> None:
    """Give a new organisation its first statuses, with their next ones, and reasons."""
    statuses = Status.objects.bulk_create(
        Status(
            organization=organization,
            name=name,
            kind=kind,
            order=order,
            is_initial=name == "New",
            needs_head_call=name == "Duplicate",
        )
        for order, (name, (kind, _)) in enumerate(STATUSES.items())
    )
    by_name = {status.name: status for status in statuses}
    for name, (_, following) in STATUSES.items():
        by_name[name].allowed_next.set([by_name[after] for after in following])
    Reason.objects.bulk_create(
        Reason(
            organization=organization,
            family=family,
            name=name,
            mnemonic=mnemonic,
            is_emergency=family == "Emergency",
        )
        for family, leaves in REASONS.items()
        for mnemonic, name in leaves.items()
    )
