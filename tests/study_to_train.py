"""A study of sixteen coded interviews whose words give the codes away, and what tests do to it."""

from __future__ import annotations

import csv
from pathlib import Path
from uuid import uuid4

import numpy as np
from builders import WordEncoder
from sqlalchemy import update

from annotations.coding import Coding, Review
from annotations.store.jobs import all_jobs, ask_for
from annotations.store.judge_draws import drawn_so_far
from annotations.store.model_versions import ModelVersion, all_models
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.tables import transcripts
from annotations.store.transcripts import all_transcripts
from annotations.study.config import read_study
from service.composition import Parts
from service.importing.import_codings import import_codings
from service.importing.import_transcripts import import_transcripts
from service.jobs.worker import do_waiting_jobs
from service.settings import read_settings

GROUPS = 16


SAID = (
    "the budget and the grant and the cost",
    "a nurse and a colleague and the team",
    "the snow on the road",
)


def what_is_said(at: int) -> list[tuple[str, int]]:
    """What participant ``at`` says, and of which topic: the words give it away, mostly."""
    random = np.random.default_rng(at)
    return [(f"{SAID[topic]} {random.integers(9)}", int(topic)) for topic in random.integers(0, 3, 12)]


def opened(study: Path, state: Path, **environment: str) -> Parts:
    """A study with the small encoder."""
    made = Parts(read_study(study), read_settings({"TANDEM_STATE": str(state / "state"), **environment}))
    made.__dict__["embedder"] = WordEncoder()
    return made


def interview_file(folder: Path, name: str, words: list[tuple[str, int]]) -> Path:
    """The interview of a participant who says these words."""
    file = folder / f"{name}.txt"
    file.write_text("".join(f"Interviewer: And?\n{name}: {said}.\n" for said, _ in words), "utf-8")
    return file


def import_rows(parts: Parts, folder: Path, rows: list[tuple[str, str, str, int]]) -> None:
    """Import codings of a table."""
    file = folder / f"codings-{uuid4().hex[:6]}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("transcript", "coder", "code", "turn"), *rows])
    import_codings(parts, file, complete="listed", skip_bad_rows=False)


def more_interviews(parts: Parts, folder: Path, first: int, count: int, wave: str = "2") -> None:
    """Further coded interviews."""
    files = [interview_file(folder, f"P-{at:02d}", what_is_said(at)) for at in range(first, first + count)]
    described = {"wave": wave, "case": "E"}
    import_transcripts(parts, files, manifest=None, described=described, replace=False, progress=quiet)
    rows = [
        (f"P-{at:02d}", "Ines", ("Money", "People", "")[topic], 2 * turn + 1)
        for at in range(first, first + count)
        for turn, (_, topic) in enumerate(what_is_said(at))
    ]
    import_rows(parts, folder, rows)


def quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


def judges_of(parts: Parts) -> set[str]:
    """The names of the transcripts that were drawn to judge."""
    with parts.store.reading() as connection:
        drawn = drawn_so_far(connection)
        return {kept.transcript.name for kept in all_transcripts(connection) if drawn.get(kept.id) == "judge"}


def versions(parts: Parts) -> list[ModelVersion]:
    """Every model of the study, the oldest first."""
    with parts.store.reading() as connection:
        return list(all_models(connection))


def turn_round(parts: Parts, names: set[str]) -> None:
    """The coder says the opposite of everything in these interviews."""
    other = {"money": "people", "people": "money"}
    with parts.store.writing() as connection:
        kept = {one.id: one.transcript.name for one in all_transcripts(connection)}
        old = [review for review in current_reviews(connection) if kept[review.transcript] in names]
        add_reviews(
            connection,
            [
                Review(
                    review.transcript,
                    review.coder,
                    review.span,
                    tuple(Coding(other[one.code], one.span) for one in review.codings),
                    codebook_version=review.codebook_version,
                    supersedes=review.id,
                    id=uuid4(),
                )
                for review in old
            ],
        )


def another_recipe(parts: Parts) -> None:
    """Change what the training aims at, so that a new model is made by another recipe."""
    config = parts.study.config
    parts.study.__dict__["config"] = config.model_copy(
        update={"aim": config.aim.model_copy(update={"precision": 0.8})}
    )


def worker_trains(parts: Parts) -> dict[str, object]:
    """A worker does the training that waits; returns what it said."""
    with parts.store.writing() as connection:
        ask_for(connection, "train", {})
    do_waiting_jobs(parts)
    with parts.store.reading() as connection:
        job = next(one for one in all_jobs(connection) if one.kind == "train")
    assert job.state == "done", job.error
    return dict(job.result or {})


def describe(parts: Parts, names: set[str], **described: object) -> None:
    """Describe transcripts anew."""
    with parts.store.writing() as connection:
        connection.execute(update(transcripts).where(transcripts.c.name.in_(names)).values(**described))
