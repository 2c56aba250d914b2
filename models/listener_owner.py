"""Which user of this machine listens at a port of its loopback, as Linux says in /proc/net (proc_net_tcp(5))."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_LISTENS = "0A"
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def owners_of_listeners(port: int) -> frozenset[int]:
    """The user ids of all that listen at this port; empty where nobody does, or where the system does not say.

    Ports of all addresses count: what listens at every address is heard at loopback too.
    """
    return frozenset(owner for listening_port, owner in _listeners() if listening_port == port)


def _listeners() -> Iterator[tuple[int, int]]:
    for table in _TABLES:
        with suppress(OSError):
            for line in table.read_text("ascii").splitlines()[1:]:
                _, place, _, state, _, _, _, owner = line.split()[:8]
                if state == _LISTENS:
                    yield int(place.rpartition(":")[2], 16), int(owner)
