"""Where the embedded servers live, and as whom they run.

An ordinary user's servers run as that user, in `.data/` of the checkout. PostgreSQL refuses to
run as root, and no other user may be able to reach the checkout: root's servers run as another
user in a state directory outside, and `.data` is a link to it.
"""

import hashlib
import json
import os
import pwd
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
STATE_ROOT = Path("/var/lib/callcenter-embedded")
MEMORY = Path("/dev/shm")  # noqa: S108 (a directory of our own is made in it)
ROOM = 8 * 2**30  # bytes: a cluster of the tests with its write-ahead log
SERVER_USERS = ("postgres", "nobody", "daemon")


class LaunchError(Exception):
    """The servers cannot be started; the message says why and what helps."""


@dataclass(frozen=True)
class Place:
    """The state directory of one checkout and the user of its servers (None: our own)."""

    root: Path
    user: pwd.struct_passwd | None

    def directory(self, name: str) -> Path:
        """A directory that only the servers' user may enter."""
        path = self.root / name
        path.mkdir(mode=0o700, exist_ok=True)
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        return path

    def write_private(self, name: str, text: str) -> Path:
        """Write a file that only we may read, all of it or nothing."""
        path = self.root / name
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)
        fresh.replace(path)
        return path

    def secret(self, name: str) -> str:
        """A random secret of this checkout, made when it is first asked for."""
        path = self.root / "secrets.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        if name not in known:
            known[name] = secrets.token_urlsafe(48)
            self.write_private("secrets.json", json.dumps(known))
        return known[name]


def find_place(checkout: Path = CHECKOUT) -> Place:
    """The state directory of `checkout`, made when missing; LaunchError when it cannot be."""
    data = checkout / ".data"
    if os.geteuid() != 0:
        if not data.is_dir():
            data.mkdir(mode=0o700)
        return Place(root=data.resolve(), user=None)
    root = STATE_ROOT / hashlib.sha256(str(checkout).encode()).hexdigest()[:16]
    root.mkdir(mode=0o711, parents=True, exist_ok=True)
    STATE_ROOT.chmod(0o711)
    if data.is_symlink():
        data.unlink()
    elif data.exists():
        raise LaunchError(f"{data} was made by another user: run make reset, or remove it.")
    data.symlink_to(root)
    return Place(root=root, user=_server_user())


def _server_user() -> pwd.struct_passwd:
    for name in SERVER_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LaunchError(f"Root's servers run as one of {', '.join(SERVER_USERS)}: none is here.")


def quick_place(place: Place) -> Place:
    """Where servers that are thrown away live: in memory when there is room for them, else `place`.

    Tests make and drop hundreds of databases of a thousand files each.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return place
    root = MEMORY / f"callcenter-{os.geteuid()}-{place.root.name}"
    root.mkdir(mode=0o711, exist_ok=True)
    if root.stat().st_uid != os.geteuid():
        return place
    return Place(root=root, user=place.user)


def reachable(place: Place, package: Path, *also: Path) -> Path:
    """`package` itself, or for root a copy of it that the servers' user can read.

    `also` are folders beside the package that it needs (its shared libraries). The copy is made
    once for each version of the files and shared by all checkouts.
    """
    if place.user is None:
        return package
    stamp = f"{package}{package.stat().st_mtime_ns}"
    home = STATE_ROOT / f"bin-{hashlib.sha256(stamp.encode()).hexdigest()[:16]}"
    if not home.is_dir():
        fresh = Path(f"{home}.{os.getpid()}")
        for folder in (package, *also):
            shutil.copytree(folder, fresh / folder.name, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o055)
        try:
            fresh.rename(home)
        except OSError:  # another checkout was faster
            shutil.rmtree(fresh)
    return home / package.name
