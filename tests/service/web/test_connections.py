"""Half-sent requests and idle sockets keep nobody out, and end by themselves."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import pytest
import uvicorn
from real_server import free_port
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from service.web.connections import ConnectionLimits, QuietServer, _said_once, bounded, limits_here

pytestmark = pytest.mark.server
SHORT = ConnectionLimits(in_all=12, per_address=8, head_s=0.5, body_s=0.5)


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads what is sent, and says how much it was."""
    try:
        body = await Request(scope, receive).body()
    except ClientDisconnect:
        return
    await PlainTextResponse(str(len(body)))(scope, receive, send)


@contextmanager
def _serving(limits: ConnectionLimits) -> Iterator[int]:
    port = free_port()
    config = uvicorn.Config(
        _app, port=port, http=bounded(limits), ws="none", lifespan="off", log_level="error", log_config=None
    )
    server = QuietServer(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield port
    server.should_exit = True
    thread.join()


def _open(port: int, sent: bytes = b"") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=10)
    made.sendall(sent)
    return made


def _is_closed(opened: socket.socket) -> bool:
    """Waits until the other side has closed it; False if it has not within ten seconds."""
    try:
        while opened.recv(1000):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


HALVES = {
    "nothing": b"",
    "half a line": b"GET / HT",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\n",
    "half a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc",
    "half a second request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT",
}


@pytest.mark.parametrize("sent", HALVES.values(), ids=HALVES)
def test_what_is_sent_by_half_is_closed(sent: bytes) -> None:
    """Whatever it stops in, after the deadline the connection ends."""
    with _serving(SHORT) as port, closing(_open(port, sent)) as opened:
        assert _is_closed(opened)


def test_a_body_that_dribbles_has_a_deadline_too() -> None:
    """Each byte does not begin the time anew."""
    with _serving(SHORT) as port, closing(_open(port, HALVES["half a body"])) as opened:
        opened.settimeout(0.05)
        begun, closed = time.monotonic(), False
        while not closed and time.monotonic() - begun < 10:
            try:
                opened.sendall(b"x")
                closed = opened.recv(100) == b""
            except TimeoutError:
                time.sleep(0.1)
            except ConnectionError:
                closed = True
        assert closed


def test_many_that_wait_keep_nobody_out() -> None:
    """80 sockets that send nothing, or half a head: a request is answered at once."""
    patient = ConnectionLimits(in_all=12, per_address=8, head_s=60, body_s=60)
    with _serving(patient) as port:
        idle = [_open(port, HALVES["half a head"] if at % 2 else b"") for at in range(80)]
        begun = time.monotonic()
        assert httpx.post(f"http://127.0.0.1:{port}/", content=b"abc", timeout=10).text == "3"
        assert time.monotonic() - begun < 5
        for one in idle:
            one.close()


def test_requests_one_after_the_other_go_on() -> None:
    """A connection that is used well is none that waits, however long it lives."""
    with _serving(SHORT) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        for size in (0, 5, 200_000):
            assert client.post("/", content=b"x" * size).text == str(size)
            time.sleep(0.2)


def test_no_file_left_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """However often the loop says so; another fault is said without its words."""
    now = [100.0]
    said = _said_once(lambda: now[0])
    loop = asyncio.new_event_loop()
    with caplog.at_level(logging.ERROR, "tandem.server"):
        for _ in range(2000):
            said(loop, {"exception": OSError(errno.EMFILE, "Too many open files")})
        assert len(caplog.records) == 1
        now[0] += 61
        said(loop, {"exception": OSError(errno.EMFILE, "Too many open files")})
        said(loop, {"exception": ValueError("what somebody said")})
    loop.close()
    assert len(caplog.records) == 3
    assert "what somebody said" not in caplog.text


def test_limits_fit_the_files_that_there_are() -> None:
    """All from one address are fewer than all, and none is nought."""
    limits = limits_here()
    assert 0 < limits.per_address < limits.in_all
