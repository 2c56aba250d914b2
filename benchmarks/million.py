"""A store of a million segments, made up, and how long it takes to ask it: status, suggestions, the API and the pages.

    python benchmarks/million.py [--segments 1000000] [--postgresql URL] [--keep FOLDER]

200 segments an interview, in three waves. Of wave 1 as many are reviewed as a team reviews (40,000 at most); a model
version, whose probabilities are made up, has spoken of all of them. Commands run as processes of their own, as people
run them; pages and the API are asked of a server. ``--postgresql``: a database address with ``?schema=NAME``, where the
rows go by COPY; else SQLite.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import psutil

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from proven import proven  # noqa: E402 (after the path is set)
from real_server import KEY, free_port, serving  # noqa: E402

from annotations.coding import Coder  # noqa: E402
from annotations.store.bulk_insert import insert_rows  # noqa: E402
from annotations.store.codebook_versions import keep_codebook  # noqa: E402
from annotations.store.coders import keep_coder  # noqa: E402
from annotations.store.counted_suggestions import keep_spoken  # noqa: E402
from annotations.store.database import Store  # noqa: E402
from annotations.store.model_versions import ModelVersion, add_model  # noqa: E402
from annotations.store.put_to_serve import put_to_serve  # noqa: E402
from annotations.store.segments import keep_segmentation  # noqa: E402
from annotations.store.tables import codings, reviews, segments, suggestions, transcripts, turns  # noqa: E402
from service.composition import Parts  # noqa: E402
from service.new_study import make_study  # noqa: E402
from service.settings import read_settings  # noqa: E402

EACH = 200
REVIEWED = 200  # interviews of wave 1, at most
WAVES = ("1", "2", "3")
SAID = "we kept the board because the ward sister wanted it and it took weeks before anybody trusted what it said"
WORDS = SAID.split()
TIMES = 8
EVERYTHING = 20_000
PAGES = {
    "study": "/",
    "study/work": "/study/work",
    "work": "/work",
    "interviews": "/interviews",
    "search": "/interviews/search?words=ward%20sister",
    "codebook": "/codebook",
    "jobs": "/jobs",
    "api status": "/api/v1/status",
    "api segments": "/api/v1/segments?transcript=P-00001",
    "api suggestions": "/api/v1/suggestions?transcript=P-00001",
    "api reviews": "/api/v1/reviews?transcript=P-00001",
    "interview": "/interviews/{first}",
}


def make(folder: Path, count: int, database: str | None) -> tuple[Parts, dict[str, str], dict[str, Any]]:
    """The study, the environment that its commands run in, and how long the rows took."""
    config = {"name": "Million", "waves": list(WAVES)}
    study, _ = make_study(folder / "study", codebook="common-framework", config=config)
    given = {"TANDEM_STATE": str(folder / "state"), "TANDEM_SESSION_KEY": KEY}
    given |= {"TANDEM_DATABASE": database} if database else {}
    parts = Parts(study, read_settings(given))
    codes = tuple(one.id for one in parts.codebook.applicable)
    store = parts.store
    with store.writing() as connection:
        version = keep_codebook(connection, parts.codebook)
        keep_segmentation(connection, parts.segmentation)
        coder = keep_coder(connection, Coder("Ada"))
        model = _model(version, parts.segmentation.version, codes)
        add_model(connection, model, ())
        put_to_serve(connection, model.id, verdict="better", reason="made up")
    made = _Rows(store, parts.segmentation.version, version, coder, model, codes)
    begun = time.perf_counter()
    for lot in range(0, count // EACH, 50):
        made.keep(range(lot, min(lot + 50, count // EACH)))
    keep_spoken(store, model.id, model.segmentation)  # as pre-coding does at its end
    seconds = time.perf_counter() - begun
    return parts, given, {"seconds": round(seconds, 1), "segments_per_s": round(count / seconds)}


class _Rows:
    """Interviews with their segments, reviews and suggestions, a lot in a transaction."""

    def __init__(
        self, store: Store, segmentation: str, codebook: str, coder: Any, model: ModelVersion, codes: Any
    ):
        self.store, self.segmentation, self.codebook = store, segmentation, codebook
        self.coder, self.model, self.codes = coder, model, codes
        self.random = np.random.default_rng(1)
        self.chance = random.Random(1)  # noqa: S311

    def keep(self, numbers: range) -> None:
        texts, spoken, cut, judged, coded, said = ([], [], [], [], [], [])  # type: ignore[var-annotated]
        for number in numbers:
            self._interview(number, texts, spoken, cut, judged, coded, said)
        with self.store.writing() as connection:
            for table, rows in (
                (transcripts, texts),
                (turns, spoken),
                (segments, cut),
                (reviews, judged),
                (codings, coded),
                (suggestions, said),
            ):
                insert_rows(connection, table, rows)

    def _interview(
        self, number: int, texts: Any, spoken: Any, cut: Any, judged: Any, coded: Any, said: Any
    ) -> None:
        one, name, at, lines = uuid4(), f"P-{number:05d}", 0, []
        odds = self.random.beta(0.3, 3, (EACH, len(self.codes))).astype("<f4")
        for index in range(EACH):
            head = f"{name}: "
            words = " ".join(self.chance.choices(WORDS, k=18))
            start, end = at + len(head), at + len(head) + len(words)
            lines.append(f"{head}{words}\n")
            at = end + 1
            place = {"start": start, "end": end}
            who = {"speaker": name, "role": "participant"} | place
            spoken.append({"transcript_id": one, "index": index} | who)
            segment = uuid4()
            its = {"id": segment, "transcript_id": one, "segmentation": self.segmentation}
            cut.append(its | {"index": index, "turn": index} | who)
            shown = [self.codes[at] for at in np.flatnonzero(odds[index] > 0.4)[:3]]
            row = {"segment_id": segment, "model_id": self.model.id, "probabilities": odds[index].tobytes()}
            near = [[str(segment), 0.8]]
            row |= {"suggested": shown, "evidence": dict.fromkeys(shown, near)}
            said.append(row | {"sentences": [None] * len(shown)})
            if number % 3 == 0 and number < 3 * REVIEWED:
                self._review(one, place, judged, coded)
        text = "".join(lines)
        texts.append(
            {
                "id": one, "name": name, "name_key": name.casefold(), "text": text, "text_hash": f"{number:064d}",
                "kind": "interview", "case": f"Case {number % 5}", "site": f"Site {number % 12}",
                "wave": WAVES[number % 3], "participant": name, "session": "", "language": "en", "may_train": True,
                "may_quote": True, "source": "",
            }
        )  # fmt: skip

    def _review(self, transcript: Any, place: Any, judged: Any, coded: Any) -> None:
        review = uuid4()
        by = {"transcript_id": transcript, "coder_id": self.coder, "condition": "independent"} | place
        judged.append(
            by | {"id": review, "draw": "ordinary", "codebook_version": self.codebook, "origin": {}}
        )
        for code in self.chance.sample(self.codes, self.chance.choice((0, 0, 1, 1, 2))):
            more = {"id": uuid4(), "review_id": review, "code": code, "concrete_example": False, "memo": ""}
            coded.append(by | more)


def _model(codebook: str, segmentation: str, codes: tuple[str, ...]) -> ModelVersion:
    return ModelVersion(
        id=uuid4(), version="v1", kind="trained", folder="v1", sha256="0" * 64, codebook_version=codebook,
        segmentation=segmentation, embedder="words", reviews_hash="0" * 64, reviews=0, codes=codes,
        thresholds=dict.fromkeys(codes, 0.4), figures=proven(codes),
    )  # fmt: skip


def command(study: Path, environment: dict[str, str], *words: str) -> dict[str, float]:
    """Seconds, seconds of processor and peak memory of a command as people run it."""
    running = subprocess.Popen(
        [sys.executable, "-m", "service.cli.main", *words, "--study", str(study)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(study.parent), "PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.DEVNULL,
    )
    begun, peak, cpu = time.perf_counter(), 0, 0.0
    its = psutil.Process(running.pid)
    while running.poll() is None:
        try:
            cpu = sum(its.cpu_times()[:2])
            peak = max(peak, its.memory_info().rss)
        except psutil.Error:
            break
        time.sleep(0.05)
    if running.wait():
        raise SystemExit(f"tandem {' '.join(words)} ended with {running.returncode}")
    seconds = time.perf_counter() - begun
    return {"seconds": round(seconds, 1), "cpu_s": round(cpu, 1), "peak_mb": round(peak / 1e6)}


def pages(parts: Parts, environment: dict[str, str]) -> dict[str, Any]:
    """Of each page the median and 95th percentile in milliseconds, its processor time, and the server's memory."""
    from sqlalchemy import select

    with parts.store.reading() as connection:
        first = connection.execute(select(transcripts.c.id).where(transcripts.c.name == "P-00001")).scalar()
    port, found = free_port(), {}
    with (
        serving(parts.study.folder, environment, port) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=300) as client,
    ):
        begun = time.perf_counter()
        client.get(f"/?key={KEY}")
        found["first visit"] = {"p95_ms": round(1000 * (time.perf_counter() - begun))}
        its = psutil.Process(process.pid)
        _until_idle(its)
        for name, path in PAGES.items():
            took, cpu, size = [], sum(its.cpu_times()[:2]), 0
            for _ in range(TIMES):
                begun = time.perf_counter()
                answer = client.get(path.format(first=first))
                took.append(1000 * (time.perf_counter() - begun))
                assert answer.status_code == 200, (path, answer.status_code, answer.text[:200])
                size = len(answer.content)
            took.sort()
            cpu = 1000 * (sum(its.cpu_times()[:2]) - cpu) / TIMES
            found[name] = {"median_ms": round(took[TIMES // 2]), "p95_ms": round(took[-1])}
            found[name] |= {"cpu_ms": round(cpu), "kb": round(size / 1000)}
        found["server"] = {"peak_mb": round(its.memory_info().rss / 1e6)}
    return found


def _until_idle(process: psutil.Process, limit_s: float = 120.0) -> None:
    """The server goes through a study once at its start; that is told by its idleness."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        before = sum(process.cpu_times()[:2])
        time.sleep(3)
        if sum(process.cpu_times()[:2]) - before < 0.1:
            return


def measure(folder: Path, count: int, database: str | None) -> dict[str, Any]:
    """Make it, and ask it."""
    parts, environment, made = make(folder, count, database)
    try:
        found: dict[str, Any] = {"segments": count, "made": made}
        if database is None and parts.database_file is not None:
            found["bytes_per_segment"] = round(parts.database_file.stat().st_size / count)
        print(json.dumps(found), file=sys.stderr, flush=True)
        study = parts.study.folder
        found["status"] = command(study, environment, "status", "--json")
        print(json.dumps(found["status"]), file=sys.stderr, flush=True)
        found["suggestions"] = command(study, environment, "suggestions")
        print(json.dumps(found["suggestions"]), file=sys.stderr, flush=True)
        if count <= EVERYTHING:
            every = str(folder / "all.csv")
            found["suggestions --csv"] = command(study, environment, "suggestions", "--csv", every)
        found["pages"] = pages(parts, environment)
        return found | {"at": datetime.now(UTC).isoformat(timespec="minutes")}
    finally:
        parts.close()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--segments", type=int, default=100_000)
    asked.add_argument("--postgresql", help="a database address with ?schema=NAME")
    asked.add_argument("--keep", type=Path, help="where the study stays")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        print(json.dumps(measure(given.keep or Path(temporary), given.segments, given.postgresql)))
