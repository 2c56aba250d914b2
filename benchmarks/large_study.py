"""A study as large as a consortium's, made up: three waves, interviews of one length, twelve coders, a model that spoke.

An interview has one coder, and a second one for a fifth of its passages. Wave 1 was coded without suggestions. Of the later
waves a tenth was blind and a fifth double; the rest was reviewed with what the model had suggested. A tenth of each
interview is left. Who codes says mostly what is there, and so does the model, so that figures of agreement look like
figures.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy import Connection, Table

from annotations.coding import Coder
from annotations.store.bulk_insert import insert_rows
from annotations.store.cell_place import RestingPassage
from annotations.store.codebook_versions import keep_codebook
from annotations.store.coders import keep_coder
from annotations.store.doubts import Doubt, DoubtAnswer, add_answer, add_doubt
from annotations.store.model_versions import ModelVersion, add_model
from annotations.store.put_to_serve import put_to_serve
from annotations.store.segments import keep_segmentation
from annotations.store.tables import (
    annotation_reviews,
    codings,
    label_studio_projects,
    label_studio_tasks,
    reviews,
    segments,
    suggestions,
    transcripts,
    turns,
)
from annotations.transcript import Span
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings

WAVES = ("1", "2", "3")
SAID = "we kept the board because the ward sister wanted it and it took weeks before anybody trusted what it said"
WORDS = SAID.split()
SECOND, BLIND, LEFT = (
    5,
    10,
    10,
)  # every fifth passage is double, every tenth blind, the last tenth not reviewed yet
DOUBTS = 200
_TABLES = (
    transcripts,
    turns,
    segments,
    label_studio_tasks,
    suggestions,
    reviews,
    codings,
    annotation_reviews,
)


def make_large(
    folder: Path, interviews: int, passages: int, coders: int, given: dict[str, str] | None = None
) -> Parts:
    """A study of so many interviews, with so many passages in all, in this folder."""
    people = [f"Coder {at:02d}" for at in range(coders)]
    study, _ = make_study(
        folder / "study",
        codebook="common-framework",
        config={
            "name": "Large",
            "waves": list(WAVES),
            "coders": [{"name": name, "email": f"{name[-2:]}@example.org"} for name in people],
        },
    )
    parts = Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")} | (given or {})))
    with parts.store.writing() as connection:
        making = _begin(connection, parts, people)
    for first in range(0, interviews, 20):
        rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in _TABLES}
        for number in range(first, min(first + 20, interviews)):
            making.interview(number, passages // interviews, rows)
        with parts.store.writing() as connection:
            for table in _TABLES:
                insert_rows(connection, table, rows[table])
    with parts.store.writing() as connection:
        _doubts(connection, making)
    return parts


def _begin(connection: Connection, parts: Parts, people: list[str]) -> _Making:
    version = keep_codebook(connection, parts.codebook)
    keep_segmentation(connection, parts.segmentation)
    codes = tuple(code.id for code in parts.codebook.applicable)
    model = ModelVersion(
        id=uuid4(), version="v1", kind="trained", folder="v1", sha256="0" * 64, codebook_version=version,
        segmentation=parts.segmentation.version, embedder="words", reviews_hash="0" * 64, reviews=0, codes=codes,
        thresholds=dict.fromkeys(codes, 0.4), figures={},
    )  # fmt: skip
    add_model(connection, model, ())
    put_to_serve(connection, model.id, verdict="better", reason="made up")
    projects = {}
    for at, name in enumerate(people):
        for wave in WAVES:
            projects[name, wave] = uuid4()
            row = {
                "id": projects[name, wave],
                "url": "http://127.0.0.1:8431",
                "project_id": 3 * at + int(wave),
            }
            row |= {"title": f"{name}, wave {wave}", "wave": wave, "coder": name}
            connection.execute(label_studio_projects.insert().values(row))
    ids = {name: keep_coder(connection, Coder(name)) for name in people}
    return _Making(parts.segmentation.version, version, codes, model.id, ids, projects)


@dataclass
class _Making:
    """What all interviews share, and the rows of one after the other."""

    segmentation: str
    codebook: str
    codes: tuple[str, ...]
    model: UUID
    coders: dict[str, UUID]
    projects: dict[tuple[str, str], UUID]

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(1)
        self.chance = random.Random(1)  # noqa: S311 (no secret is made)
        self.before = datetime.now(UTC) - timedelta(days=2)
        self.moment = self.before + timedelta(days=1)
        self.places: list[RestingPassage] = []

    def interview(self, number: int, passages: int, rows: dict[Table, list[dict[str, Any]]]) -> None:
        """Its text, turns and passages, who has which, what the model and the coders said."""
        transcript, name, wave = uuid4(), f"P-{number:05d}", WAVES[number % 3]
        names = list(self.coders)
        first, second = names[number // 3 % len(names)], names[(number // 3 + 1) % len(names)]
        at, lines = 0, []
        for index in range(passages):
            head, words = f"{name}: ", " ".join(self.chance.choices(WORDS, k=18))
            start, end = at + len(head), at + len(head) + len(words)
            lines.append(f"{head}{words}\n")
            at = end + 1
            place = {"start": start, "end": end}
            who = {"speaker": name, "role": "participant"} | place
            rows[turns].append({"transcript_id": transcript, "index": index} | who)
            segment = uuid4()
            cut = {"id": segment, "transcript_id": transcript, "segmentation": self.segmentation}
            rows[segments].append(cut | {"index": index, "turn": index} | who)
            truth = set(self.chance.sample(self.codes, self.chance.choice((0, 0, 1, 1, 2))))
            shown = self._suggested(segment, truth, rows)
            draw = "double" if index % SECOND == 0 else "blind" if index % BLIND == 3 else "ordinary"
            done = index < passages - passages // LEFT
            for coder in (first, second) if draw == "double" else (first,):
                self._task(transcript, segment, wave, coder, draw, truth, shown, done, place, rows)
        text = "".join(lines)
        rows[transcripts].append(
            {
                "id": transcript, "name": name, "name_key": name.casefold(), "text": text, "text_hash": f"{number:064d}",
                "kind": "interview", "case": f"Case {number % 5}", "site": f"Site {number % 12}", "wave": wave,
                "participant": name, "session": "", "language": "en", "may_train": True, "may_quote": True, "source": "",
            }
        )  # fmt: skip
        self.places.append(RestingPassage(transcript, Span(start, end), f"{number:064d}"))

    def _suggested(
        self, segment: UUID, truth: set[str], rows: dict[Table, list[dict[str, Any]]]
    ) -> list[str]:
        odds = self.random.beta(0.3, 6, len(self.codes))
        for place, code in enumerate(self.codes):
            if code in truth and self.chance.random() < 0.7:
                odds[place] = 0.4 + 0.6 * self.chance.random()
        shown = [self.codes[at] for at in np.argsort(-odds)[:3].tolist() if odds[at] > 0.4]
        row = {"segment_id": segment, "model_id": self.model, "probabilities": odds.astype("<f4").tobytes()}
        row |= {"suggested": shown, "evidence": {code: [[str(segment), 0.8]] for code in shown}}
        rows[suggestions].append(row | {"sentences": [None] * len(shown), "created": self.before})
        return shown

    def _task(self, transcript: UUID, segment: UUID, wave: str, coder: str, draw: str,
              truth: set[str], shown: list[str], done: bool, place: dict[str, int],
              rows: dict[Table, list[dict[str, Any]]]) -> None:  # fmt: skip
        project = self.projects[coder, wave]
        assisted = wave != "1" and draw == "ordinary"
        sees = shown if assisted else None
        task = {
            "project_id": project,
            "key": segment,
            "segment_id": segment,
            "draw": draw,
            "task_id": len(rows[segments]),
        }
        task |= {
            "model_id": self.model if assisted else None,
            "shown_since": self.before if assisted else None,
        }
        rows[label_studio_tasks].append(task | {"data_hash": "0" * 64, "offered": sees, "ticked": sees})
        if not done:
            return
        review = uuid4()
        condition = "assisted" if assisted else "independent"
        by = {"transcript_id": transcript, "coder_id": self.coders[coder], "condition": condition} | place
        row = {
            "id": review,
            "draw": draw,
            "codebook_version": self.codebook,
            "lead_time": 5 + 30 * self.chance.random(),
        }
        row |= {"origin": {"ticked": shown, "offered": shown} if assisted else {}, "created": self.moment}
        rows[reviews].append(by | row | {"shown_version": self.model if assisted else None})
        chosen = {code for code in truth if self.chance.random() < 0.85}
        chosen |= {code for code in shown if assisted and self.chance.random() < 0.3}
        chosen |= {self.chance.choice(self.codes)} if self.chance.random() < 0.15 else set()
        for code in sorted(chosen):
            memo = "not sure of this" if self.chance.random() < 0.05 else ""
            more = {"id": uuid4(), "review_id": review, "code": code, "concrete_example": False, "memo": memo}
            rows[codings].append(by | more)
        word = {
            "review_id": review,
            "project_id": project,
            "annotation_id": len(rows[segments]),
            "key": segment,
        }
        word |= {"segment_id": segment, "coder": coder, "content": "0" * 64, "changed": self.moment}
        rows[annotation_reviews].append(word)


def _doubts(connection: Connection, making: _Making) -> None:
    names = list(making.coders)
    for _ in range(DOUBTS):
        chance = making.chance
        asks = Doubt(chance.choice(names), SAID, chance.random() < 0.7, passage=chance.choice(making.places))
        new = add_doubt(connection, asks)
        if chance.random() < 0.6:
            add_answer(connection, new, DoubtAnswer(chance.choice(names), SAID, chance.random() < 0.5))
