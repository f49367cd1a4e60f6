"""The table that the benchmark prints and writes to docs/performance.md."""

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from .endpoints import LIST_GROWTH, Endpoint
from .measuring import Rounds

HEAD = """# Performance

Written by `make bench`; only ratios inside one run mean anything.

- **ours**: our page, as it is served, called through WSGI in one process.
- **bare**: a Django view with session, user and CSRF middleware and a template of a dozen lines
  that runs the same statements.
- **raw**: the same statements through psycopg, then `json`.
- The three take turns, request by request; a ratio is the median of the ratios of {rounds} rounds
  of {seconds:g} s. Growth is {large} against {small}, both measured in turn in the same rounds.
- Statements are those of our page with its session and user, without BEGIN, COMMIT, savepoints
  and set_config. What the writes added is removed afterwards.
- Data: `demo_data --heavy`, ten calls for each unit, about 2.5 comments for each call.
- Rings of the API oneuptime: a database of its own with 100,000 chains. Each list has its exact
  count, as the dialect demands, which is most of what it costs.
- Telephone calls of the API voipnow: a database of its own with 100,000 and 5,000 live ones. The
  history has statistics of all matches, as the dialect demands: most of what a short list costs.
"""
PLACE = (
    "\nMeasured {now:%Y-%m-%d} with Python {python} and PostgreSQL {postgres} on {cores} cores.\n"
)


@dataclass(frozen=True)
class Line:
    """One page over the small and the large database."""

    endpoint: Endpoint
    small: Rounds
    large: Rounds

    @property
    def growth(self) -> float:
        """How much more our page costs over the large database: the median of the rounds."""
        ratios = sorted(b / a for a, b in zip(self.small.ours, self.large.ours, strict=True))
        return ratios[len(ratios) // 2]

    @property
    def misses(self) -> list[str]:
        """The bounds of issue 2 that it does not keep."""
        said = []
        bound = self.endpoint.within
        if bound is not None and self.large.over_bare > bound:
            said.append(f"{self.large.over_bare:.2f} x the bare view, allowed are {bound:g}")
        if self.endpoint.is_list and self.growth > LIST_GROWTH:
            said.append(f"grows {self.growth:.2f} x, allowed are {LIST_GROWTH:g}")
        most = self.endpoint.statements
        if most is not None and len(self.large.statements) > most:
            said.append(f"{len(self.large.statements)} statements, allowed are {most}")
        return said


@dataclass(frozen=True)
class Figure:
    """A measurement of another kind, in words, with what is asked for."""

    name: str
    value: str
    bound: str
    is_kept: bool


def table(lines: Iterable[Line], small: str, large: str) -> str:
    """The pages, as Markdown."""
    head = f"| Page | ours {small} | ours {large} | growth | / bare {small} | / bare {large}"
    rows = [f"{head} | / raw {large} | statements | bounds |", f"|---|{'---:|' * 7}---|"]
    for line in lines:
        kept = "; ".join(line.misses) or "kept"
        rows.append(
            f"| {line.endpoint.name} | {line.small.milliseconds:.1f} ms"
            f" | {line.large.milliseconds:.1f} ms | {line.growth:.2f}"
            f" | {line.small.over_bare:.2f} | {line.large.over_bare:.2f}"
            f" | {line.large.over_raw:.1f} | {len(line.large.statements)} | {kept} |"
        )
    return "\n".join(rows) + "\n"


def figures(found: Iterable[Figure]) -> str:
    """The other measurements, as Markdown."""
    rows = ["| Measurement | Value | Asked for | |", "|---|---:|---:|---|"]
    for figure in found:
        kept = "kept" if figure.is_kept else "**missed**"
        rows.append(f"| {figure.name} | {figure.value} | {figure.bound} | {kept} |")
    return "\n".join(rows) + "\n"


def document(
    pages: str,
    others: str,
    *,
    rounds: int,
    seconds: float,
    small: str,
    large: str,
    postgres: str,
    cores: int,
) -> str:
    """The whole of docs/performance.md."""
    place = PLACE.format(
        now=datetime.now(UTC), python=platform.python_version(), postgres=postgres, cores=cores
    )
    head = HEAD.format(rounds=rounds, seconds=seconds, small=small, large=large)
    return f"{head}{place}\n{pages}\n{others}"
