"""What the demo's people say: subjects and notes by reason, comments by moment.

Not translated on purpose: it is content, as agents of an American desk type it.
"""

# Weights of domain.md 1: per cent of all calls for each reason.
REASON_WEIGHTS: dict[str, float] = (
    {"mp": 7, "ma": 6, "mh": 4, "mb": 3, "me": 2, "md": 2, "mc": 1, "ms": 6}
    | {"el": 3, "eh": 2, "es": 0.8, "ep": 0.7, "eu": 0.6, "ef": 0.4, "eg": 0.3, "ev": 0.2}
    | {"al": 2, "af": 2, "ag": 2, "pb": 9, "pn": 3, "pl": 3, "pp": 3}
    | {"lr": 3, "lm": 3, "lt": 1, "lc": 1, "ld": 1, "qa": 6, "qt": 4, "qs": 2}
    | {"cn": 3, "cp": 3, "ca": 3, "ck": 3, "cd": 1, "ch": 1}
    | {"ov": 0.8, "oo": 0.6, "ow": 0.3, "os": 0.2, "ox": 0.1}
)
# Per cent of each family (first letter) inside a band of the day.
BAND_WEIGHTS: dict[str, dict[str, float]] = {
    "business": dict(zip("meaplqco", (31.1, 4.5, 3.9, 25, 12.1, 11.6, 9.9, 1.9), strict=True)),
    "edges": dict(zip("meaplqco", (33, 11, 9, 4, 3, 16, 22, 2), strict=True)),
    "night": dict(zip("meaplqco", (26, 25, 14, 1, 1, 6, 24, 3), strict=True)),
}
SECOND_REASON: dict[str, str] = {"e": "ms", "p": "pb", "c": "cd", "m": "ms", "l": "ld", "q": "qt"}

SUBJECTS: dict[str, tuple[str, ...]] = {
    "mp": ("Kitchen sink drains slowly", "Bathroom tap drips", "Toilet keeps running"),
    "ma": ("Dishwasher does not start", "Refrigerator too warm", "Dryer makes a noise"),
    "mh": ("Bedroom radiator lukewarm", "A/C blows but does not cool", "Thermostat blank"),
    "mb": ("Ants in the kitchen", "Roach seen in the bathroom", "Mice behind the stove"),
    "me": ("Outlet beside the bed dead", "Hall light flickers", "Switch gets warm"),
    "md": ("Balcony door sticks", "Front lock hard to turn"),
    "mc": ("Smoke detector chirps", "Detector beeps every minute"),
    "ms": ("Asks about the work order", "When does the technician come?", "Nobody came yesterday"),
    "el": ("Water through the ceiling", "Burst hose under the sink", "Water heater leaks"),
    "eh": ("No heat since last night", "No A/C, 94 F inside", "Boiler out, whole riser"),
    "es": ("Sewage backs up in the tub", "Only toilet blocked and rising"),
    "ep": ("No power in the unit", "Half of the floor is dark"),
    "eu": ("Front door does not lock", "Ground floor window broken"),
    "ef": ("Fire alarm rings", "Smoke in the stairwell"),
    "eg": ("Smells gas in the hall", "Gas smell near the stove"),
    "ev": ("Two people stuck in the elevator", "Elevator stopped between floors"),
    "al": ("Locked out", "Key broke in the lock"),
    "af": ("Fob stopped working", "Garage gate does not open"),
    "ag": ("Guest for the weekend", "Movers need the loading dock"),
    "pb": ("Asks for the balance", "How to pay by card", "Wants a ledger"),
    "pn": ("Payment of the 1st not posted", "Paid twice, one missing"),
    "pl": ("Disputes the late fee", "Late fee despite autopay"),
    "pp": ("Cannot sign in to the portal", "Portal code never arrives"),
    "lr": ("Renewal offer", "Wants a longer term"),
    "lm": ("Gives notice", "Asks for the move-out steps"),
    "lt": ("Wants to move to a two-bedroom",),
    "lc": ("Copy of the lease",),
    "ld": ("Where is the deposit?",),
    "qa": ("Two-bedroom from next month?", "Price of a studio", "Are cats allowed?"),
    "qt": ("Tour on Saturday", "Moves the tour"),
    "qs": ("Status of the application",),
    "cn": ("Music above until 2 am", "Dog barks all day", "Drilling on Sunday"),
    "cp": ("Car in my space", "Was towed last night"),
    "ca": ("Books the club room", "Grill for Sunday"),
    "ck": ("Package not in the locker", "Left with a neighbour?"),
    "cd": ("Quarrel about the hallway", "Smoke from the next balcony"),
    "ch": ("Pool hours", "Gym open on the holiday?"),
    "ov": ("Plumber at the gate", "Inspector wants access"),
    "oo": ("Owner asks for the statement", "Board meeting date"),
    "ow": ("Wrong number",),
    "os": ("Sells window cleaning",),
    "ox": ("Survey",),
}

NOTES: dict[str, tuple[str, ...]] = {
    "m": (
        "Since {days} days. May enter, dog in the bedroom.",
        "Tried a reset, no change. Best after {hour}.",
        "Photo sent to the office address.",
        "Second call about it; wants a date.",
    ),
    "e": (
        "Told to shut the valve. Water still running.",
        "Infant in the unit. Asked to stay by the phone.",
        "911 first: done at {hour}. Fire department on the way.",
        "Spreading to the unit below.",
    ),
    "a": ("Showed ID at {hour}.", "Fob number read back.", "Permission until Sunday."),
    "p": (
        "Read the ledger with the caller; understood.",
        "Promised an answer from accounting within {days} days.",
        "Sent the link again, worked while on the line.",
    ),
    "l": ("Lease ends in {days} weeks.", "Sent the form by mail.", "Wants to talk to the manager."),
    "q": ("Budget named, moves in {days} weeks.", "Tour at {hour}.", "Found us on the sign."),
    "c": (
        "Third time this month.",
        "Does not want the name told to the neighbour.",
        "Courtesy officer informed at {hour}.",
        "House rules explained.",
    ),
    "o": ("Passed on to the site office.", "Did not leave a number.", "Asked to write instead."),
}
# Text that breaks careless pages and spreadsheets, in calm doses (domain.md 7).
ODD_NOTES: tuple[str, ...] = (
    "<script>alert('hello')</script> is what the caller's mail said",
    '=cmd|"/c calc"!A1',
    '<a hx-get="/accounts/logout/">click</a>',
    "\u202egnirts\u202c written from the right",
    "zero\u200bwidth\u200bbreaks",
    "line one\r\nline two\n\n\nline five",
    "\u05d4\u05d3\u05d9\u05d9\u05e8 \u05d1\u05d9\u05e7\u05e9 \u05dc\u05d7\u05d6\u05d5\u05e8",
)
COMMENTS: tuple[str, ...] = (
    "Rang back, no answer, left a message.",
    "Technician confirmed for tomorrow between 9 and 12.",
    "Resident confirmed that it works now.",
    "Part ordered, about three days.",
    "Sent the work order to the site.",
    "Photo received and filed.",
    "Spoke to the manager, will look at it today.",
    "Caller rang again, told the same.",
    "Neighbour reports the same.",
    "Access tried at noon, nobody home.",
)
STATUS_COMMENTS: dict[str, tuple[str, ...]] = {
    "In progress": ("Took it over.", "Work order opened.", ""),
    "Waiting for resident": ("Needs a time from the resident.", ""),
    "Waiting for vendor": ("Vendor rung, waits for a date.", ""),
    "Callback due": ("Promised to ring back.", "Wants to be rung after work."),
    "Escalated": ("Rang the on-call technician.", "On-call supervisor informed."),
    "Resolved": ("Fixed.", "Answered on the phone.", "Done, resident informed.", ""),
    "Closed": ("Nothing open.", "", ""),
    "Cancelled": ("Caller withdrew it.", "Turned out to be next door."),
}
REOPENED = "Came back: the same again."
# As `calls.folding` writes them.
FOLDED_INTO = "Folded into #{head}."
FOLDED_HERE = "#{call} of {who} folded into this call."

UNPLACED_CALLERS: tuple[str, ...] = (
    "FedEx driver",
    "won't say",
    "daughter of a resident",
    "prospect, saw the sign",
    "city inspector",
    "towing company",
    "locksmith at the gate",
    "realtor",
    "caller in Spanish, number bad",
    "pizza delivery",
)
KIN: tuple[str, ...] = ("daughter of", "roommate of", "mother of", "neighbour of", "guest of")
