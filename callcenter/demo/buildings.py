"""Scenes of whole buildings: an event that is going on, one that is over, calls without end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from callcenter.calls.models import (
    BuildingEvent,
    CommentKind,
    EventCall,
    EventLine,
    Reason,
    Visibility,
)

from .cast import Cast
from .rows import Agent, LogRow
from .scribe import Call, Said, Scribe
from .words import FOLDED_HERE, FOLDED_INTO

JOINED = "Joined the event “{title}”."  # as `calls.building_events` writes it
OVER = "Event “{title}” is over: {outcome}"
HOT_WATER = "No hot water"
RISER = "Burst riser, east side"
RISER_OUTCOME = "The riser is sealed and tested. Drying goes on until Friday, water is on."
JOINS_AFTER = timedelta(minutes=2)
# Rang so many minutes before now, subject, notes.
COLD: tuple[tuple[int, str, str], ...] = (
    (58, "No hot water since seven", "Shower ran cold at once. Kitchen too."),
    (53, "No hot water", "Baby in the unit, wants to know for how long."),
    (47, "Hot water gone, heat as well?", "Radiators still lukewarm."),
    (42, "No hot water", ""),
    (30, "Cold shower", "Read the line to her, will not ring again."),
    (21, "No hot water in both bathrooms", ""),
    (9, "When is the hot water back?", "Read the line, fine with it."),
)
# Rang so many minutes after the event was opened, subject.
WET: tuple[tuple[int, str], ...] = (
    (-21, "Water through the ceiling"),
    (-14, "Water runs down the wall of the hall"),
    (-9, "Carpet wet along the east wall"),
    (-6, "Drips from the lamp in the bathroom"),
    (12, "Water from above, bucket half full"),
    (40, "No water in the kitchen"),
)


def play(scribe: Scribe, cast: Cast) -> None:
    """All of them."""
    _no_hot_water(scribe, cast)
    _burst_riser(scribe, cast)
    _kitchen_sink(scribe, cast)
    _loud_neighbour(scribe, cast)


def _no_hot_water(scribe: Scribe, cast: Cast) -> None:
    """Maple Court has no hot water: seven units rang and joined the event, an eighth just did."""
    opened_at, rosa = cast.ago(minutes=38), cast.desks["maintenance"]
    sent = Said(cast.ago(minutes=35), cast.kim, "Rang the plumber, on the way.", "In progress")
    rows = []
    for nth, (minutes, subject, notes) in enumerate(COLD):
        at = cast.ago(minutes=minutes)
        joined = _joined(HOT_WATER, max(opened_at, at + JOINS_AFTER), cast.kim)
        history = [joined, sent] if nth == 0 else [joined]
        by = cast.admin if nth in (3, 5) else cast.kim
        call = Call(at, cast.home(0, nth), ["eh"], subject, notes, by, rosa, history=history)
        rows.append(scribe.write(call))
    latest = Call(cast.ago(minutes=4), cast.home(0, 7), ["eh"], "No hot water", by=cast.admin)
    scribe.write(latest)
    back = _hour(cast.now + timedelta(hours=2, minutes=30), cast.sites[0].row.time_zone)
    lines = (
        (opened_at, cast.kim, "We know that Maple Court has no hot water. A plumber is coming."),
        (
            cast.ago(minutes=16),
            cast.kim,
            f"The plumber is at the boiler, hot water is due by {back}. No need to ring again.",
        ),
    )
    event = _event(cast, 0, HOT_WATER, scribe.reasons["eh"], opened_at, cast.kim)
    cast.later.append(partial(_keep, event, lines, rows))


def _burst_riser(scribe: Scribe, cast: Cast) -> None:
    """Nine days ago, five hours long: over, with all of its calls."""
    opened_at, admin, kim = cast.ago(days=9, hours=2), cast.admin, cast.kim
    closed_at = opened_at + timedelta(hours=5)
    over = Said(closed_at, kim, OVER.format(title=RISER, outcome=RISER_OUTCOME), "Resolved")
    rows = []
    for nth, (minutes, subject) in enumerate(WET):
        at = opened_at + timedelta(minutes=minutes)
        joined = _joined(RISER, max(opened_at, at + JOINS_AFTER), admin)
        history = [joined, over._replace(at=closed_at + timedelta(seconds=nth))]
        by = kim if nth % 2 else admin
        call = Call(at, cast.home(1, nth), ["el"], subject, "", by, history=history)
        rows.append(scribe.write(call))
    lines = (
        (opened_at, admin, "The riser on the east side has burst. The water is being shut."),
        (
            opened_at + timedelta(minutes=50),
            kim,
            "The water of the east side is off until about 4. Bottled water is in the lobby.",
        ),
    )
    event = _event(cast, 1, RISER, scribe.reasons["el"], opened_at, admin)
    event.closed_at, event.closed_by_id = closed_at, kim.id
    event.closing_status, event.outcome = scribe.statuses["Resolved"], RISER_OUTCOME
    cast.later.append(partial(_keep, event, lines, rows, settled_at=closed_at))


def _joined(title: str, at: datetime, by: Agent) -> Said:
    return Said(at, by, JOINED.format(title=title), kind=CommentKind.FOLD)


def _event(
    cast: Cast, site: int, title: str, reason: Reason, opened_at: datetime, by: Agent
) -> BuildingEvent:
    return BuildingEvent(
        organization_id=cast.organization_id,
        property_id=cast.sites[site].row.id,
        reason=reason,
        title=title,
        opened_at=opened_at,
        opened_by_id=by.id,
        opened_by_name=by.name,
    )


def _hour(at: datetime, zone: str) -> str:
    """The hour as it is said: 2 pm."""
    hour = at.astimezone(ZoneInfo(zone)).hour
    return f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}"


def _keep(
    event: BuildingEvent,
    lines: Sequence[tuple[datetime, Agent, str]],
    rows: Sequence[LogRow],
    settled_at: datetime | None = None,
) -> None:
    """The rows of an event; its calls joined it two minutes after they rang, or as it opened."""
    event.save(force_insert=True)
    EventLine.objects.bulk_create(
        EventLine(
            organization_id=event.organization_id,
            event=event,
            text=text,
            author_id=author.id,
            author_name=author.name,
            created_at=at,
        )
        for at, author, text in lines
    )
    EventCall.objects.bulk_create(
        EventCall(
            organization_id=event.organization_id,
            event=event,
            call_log_id=row.id,
            joined_by_id=event.opened_by_id,
            joined_at=max(event.opened_at, row.contacted_at + JOINS_AFTER),
            settled_at=settled_at,
        )
        for row in rows
    )


def _kitchen_sink(scribe: Scribe, cast: Cast) -> None:
    """The third call of one unit about its sink within two weeks, folded into the second."""
    home, rosa = cast.home_of("12b"), cast.desks["maintenance"]
    kim = cast.kim
    first, second, third = cast.ago(days=11, hours=3), cast.ago(days=3), cast.ago(minutes=95)
    done = [
        Said(first + timedelta(minutes=30), kim, "Work order opened.", "In progress"),
        Said(first + timedelta(days=1), rosa, "Drain cleaned, runs.", "Resolved"),
    ]
    scribe.write(
        Call(first, home, ["mp"], "Kitchen sink drains slowly", "May enter.", kim, history=done)
    )
    head, folded = next(scribe.ids), next(scribe.ids)
    fold_at = third + timedelta(minutes=3)
    said = f"flatmate of {home.unit.number}"
    history = [
        Said(second + timedelta(minutes=20), kim, "Work order opened.", "In progress"),
        Said(
            second + timedelta(hours=4),
            rosa,
            "The pipe in the wall has to be opened. The plumber comes between 9 and 12.",
            visibility=Visibility.SHAREABLE,
        ),
        Said(fold_at, kim, FOLDED_HERE.format(call=folded, who=said), kind=CommentKind.FOLD),
    ]
    notes = "Water comes up in the sink when the dishwasher runs. Stain below the cupboard."
    scribe.write(
        Call(second, home, ["mp", "ms"], "Sink backs up again", notes, kim, rosa, history=history),
        key=head,
    )
    history = [Said(fold_at, kim, FOLDED_INTO.format(head=head), "Duplicate", CommentKind.FOLD)]
    subject = "Sink, nobody has come yet"
    scribe.write(
        Call(third, home, ["mp"], subject, "", kim, caller=said, history=history, head=head),
        key=folded,
    )


def _loud_neighbour(scribe: Scribe, cast: Cast) -> None:
    """Four calls of one unit about the noise above it, the last one of last night."""
    home, priya = cast.home(5, 2), cast.priya
    above = "Music above until 2 am. Names no unit, hears it through the ceiling."
    told: Sequence[tuple[float, str, str]] = (
        (12.4, "Music above until 2 am", "Letter sent to the unit above."),
        (8.5, "Music again", "Second letter, copied to the manager."),
        (4.4, "Drums above, third night", "Courtesy officer was there at 00:40."),
    )
    for days, subject, answer in told:
        at = cast.ago(days=days)
        history = [
            Said(at + timedelta(hours=1), priya, "Took it over.", "In progress"),
            Said(at + timedelta(hours=9), priya, answer, "Resolved"),
        ]
        scribe.write(Call(at, home, ["cn"], subject, above, priya, history=history))
    at = cast.ago(hours=2, minutes=25)
    history = [Said(at + timedelta(minutes=20), priya, "Manager rings back.", "In progress")]
    last = Call(at, home, ["cn", "cd"], "Wants the manager", above, priya, priya, history=history)
    scribe.write(last)
