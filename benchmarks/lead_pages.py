"""How long the lead's pages take on a large study: 300 transcripts, 100,000 passages, 12 coders, three waves.

    python -m benchmarks.lead_pages [TRANSCRIPTS] [PASSAGES] [CODERS]

The study is made in a temporary folder, with reviews that came from Label Studio; each page is asked for 20 times, and
what is told is the time below which 95 % of the answers came.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from fastapi.testclient import TestClient

from annotations.codebook.files import read_codebook
from annotations.coding import Coder
from annotations.store.codebook_versions import keep_codebook
from annotations.store.coders import keep_coder
from annotations.store.segments import add_segments, keep_segmentation
from annotations.store.tables import (
    annotation_reviews,
    codings,
    label_studio_projects,
    label_studio_tasks,
    reviews,
    segments,
)
from annotations.store.transcripts import add_transcript
from annotations.transcript import SpokenTurn, Transcript, canonical
from models.segmenter import segment
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app

KEY = "k" * 43
PAGES = ("/", "/study/work", "/study/work?wave=2&page=3", "/bring-in", "/participants", "/exports",
         "/exports/of/codings", "/settings", "/jobs")  # fmt: skip
TIMES = 20
WORDS = "We kept the board because the ward sister wanted it, and it took weeks before anybody trusted what it said."


def main(transcripts: int = 300, passages: int = 100_000, coders: int = 12) -> None:
    """Make the study, ask for each page, and print the times in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        parts = _study(Path(folder), transcripts, passages // transcripts, coders)
        try:
            _measure(parts)
        finally:
            parts.close()


def _study(folder: Path, transcripts: int, turns: int, coders: int) -> Parts:
    waves = ["1", "2", "3"]
    study, _ = make_study(folder / "s", codebook="common-framework", config={"name": "Large", "waves": waves})
    parts = Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")}))
    book = read_codebook(study.codebook_file)
    code = book.applicable[0].id
    with parts.store.writing() as connection:
        keep_codebook(connection, book)
        keep_segmentation(connection, parts.segmentation)
        people = [keep_coder(connection, Coder(f"Coder {at:02d}")) for at in range(coders)]
        projects = [uuid4() for _ in range(coders * 3)]
        connection.execute(
            label_studio_projects.insert(),
            [
                {"id": one, "url": "http://127.0.0.1:8080", "project_id": at, "title": "p", "wave": waves[at % 3],
                 "coder": f"Coder {at // 3:02d}"}
                for at, one in enumerate(projects)
            ],
        )  # fmt: skip
        for at in range(transcripts):
            _interview(connection, parts, at, turns, waves[at % 3], projects[(at // 3 % coders) * 3 + at % 3],
                       people[at // 3 % coders], f"Coder {at // 3 % coders:02d}", code, book.version)  # fmt: skip
    return parts


def _interview(connection, parts: Parts, at: int, turns: int, wave: str, project, coder, name: str, code: str,  # type: ignore[no-untyped-def]
               version: str) -> None:  # fmt: skip
    spoken = [SpokenTurn(f"P-{at:03d}", f"{WORDS} {number}") for number in range(turns)]
    text, its = canonical(spoken, ())
    made = Transcript(f"P-{at:03d}", text, its, case=f"Case {at % 5}", wave=wave, participant=f"P-{at:03d}")
    new = add_transcript(connection, made)
    cut = segment(made, parts.segmentation)
    add_segments(connection, new, parts.segmentation.version, cut)
    rows = connection.execute(
        segments.select().where(segments.c.transcript_id == new).order_by(segments.c.index)
    ).all()
    moment = datetime.now(UTC)
    connection.execute(
        label_studio_tasks.insert(),
        [
            {"project_id": project, "key": row.id, "segment_id": row.id, "draw": "ordinary", "task_id": row.index,
             "data_hash": "0" * 64}
            for row in rows
        ],
    )  # fmt: skip
    done = [(uuid4(), row) for row in rows[: len(rows) * 2 // 3]]
    connection.execute(
        reviews.insert(),
        [
            {"id": one, "transcript_id": new, "coder_id": coder, "start": row.start, "end": row.end,
             "condition": "independent", "draw": "ordinary", "codebook_version": version, "origin": {}, "lead_time": 21.0}
            for one, row in done
        ],
    )  # fmt: skip
    connection.execute(
        codings.insert(),
        [
            {"id": uuid4(), "review_id": one, "transcript_id": new, "coder_id": coder, "code": code, "start": row.start,
             "end": row.end, "condition": "independent", "concrete_example": False, "memo": ""}
            for one, row in done
        ],
    )  # fmt: skip
    connection.execute(
        annotation_reviews.insert(),
        [
            {"review_id": one, "project_id": project, "annotation_id": row.index, "key": row.id, "segment_id": row.id,
             "coder": name, "content": "0" * 64, "changed": moment}
            for one, row in done
        ],
    )  # fmt: skip


def _measure(parts: Parts) -> None:
    client = TestClient(create_app(parts, key=KEY), base_url="http://127.0.0.1:8430")
    began = time.perf_counter()
    client.get(f"/?key={KEY}")
    print(f"{'first visit':32} {1000 * (time.perf_counter() - began):8.0f} ms")
    client.get("/")
    for page in PAGES:
        took = []
        for _ in range(TIMES):
            began = time.perf_counter()
            answer = client.get(page)
            took.append(1000 * (time.perf_counter() - began))
        assert answer.status_code == 200, (page, answer.status_code)
        took.sort()
        print(f"{page:32} {took[int(0.95 * TIMES) - 1]:8.0f} ms   {len(answer.content) / 1000:6.0f} kB")


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:4]))
