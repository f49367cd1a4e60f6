"""Asking for an import: the file first, then the run and the message that makes it happen."""

from dataclasses import dataclass

from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext as _

from callcenter.accounts.models import User
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError, StaleError
from callcenter.core.file_names import shown_name
from callcenter.core.folders import StoredFile
from callcenter.core.transactions import write_transaction
from callcenter.outbox.actions import enqueue
from callcenter.properties.principals import Principal

from .models import ImportRun, ImportSource, RunState, SourceKind

TASK = "imports.run"


@dataclass(frozen=True)
class NamedSource:
    """What a file comes from, as its sender named it."""

    name: str
    kind: SourceKind


def start_run(
    *,
    stored: StoredFile,
    file_name: str,
    source: NamedSource,
    options: dict[str, str],
    actor: Principal,
) -> ImportRun:
    """Ask for the import of a stored file; `options` are added to those of the source.

    NotAllowedError for a member; RuleError for an empty file. The caller removes the file when
    its transaction does not come to its end.
    """
    _check_right(actor)
    if not stored.size:
        raise RuleError(_("The file is empty."), field="file")
    with write_transaction(actor):
        known = _source(source, actor)
        _declare(known, options)
        run = ImportRun.objects.create(
            organization_id=actor.organization_id,
            source=known,
            requested_by=_person(actor),
            file_name=shown_name(file_name),
            stored_as=stored.name,
            sha256=stored.sha256,
            byte_size=stored.size,
            request_id=actor.request_id,
        )
        _ask(run)
    return run


def continue_run(*, run_id: int, actor: Principal) -> ImportRun:
    """Let a parked run go on, from now on with the rights of `actor`.

    NotFoundError for a run that the actor does not see, StaleError for one that is not parked.
    """
    _check_right(actor)
    with write_transaction(actor):
        mine = ImportRun.objects.visible_to(actor).filter(pk=run_id)
        if not mine.exists():
            raise NotFoundError(_("There is no such import."))
        parked = mine.filter(state=RunState.PARKED)
        changed = parked.update(
            state=RunState.PENDING,
            requested_by_id=actor.user_id,
            error="",
            attempts=F("attempts") + 1,
            leased_until=None,
        )
        if not changed:
            raise StaleError(_("This import is not parked any more."))
        run = mine.get()
        _ask(run)
    return run


def _person(actor: Principal) -> User:
    """Who asks; an import is always asked for by somebody."""
    return User.objects.get(pk=actor.user_id or 0)


def _check_right(actor: Principal) -> None:
    if not actor.may("imports.add_importrun"):
        raise NotAllowedError(_("Only owners and admins import."))


def _source(source: NamedSource, actor: Principal) -> ImportSource:
    """The source of this name, made when it is used for the first time."""
    same = ImportSource.objects.visible_to(actor).filter(name=source.name, kind=source.kind)
    found = same.order_by("pk").first()
    if found is not None:
        return found
    keys = ImportSource.objects.visible_to(actor).values_list("key", flat=True)
    base = slugify(source.name)[:50] or source.kind.replace("_", "-")
    numbered = [base, *(f"{base}-{n}" for n in range(2, len(keys) + 3))]
    key = next(key for key in numbered if key not in set(keys))
    return ImportSource.objects.create(
        organization_id=actor.organization_id, name=source.name, kind=source.kind, key=key
    )


def _declare(source: ImportSource, options: dict[str, str]) -> None:
    """Remember what the sender said of the source's files."""
    declared = source.options | options
    if declared != source.options:
        source.options = declared
        source.save(update_fields=["options"])


def _ask(run: ImportRun) -> None:
    enqueue(organization_id=run.organization_id, task=TASK, arguments={"run_id": run.pk})
