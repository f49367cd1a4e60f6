"""The statuses and reasons that a new organisation starts with (domain.md 1 and 2).

They are a beginning: an organisation renames, adds and disables as it likes.
"""

from callcenter.accounts.models import Organization

from .default_cards import give_default_cards
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

# What callers say instead of the name, by mnemonic.
SEARCH_WORDS: dict[str, str] = {
    "mp": "drip drips clog clogged drain sink toilet tap faucet plumber plumbing disposal",
    "ma": "appliance dishwasher refrigerator fridge freezer oven stove washer dryer microwave",
    "mh": "thermostat radiator lukewarm weak vent filter",
    "mb": "pest pests bugs roach roaches cockroach ants mice mouse rats bedbugs wasps",
    "me": "outlet light lights switch bulb socket breaker flicker electrician",
    "md": "door hinge sticks jammed stuck handle knob",
    "mc": "chirp chirps chirping beep beeps beeping detector battery",
    "ms": "status order when technician nobody",
    "el": "leak leaks leaking flood flooding flooded water burst pipe ceiling wet",
    "eh": "heat heater heating cold freezing furnace boiler ac aircon cooling hot",
    "es": "sewage sewer backup overflow overflowing",
    "ep": "power electricity outage blackout dark out",
    "eu": "unsecured window broken break-in burglary glass",
    "ef": "fire smoke alarm burning flames sprinkler",
    "eg": "gas smell smells",
    "ev": "elevator lift trapped entrapment",
    "al": "lock locked lockout key keys out locksmith",
    "af": "fob gate opener garage card remote intercom buzzer",
    "ag": "guest visitor permission let contractor access",
    "pb": "rent pay payment balance owe bill due ledger",
    "pn": "posted payment missing check cheque",
    "pl": "late fee fees dispute charge",
    "pp": "portal login password website app",
    "lr": "renew renewal extend lease",
    "lm": "moving move-out notice vacate leaving",
    "lt": "transfer switch",
    "lc": "copy lease document paperwork",
    "ld": "deposit refund",
    "qa": "availability available price vacancy vacant bedroom bedrooms",
    "qt": "tour showing viewing visit",
    "qs": "application applied approved",
    "cn": "noise noisy loud music party barking",
    "cp": "parking parked tow towed towing car permit",
    "ca": "amenity book booking clubhouse reserve grill",
    "ck": "package packages parcel delivery mail mailbox",
    "cd": "neighbour neighbor dispute fight harassment",
    "ch": "pool gym hours",
    "ov": "vendor arriving supplier",
    "oo": "owner landlord",
    "ow": "wrong",
    "os": "sales spam solicitor robocall",
    "ox": "survey",
}


def give_default_workflow(organization: Organization) -> None:
    """Give a new organisation its first statuses, with their next ones, reasons and cards."""
    statuses = Status.objects.bulk_create(
        Status(
            organization=organization,
            name=name,
            kind=kind,
            order=order,
            is_initial=name == "New",
            needs_head_call=name == "Duplicate",
            is_callback=name == "Callback due",
            pauses_clock=name == "Waiting for resident",
        )
        for order, (name, (kind, _)) in enumerate(STATUSES.items())
    )
    by_name = {status.name: status for status in statuses}
    for name, (_, following) in STATUSES.items():
        by_name[name].allowed_next.set([by_name[after] for after in following])
    reasons = Reason.objects.bulk_create(
        Reason(
            organization=organization,
            family=family,
            name=name,
            mnemonic=mnemonic,
            is_emergency=family == "Emergency",
            search_words=SEARCH_WORDS.get(mnemonic, ""),
        )
        for family, leaves in REASONS.items()
        for mnemonic, name in leaves.items()
    )
    give_default_cards(organization, {reason.mnemonic: reason for reason in reasons})
