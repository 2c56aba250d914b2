"""The sessions of AnnoMI's second wave as a study, with a model's word on every passage.

Only codes, turns and names of sessions are read of the data here; the words go into the study like any transcript's
and come out nowhere.
"""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from proven import proven
from real_server import KEY

from annotations.coding import Draw, Review
from annotations.label_studio.answer_of_annotation import answer_of
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.read_answers import Answers
from annotations.progress import quiet
from annotations.store.codebook_versions import keep_codebook
from annotations.store.label_studio_projects import projects
from annotations.store.model_versions import ModelVersion, add_model, champion, promote
from annotations.store.pushed_tasks import tasks_of
from annotations.store.reviews import current_reviews
from annotations.store.suggestions import Suggested, add_suggestions, segments_with_suggestions
from models.corpus import read_corpus
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.corrections.pull import Pulled, pull_all
from service.label_studio.local import Access
from service.new_study import make_study
from service.pushing import PushOptions, push
from service.settings import read_settings

WAVE = "2"
BLIND = 0.15
EXPERTS = tuple(f"A{at}" for at in range(10))
# a passage: its session, and where it begins; a coder's word on one: who, where, which codes
Place = tuple[str, int]
Said = tuple[str, str, int, tuple[str, ...]]


@dataclass(frozen=True)
class Pass:
    """What one expert said of one turn."""

    expert: str
    session: str
    turn: int
    codes: tuple[str, ...]


def passes(answers: Path, sessions: int | None = None) -> list[Pass]:
    """What the experts said of wave 2: of all its sessions, or of the shortest ones."""
    said: dict[tuple[str, int, str], set[str]] = {}
    with answers.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            codes = said.setdefault((row["transcript"], int(row["turn"]), row["coder"]), set())
            codes |= {row["code"]} - {""}
    length = Counter(session for session, _, _ in said)
    chosen = set(sorted(length, key=lambda one: (length[one], one))[:sessions])
    return [
        Pass(expert, session, turn, tuple(sorted(codes)))
        for (session, turn, expert), codes in sorted(said.items())
        if session in chosen
    ]


def made_of(data: Path, folder: Path) -> Path:
    """AnnoMI in the product's own import formats."""
    subprocess.run(
        [sys.executable, str(data / "make_study.py"), "annomi", str(folder)], check=True, capture_output=True
    )
    return folder


class ExpertsStudy:
    """A study of sessions that experts coded: imported, suggested for and pushed a few at a time.

    ``emails``: the experts' addresses; ``service``: where Label Studio shall look for Tandem.
    """

    def __init__(
        self,
        folder: Path,
        access: Access,
        source: Path,
        said: Sequence[Pass],
        emails: Mapping[str, str],
        service: str,
    ) -> None:
        self.folder, self.emails = folder / "study", emails
        self._source, self._said = source, said
        self.environment = {
            "TANDEM_STATE": str(folder / "tandem-state"),
            "TANDEM_SESSION_KEY": KEY,
            "LABEL_STUDIO_URL": access.url,
            "LABEL_STUDIO_API_KEY": access.token,
        }
        study, self.codebook = make_study(
            self.folder,
            codebook=str(source / "codebook.csv"),
            config={
                "name": f"Replay {uuid4().hex[:6]}",
                "coders": [{"name": name, "email": email} for name, email in emails.items()],
                "participant_speakers": ["therapist", "client"],
                "service": {"url": service},
            },
        )
        self.parts = Parts(study, read_settings(self.environment))
        self.server = LabelStudio(access.url, access.token)

    def close(self) -> None:
        """Give back what was opened."""
        self.parts.close()
        self.server.close()

    def add(self, sessions: Sequence[str]) -> None:
        """Import sessions, and let the model say something of every passage."""
        files = [str(self._source / f"wave{WAVE}" / f"{one}.txt") for one in sessions]
        command = [sys.executable, "-m", "service.cli.main", "import", *files, "--wave", WAVE]
        command += ["--study", str(self.folder), "--json"]
        subprocess.run(command, env={**os.environ, **self.environment}, check=True, capture_output=True)
        self._suggest()

    def push(self, progress: Any = lambda *_: None) -> None:
        """As "tandem push --blind" does."""
        push(self.parts, wave=WAVE, progress=progress, asked=PushOptions(blind=BLIND, seed=1))

    def pull(self, answers: Answers | None = None) -> Pulled:
        """As "tandem pull" does."""
        return pull_all(self.parts, Inbox(self.parts), answers or Answers(self.server), quiet)

    def ids(self, names: Sequence[str]) -> tuple[str, ...]:
        """The codes that these names mean."""
        return tuple(sorted(self.codebook.resolve(name).id for name in names))

    def standing(self) -> dict[str, dict[int, dict[str, Any]]]:
        """The tasks as Label Studio shows them, by session and turn."""
        found: dict[str, dict[int, dict[str, Any]]] = {}
        turns = {place: turn for (_, turn), place in self._places().items()}
        for place, task in self._tasks():
            found.setdefault(place[0], {})[turns[place]] = task
        return found

    def wanted(self, made: Sequence[Pass]) -> list[Said]:
        """What shall be in the store once these are in."""
        places = self._places()
        return sorted((one.expert, *places[one.session, one.turn], self.ids(one.codes)) for one in made)

    def in_tandem(self) -> list[tuple[Said, Review]]:
        """Who said what where, as Tandem has it."""
        with self.parts.store.reading() as connection:
            found = current_reviews(connection)
        corpus = read_corpus(self.parts.store, self.parts.segmentation)
        names = {kept.id: kept.transcript.name for kept in corpus.transcripts}
        said = [
            ((r.coder, names[r.transcript], r.span.start, tuple(sorted(c.code for c in r.codings))), r)
            for r in found
        ]
        return sorted(said, key=lambda one: one[0])

    def in_label_studio(self) -> list[Said]:
        """The same as Label Studio holds it: each coder's newest annotation of a task."""
        numbers = Answers(self.server).users()
        experts = {email: name for name, email in self.emails.items()}
        newest: dict[tuple[str, Place], tuple[Any, tuple[str, ...]]] = {}
        for place, task in self._tasks():
            for one in task["annotations"]:
                codes = tuple(sorted(answer_of(one["result"], self.codebook).codes))
                slot, rank = (experts[numbers[one["completed_by"]]], place), (one["updated_at"], one["id"])
                if slot not in newest or rank > newest[slot][0]:
                    newest[slot] = rank, codes
        return sorted((who, *place, codes) for (who, place), (_, codes) in newest.items())

    def shown(self) -> dict[Place, bool]:
        """For each passage: does a prediction stand on it in Label Studio?"""
        return {place: bool(task["predictions"]) for place, task in self._tasks()}

    def drawn(self) -> dict[Place, Draw]:
        """How each passage was drawn."""
        with self.parts.store.reading() as connection:
            (row,) = projects(connection)
            pushed = tasks_of(connection, row.id).values()
        places = self._places_of_segments()
        return {places[str(one.segment)]: one.draw for one in pushed}

    def _tasks(self) -> list[tuple[Place, dict[str, Any]]]:
        with self.parts.store.reading() as connection:
            (row,) = projects(connection)
        asked = {"project": row.project_id, "fields": "all", "page_size": 10_000}
        places = self._places_of_segments()
        tasks = self.server.get("api/tasks/", asked)["tasks"]
        return [(places[task["data"]["segment_id"]], task) for task in tasks]

    def _places(self) -> dict[tuple[str, int], Place]:
        """Where each turn of each session begins."""
        corpus = read_corpus(self.parts.store, self.parts.segmentation)
        found = {}
        for unit in range(len(corpus)):
            name, segment = corpus.transcript(unit).name, corpus.segment(unit)
            found[name, segment.turn] = name, segment.span.start
        return found

    def _places_of_segments(self) -> dict[str, Place]:
        corpus = read_corpus(self.parts.store, self.parts.segmentation)
        return {
            str(key): (corpus.transcript(unit).name, corpus.segment(unit).span.start)
            for unit, key in enumerate(corpus.ids)
        }

    def _suggest(self) -> None:
        """A model's word on every passage: often what an expert said, often something else, often nothing."""
        corpus = read_corpus(self.parts.store, self.parts.segmentation)
        chance = random.Random(5)  # noqa: S311 (no secret)
        true: dict[tuple[str, int], tuple[str, ...]] = {}
        for one in self._said:
            true.setdefault((one.session, one.turn), one.codes)
        with self.parts.store.writing() as connection:
            serves = champion(connection)
            model = serves.model if serves else self._model(keep_codebook(connection, self.codebook))
            if serves is None:
                add_model(connection, model, ())
                promote(connection, model.id, verdict="better", reason="the only one")
            before = segments_with_suggestions(connection, model.id)
            found = []
            for unit, key in enumerate(corpus.ids):
                kind = chance.random()
                codes = self.ids(true.get((corpus.transcript(unit).name, corpus.segment(unit).turn), ()))
                put = codes if kind < 0.45 else (chance.choice(model.codes),) if kind < 0.75 else ()
                if key not in before:
                    chances = tuple(0.8 if code in put else 0.1 for code in model.codes)
                    found.append(Suggested(key, chances, put))
            add_suggestions(connection, model.id, found)

    def _model(self, codebook_version: str) -> ModelVersion:
        codes = tuple(code.id for code in self.codebook.applicable)
        return ModelVersion(
            id=uuid4(),
            version="v1",
            kind="trained",
            folder="v1",
            sha256="0" * 64,
            codebook_version=codebook_version,
            segmentation=self.parts.segmentation.version,
            embedder="words",
            reviews_hash="0" * 64,
            reviews=1,
            codes=codes,
            thresholds=dict.fromkeys(codes, 0.5),
            figures=proven(codes),
        )
