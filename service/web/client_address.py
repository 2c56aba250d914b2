"""Where a request comes from, behind a reverse proxy too, and whether it comes from this very machine.

A header that names an address is believed only where the server was told how many proxies of ours stand before it
(TANDEM_PROXIES): each of them adds the address that it saw, so the entry of the outermost one counts from the end.
Whatever stands before that could have been written by anybody.
"""

from __future__ import annotations

import ipaddress

from fastapi import Request

_HANDED_ON = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
_OF_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def address_of(request: Request) -> str:
    """The address that a request comes from, as the audit log keeps it; "unknown" where nobody can say."""
    direct = request.client.host if request.client else "unknown"
    proxies = _proxies(request)
    if not proxies:
        return direct
    named = [
        named_address.strip()
        for named_address in request.headers.get("x-forwarded-for", "").split(",")
        if named_address.strip()
    ]
    if len(named) < proxies:
        return direct
    return _plain(named[-proxies]) or direct


def is_here(request: Request) -> bool:
    """Does it come from this machine, by an address that leads nowhere else, and through nobody else's hands?"""
    direct = request.client.host if request.client else ""
    handed_on = any(name in request.headers for name in _HANDED_ON)
    named = (request.url.hostname or "").strip("[]")
    return _is_loopback(direct) and not handed_on and named in _OF_THIS_MACHINE


def is_secure(request: Request) -> bool:
    """Did the browser ask by https? Where a proxy of ours takes care of that, it says so."""
    if _proxies(request):
        return request.headers.get("x-forwarded-proto", "").split(",")[-1].strip() == "https"
    return request.url.scheme == "https"


def _proxies(request: Request) -> int:
    count: int = request.app.state.proxies
    return count


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _plain(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address.strip("[]")))
    except ValueError:
        return ""
