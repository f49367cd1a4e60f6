"""Files for a call that is not saved yet: on the server at once, part of the call with its save.

They are their person's alone and are named by their random name on the disk, which nobody guesses
(C22). Saving the call makes them its files in the same transaction; what is never saved is
forgotten with the drafts.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import NotAllowedError, RuleError
from callcenter.core.folders import StoredFile
from callcenter.properties.principals import Principal

from .attaching import Received, attach_files, discard
from .models import WaitingFile

KEPT = timedelta(days=14)  # as long as drafts
MOST, MOST_BYTES = 100, 500 * 1024**2  # that one person has waiting


def keep_waiting(*, file: Received, actor: Principal) -> WaitingFile:
    """Remember a received file for a call that its person is about to save.

    NotAllowedError for an actor who is no person; RuleError when too much waits already. The
    caller discards the file when its transaction does not come to its end.
    """
    if actor.user_id is None:
        raise NotAllowedError(_("Only people add files to a call that is not saved yet."))
    mine = WaitingFile.objects.visible_to(actor).aggregate(n=Count("pk"), size=Sum("byte_size"))
    if mine["n"] >= MOST or (mine["size"] or 0) + file.stored.size > MOST_BYTES:
        raise RuleError(_("Too many files wait for calls that you have not saved."), field="files")
    return WaitingFile.objects.create(
        organization_id=actor.organization_id,
        user_id=actor.user_id,
        name=file.name,
        media_type=file.media_type,
        byte_size=file.stored.size,
        sha256=file.stored.sha256,
        stored_as=file.stored.name,
        thumbnail_as=file.thumbnail_as,
    )


def attach_waiting(*, call_log_id: int, tokens: Iterable[str], actor: Principal) -> int:
    """Make the actor's waiting files of these names files of the call; how many became some.

    Belongs into the transaction that saves the call, which is never refused for a file: a name
    that is strange or gone is passed over, and files that the call has no room for go on waiting.
    """
    wanted = list(dict.fromkeys(tokens))
    mine = WaitingFile.objects.visible_to(actor).filter(stored_as__in=wanted)
    by_token = {row.stored_as: row for row in mine.select_for_update()}
    rows = [by_token[token] for token in wanted if token in by_token]
    if not rows:
        return 0
    try:
        files = [_received(row) for row in rows]
        attach_files(call_log_id=call_log_id, files=files, actor=actor)
    except RuleError:
        return 0
    mine.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def forget_waiting(*, token: str, actor: Principal) -> None:
    """Forget a waiting file of the actor's; one that is not there is no error."""
    with transaction.atomic():
        mine = WaitingFile.objects.visible_to(actor).filter(stored_as=token)
        files = [_received(row) for row in mine.select_for_update()]
        mine.delete()
    discard(files)


def prune_waiting() -> int:
    """Forget what nobody saved in KEPT; `attaching.sweep` then removes the files themselves."""
    return WaitingFile.objects.filter(added_at__lt=timezone.now() - KEPT).delete()[0]


def _received(row: WaitingFile) -> Received:
    stored = StoredFile(row.stored_as, bytes(row.sha256), row.byte_size)
    return Received(row.name, row.media_type, stored, row.thumbnail_as)
