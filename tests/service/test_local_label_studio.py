"""The Label Studio that Tandem starts on this machine."""

from __future__ import annotations

import sys
from pathlib import Path

from coders_at_work import free_port

from service.free_port import refuse_busy_port
from service.local_label_studio import LocalLabelStudio

# its first process ends at once when it is told to, the one that serves a moment later
_PROGRAM = """\
#!{python}
import json, os, signal, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({{"status": "UP"}}).encode())

def leave(*_):
    time.sleep(1.5)
    os._exit(0)

server = HTTPServer(("127.0.0.1", int(sys.argv[-1])), Answers)
if os.fork():
    server.socket.close()
    signal.pause()
signal.signal(signal.SIGTERM, leave)
server.serve_forever()
"""


def test_its_port_is_free_once_it_is_stopped(tmp_path: Path) -> None:
    """Stopping waits for the last of its processes, so that it can be started again on the same port at once."""
    program = tmp_path / "env" / "bin" / "label-studio"
    program.parent.mkdir(parents=True)
    program.write_text(_PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    local, port = LocalLabelStudio(tmp_path / "state", tmp_path / "env"), free_port()
    local.start(port=port)
    assert local.stop()
    refuse_busy_port("127.0.0.1", port)
    assert local.status()["running"] is False
