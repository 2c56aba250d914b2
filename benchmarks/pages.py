"""How fast pages answer and how large they are: 100 transcripts, 20,000 segments, 8 coders, on this machine.

Makes a study in a temporary folder, serves it as "tandem serve" does, in a process of its own, and asks for every page
as a browser would. Prints a line a page: median and 95th percentile in milliseconds, kilobytes as sent. Fails where a page
takes more than 200 ms (p95) or has more than 300 KB, or where the server needs more than 5 s until it answers.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psutil
from sqlalchemy import Connection

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from annotations.coding import Coding, Draw, Review  # noqa: E402
from annotations.segment import Segment  # noqa: E402
from annotations.store.annotation_reviews import Word, add_words  # noqa: E402
from annotations.store.cell_place import RestingPassage  # noqa: E402
from annotations.store.codebook_versions import keep_codebook  # noqa: E402
from annotations.store.doubts import Doubt, DoubtAnswer, add_answer, add_doubt, all_doubts  # noqa: E402
from annotations.store.label_studio_projects import add_project  # noqa: E402
from annotations.store.pushed_tasks import PushedTask, keep_tasks  # noqa: E402
from annotations.store.reviews import add_reviews  # noqa: E402
from annotations.store.segments import segments_of  # noqa: E402
from annotations.store.tables import now  # noqa: E402
from annotations.store.transcripts import add_transcript, all_texts  # noqa: E402
from annotations.transcript import SpokenTurn, Transcript, canonical  # noqa: E402
from models.corpus import cut_new_transcripts  # noqa: E402
from service.access.keys import key_for  # noqa: E402
from service.composition import Parts  # noqa: E402
from service.new_study import make_study  # noqa: E402
from service.settings import read_settings  # noqa: E402

P95_MS, LARGEST_KB, READY_S = 200.0, 300.0, 5.0
WORDS = [
    "we",
    "had",
    "the",
    "new",
    "system",
    "for",
    "a",
    "year",
    "before",
    "anybody",
    "asked",
    "the",
    "nurses",
    "what",
    "they",
    "thought",
    "of",
    "it",
    "and",
    "then",
    "the",
    "budget",
    "was",
    "gone",
    "so",
    "the",
    "team",
    "met",
    "on",
    "a",
    "Thursday",
    "evening",
    "to",
    "find",
    "out",
    "who",
    "could",
    "still",
    "help",
    "with",
    "the",
    "records",
    "of",
    "the",
    "patients",
]
WARM_S = 15.0


def made_study(folder: Path, transcripts: int, segments: int, coders: int, seed: int = 1) -> Parts:
    """A study of so many transcripts, with so many segments in all, handed out to coders of whom each has done most."""
    chance = random.Random(seed)  # noqa: S311 (no secret is made)
    people = [f"Coder {chr(65 + at)}" for at in range(coders)]
    config = {
        "name": "Large",
        "coders": [{"name": name, "email": f"{name[-1]}@example.org"} for name in people],
    }
    study, _ = make_study(folder / "study", codebook="common-framework", config=config)
    parts = Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")}))
    each = segments // transcripts
    with parts.store.writing() as connection:
        version = keep_codebook(connection, parts.codebook)
        kept = [add_transcript(connection, _transcript(chance, at, each)) for at in range(transcripts)]
    cut_new_transcripts(parts.store, parts.segmentation)
    with parts.store.reading() as connection:
        cut = segments_of(connection, parts.segmentation.version)
    with parts.store.writing() as connection:
        for at, name in enumerate(people):
            own = [one for n, one in enumerate(kept) if n % coders == at]
            twice = [one for n, one in enumerate(kept) if (n + 1) % coders == at]
            tasks = [(one, s) for one in own for s in cut[one] if s.role.is_coded]
            tasks += [(one, s) for one in twice for s in cut[one] if s.role.is_coded and s.index % 10 == 0]
            _hand_out(connection, chance, name, tasks, [c.id for c in parts.codebook.applicable], version)
        texts = {one.id: one.transcript.text_hash for one in all_texts(connection)}
        for _ in range(200):
            place = chance.choice(kept)
            segment = chance.choice([s for s in cut[place] if s.role.is_coded])
            _doubt(connection, chance, people, RestingPassage(place, segment.span, texts[place]))
    return parts


def _transcript(chance: random.Random, at: int, segments: int) -> Transcript:
    name = f"P-{at:03}"
    spoken = []
    for _ in range(segments):
        spoken.append(SpokenTurn("Interviewer", "And what happened then?"))
        spoken.append(SpokenTurn(name, _said(chance, 35)))
    text, turns = canonical(spoken, ["Interviewer"])
    where = {"case": f"Case {at % 4}", "site": f"Site {at % 8}", "wave": str(1 + at % 3), "participant": name}
    return Transcript(name, text, turns, **where)


def _said(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def _hand_out(
    connection: Connection,
    chance: random.Random,
    name: str,
    tasks: list[tuple[UUID, Segment]],
    codes: list[str],
    version: str,
) -> None:
    at = {"url": "http://127.0.0.1:8431", "project_id": ord(name[-1]), "title": name, "wave": "1"}
    project = add_project(connection, coder=name, **at)
    pushed = [
        PushedTask(s.id, n, "h", None, now(), Draw.BLIND if n % 9 == 0 else Draw.ORDINARY)
        for n, (_, s) in enumerate(tasks, start=1)
    ]
    keep_tasks(connection, project.id, pushed)
    found, words = [], []
    for n, (transcript, segment) in enumerate(tasks[: len(tasks) * 4 // 5], start=1):
        codings = tuple(
            Coding(code, segment.span, memo="not sure of this" if chance.random() < 0.05 else "")
            for code in chance.sample(codes, chance.choice((0, 0, 1, 1, 2)))
        )
        review = Review(transcript, name, segment.span, codings, codebook_version=version, id=uuid4())
        found.append(review)
        words.append(Word(review.id, project.id, n, segment.id, segment.id, name, "h", now()))
    add_reviews(connection, found)
    add_words(connection, words)


def _doubt(connection: Connection, chance: random.Random, people: list[str], at: RestingPassage) -> None:
    asks = Doubt(chance.choice(people), _said(chance, 25), chance.random() < 0.7, passage=at)
    new = add_doubt(connection, asks)
    if chance.random() < 0.6:
        settles = chance.random() < 0.5
        add_answer(connection, new, DoubtAnswer(chance.choice(people), _said(chance, 15), settles))


@contextmanager
def served(parts: Parts) -> Iterator[tuple[str, float, psutil.Process]]:
    """The study, served in a process of its own: its address, the seconds until it answered, and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "service.cli.main", "serve", "--port", str(port), "--no-worker"]
    command += ["--study", str(parts.study.folder)]
    env = os.environ | {"TANDEM_STATE": str(parts.settings.state), "PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        while time.monotonic() - began < 60:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{url}/health", timeout=1).status_code == 200:
                    break
            time.sleep(0.05)
        yield url, time.monotonic() - began, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def measured(
    client: httpx.Client, server: psutil.Process, pages: Mapping[str, str], times: int
) -> dict[str, dict[str, float]]:
    """Of each page, after one look at it: median and 95th percentile in milliseconds, kilobytes, processor time.

    The server's processor time (mean, in milliseconds) says what a page takes where other programs keep the machine busy.
    """
    found = {}
    for name, path in pages.items():
        size = 0
        took = []
        cpu = 0.0
        for at in range(times + 1):
            if at == 1:
                cpu = sum(server.cpu_times()[:2])
            began = time.perf_counter()
            answer = client.get(path)
            if at:
                took.append(1000 * (time.perf_counter() - began))
            if answer.status_code != 200:
                raise SystemExit(f"{path} answered {answer.status_code}")
            size = len(answer.content)
        took.sort()
        p95 = took[min(len(took) - 1, int(0.95 * len(took)))]
        found[name] = {"median_ms": statistics.median(took), "p95_ms": p95, "kb": size / 1000}
        found[name]["cpu_ms"] = 1000 * (sum(server.cpu_times()[:2]) - cpu) / times
    return found


def pages_of(parts: Parts) -> dict[str, str]:
    """Every page by name, each where most is to be shown."""
    with parts.store.reading() as connection:
        first = all_texts(connection)[0].id
        doubt = all_doubts(connection)[0].id
    return {
        "study": "/",
        "work": "/work?coder=Coder%20A",
        "interviews": "/interviews",
        "interview": f"/interviews/{first}",
        "search": "/interviews/search?words=thursday%20budget",
        "codebook": "/codebook",
        "codebook, found": "/codebook?q=leadership",
        "code": f"/codebook/{parts.codebook.applicable[0].id}",
        "doubts": "/doubts",
        "doubt": f"/doubts/{doubt}",
        "new doubt": f"/doubts/new?transcript={first}&turn=2",
        "jobs": "/jobs",
    }


def main() -> None:
    """Run it; exit status 1 where a page is too slow or too large."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--transcripts", type=int, default=100)
    given.add_argument("--segments", type=int, default=20_000)
    given.add_argument("--coders", type=int, default=8)
    given.add_argument("--times", type=int, default=20)
    given.add_argument("--keep", type=Path, help="where the study stays")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        parts = made_study(asked.keep or Path(folder), asked.transcripts, asked.segments, asked.coders)
        pages = pages_of(parts)
        with (
            served(parts) as (url, ready, server),
            httpx.Client(base_url=url, follow_redirects=True, timeout=60) as client,
        ):
            client.get(f"/?key={key_for(parts.settings, parts.study.folder)}")
            # the server goes through the study once at its start; that is measured by itself, as the time until it answers
            time.sleep(WARM_S)
            found = measured(client, server, pages, asked.times)
        parts.close()
    print(f"ready after {ready:.1f} s")
    for name, one in found.items():
        print(f"{name:18}" + "".join(f"{key} {value:8.1f}  " for key, value in one.items()))
    slow = [name for name, one in found.items() if one["p95_ms"] > P95_MS or one["kb"] > LARGEST_KB]
    if slow or ready > READY_S:
        raise SystemExit(f"too slow or too large: {', '.join(slow) or 'the start'}")


if __name__ == "__main__":
    main()
