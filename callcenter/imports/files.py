"""Files to be imported: stored privately until their run is over (B-16)."""

import contextlib
from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError
from callcenter.core.folders import Folder, StoredFile, TooLargeError

from .readers.results import UnreadableFileError


def store(upload: UploadedFile) -> StoredFile:
    """Copy an upload to where the workers read it, mode 0600, synced to the disk.

    RuleError when it is larger than IMPORT_MAX_BYTES; then nothing stays on the disk.
    """
    try:
        return _folder().store(upload.chunks(), limit=settings.IMPORT_MAX_BYTES)
    except TooLargeError:
        said = _("The file is larger than %(limit)d MB.")
        limit = settings.IMPORT_MAX_BYTES // 1_000_000
        raise RuleError(said % {"limit": limit}, field="file") from None


@contextlib.contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """The stored file, for reading; UnreadableFileError when it is gone."""
    try:
        file = _folder().open(name)
    except FileNotFoundError:
        said = _("The file is not there any more. Send it again.")
        raise UnreadableFileError(said) from None
    with file:
        yield file


def remove(name: str) -> None:
    """Forget a stored file; one that is gone is no error."""
    _folder().remove(name)


def _folder() -> Folder:
    return Folder(settings.IMPORT_DIRECTORY)
