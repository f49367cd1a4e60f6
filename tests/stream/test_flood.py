"""A thousand idle streams cost the database nothing (F30)."""

import resource
import signal
import time
from pathlib import Path

import pytest
from django.db import connection

from callcenter.stream import database as streams_database
from tests.factories import make_membership, make_organization, make_phone_call

from .conftest import Listener, cookie_of, stream_process

pytestmark = pytest.mark.slow
MANY = 1_000
MOST_CONNECTIONS = 5


def test_f30_a_thousand_idle_streams_hold_no_connection_and_are_told(
    committed_db: str, tmp_path: Path
) -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8_192), hard))
    process = stream_process(committed_db, tmp_path, STREAMS_PER_PERSON=str(MANY))
    process.start()
    organization = make_organization()
    cookie = cookie_of(make_membership(organization).user)
    crowd: list[Listener] = []
    try:
        for _ in range(MANY):
            crowd.append(Listener(process, cookie))
            assert crowd[-1].status == 200
        time.sleep(3)
        assert connections_of_the_stream() <= MOST_CONNECTIONS
        silent = crowd[: MANY // 10]  # read nothing at all from here on
        make_phone_call(organization)
        began = time.monotonic()
        for listener in crowd[len(silent) :]:
            listener.until("hint")
        assert time.monotonic() - began < 5
        assert connections_of_the_stream() <= MOST_CONNECTIONS
        process.stop(signal.SIGTERM)
        for listener in crowd[len(silent) :: 50]:
            while listener.word()[0] != "end":
                pass
    finally:
        for listener in crowd:
            listener.close()
        process.stop(signal.SIGKILL)


def connections_of_the_stream() -> int:
    """Connections to this database that are not this test's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE application_name = %s) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            [streams_database.NAMED["application_name"]],
        )
        every, named = cursor.fetchone()
    assert named == 2
    return int(every)
