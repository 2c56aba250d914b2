"""Where a command's output goes may be full or of an older encoding: that is said, and JSON stays JSON."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from annotations.disk_faults import DiskFault
from service.exported_file import written_whole
from service.process.stopped_loading import STOPPED

PROGRAM = Path(sys.executable).with_name("tandem")
ALWAYS_FULL = Path("/dev/full")


def _run(
    *words: str, out: IO[Any] | int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [PROGRAM, *words],
        stdout=out,
        stderr=subprocess.PIPE,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.skipif(not ALWAYS_FULL.exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("words", [("codebook", "list", "--json"), ("codebook", "list"), ("--version",)])
def test_a_full_place_behind_the_output_is_no_full_study(words: tuple[str, ...], tmp_path: Path) -> None:
    """No other disk is called full, and nobody makes room at the wrong place."""
    with ALWAYS_FULL.open("wb") as full:
        done = _run(*words, out=full, TANDEM_STATE=str(tmp_path))
    said = " ".join(done.stderr.decode().split())
    assert done.returncode == 1
    assert "no room where the output of this command goes" in said
    assert "mounted at" not in said


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_json_is_whole_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    """Signs that the output does not have are written as JSON writes them; text gets a question mark."""
    done = _run(
        "codebook", "show", "cfir-2022", "--json", PYTHONIOENCODING=encoding, TANDEM_STATE=str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    right = _run(
        "codebook", "show", "cfir-2022", "--json", PYTHONIOENCODING="utf-8", TANDEM_STATE=str(tmp_path)
    )
    assert json.loads(done.stdout.decode(encoding)) == json.loads(right.stdout)
    text = _run("codebook", "show", "cfir-2022", PYTHONIOENCODING=encoding, TANDEM_STATE=str(tmp_path))
    assert text.returncode == 0, text.stderr


def test_a_file_to_take_along_is_named_where_its_disk_is_full(tmp_path: Path) -> None:
    """While a file is written the system does not say which; the study's own disk may have room."""
    wanted = tmp_path / "stick" / "out.csv"
    wanted.parent.mkdir()
    with pytest.raises(DiskFault, match="no room left on") as caught, written_whole(wanted) as out:
        out.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(wanted) in str(caught.value)
    assert list(wanted.parent.iterdir()) == []


_STOPPED = """
from unittest import mock
from service.cli.main import main
def broken_off(*_, **__):
    raise KeyboardInterrupt
with mock.patch("{where}", broken_off):
    main()
"""


# whoever runs the tests in the background of a shell may have Ctrl+C ignored, by all that they start too
_STOPPED_LOADING = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Stops:
    def find_spec(self, name, *_):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Stops())
from service.cli.start import main
main()
"""


def _stopped(script: str, state: Path) -> subprocess.CompletedProcess[str]:
    """What "tandem codebook list" comes to under a script that stops it."""
    return subprocess.run(
        [sys.executable, "-c", script, "codebook", "list"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TANDEM_STATE": str(state)},
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no program alone a Ctrl+C")
@pytest.mark.parametrize("module", ["service.cli.main", "typer", "service.cli.withdraw"])
def test_who_stops_a_command_that_still_loads_sees_no_traceback(module: str, tmp_path: Path) -> None:
    """From the first module on."""
    done = _stopped(_STOPPED_LOADING.format(module=module), tmp_path)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == f"{STOPPED}\n"


@pytest.mark.parametrize(
    "where", ["annotations.codebook.files.shipped_codebooks", "service.cli.main.add_commands"]
)
def test_who_stops_a_command_hears_that_nothing_is_lost(where: str, tmp_path: Path) -> None:
    """Ctrl+C, while it works or while it is still loading: a sentence and no traceback, and the status of a shell."""
    done = _stopped(_STOPPED.format(where=where), tmp_path)
    assert done.returncode == 130
    # it is what somebody wanted, and no error
    assert done.stderr.startswith("Stopped. What was finished is kept; run the same command again")
    assert "Traceback" not in done.stderr
