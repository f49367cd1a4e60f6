"""Log lines carry ids and no personal data (B-54)."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from django.test import Client

from callcenter.core.logs import logging_config, mask


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What the log of production says."""
    config = logging_config(readable=False, level="INFO")
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=config["formatters"]["line"]["processors"],
        foreign_pre_chain=config["formatters"]["line"]["foreign_pre_chain"],
    )
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    level, root.level = root.level, logging.INFO
    yield handler.stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail to ana.ruiz@example.com failed", "mail to [e-mail] failed"),
        ("call from +1 (212) 555-0143 ended", "call from [number] ended"),
        ("call #4711 of 2026-11-24", "call #4711 of 2026-11-24"),
        ("a\r\nforged line \x1b[31m", "a\\x0d\nforged line \\x1b[31m"),
    ],
)
def test_b54_addresses_numbers_and_control_characters_are_masked(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.django_db
def test_b54_every_answer_names_its_request_and_the_line_holds_no_query(lines: StringIO) -> None:
    answer = Client().get("/health/ready/", {"q": "Ana Ruiz 212-555-0143"})
    assert answer.status_code == 200
    [line] = [json.loads(x) for x in lines.getvalue().splitlines() if "request_finished" in x]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line["request"] == "GET /health/ready/"
    assert "Ana" not in lines.getvalue()
    assert "0143" not in lines.getvalue()


def test_b54_one_line_stays_one_line(lines: StringIO) -> None:
    logging.getLogger("callcenter").warning("name %s", "x\nINFO forged\x00 ana@example.com")
    [line] = lines.getvalue().splitlines()
    assert json.loads(line)["event"] == "name x\nINFO forged\\x00 [e-mail]"
