"""Which addresses may be asked (B-13)."""

import socket
from typing import Any

import pytest

from callcenter.core.errors import RuleError
from callcenter.telephony.addresses import UnsafeAddressError, checked_base, is_public, resolved

GOOD = {
    "https://pbx.example": "https://pbx.example",
    "HTTPS://PBX.Example:443/": "https://pbx.example",
    "https://pbx.example./voip/": "https://pbx.example/voip",
}
BAD = """
    http://pbx.example ftp://pbx.example file:///etc/passwd gopher://pbx.example //pbx.example
    pbx.example https:// https://pbx.example:8443 https://pbx.example:80 https://pbx.example:x
    https://localhost https://router https://127.0.0.1 https://127.1 https://2130706433
    https://0x7f000001 https://0177.0.0.1 https://0x7f.1 https://017700000001 https://[::1]
    https://[::ffff:127.0.0.1] https://[fe80::1] https://169.254.169.254 https://10.0.0.1
    https://192.168.0.1 https://8.8.8.8 https://[2001:4860:4860::8888]
    https://user@pbx.example https://user:secret@pbx.example https://pbx.example@127.0.0.1
    https://pbx.example?x=1 https://pbx.example#x https://pbx.example/../x https://pbx.example\\@x
    https://pbx.example/%2e%2e https://pbx.example/a;b https://pbx_example.com https://-pbx.example
    https://pbx.example:443:80 https://[::1 javascript:alert(1) https://пример.example
"""
INNER = """
    127.0.0.1 127.255.255.254 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254
    100.64.0.1 100.127.255.254 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
    240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:10.0.0.1 fe80::1
    fc00::1 fd00:ec2::254 ff02::1 64:ff9b::7f00:1 2002:7f00:1:: 2002:a9fe:a9fe:: 2001:db8::1
    2001:0:4136:e378:8000:63bf:3fff:fdd2 fec0::1 100::1
"""


@pytest.mark.parametrize("url", GOOD)
def test_an_address_has_one_form(url: str) -> None:
    assert checked_base(url).url == GOOD[url]


@pytest.mark.parametrize("url", BAD.split())
def test_b13_other_addresses_are_refused_when_they_are_entered(url: str) -> None:
    with pytest.raises(RuleError):
        checked_base(url)


@pytest.mark.parametrize("address", INNER.split())
def test_b13_no_inner_address_is_public(address: str) -> None:
    assert not is_public(address)


def test_addresses_of_the_outside_are_public() -> None:
    assert is_public("8.8.8.8")
    assert is_public("2001:4860:4860::8888")
    assert is_public("2002:808:808::")


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@pytest.mark.parametrize("address", INNER.split())
def test_b13_a_name_that_leads_inside_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    for found in ((address,), ("8.8.8.8", address)):
        leads_to(monkeypatch, *found)
        with pytest.raises(UnsafeAddressError):
            resolved(checked_base("https://pbx.example"))


def test_b13_the_checked_address_is_the_one_to_connect_to(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, "8.8.8.8", "8.8.4.4")
    assert resolved(checked_base("https://pbx.example")) == "8.8.8.8"
    leads_to(monkeypatch)
    with pytest.raises(UnsafeAddressError):
        resolved(checked_base("https://pbx.example"))


def test_an_operator_can_allow_an_origin_of_the_inside(settings: Any) -> None:
    settings.UPSTREAM_INNER_ORIGINS = ["http://127.0.0.1:8070"]
    base = checked_base("http://127.0.0.1:8070/voip")
    assert resolved(base) == "127.0.0.1"
    for other in ("http://127.0.0.1:8071", "https://127.0.0.1:8070", "http://localhost:8070"):
        with pytest.raises(RuleError):
            checked_base(other)
