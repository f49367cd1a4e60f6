"""The audit of one row, told to people: when, who, and what became what."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from callcenter.accounts.models import User

LIMIT = 200
QUIET = ("search_name", "number_key", "updated_at")


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Event:
    """One accepted change of a row. `actor` is "unknown" when the audit names nobody."""

    at: datetime
    verb: str
    actor: str
    changes: list[Change] = field(default_factory=list)


def events_of(row: models.Model) -> list[Event]:
    """The last changes of the row, newest first; empty for tables that are not audited."""
    name = f"{row._meta.object_name}AuditEvent"  # noqa: SLF001 (Django's name)
    try:
        kept: Any = apps.get_model(row._meta.app_label, name)  # noqa: SLF001
    except LookupError:
        return []
    found = list(kept.objects.filter(pgh_obj_id=row.pk).order_by("-pgh_id")[: LIMIT + 1])
    names = _names(found)
    earlier: list[Any] = [*found[1:], None]
    told = [_told(event, before, names) for event, before in zip(found, earlier, strict=True)]
    return told[:LIMIT]


def _names(events: Iterable[Any]) -> dict[int, str]:
    contexts = [event.pgh_context for event in events if event.pgh_context]
    ids = {int(context["user"]) for context in contexts if context.get("user")}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}


def _told(event: Any, before: Any, names: dict[int, str]) -> Event:
    verbs = {"insert": _("Added"), "update": _("Changed"), "delete": _("Deleted")}
    context = event.pgh_context or {}
    system = _("the system") if context.get("kind") == "task" else _("unknown")
    return Event(
        at=event.pgh_created_at,
        verb=verbs.get(event.pgh_label, event.pgh_label),
        actor=names.get(context.get("user") or 0, system),
        changes=_differences(event, before) if event.pgh_label == "update" else [],
    )


def _differences(event: Any, before: Any) -> list[Change]:
    if before is None:
        return []
    changes = []
    for column in event._meta.concrete_fields:  # noqa: SLF001 (Django's name)
        if column.name.startswith("pgh_") or column.name in QUIET:
            continue
        old, new = getattr(before, column.attname), getattr(event, column.attname)
        if old != new:
            changes.append(Change(str(column.verbose_name), old, new))
    return changes
