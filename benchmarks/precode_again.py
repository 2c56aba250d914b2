"""Pre-coding again after retraining: embeds nothing, and how many times faster it is than the first time.

Runs the command line on AnnoMI (../shared/data) where that is, else on the sample study. With ``--talkmoves`` it
pre-codes the 31,816 sentences of TalkMoves instead and prints the peak memory.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
TANDEM = str(Path(sys.executable).with_name("tandem"))


def _run(*arguments: str, cwd: Path) -> dict[str, Any]:
    done = subprocess.run([TANDEM, *arguments, "--json"], cwd=cwd, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _study(name: str, folder: Path) -> Path:
    study = folder / "study"
    if not SHARED.is_dir():
        sample = ROOT / "annotations" / "sample_study"
        _run("init", str(study), cwd=folder)
        _run("import", "--manifest", str(sample / "manifest.csv"), cwd=study)
        _run("import-codings", str(sample / "codings-wave1.csv"), "--complete", "all", cwd=study)
        return study
    subprocess.run(
        [sys.executable, str(SHARED / "make_study.py"), name, str(folder / name)],
        check=True,
        capture_output=True,
    )
    source = folder / name
    _run("init", str(study), "--codebook", str(source / "codebook.csv"), cwd=folder)
    for wave in ("1", "2"):
        _run("import", str(source / f"wave{wave}"), "--wave", wave, cwd=study)
    _run("import-codings", str(source / "codings.csv"), cwd=study)
    return study


def again(folder: Path) -> dict[str, Any]:
    """First pre-coding (nothing embedded yet), retraining, second pre-coding."""
    study = _study("annomi", folder)
    _run("train", cwd=study)
    first = _run("precode", "--wave", "2", cwd=study)
    _run("train", "--force", cwd=study)
    second = _run("precode", "--wave", "2", cwd=study)
    ratio = first["seconds"] / max(second["seconds"], 1e-9)
    return {
        "segments": first["segments"],
        "first": first,
        "again": second,
        "times_faster": round(ratio, 1),
        "target": 20,
    }


def large(folder: Path) -> dict[str, Any]:
    """Every sentence of 60 lessons with suggestions, and the peak memory of the largest process."""
    study = _study("talkmoves_60", folder)
    _run("train", cwd=study)
    found = [_run("precode", "--wave", wave, cwd=study) for wave in ("1", "2")]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    return {
        "segments": sum(one["segments"] for one in found),
        "seconds": round(sum(one["seconds"] for one in found), 1),
        "peak_gib_of_any_command": round(peak, 2),
        "target_gib": 2,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps((large if "--talkmoves" in sys.argv else again)(Path(made))))
