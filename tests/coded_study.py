"""A small coded study, trained with words for an encoder: for tests of what happens to a study as a whole."""

from __future__ import annotations

import csv
from pathlib import Path
from uuid import uuid4

import numpy as np
from builders import WordEncoder

from annotations.study.config import read_study
from service.composition import Parts
from service.importing.import_codings import import_codings
from service.importing.import_transcripts import import_transcripts
from service.new_study import make_study
from service.settings import read_settings

SAID = (
    "the budget and the grant and the cost",
    "a nurse and a colleague and the team",
    "the snow on the road",
)
# one of these stands in every passage of its participant and nowhere else
MARKS = {
    name: f"{word} {word[::-1]} {word}ly"
    for name, word in {
        "JKG-01": "quagmire",
        "JKG-02": "zephyr",
        "DND-03": "obelisk",
        "PLP-22": "vortex",
    }.items()
}


def opened(study: Path, state: Path, **environment: str) -> Parts:
    """The parts of a study, with an encoder that takes no time."""
    made = Parts(read_study(study), read_settings({"TANDEM_STATE": str(state), **environment}))
    made.__dict__["embedder"] = WordEncoder()
    return made


def make_coded_study(
    folder: Path, *, names: tuple[str, ...] = tuple(MARKS), coded: bool = True, **environment: str
) -> Path:
    """A study in ``folder``/study with one interview of each of these participants; ``coded``: by one coder."""
    folder.mkdir(parents=True, exist_ok=True)
    book = folder / "book.csv"
    book.write_text("code,definition\nMoney,What it costs\nPeople,Who does it\n", "utf-8")
    study, _ = make_study(folder / "study", codebook=str(book), config={"name": "Small study"})
    parts = opened(study.folder, folder / "state", **environment)
    add_interviews(parts, folder, names, coded=names if coded else ())
    parts.close()
    return study.folder


def add_interviews(parts: Parts, folder: Path, names: tuple[str, ...], *, coded: tuple[str, ...]) -> None:
    """Interviews of these participants, with codings of some of them."""
    files = []
    for name in names:
        file = folder / f"{name}.txt"
        file.write_text("".join(f"Interviewer: And?\n{name}: {said}.\n" for said, _ in _words(name)), "utf-8")
        files.append(file)
    described = {"wave": "1", "case": "E"}
    import_transcripts(parts, files, manifest=None, described=described, replace=False, progress=quiet)
    rows = [
        (name, "Ines", ("Money", "People", "")[topic], 2 * turn + 1)
        for name in coded
        for turn, (_, topic) in enumerate(_words(name))
    ]
    if rows:
        file = folder / f"codings-{uuid4().hex[:6]}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([("transcript", "coder", "code", "turn"), *rows])
        import_codings(parts, file, complete="listed", skip_bad_rows=False)


def quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


def _words(name: str) -> list[tuple[str, int]]:
    random = np.random.default_rng(sum(map(ord, name)))
    return [
        (f"{SAID[topic]} {MARKS[name]} {at}", int(topic)) for at, topic in enumerate(random.integers(0, 3, 8))
    ]
