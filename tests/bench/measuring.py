"""Our page, the bare view and raw SQL in turn: A B C A B C, in rounds."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from callcenter.calls.models import CallLog

from . import bare
from .databases import Database
from .endpoints import Endpoint, owner
from .serving import Ask, answer_of

FEWEST = 5  # turns in a round, however slow
WARM = 3


@dataclass
class Rounds:
    """Milliseconds of each round, of one page over one database, and its statements."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)

    @property
    def milliseconds(self) -> float:
        """Our page: the median of the rounds."""
        return median(self.ours)

    @property
    def over_bare(self) -> float:
        """Ours by the bare view: the median of the rounds' ratios."""
        return median(a / b for a, b in zip(self.ours, self.bare, strict=True))

    @property
    def over_raw(self) -> float:
        """Ours by raw SQL."""
        return median(a / c for a, c in zip(self.ours, self.raw, strict=True))


class Bench:
    """Measures over one database after the other."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ours = get_wsgi_application()
        self._bare = bare.BareHandler()
        self._token = _get_new_csrf_string()

    def round(self, endpoint: Endpoint, database: Database, rounds: Rounds) -> None:
        """One more round of a page over a database."""
        database.use()
        cookies = self._sign_in()
        ask = endpoint.ask()
        raw = bare.Raw(database.url("DATABASE_URL"))

        def ours() -> None:
            answer = answer_of(self._ours, ask.environ(cookies, self._token))
            if answer.status != endpoint.status:
                raise RuntimeError(f"{endpoint.name}: {answer.status}\n{answer.body[:2000]!r}")

        def plain() -> None:
            answer = answer_of(self._bare, ask.environ(cookies, self._token))
            if answer.status != endpoint.status:
                raise RuntimeError(f"bare {endpoint.name}: {answer.status}")

        def sql() -> None:
            answer_of(raw, ask.environ(cookies, self._token))

        ours()
        rounds.statements = self._capture(ours, ask)
        try:
            times = self._in_turn([ours, plain, sql])
        finally:
            raw.close()
        rounds.ours.append(times[0])
        rounds.bare.append(times[1])
        rounds.raw.append(times[2])

    def _sign_in(self) -> str:
        client = Client()
        client.force_login(owner())
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        cookies[settings.CSRF_COOKIE_NAME] = self._token
        return "; ".join(f"{name}={value}" for name, value in cookies.items())

    def _capture(self, ours: Callable[[], None], ask: Ask) -> list[str]:
        """The statements of our page, which the others run as well."""
        with CaptureQueriesContext(connection) as captured:
            ours()
        statements = [str(query["sql"]) for query in captured.captured_queries]
        bare.STAGE.script = bare.script_of(statements, CallLog.objects.latest("pk").pk)
        return bare.counted(statements)

    def _in_turn(self, variants: list[Callable[[], None]]) -> list[float]:
        """The median milliseconds of each, called in turn for the seconds of a round."""
        for variant in variants:
            for _ in range(WARM):
                variant()
        times: list[list[float]] = [[] for _ in variants]
        gc.collect()
        until = time.perf_counter() + self._seconds
        while time.perf_counter() < until or len(times[0]) < FEWEST:
            for variant, mine in zip(variants, times, strict=True):
                begun = time.perf_counter()
                variant()
                mine.append(1000 * (time.perf_counter() - begun))
        return [median(mine) for mine in times]
