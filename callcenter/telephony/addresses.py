"""Where we ask: addresses of the outside, checked before a byte is sent (B-13).

https at port 443 and a public network address, unless the operator lists the origin as one of
the inside (UPSTREAM_INNER_ORIGINS), as a switchboard in the same house is.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError

PORTS = {"https": 443, "http": 80}
HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\]")
PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SHARED = ipaddress.ip_network("100.64.0.0/10")

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class UnsafeAddressError(OSError):
    """The host leads to a place that may not be asked."""


@dataclass(frozen=True)
class Base:
    """The beginning of an upstream's addresses, in its one form, without a last slash."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port; the port always named."""
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """As it is kept and shown."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"

    @property
    def is_inner(self) -> bool:
        """Whether the operator allows this origin although it is not public."""
        return self.origin in {origin_of(one) for one in settings.UPSTREAM_INNER_ORIGINS}


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, may it be asked or not; "" when it is none."""
    found = _read(url)
    return found.origin if found else ""


def checked_base(url: str) -> Base:
    """The base that somebody entered; RuleError beside it when it may not be asked."""
    base = _read(url)
    if base is None:
        raise RuleError(_("This is no address of a server."), field="base_url")
    if base.is_inner:
        return base
    if base.scheme != "https" or base.port != PORTS["https"]:
        said = _("Only https at its usual port; your operator can allow others.")
        raise RuleError(said, field="base_url")
    if _literal(base.host) is not None or "." not in base.host:
        raise RuleError(_("Name the server, not a network address."), field="base_url")
    return base


def _read(url: str) -> Base | None:
    """The parts of an address without user, query and fragment; None for all else."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    named = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    host = named.lower().removesuffix(".")
    is_plain = not (parts.username or parts.password or parts.query or parts.fragment)
    path = parts.path.rstrip("/")
    if scheme not in PORTS or not is_plain or "@" in parts.netloc or not HOST.fullmatch(host):
        return None
    if ".." in path or not PATH.fullmatch(path):
        return None
    return Base(scheme, host, port or PORTS[scheme], path)


def _literal(host: str) -> Address | None:
    """The network address that a host is, in whatever way it is written; None for a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:  # 0x7f000001, 2130706433, 0177.0.0.1, 127.1
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def resolved(base: Base) -> str:
    """The one network address to connect to, asked for once; UnsafeAddressError for inner ones.

    Every address that the name leads to must be public, so that no answer of a name server can
    choose between a checked and an unchecked one.
    """
    found = socket.getaddrinfo(base.host.strip("[]"), base.port, type=socket.SOCK_STREAM)
    addresses = [str(info[4][0]).partition("%")[0] for info in found]
    if not addresses:
        raise UnsafeAddressError("the name leads nowhere")
    if not base.is_inner and not all(is_public(one) for one in addresses):
        raise UnsafeAddressError("the name leads inside")
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether a network address is of the outside, also inside of another kind of address."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if address.teredo or address.is_site_local or address in NAT64:
            return False
        if inside is not None:
            return is_public(str(inside))
    return address.is_global and not (address.is_multicast or address in SHARED)
