"""The examples of the documents over a real connection, byte for byte as curl sends them."""

import json
import socket
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from callcenter.calls.models import CallLog

from .house import House, make_house, row_texts


@pytest.fixture
def house(site: str) -> House:
    """In the database of the server."""
    return make_house()


def sent(site: str, head: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to these bytes; the server ends the connection."""
    address = urlsplit(site)
    lines = [*head.split("\n"), "Host: localhost", "Connection: close", "", ""]
    with socket.create_connection((address.hostname or "", address.port or 0), 10) as wire:
        wire.sendall("\r\n".join(lines).encode("latin-1") + body)
        said = b"".join(iter(lambda: wire.recv(65_536), b""))
    top, _, rest = said.partition(b"\r\n\r\n")
    first, *others = top.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in others)
    return int(first.split()[1]), headers, rest


def test_the_examples_of_the_documents(site: str, house: House) -> None:
    key = f"Authorization: Bearer {house.keys['owner']}"
    for path in (
        "/api/units/340/calllogs?status[0]=3&status[1]=5&page=1&pageSize=20",
        "/api/units/340/calllogs/?status%5B0%5D=3&status%5B7%5D=5",
        "/api/units/340/calllogs?status=3&status=5",
        "/API/Units/340/CallLogs/?STATUS[]=3",
    ):
        status, headers, body = sent(site, f"GET {path} HTTP/1.1\n{key}\nAccept: */*")
        assert (status, headers["content-type"]) == (200, "application/json; charset=utf-8")
        assert [log["LogId"] for log in json.loads(body)["Elements"]] == [4711]
        assert len(body) == int(headers["content-length"])
    for kind, text in (
        ("text/json", b'{"NewComments":"ok"}'),
        ("application/x-www-form-urlencoded", b"NewComments=ok&ModuleStatusId=5"),
    ):
        head = f"PUT /api/calllogs/4711 HTTP/1.1\n{key}\nContent-Type: {kind}"
        status, headers, body = sent(site, f"{head}\nContent-Length: {len(text)}", text)
        assert (status, body) == (200, b"")
        assert (headers["content-length"], headers["etag"][0]) == ("0", '"')
    assert [row[2] for row in row_texts()[3:]] == ["ok", "ok"]


def test_odd_requests_get_an_answer_of_the_dialect(
    site: str, house: House, settings: Settings
) -> None:
    settings.API_MAX_BYTES = 1_000
    key = f"Authorization: Bearer {house.keys['owner']}"
    # this server says text/plain for who names no type
    put = f"PUT /api/calllogs/4711 HTTP/1.1\n{key}\nContent-Type: text/json"
    for head, body, code in (
        ("GET /api/calllogs/4711 HTTP/1.1", b"", 100),
        (f"GET /api/calllogs/4711 HTTP/1.1\n{key}\n{key}", b"", 118),
        ("GET /api/%75nits/%00/calllogs HTTP/1.1", b"", 106),
        ("GET /api/units/340%2Fcalllogs HTTP/1.1", b"", 100),
        (f"GET /api/units/340/calllogs?status[0]=\xff HTTP/1.1\n{key}", b"", 1003),
        (f"BREW /api/calllogs HTTP/1.1\n{key}", b"", 1002),
        (put, b"", 109),
        (f"{put}\nContent-Length: 0", b"", 109),
        (f"{put}\nContent-Length: 5000", b"{" * 5_000, 1006),
        (f"{put}\nContent-Length: x", b"", 1006),
        (f"{put}; charset=utf-7\nContent-Length: 2", b"{}", 1004),
    ):
        status, headers, said = sent(site, head, body)
        assert json.loads(said)["Code"] == code, head
        assert 400 <= status < 500
        assert headers["content-type"] == "application/json; charset=utf-8"
    assert CallLog.objects.get(pk=4711).version == 1


def test_head_has_no_body_and_the_headers_of_get(site: str, house: House) -> None:
    key = f"Authorization: Bearer {house.keys['owner']}"
    for path in ("/api/calllogs/4711", "/api/calllogs", "/api/calllogs/4990"):
        got = sent(site, f"GET {path} HTTP/1.1\n{key}")
        head = sent(site, f"HEAD {path} HTTP/1.1\n{key}")
        assert (head[0], head[2]) == (got[0], b"")
        for name in ("content-type", "content-length", "etag", "cache-control"):
            assert head[1].get(name) == got[1].get(name)
