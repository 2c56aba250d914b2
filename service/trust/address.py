"""Where an address leads, read so that nobody takes one for another; and whether it may be called. All pure.

Two libraries read every web address, one of them that which calls it (httpx). Where they disagree it is refused:
"http://127.0.0.1@elsewhere" and the like live from programs that read an address differently.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from annotations.errors import BadInput

USUAL_PORTS = {"http": 80, "https": 443, "postgresql": 5432, "ray": 6379}
_LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
_HOST = re.compile(r"[a-z0-9_.:-]*")


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A server: how it is spoken to, its name or number in small letters, its port. ``host`` "": this machine's own."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = USUAL_PORTS.get(self.scheme) == self.port
        return f"{self.scheme}://{host}" + ("" if usual else f":{self.port}")

    @property
    def is_loopback(self) -> bool:
        """Does it lead to this machine for certain? Names that others resolve and unusual ways to write it do not."""
        if self.host in ("", "localhost"):
            return True
        try:
            number = ipaddress.ip_address(self.host)
        except ValueError:
            return False
        if isinstance(number, ipaddress.IPv4Address):
            return number in _LOOPBACK
        return number == ipaddress.IPv6Address("::1")

    @property
    def is_readable_on_the_way(self) -> bool:
        """Is what goes there plain text for whoever stands between?"""
        return self.scheme == "http" and not self.is_loopback


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An address that somebody confirmed; ``plain_http``: knowing that it can be read on the way."""

    address: Address
    plain_http: bool = False


def may_be_called(address: Address, *, by_study: bool, confirmed: Collection[Confirmation]) -> bool:
    """May anything be sent there? What the user names, and what leads to this machine; else what was confirmed.

    ``by_study``: does only the study name it? An address that can be read on the way must be confirmed as such.
    """
    if not by_study or address.is_loopback:
        return True
    return _is_confirmed(address, confirmed)


def may_have_token(
    address: Address, *, given_for: Address | None, confirmed: Collection[Confirmation]
) -> bool:
    """May a token go there? Only to the address that it was given for, or, given for none, to one that was confirmed.

    That an address leads to this machine is not enough: any user of the machine can listen there.
    """
    return _is_confirmed(address, confirmed) if given_for is None else given_for == address


def _is_confirmed(address: Address, confirmed: Collection[Confirmation]) -> bool:
    if address.is_readable_on_the_way:
        return Confirmation(address, plain_http=True) in confirmed
    return any(confirmation.address == address for confirmation in confirmed)


def web_address(text: str) -> Address:
    """The server of an http or https address. Raises BadInput for one that is none, or that could be misread."""
    if not text.isascii() or not text.isprintable() or re.search(r"[\s\\@?#]", text):
        raise _misread(text)
    try:
        called, other = httpx.URL(text), urlsplit(text)
        port, other_port = called.port, other.port
    except (httpx.InvalidURL, ValueError) as error:
        raise _misread(text) from error
    host = called.raw_host.decode("ascii").lower()
    if called.scheme not in ("http", "https") or not host or not _HOST.fullmatch(host):
        raise _misread(text)
    usual = USUAL_PORTS[called.scheme]
    port, other_port = (usual if number is None else number for number in (port, other_port))
    if (other.scheme, other.hostname, other_port) != (called.scheme, host, port):
        raise _misread(text)
    return server(called.scheme, host, port)


def ray_address(text: str) -> Address:
    """The head of a Ray cluster, as host:port or ray://host:port. Raises BadInput for one that is none."""
    match = re.fullmatch(r"(?:ray://)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):([0-9]{1,5})", text)
    if match is None or not 0 < int(match[2]) < 65536:
        raise BadInput(
            f'"{text[:80]}" is no address of a Ray cluster. Give its head\'s, such as box.example.org:6379.'
        )
    return server("ray", match[1].strip("[]"), int(match[2]))


def server(scheme: str, host: str, port: int) -> Address:
    """A server by its parts; a number of IPv6 in its usual form. Raises BadInput for a host that is none."""
    host = host.lower()
    if not _HOST.fullmatch(host):
        raise BadInput(f'"{host[:80]}" is no name of a machine.')
    if ":" in host:
        try:
            host = str(ipaddress.IPv6Address(host))
        except ValueError as error:
            raise BadInput(f'"{host[:80]}" is no name of a machine.') from error
    return Address(scheme, host, port)


def _misread(text: str) -> BadInput:
    return BadInput(
        f'"{_without_secret(text)[:80]}" is no address that can be called. Give one such as https://box.example.org or '
        f'http://127.0.0.1:8431, without a name or password, "?" or "#".'
    )


def _without_secret(text: str) -> str:
    return re.sub(r"//[^/]*@", "//…@", text)
