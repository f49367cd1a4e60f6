"""The two connections of the stream process: one listens, one looks whose login is over."""

import asyncio
import random
import time
from typing import Any

import structlog
from django.conf import settings
from psycopg import AsyncConnection, Error

from . import logins
from .hub import Hub

CHANNEL = "live"
PING_SECONDS = 5.0  # between two tries whether the listening connection is alive
PATIENCE = 5.0  # seconds for connecting, and for each answer
CHECK_SECONDS = 2.0
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
NOT_OURS = {"pool", "prepare_threshold", "server_side_binding", "isolation_level", "assume_role"}
NAMED = {"application_name": "callcenter-stream"}
ALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}

logger = structlog.get_logger(__name__)


def address() -> dict[str, Any]:
    """LISTEN_DATABASE_URL as psycopg takes it."""
    said = settings.LISTEN_DATABASE
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    known = {ours: said.get(theirs) for theirs, ours in (*names.items(), ("PORT", "port"))}
    options = {k: v for k, v in said.get("OPTIONS", {}).items() if k not in NOT_OURS}
    return {k: v for k, v in known.items() if v} | NAMED | ALIVE | options


async def connect() -> AsyncConnection:
    """A connection of our own; TimeoutError or psycopg's errors when there is none."""
    async with asyncio.timeout(PATIENCE):
        return await AsyncConnection.connect(**address(), autocommit=True)


async def listen(hub: Hub) -> None:
    """Pass hints on for ever; when the connection is lost, say so and try again."""
    wait = FIRST_WAIT
    while True:
        began = time.monotonic()
        try:
            async with await connect() as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                hub.revive()
                logger.info("listening")
                await _pass_on(connection, hub)
        except (Error, OSError, TimeoutError) as error:
            logger.warning("not_listening", reason=type(error).__name__)
        hub.lose()
        wait = (
            FIRST_WAIT if time.monotonic() - began > LONGEST_WAIT else min(2 * wait, LONGEST_WAIT)
        )
        await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 (no secret)


async def _pass_on(connection: AsyncConnection, hub: Hub) -> None:
    while True:
        async for hint in connection.notifies(timeout=PING_SECONDS):
            hub.hint(hint.payload)
        async with asyncio.timeout(PATIENCE):
            await connection.execute("SELECT 1")


async def watch_logins(hub: Hub) -> None:
    """End the streams whose login is over, for ever; one query for all of them."""
    connection: AsyncConnection | None = None
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        try:
            if connection is None or connection.closed:
                connection = await connect()
            async with asyncio.timeout(PATIENCE):
                await end_those_over(hub, connection)
        except (Error, OSError, TimeoutError) as error:
            logger.warning("logins_not_checked", reason=type(error).__name__)
            if connection is not None:
                await connection.close()
                connection = None


async def end_those_over(hub: Hub, connection: AsyncConnection) -> None:
    """Ask once for everybody."""
    readers = [reader for reader in hub.readers() if not reader.is_over]
    if not readers:
        return
    tickets = [reader.ticket for reader in readers]
    cursor = await connection.execute(logins.STANDING, logins.to_ask(tickets))
    good = logins.standing(tickets, await cursor.fetchall())
    for place, reader in enumerate(readers):
        if place not in good:
            reader.end()
