"""Uploaded files on disk: private, under names of our own, gone when their run is over (B-16)."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError

from .readers.results import UnreadableFileError


@dataclass(frozen=True)
class StoredFile:
    """A file in IMPORT_DIRECTORY: its name there, its SHA-256 and size in bytes."""

    name: str
    sha256: bytes
    size: int


def store(upload: UploadedFile) -> StoredFile:
    """Copy an upload to where the workers read it, mode 0600, synced to the disk.

    RuleError when it is larger than IMPORT_MAX_BYTES; then nothing stays on the disk.
    """
    directory = _directory()
    name = secrets.token_hex(16)
    digest, size = hashlib.sha256(), 0
    handle = os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            for block in upload.chunks():
                size += len(block)
                _check_size(size)
                digest.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        remove(name)
        raise
    return StoredFile(name, digest.digest(), size)


@contextlib.contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """The stored file, for reading; UnreadableFileError when it is gone."""
    try:
        file = (_directory() / name).open("rb")
    except FileNotFoundError:
        said = _("The file is not there any more. Send it again.")
        raise UnreadableFileError(said) from None
    with file:
        yield file


def remove(name: str) -> None:
    """Forget a stored file; one that is gone is no error."""
    (_directory() / name).unlink(missing_ok=True)


def _directory() -> Path:
    directory = Path(settings.IMPORT_DIRECTORY)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


def _check_size(size: int) -> None:
    if size > settings.IMPORT_MAX_BYTES:
        said = _("The file is larger than %(limit)d MB.")
        limit = settings.IMPORT_MAX_BYTES // 1_000_000
        raise RuleError(said % {"limit": limit}, field="file")
