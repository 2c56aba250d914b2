"""What ``tandem demo`` starts, in a process of its own: the sample study, Label Studio, the pages and their worker."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from real_server import end, free_port, until

# it embeds the sample study, trains on it and starts Label Studio: a minute, on a busy machine many
START_LIMIT_S = 900.0


@dataclass(frozen=True)
class Demo:
    """``url``: of Tandem's pages; ``first_visit``: the link that is printed; ``folder``: the study's."""

    url: str
    first_visit: str
    folder: Path


@contextmanager
def demo_running(folder: Path, environment: Mapping[str, str]) -> Iterator[Demo]:
    """Start the demonstration in this folder and wait until its pages answer; stopped at the end.

    Raises AssertionError with what it printed if it ends before or takes too long.
    """
    port = free_port()
    command = [sys.executable, "-m", "service.cli.main", "demo", "--folder", str(folder)]
    command += ["--port", str(port), "--label-studio-port", str(free_port())]
    printed = folder.with_name(f"{folder.name}-printed.txt")
    with printed.open("wb") as out:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield Demo(f"http://127.0.0.1:{port}", _first_visit(process, printed), folder)
    finally:
        end(process)


def _first_visit(process: subprocess.Popen[bytes], printed: Path) -> str:
    """The link to click, once it is printed."""

    def link() -> list[str]:
        return re.findall(r"http://\S+/\?key=\S+", printed.read_text("utf-8"))

    with suppress(AssertionError):
        until(lambda: link() or process.poll() is not None, START_LIMIT_S)
    links = link()
    assert links, f"the demonstration printed no link:\n{printed.read_text('utf-8')}"
    return links[0]
