"""Folders of uploaded files: private, outside what is served, under names of our own (B-16)."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


@dataclass(frozen=True)
class StoredFile:
    """A file of a folder: its name there, its SHA-256 and its size in bytes."""

    name: str
    sha256: bytes
    size: int


class TooLargeError(Exception):
    """There is more to store than was allowed."""


class Folder:
    """Files that nobody but this user reads; what stands in it was synced to the disk."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def store(self, blocks: Iterable[bytes], *, limit: int) -> StoredFile:
        """Write a new file under a random name and sync it.

        TooLargeError above `limit` bytes; after any error nothing stays on the disk.
        """
        name = secrets.token_hex(16)
        digest, size = hashlib.sha256(), 0
        path = self.made() / name
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        try:
            with os.fdopen(handle, "wb") as file:
                for block in blocks:
                    size += len(block)
                    if size > limit:
                        raise TooLargeError
                    digest.update(block)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            self.sync()
        except BaseException:
            self.remove(name)
            raise
        return StoredFile(name, digest.digest(), size)

    def open(self, name: str) -> BinaryIO:
        """The file, for reading; FileNotFoundError when it is not there."""
        return (self.path / name).open("rb")

    def take_from(self, other: "Folder", name: str) -> bool:
        """Move a file of another folder on the same disk here; False when it is not there."""
        try:
            (other.path / name).rename(self.made() / name)
        except FileNotFoundError:
            return False
        self.sync()
        return True

    def remove(self, name: str) -> None:
        """Forget a file; one that is gone is no error."""
        (self.path / name).unlink(missing_ok=True)

    def names(self, *, older_than: float = 0) -> list[str]:
        """The files that were last written before the moment `older_than` (Unix time)."""
        if not self.path.is_dir():
            return []
        with os.scandir(self.path) as entries:
            return [e.name for e in entries if e.is_file() and e.stat().st_mtime < older_than]

    def made(self) -> Path:
        """The folder's path; it and what leads to it are made, for us alone, when not there."""
        missing = [path for path in (self.path, *self.path.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        return self.path

    def sync(self) -> None:
        """Let the folder's own entries survive a power cut, too."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
