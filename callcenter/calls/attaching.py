"""Files on calls: on the disk first, then the row, its line of history and the version.

A file comes to the part `incoming` of ATTACHMENT_DIRECTORY under a random name. Only when the
transaction that tells of it was committed does it move up, to where nothing ever removes it. What
was killed in between leaves a file that no row knows, which `sweep` removes; what was killed
after the commit is found in either place, and moved up by `sweep`.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError
from callcenter.core.file_names import shown_name
from callcenter.core.folders import Folder, StoredFile, TooLargeError
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .content import content_of
from .history import append_row, bump, clean_text, lock_call
from .models import Attachment, CallLog, CommentKind, WaitingFile
from .thumbnails import thumbnail_of

PATIENCE = 3_600  # seconds after which a file without a row is given up; no request lasts longer


@dataclass(frozen=True)
class Received:
    """A file that is safe on the disk and belongs to nothing yet."""

    name: str
    media_type: str
    stored: StoredFile
    thumbnail_as: str = ""

    def stored_names(self) -> list[str]:
        """The names of its files on the disk."""
        return [name for name in (self.stored.name, self.thumbnail_as) if name]


def receive(upload: UploadedFile) -> Received:
    """Put an upload on the disk with its small picture; nothing tells of it yet.

    RuleError, and nothing stays, when it is empty, too large or of a kind that calls do not take.
    """
    name, folder = shown_name(upload.name or ""), _incoming()
    try:
        stored = folder.store(upload.chunks(), limit=settings.ATTACHMENT_MAX_BYTES)
    except TooLargeError:
        said = _("“%(name)s” is larger than %(limit)s.")
        limit = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
        raise RuleError(said % {"name": name, "limit": limit}, field="files") from None
    try:
        if not stored.size:
            raise RuleError(_("“%(name)s” is empty.") % {"name": name}, field="files")
        with folder.open(stored.name) as file:
            media_type, small = _judge(file, name)
        thumbnail = folder.store([small], limit=len(small)).name if small else ""
    except BaseException:
        folder.remove(stored.name)
        raise
    return Received(name, media_type, stored, thumbnail)


def _judge(file: BinaryIO, name: str) -> tuple[str, bytes | None]:
    """The media type of a file and its small picture if it has one."""
    try:
        media_type = content_of(file).media_type
    except RuleError as refused:
        said = _("“%(name)s” was not taken. %(why)s")
        raise RuleError(said % {"name": name, "why": refused}, field="files") from None
    return media_type, thumbnail_of(file) if media_type.startswith("image/") else None


def attach_files(
    *, call_log_id: int, files: Sequence[Received], actor: Principal
) -> list[Attachment]:
    """Make received files part of a call, each with a line in its history that has its SHA-256.

    RuleError when there is none, or when the call would have too many or too much of them. The
    caller discards the files when its transaction does not come to its end.
    """
    if not files:
        raise RuleError(_("Choose a file first."), field="files")
    with write_transaction(actor):
        log = lock_call(call_log_id, actor)
        _check_room(log, files)
        attached = [_attach(log, file, actor) for file in files]
        bump(log)
        transaction.on_commit(partial(settle, files), robust=True)
    return attached


def _check_room(log: CallLog, files: Sequence[Received]) -> None:
    """RuleError when the locked call has no room for these; withdrawn files take room, too."""
    had = Attachment.objects.filter(call_log=log).aggregate(n=Count("pk"), size=Sum("byte_size"))
    if had["n"] + len(files) > settings.ATTACHMENTS_PER_CALL:
        said = _("A call has room for %(n)d files.") % {"n": settings.ATTACHMENTS_PER_CALL}
        raise RuleError(said, field="files")
    if (had["size"] or 0) + sum(f.stored.size for f in files) > settings.ATTACHMENT_BYTES_PER_CALL:
        limit = filesizeformat(settings.ATTACHMENT_BYTES_PER_CALL)
        said = _("A call has room for %(limit)s of files.") % {"limit": limit}
        raise RuleError(said, field="files")


def _attach(log: CallLog, file: Received, actor: Principal) -> Attachment:
    size, name = filesizeformat(file.stored.size), clean_text(file.name, limit=255, field="files")
    said = _("Attached %(name)s, %(size)s") % {"name": name, "size": size}
    said = f"{said}\nSHA-256 {file.stored.sha256.hex()}"
    return Attachment.objects.create(
        organization_id=log.organization_id,
        call_log=log,
        comment=append_row(log, actor=actor, text=said, kind=CommentKind.EDIT),
        name=name,
        media_type=file.media_type,
        byte_size=file.stored.size,
        sha256=file.stored.sha256,
        stored_as=file.stored.name,
        thumbnail_as=file.thumbnail_as,
        added_by_id=actor.user_id,
        added_by_name=actor.user_name,
    )


def settle(files: Iterable[Received]) -> None:
    """Move files up whose rows are committed; what fails here `sweep` does later."""
    for file in files:
        for name in file.stored_names():
            _kept().take_from(_incoming(), name)


def discard(files: Iterable[Received]) -> None:
    """Forget received files that became part of nothing."""
    for file in files:
        for name in file.stored_names():
            _incoming().remove(name)


def opened(stored_as: str) -> BinaryIO:
    """A stored file or small picture, for reading; FileNotFoundError when the disk lost it."""
    for folder in (_kept(), _incoming()):
        with suppress(FileNotFoundError):
            return folder.open(stored_as)
    return _kept().open(stored_as)  # it moved up in between


def sweep(*, patience: float = PATIENCE) -> tuple[int, int]:
    """See to what lies in `incoming` longer than `patience` seconds: (moved up, removed).

    What is part of a call moves up; what no row knows is removed. Harmless beside itself and
    requests: who makes a waiting file part of a call has both rows in one transaction.
    """
    names = set(_incoming().names(older_than=time.time() - patience))
    waiting = _known_among(names, WaitingFile)
    attached = _known_among(names, Attachment)
    moved = sum(_kept().take_from(_incoming(), name) for name in attached)
    lost = names - waiting - attached
    for name in lost:
        _incoming().remove(name)
    return moved, len(lost)


def _known_among(names: set[str], model: type[Attachment | WaitingFile]) -> set[str]:
    """Those names that a row of `model` has, as a file or as a small picture."""
    files = model.objects.filter(stored_as__in=names).values_list("stored_as")
    small = model.objects.filter(thumbnail_as__in=names).values_list("thumbnail_as")
    return {name for (name,) in files.union(small)}


def _kept() -> Folder:
    return Folder(settings.ATTACHMENT_DIRECTORY)


def _incoming() -> Folder:
    return Folder(Path(settings.ATTACHMENT_DIRECTORY) / "incoming")
