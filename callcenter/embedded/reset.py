"""`make reset`: forget the demo's data, logs and secrets of this checkout."""

import shutil
import sys

from .__main__ import only_one
from .places import CHECKOUT, LaunchError, find_place
from .supervisor import end_leftovers


def main() -> int:
    """0 when everything of this checkout's demo is gone."""
    try:
        place = find_place()
        with only_one(place):
            end_leftovers(str(place.root))
            shutil.rmtree(place.root)
    except LaunchError as error:
        sys.stderr.write(f"callcenter: {error}\n")
        return 1
    data = CHECKOUT / ".data"
    if data.is_symlink():
        data.unlink()
    sys.stdout.write("The demo's data is gone; `make demo` starts afresh.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
