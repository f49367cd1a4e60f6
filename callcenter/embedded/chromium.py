"""A Chromium for the browser tests: found, else installed, else a clear refusal."""

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
HELP = (
    "No Chromium was found for the browser tests. Name one with CHROMIUM=/path/to/chromium,"
    " or install one: 'apt-get install chromium', or 'playwright install chromium'."
)


def find() -> str | None:
    """The program: $CHROMIUM, else on the PATH, else Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    return on_path or next(iter(_of_playwright()), None)


def _of_playwright() -> list[str]:
    homes = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), *PLAYWRIGHT]
    found: list[str] = []
    for home in filter(None, homes):
        folder = Path(home).expanduser()
        for pattern in ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app"):
            found += glob.glob(str(folder / pattern))  # noqa: PTH207 (two wildcards)
    return sorted(found, reverse=True)


def ensure() -> str:
    """The program, installed as Debian's package when we are root there; SystemExit otherwise."""
    program = find()
    if program is None and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "chromium"]):
            subprocess.run(command, env=environment, check=False)  # noqa: S603
        program = find()
    if program is None:
        raise SystemExit(HELP)
    return program


if __name__ == "__main__":
    sys.stdout.write(f"{ensure()}\n")
