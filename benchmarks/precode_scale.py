"""Pre-coding with warm embeddings at 10,000, 100,000 and 1,000,000 segments: seconds, and memory (aim: linear, < 2 GB).

Needs ../shared/data. The sentences of TalkMoves are said again and again, each time with a number at their end, and
their embeddings are put into the cache moved a little at random; everything else is the command line as people run it.
``--largest 100000`` stops earlier. ``--engine ray`` lets workers of Ray do it; memory is then that of the largest of all
processes that the command starts. ``warm_per_core_s``: segments of
the last wave suggested for once more in one process, per second of its processor.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
TANDEM = str(Path(sys.executable).with_name("tandem"))
sys.path.insert(0, str(ROOT))

from annotations.store.tables import suggestions  # noqa: E402 - found by the line above
from models.embedder import EmbedderSource  # noqa: E402 - found by the line above
from models.embedding_cache import EmbeddingCache  # noqa: E402

SIZES = (10_000, 100_000, 1_000_000)
PART = 100_000  # segments in one file
NOISE = 0.02
CODED_LESSONS = 12


def _run(*arguments: str, cwd: Path) -> dict[str, Any]:
    """A command's answer, with its own peak memory and seconds of processor."""
    with tempfile.TemporaryFile("w+") as out:
        begin, before = time.perf_counter(), _cpu()
        running = subprocess.Popen(
            [TANDEM, *arguments, "--json"], cwd=cwd, stdout=out, stderr=subprocess.DEVNULL
        )
        peak = 0
        while running.poll() is None:
            # what the kernel tells afterwards counts the memory of this process too, from which it was forked
            peak = max(peak, *(_most_memory(one) for one in _with_children(running.pid)))
            time.sleep(0.2)
        if running.returncode:
            raise SystemExit(f"tandem {' '.join(arguments)} ended with {running.returncode}")
        out.seek(0)
        answer: dict[str, Any] = json.load(out)
    return answer | {
        "wall_s": round(time.perf_counter() - begin, 1),
        "cpu_s": round(_cpu() - before, 1),
        "peak_gib": round(peak / 2**20, 2),
    }


def _with_children(process: int) -> list[int]:
    """A process and all that it has started."""
    try:
        return [process, *(child.pid for child in psutil.Process(process).children(recursive=True))]
    except psutil.Error:
        return [process]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _most_memory(process: int) -> int:
    """The most that a process has held so far, in KiB."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def _said_again(lessons: dict[str, list[dict[str, Any]]], number: int) -> Iterator[tuple[str, str, str, int]]:
    """Transcript, speaker, text and place of sentences, as many as wanted."""
    made = 0
    for times in itertools.count(1):
        for number_of, rows in enumerate(lessons.values()):
            for row in rows:
                text = " ".join(f"{row['text']} {times}".split())
                yield f"{number_of}-{times}", row["speaker"] or "Speaker", text, row["place"]
                made += 1
                if made == number:
                    return


def _wave(study: Path, wave: str, number: int, lessons: dict[str, list[dict[str, Any]]], base: Any) -> None:
    """Import a wave of so many sentences, with their embeddings."""
    cache, source = EmbeddingCache(study / "embeddings.db"), EmbedderSource(device="cpu")
    said = _said_again(lessons, number)
    random = np.random.default_rng(0)
    done = 0
    while rows := list(itertools.islice(said, PART)):
        file = study.parent / f"wave{wave}-{done}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(("transcript", "speaker", "text"))
            # a lesson that two files share would be two transcripts of one name
            writer.writerows((f"w{wave}-{name}-{done}", speaker, text) for name, speaker, text, _ in rows)
        _run("import", str(file), "--wave", wave, cwd=study)
        places = np.array([place for *_, place in rows])
        moved = base[places] + random.normal(0, NOISE, (len(rows), base.shape[1])).astype(np.float32)
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        cache.put(source, [text for _, _, text, _ in rows], moved.astype(np.float32))
        file.unlink()
        done += len(rows)


def _some_codings(file: Path) -> Path:
    """Those of the first lessons: how much a model has learnt from does not change how long it takes to ask it."""
    with file.open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    wanted = set(list(dict.fromkeys(row[0] for row in rows))[:CODED_LESSONS])
    some = file.with_name("some-codings.csv")
    with some.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([head, *(row for row in rows if row[0] in wanted)])
    return some


def measure(folder: Path, largest: int, engine: str) -> dict[str, Any]:
    """Train on TalkMoves, then pre-code ever larger waves."""
    made = [sys.executable, str(SHARED / "make_study.py"), "talkmoves_60", str(folder / "source")]
    subprocess.run(made, check=True, capture_output=True)
    source, study = folder / "source", folder / "study"
    _run("init", str(study), "--codebook", str(source / "codebook.csv"), cwd=folder)
    _run("import", str(source / "wave1"), "--wave", "1", cwd=study)
    _run("import-codings", str(_some_codings(source / "codings.csv")), cwd=study)
    trained = _run("train", cwd=study)
    lessons: dict[str, list[dict[str, Any]]] = {}
    with (SHARED / "talkmoves_60.jsonl").open(encoding="utf-8") as lines:
        for place, line in enumerate(lines):
            row = json.loads(line)
            lessons.setdefault(row["transcript_id"], []).append(row | {"place": place})
    every = [row["text"] for rows in lessons.values() for row in rows]
    cache = EmbeddingCache(folder / "base.db")
    base = cache.embed(EmbedderSource(device="cpu"), every).vectors
    found = []
    for at, number in enumerate(size for size in SIZES if size <= largest):
        wave = str(at + 2)
        _wave(study, wave, number, lessons, base)
        before = _stored(study)
        one = _run("precode", "--wave", wave, "--engine", engine, cwd=study)
        found.append(
            {key: one[key] for key in ("segments", "embedded", "wall_s", "cpu_s", "peak_gib")}
            | {
                "us_per_segment": round(one["wall_s"] / max(one["segments"], 1) * 1e6),
                "store_bytes_per_segment": round((_stored(study) - before) / number),
            }
        )
        print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    return {
        "engine": engine,
        "codes": trained["codes"],
        "precoded": found,
        "target_gib": 2,
        **_warm(study, wave),
    }


def _stored(study: Path) -> int:
    """Bytes of the study's database: what suggestions take there is what pre-coding adds."""
    return sum(file.stat().st_size for file in study.glob("tandem.db*"))


def _warm(study: Path, wave: str) -> dict[str, Any]:
    """Forget what was said of the last wave and let it be said again in this process, on one core."""
    from service.composition import open_parts
    from service.serving.precode import precode

    with open_parts(study) as parts:
        with parts.store.writing() as connection:
            connection.execute(suggestions.delete())
        small = precode(parts, wave="1")  # loads what is loaded once
        begin = time.process_time()
        made = precode(parts, wave=wave)
        used = time.process_time() - begin
    assert made.embedded == 0
    assert small.segments
    return {
        "warm_segments": made.segments,
        "warm_per_core_s": round(made.segments / used),
        "target_per_core_s": 10_000,
    }


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--largest", type=int, default=SIZES[-1])
    asked.add_argument("--engine", choices=("local", "ray"), default="local")
    given = asked.parse_args()
    if not SHARED.is_dir():
        print(json.dumps({"skipped": "the shared real data are not on this machine (../shared/data)"}))
        sys.exit(0)
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps(measure(Path(made), given.largest, given.engine)))
