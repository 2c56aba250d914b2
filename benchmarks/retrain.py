"""Retraining on 6,205 comments of 4,129 patients and 40 codes with warm embeddings, end to end, MLflow included.

Needs ../shared/data. A first training learns from 6,005 comments and makes the judge set, and the rest is pre-coded,
which embeds it; then codings of these 200 come in, and what is measured is "tandem train" as a person runs it, from the
start of the process to its end.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
COMMENTS = ROOT.parent / "shared" / "data" / "nhs_comments.jsonl"
TANDEM = str(Path(sys.executable).with_name("tandem"))
MANY, MORE, CODES = 6205, 200, 40
TARGET_S = 20


def _run(*arguments: str, cwd: Path) -> dict[str, Any]:
    done = subprocess.run([TANDEM, *arguments, "--json"], cwd=cwd, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _cpu() -> float:
    """Seconds that the commands run so far have kept processors busy."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _comments() -> list[dict[str, Any]]:
    with COMMENTS.open(encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    usable = [row for row in found if row["codes"] and "Labelling not possible" not in row["codes"]]
    return usable[:MANY]


def _write(file: Path, columns: str, rows: list[tuple[Any, ...]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns.split(","))
        writer.writerows(rows)
    return file


def _study(folder: Path, comments: list[dict[str, Any]]) -> tuple[Path, list[Path]]:
    counted = Counter(code for row in comments for code in row["codes"])
    codes = [code for code, _ in counted.most_common(CODES)]
    book = _write(folder / "book.csv", "code", [(code,) for code in codes])
    words = [(row["transcript_id"], row["speaker"], row["text"]) for row in comments]
    transcripts = _write(folder / "comments.csv", "transcript,speaker,text", words)
    files = []
    for part, some in (("first", slice(None, -MORE)), ("more", slice(-MORE, None))):
        rows = [
            (row["transcript_id"], "A", code, row["turn"])
            for row in comments[some]
            for code in ([one for one in row["codes"] if one in codes] or [""])
        ]
        files.append(_write(folder / f"{part}.csv", "transcript,coder,code,turn", rows))
    study = folder / "study"
    _run("init", str(study), "--codebook", str(book), cwd=folder)
    _run("import", str(transcripts), "--wave", "1", cwd=study)
    return study, files


def measure(folder: Path) -> dict[str, Any]:
    """Seconds of a retraining, and what came of it."""
    comments = _comments()
    study, (first, more) = _study(folder, comments)
    _run("import-codings", str(first), "--complete", "listed", cwd=study)
    before = _run("train", cwd=study)
    _run("precode", cwd=study)
    _run("import-codings", str(more), "--complete", "listed", cwd=study)
    start, busy = time.perf_counter(), _cpu()
    after = _run("train", cwd=study)
    seconds = time.perf_counter() - start
    return {
        "comments": len(comments),
        "codes": CODES,
        "judged_codes": after["codes"],
        "seconds": round(seconds, 1),
        "cpu_s": round(_cpu() - busy, 1),  # on a machine that does other things too, the honest number
        "of_it_training_s": after["seconds"],
        "first_training_s": before["seconds"],
        "measured_on": after["measured_on"],
        "verdict": after["verdict"],
        "promoted": after["promoted"],
        "reason": after["reason"],
        "micro_f1": after["overall"]["micro_f1"],
        "target_s": TARGET_S,
    }


if __name__ == "__main__":
    if not COMMENTS.is_file():
        print(json.dumps({"skipped": "the shared real data are not on this machine (../shared/data)"}))
        sys.exit(0)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).mkdir(parents=True)
        print(json.dumps(measure(Path(sys.argv[1]))))
    else:
        with tempfile.TemporaryDirectory() as made:
            print(json.dumps(measure(Path(made))))
