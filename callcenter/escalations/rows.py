"""What the actions share: what a column takes, keys that others choose, locks and versions."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.calls.history import clean_text
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError, StaleError
from callcenter.properties.principals import Principal

from .models.base import Kept

LARGEST = 2**31 - 1  # what a column of whole numbers holds


def check_right(actor: Principal, verb: str, model: type[models.Model]) -> None:
    """NotAllowedError unless the role grants `verb` on the model, in Django's words."""
    name = model._meta.model_name  # noqa: SLF001 (Django's name)
    if not actor.may(f"escalations.{verb}_{name}"):
        raise NotAllowedError(_("Your role may not change this."))


def clean(model: type[models.Model], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values, each fit for its plain column; RuleError beside the one that is not.

    Texts as typed, whole numbers of four bytes, aware times, booleans; None where the column
    may be empty.
    """
    return {name: _clean(model._meta.get_field(name), value) for name, value in fields.items()}  # noqa: SLF001


def _clean(field: Any, value: Any) -> Any:
    if value is None:
        if not field.null:
            raise RuleError(_("This cannot be empty."), field=field.name)
        return None
    if isinstance(field, models.CharField):
        text = clean_text(value, limit=field.max_length or 0, field=field.name)
        if field.choices and text not in dict(field.choices):
            raise RuleError(_("There is no such choice."), field=field.name)
        return text
    if isinstance(field, models.IntegerField) and not -LARGEST - 1 <= value <= LARGEST:
        raise RuleError(_("This number is too large."), field=field.name)
    if isinstance(field, models.DateTimeField) and timezone.is_naive(value):
        raise RuleError(_("This time has no zone."), field=field.name)
    return value


def require(fields: Mapping[str, Any], name: str, message: str) -> None:
    """RuleError with `message` when a text is left out or blank."""
    if not str(fields.get(name) or "").strip():
        raise RuleError(message, field=name)


def check_times(starts: datetime | None, ends: datetime | None) -> None:
    """RuleError when the end is before the beginning; either may be unknown."""
    if starts is not None and ends is not None and ends < starts:
        raise RuleError(_("The end is before the beginning."), field="ended_at")


def insert[K: Kept](row: K, *, wished_id: uuid.UUID | None = None) -> K:
    """Insert a new row, with the key that another system wishes if nobody ever had it.

    RuleError (field "id") when a row in use has it, in any organisation; the key of a withdrawn
    row is never used again, so that then the database makes one (wire/oneuptime.md 11).
    """
    taken = _("A row with this id already exists.")
    if wished_id is not None:
        rows = type(row)._default_manager.filter(pk=wished_id)  # noqa: SLF001 (Django's name)
        known = rows.values_list("withdrawn_at").first()
        if known is not None and known[0] is None:
            raise RuleError(taken, field="id")
        if known is None:
            row.pk = wished_id
    with refusing("_pkey", taken, field="id"):
        row.save(force_insert=True)
    return row


@contextmanager
def refusing(constraint: str, message: str, *, field: str) -> Iterator[None]:
    """RuleError with `message` when the database refuses by this constraint."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise RuleError(message, field=field) from error


def lock[K: models.Model](
    rows: models.QuerySet[K], pk: Any, *, seen_version: int | None = None
) -> K:
    """The row of these, locked until the end of the transaction.

    NotFoundError when it is absent or not among them; StaleError when `seen_version` is another
    one than the row's. None means that the last write wins.
    """
    row = rows.select_for_update(no_key=True, of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFoundError(_("There is no such row."))
    if seen_version is not None and row.version != seen_version:  # type: ignore[attr-defined]
        raise StaleError(_("Somebody else changed this in the meantime."))
    return row


def write[K: Kept](row: K, **changes: Any) -> K:
    """Write `changes` to a locked row and make its version one higher."""
    rows = type(row)._default_manager.filter(pk=row.pk)  # noqa: SLF001
    rows.update(version=F("version") + 1, updated_at=Now(), **changes)
    row.refresh_from_db()
    return row


def withdraw(rows: models.QuerySet[Any], actor: Principal, **more: Any) -> int:
    """Withdraw all of these by one statement; how many."""
    return rows.update(
        version=F("version") + 1,
        updated_at=Now(),
        withdrawn_at=Now(),
        withdrawn_by_id=actor.user_id,
        **more,
    )


def found[M: models.Model](rows: models.QuerySet[M], pk: Any, *, field: str, message: str) -> M:
    """The row of these that somebody names; RuleError beside `field` when there is none."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise RuleError(message, field=field)
    return row
