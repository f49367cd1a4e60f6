"""Rotas: written by owners and admins, and read as `rota.Rota` for many schedules at once."""

import uuid
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .models import Responder, Rule, Schedule, ScheduleOverride, ScheduleTurn, Weekday
from .rota import Override, Rota, Turn
from .rows import check_right, clean, found, insert, lock, refusing, require, withdraw, write

MOST_TURNS = 7 * 24
TWO_DAYS = timedelta(days=2)  # no zone is further from UTC


class ScheduleFields(TypedDict, total=False):
    """What can be said of a schedule."""

    name: str
    description: str


@dataclass(frozen=True)
class NewTurn:
    """From this time of a weekday (0 is Monday) a responder, or nobody, is on call."""

    weekday: int
    starts_at: time
    responder_id: uuid.UUID | None


def create_schedule(*, fields: ScheduleFields, actor: Principal) -> Schedule:
    """A new rota, without a turn: nobody is on call by it yet.

    RuleError (name) without a name, or with one that another schedule has; NotAllowedError.
    """
    check_right(actor, "add", Schedule)
    require(fields, "name", _("Give the schedule a name."))
    with write_transaction(actor), _named_once():
        values = clean(Schedule, fields)
        return insert(Schedule(organization_id=actor.organization_id, **values))


def change_schedule(
    *,
    schedule_id: uuid.UUID,
    fields: ScheduleFields,
    actor: Principal,
    seen_version: int | None = None,
) -> Schedule:
    """Change what is named in `fields`. As `create_schedule`; NotFoundError, StaleError."""
    check_right(actor, "change", Schedule)
    if "name" in fields:
        require(fields, "name", _("Give the schedule a name."))
    with write_transaction(actor), _named_once():
        row = lock(Schedule.objects.visible_to(actor), schedule_id, seen_version=seen_version)
        return write(row, **clean(Schedule, fields))


def set_week(
    *,
    schedule_id: uuid.UUID,
    turns: Sequence[NewTurn],
    actor: Principal,
    seen_version: int | None = None,
) -> Schedule:
    """Let the week be these turns and no others; what was before is in the audit.

    RuleError (turns) for two turns at one time, a day that is none, or a responder that is not
    there; NotFoundError, StaleError.
    """
    check_right(actor, "change", Schedule)
    begins = [(turn.weekday, turn.starts_at) for turn in turns]
    if len(set(begins)) < len(begins) or len(begins) > MOST_TURNS:
        raise RuleError(_("Two turns begin at the same time."), field="turns")
    if any(turn.weekday not in Weekday.values for turn in turns):
        raise RuleError(_("There is no such day."), field="turns")
    with write_transaction(actor):
        row = lock(Schedule.objects.visible_to(actor), schedule_id, seen_version=seen_version)
        _check_responders({turn.responder_id for turn in turns} - {None}, actor)
        row.turns.all().delete()
        ScheduleTurn.objects.bulk_create(
            ScheduleTurn(
                organization_id=row.organization_id,
                schedule=row,
                weekday=turn.weekday,
                starts_at=turn.starts_at,
                responder_id=turn.responder_id,
            )
            for turn in turns
        )
        return write(row)


def add_override(
    *,
    schedule_id: uuid.UUID,
    starts: datetime,
    ends: datetime,
    responder_id: uuid.UUID | None,
    actor: Principal,
    note: str = "",
) -> ScheduleOverride:
    """Somebody else, or nobody (None), between two naive times of the wall clock.

    It counts above all overrides that are there. RuleError (ends, responder); NotFoundError.
    """
    check_right(actor, "change", Schedule)
    if ends <= starts:
        raise RuleError(_("The end is before the beginning."), field="ends")
    note = clean(ScheduleOverride, {"note": note})["note"]
    with write_transaction(actor):
        row = lock(Schedule.objects.visible_to(actor), schedule_id)
        _check_responders({responder_id} - {None}, actor)
        override = ScheduleOverride.objects.create(
            organization_id=row.organization_id,
            schedule=row,
            starts_on=starts.date(),
            starts_at=starts.time(),
            ends_on=ends.date(),
            ends_at=ends.time(),
            responder_id=responder_id,
            note=note,
        )
        write(row)
    return override


def withdraw_override(*, override_id: int, actor: Principal) -> None:
    """Let the week count again; NotFoundError."""
    check_right(actor, "change", Schedule)
    with write_transaction(actor):
        override = ScheduleOverride.objects.visible_to(actor).filter(pk=override_id).first()
        if override is None:
            raise NotFoundError(_("There is no such row."))
        row = lock(Schedule.objects.visible_to(actor), override.schedule_id)
        override.withdrawn_at = timezone.now()
        override.save(update_fields=["withdrawn_at"])
        write(row)


def withdraw_schedule(*, schedule_id: uuid.UUID, actor: Principal) -> None:
    """Take a rota out of use. RuleError while a rule rings by it; NotFoundError."""
    check_right(actor, "withdraw", Schedule)
    with write_transaction(actor):
        row = lock(Schedule.objects.visible_to(actor), schedule_id)
        rules = Rule.objects.visible_to(actor).filter(schedule=row)
        policies = list(rules.values_list("policy__name", flat=True).distinct()[:3])
        if policies:
            said = _("%(name)s is still rung by: %(where)s.")
            raise RuleError(said % {"name": row.name, "where": ", ".join(policies)})
        withdraw(Schedule.objects.filter(pk=row.pk), actor)


def rotas_of(
    schedule_ids: Collection[uuid.UUID], *, start: datetime, end: datetime, principal: Principal
) -> dict[uuid.UUID, Rota[Responder]]:
    """The rotas of these schedules for what lies between two instants, in two statements.

    Overrides are those that can touch that stretch in any zone.
    """
    turns: dict[uuid.UUID, list[Turn[Responder]]] = {pk: [] for pk in schedule_ids}
    overrides: dict[uuid.UUID, list[Override[Responder]]] = {pk: [] for pk in schedule_ids}
    if not schedule_ids:
        return {}
    rows = ScheduleTurn.objects.visible_to(principal).filter(schedule__in=schedule_ids)
    for turn in rows.select_related("responder"):
        turns[turn.schedule_id].append(Turn(turn.weekday, turn.starts_at, turn.responder))
    other = ScheduleOverride.objects.visible_to(principal).filter(
        schedule__in=schedule_ids,
        ends_on__gte=(start - TWO_DAYS).date(),
        starts_on__lte=(end + TWO_DAYS).date(),
    )
    for row in other.select_related("responder").order_by("pk"):
        overrides[row.schedule_id].append(
            Override(
                datetime.combine(row.starts_on, row.starts_at),
                datetime.combine(row.ends_on, row.ends_at),
                row.responder,
            )
        )
    return {pk: Rota(tuple(turns[pk]), tuple(overrides[pk])) for pk in schedule_ids}


def _check_responders(wanted: "set[uuid.UUID | None]", actor: Principal) -> None:
    """RuleError for one who is not there; the others cannot be withdrawn meanwhile."""
    for pk in sorted(pk for pk in wanted if pk is not None):
        rows = Responder.objects.visible_to(actor).select_for_update(no_key=True)
        found(rows, pk, field="responder", message=_("There is no such person."))


def _named_once() -> AbstractContextManager[None]:
    return refusing("schedule_name_once", _("There is a schedule of this name."), field="name")
