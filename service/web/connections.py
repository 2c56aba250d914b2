"""Connections to the server: how many there may be, and how long a request may take to come.

A program that opens connections and sends half a request, or nothing, would hold them for ever; each costs a file, and
where none is left nobody is served. uvicorn limits neither, so its protocol is told to here.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from annotations.errors import kind_of

log = logging.getLogger("tandem.server")
# what the server itself opens: its database's files and connections, requests to Label Studio, libraries
_OWN_FILES = 44
_LEAST = 8
_MOST = 400
_SAY_EVERY_S = 60.0
_NO_FILE_LEFT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many connections in all and from one address, and the seconds in which a head and a body must have come."""

    in_all: int
    per_address: int
    head_s: float = 15.0
    body_s: float = 60.0


def limits_here() -> ConnectionLimits:
    """What this process can hold: the files that the system lets it open, less what it opens itself."""
    files = _most_files()
    in_all = max(_LEAST, min(_MOST, files - _OWN_FILES))
    # behind a proxy, and on one machine, everybody comes from one address
    return ConnectionLimits(in_all, max(_LEAST // 2, in_all * 3 // 4))


def bounded(limits: ConnectionLimits) -> type[H11Protocol]:
    """uvicorn's protocol within these limits. One that has no room closes the connection that waits longest.

    So half-sent requests cannot keep anybody out, however many there are; one that is being answered is never closed.
    """

    class Bounded(_BoundedProtocol):
        pass

    Bounded.limits = limits
    return Bounded


class QuietServer(uvicorn.Server):
    """Says a fault of the loop in one line, and that no file is left once a minute."""

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        """Tell what stays open (jobs' progress) that it shall end, then wait for all that is being answered."""
        stopping = getattr(getattr(self.config.app, "state", None), "stopping", None)
        if stopping is not None:
            stopping.set()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Listen, with our own word for what goes wrong in the loop."""
        asyncio.get_running_loop().set_exception_handler(_said_once(time.monotonic))
        await super().startup(sockets)


class _BoundedProtocol(H11Protocol):
    limits: ConnectionLimits
    _phase: str | None = None
    _deadline: asyncio.TimerHandle | None = None
    _since: float = 0.0
    _from: str = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, if there is room or can be made."""
        address = _address(transport)
        others = [connection for connection in self.connections if isinstance(connection, _BoundedProtocol)]
        same = [other for other in others if other._from == address]
        for crowd, most in ((same, self.limits.per_address), (others, self.limits.in_all)):
            if len(crowd) >= most and not _make_room(crowd):
                transport.abort()
                # the base class asks for what it would have set
                self.transport, self.flow = transport, None  # type: ignore[assignment]
                return
        self._from = address
        self._since = self.loop.time()
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Read on, and watch the clock of what is still to come."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone; so is its clock."""
        self._stop_clock()
        super().connection_lost(exc)

    @property
    def waits(self) -> bool:
        """Is nothing being answered on it?"""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def _watch(self) -> None:
        answering = self.cycle is not None and not self.cycle.response_complete
        phase = "head" if not answering else "body" if self.cycle.more_body else None
        if phase == self._phase and (self._deadline is not None or phase is None):
            return
        self._stop_clock()
        self._phase = phase
        if phase is not None:
            seconds = self.limits.head_s if phase == "head" else self.limits.body_s
            self._deadline = self.loop.call_later(seconds, self._too_late)

    def _too_late(self) -> None:
        self._deadline = None
        if self.waits:
            self.transport.abort()

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _make_room(crowd: list[_BoundedProtocol]) -> bool:
    """Close the connection that has waited longest; False where all are being answered."""
    waiting = [
        connection for connection in crowd if connection.waits and not connection.transport.is_closing()
    ]
    if not waiting:
        return False
    oldest = min(waiting, key=lambda connection: connection._since)
    oldest.transport.abort()
    oldest.connections.discard(oldest)
    return True


def _address(transport: asyncio.Transport) -> str:
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if peer else ""


def _most_files() -> int:
    """The files that this process may have open, raised as far as the system lets it."""
    try:
        import resource
    except ImportError:  # Windows knows no such limit
        return _MOST + _OWN_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST + _OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else soft


def _said_once(clock: Callable[[], float]) -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    last = [-_SAY_EVERY_S]

    def said(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in _NO_FILE_LEFT:
            if clock() - last[0] >= _SAY_EVERY_S:
                last[0] = clock()
                log.error("no file is left for further connections; they wait. Raise the limit (ulimit -n).")
            return
        log.error("a fault in the server: %s", kind_of(error) if error else "no exception is known")

    return said
