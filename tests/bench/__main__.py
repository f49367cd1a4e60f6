"""`python -m tests.bench [--quick]`: under DATABASE_URL and MIGRATE_DATABASE_URL (make bench)."""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SETTINGS = {  # as in production, but for the log
    "DJANGO_SETTINGS_MODULE": "callcenter.settings",
    "DEBUG": "0",
    "LOCAL": "0",
    "SECRET_KEY": "only-for-the-benchmark-and-never-behind-a-public-address-0123456789",
    "ALLOWED_HOSTS": "localhost",
    "BASE_URL": "https://localhost",
    "REQUIRE_MFA": "0",
    "LOG_LEVEL": "ERROR",
    "API_REQUESTS_PER_MINUTE": "100000000",
}
os.environ.update(SETTINGS)

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402

from . import api, live, others, phones, report, rings, searching  # noqa: E402
from .databases import Database  # noqa: E402
from .endpoints import ENDPOINTS, Endpoint  # noqa: E402
from .measuring import Bench, Rounds  # noqa: E402

SIZES = [100_000, 1_000_000]
QUICK = [20_000, 100_000]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


def main() -> int:
    """Measure, print, and write the document unless it was only tried; 1 for a missed bound."""
    options = read_options()
    # static files are looked up by their names, not by a manifest that nobody collected
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    is_whole = options.sizes == SIZES and not options.only
    small, large = map(Database, options.sizes)
    kinds = chosen_kinds(options, small, large)
    chosen = [e for e in ENDPOINTS if options.only in e.name]
    if chosen or any(kind.of_calls for kind in kinds):
        for database in (small, large):
            database.prepare()
    lines, pages = [], ""
    if chosen:
        lines = measure(chosen, small, large, rounds=options.rounds, seconds=options.seconds)
        pages = report.table(lines, small.label, large.label)
        say(pages)
    found = [figure for kind in kinds for figure in kind.measure()]
    rest = report.figures(found)
    say(rest)
    if is_whole:
        text = report.document(
            pages,
            rest,
            rounds=options.rounds,
            seconds=options.seconds,
            small=small.label,
            large=large.label,
            postgres=others.postgres_version(),
            cores=others.cores(),
        )
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(text)
        say(f"Written to {DOCUMENT}")
    return int(any(line.misses for line in lines) or not all(f.is_kept for f in found))


@dataclass(frozen=True)
class Kind:
    """Measurements that are no pages; `of_calls` are those over the databases of calls."""

    name: str
    measure: Callable[[], list[report.Figure]]
    of_calls: bool = True


def chosen_kinds(options: argparse.Namespace, small: Database, large: Database) -> list[Kind]:
    """Those whose names hold what was asked for; all when nothing was."""
    calls, seconds = min(100_000, options.sizes[0]), options.seconds
    kinds = [
        Kind("verify_history", lambda: [others.checking(large)]),
        Kind("one box", lambda: searching.measured(small, large)),
        Kind("import", lambda: [others.importing(small, calls)]),
        Kind("api connect", lambda: api.measured(large, seconds)),
        Kind("live", lambda: live.measured(small)),
        Kind("api oneuptime", lambda: rings.measured(seconds), of_calls=False),
        Kind("api voipnow", lambda: phones.measured(seconds), of_calls=False),
    ]
    return [kind for kind in kinds if options.only in kind.name]


def read_options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs=2, default=SIZES, help="calls; other ones write no document"
    )
    parser.add_argument(
        "--quick", dest="sizes", action="store_const", const=QUICK, help="20k and 100k calls"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of one round of one page")
    parser.add_argument("--only", default="", help="what has this in its name; nothing written")
    return parser.parse_args()


def measure(
    endpoints: list[Endpoint], small: Database, large: Database, *, rounds: int, seconds: float
) -> list[report.Line]:
    """All rounds of all pages, one database after the other within each round."""
    bench = Bench(seconds)
    lines = [report.Line(endpoint, Rounds(), Rounds()) for endpoint in endpoints]
    marks = {database: database.marks() for database in (small, large)}
    try:
        for n in range(rounds):
            for line in lines:
                bench.round(line.endpoint, small, line.small)
                bench.round(line.endpoint, large, line.large)
            say(f"round {n + 1} of {rounds} done")
    finally:
        for database, newest in marks.items():
            database.restore(newest)
    return lines


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
