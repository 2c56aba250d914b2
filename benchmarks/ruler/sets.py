"""The labelled sets of ../shared/data as a classifier sees them, each with its groups and one gold standard."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats32
from annotations.transcript import Span
from models.embedder import EmbedderSource
from models.embedding_cache import EmbeddingCache
from models.passage_parts import PassageParts, parts_of
from models.segment_words import SegmentWords
from models.segmenter import sentences_in
from training.folds import folds_of

FOLDS = 5
LEAST_POSITIVES = 15  # codes with fewer enter no macro figure
LEAST_IN_SMALL = 5  # the same in sets of fewer than 1,000 units


@dataclass(frozen=True)
class LabelledSet:
    """``labels``: shape (n, codes), one coder's word for each unit; ``folds``: the outer fold of each unit.

    ``others``: where several people coded a unit, each person's labels as a mapping from the unit's position.
    ``meanings``: what a codebook would say of each code, its name at least; ``described``: the vectors of that. Empty
    where the codebook says nothing. ``parts``: the units' questions and sentences.
    """

    name: str
    units: tuple[SegmentWords, ...]
    groups: tuple[str, ...]
    codes: tuple[str, ...]
    labels: Bools
    folds: NDArray[np.intp]
    embeddings: Floats32
    meanings: tuple[str, ...]
    described: Floats32
    parts: PassageParts
    others: Mapping[str, Mapping[int, frozenset[int]]] = field(default_factory=dict)

    @property
    def frequent(self) -> NDArray[np.intp]:
        """The codes that macro figures are over."""
        least = LEAST_POSITIVES if len(self.units) >= 1000 else LEAST_IN_SMALL
        return np.flatnonzero(self.labels.sum(axis=0) >= least)


@dataclass(frozen=True)
class _Row:
    unit: SegmentWords
    group: str
    codes: frozenset[str]
    by: Mapping[str, frozenset[str]] = field(default_factory=dict)


def _annomi(rows: Sequence[Mapping[str, Any]]) -> list[_Row]:
    """By session. Where ten experts coded a session, one of them is the gold standard, another for each session."""
    sessions: dict[str, dict[int, dict[str, Mapping[str, Any]]]] = {}
    for row in rows:
        sessions.setdefault(row["transcript_id"], {}).setdefault(row["turn"], {})[row["coder"]] = row
    found: list[_Row] = []
    for at, (session, turns) in enumerate(sorted(sessions.items())):
        spoken = [next(iter(its.values())) for _, its in sorted(turns.items())]
        coders = sorted({coder for its in turns.values() for coder in its})
        first = coders[at % len(coders)]
        for unit, (_, its) in zip(_dialogue(spoken), sorted(turns.items()), strict=True):
            chosen = its.get(first) or next(iter(its.values()))
            by = {coder: frozenset(row["codes"]) for coder, row in its.items()} if len(coders) > 1 else {}
            found.append(_Row(unit, session, frozenset(chosen["codes"]), by))
    return found


def _talkmoves(rows: Sequence[Mapping[str, Any]]) -> list[_Row]:
    """By lesson; every sentence."""
    lessons: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        lessons.setdefault(row["transcript_id"], []).append(row)
    return [
        _Row(unit, lesson, frozenset(row["codes"]))
        for lesson, its in sorted(lessons.items())
        for unit, row in zip(_dialogue(its), its, strict=True)
    ]


def _nhs(rows: Sequence[Mapping[str, Any]]) -> list[_Row]:
    """By respondent: the transcript id is one person's answers to one to three questions."""
    return [
        _Row(
            SegmentWords(_words(row), "Patient", question=" ".join(row["question"].split()), dialogue=False),
            row["transcript_id"],
            frozenset(row["codes"]),
        )
        for row in rows
    ]


def _scrum(rows: Sequence[Mapping[str, Any]]) -> list[_Row]:
    """By interview: long passages, each with the question that was asked."""
    return [
        _Row(
            SegmentWords(
                _words(row), str(row["speaker"]), question=" ".join(row["question"].split()), dialogue=False
            ),
            row["transcript_id"],
            frozenset(row["codes"]),
        )
        for row in rows
    ]


def _paper(rows: Sequence[Mapping[str, Any]]) -> list[_Row]:
    """By case: three of them."""
    return [
        _Row(SegmentWords(_words(row), dialogue=False), str(row["case"]), frozenset(row["codes"]))
        for row in rows
    ]


def _dialogue(rows: Sequence[Mapping[str, Any]]) -> list[SegmentWords]:
    words = [_words(row) for row in rows]
    return [
        SegmentWords(
            words[at],
            str(row["speaker"]),
            before=words[at - 1] if at else "",
            after=words[at + 1] if at + 1 < len(words) else "",
            speaker_before=str(rows[at - 1]["speaker"]) if at else "",
            speaker_after=str(rows[at + 1]["speaker"]) if at + 1 < len(words) else "",
        )
        for at, row in enumerate(rows)
    ]


def _words(row: Mapping[str, Any]) -> str:
    return " ".join(str(row["text"]).split()) or "-"


SETS: Mapping[str, tuple[str, Callable[[Sequence[Mapping[str, Any]]], list[_Row]]]] = {
    "NHS": ("nhs_comments", _nhs),
    "AnnoMI": ("annomi", _annomi),
    "TalkMoves": ("talkmoves_60", _talkmoves),
    "scrum": ("scrum_interviews", _scrum),
    "paper": ("paper_tables", _paper),
}
DEFINITIONS = {"scrum": "scrum_codebook.csv"}


# the longer half of the answers, as studies of their own: words are many there, and a code may live in one sentence
LONGER_HALVES = {"NHS longer half": "NHS", "AnnoMI longer half": "AnnoMI"}


def read_set(name: str, data: Path, cache: EmbeddingCache) -> LabelledSet:
    """Read one of ``SETS`` or ``LONGER_HALVES``; embeddings come from the cache where it has them."""
    if name in LONGER_HALVES:
        whole = read_set(LONGER_HALVES[name], data, cache)
        words = np.array([len(unit.text.split()) for unit in whole.units])
        return replace(only_rows(whole, words > np.median(words)), name=name)
    file, reader = SETS[name]
    with (data / f"{file}.jsonl").open(encoding="utf-8") as lines:
        rows = reader([json.loads(line) for line in lines])
    codes = tuple(sorted({code for row in rows for code in row.codes}))
    column = {code: at for at, code in enumerate(codes)}
    labels = np.array([[code in row.codes for code in codes] for row in rows], dtype=bool)
    groups = tuple(row.group for row in rows)
    others: dict[str, dict[int, frozenset[int]]] = {}
    for at, row in enumerate(rows):
        for coder, its in row.by.items():
            others.setdefault(coder, {})[at] = frozenset(column[code] for code in its if code in column)
    source = EmbedderSource(device="cpu")

    def embed(texts: Sequence[str]) -> Floats32:
        return cache.embed(source, texts).vectors

    def sentences(texts: Sequence[str]) -> Sequence[Sequence[Span]]:
        return cache.sentences(texts, "rules", lambda text: sentences_in(text, "rules"))

    defined = _definitions(data / DEFINITIONS[name]) if name in DEFINITIONS else {}
    meanings = tuple(". ".join(filter(None, (name_of(code), defined.get(code, "")))) for code in codes)
    units = tuple(row.unit for row in rows)
    vectors = embed([unit.text for unit in units])
    return LabelledSet(
        name=name,
        meanings=meanings,
        units=units,
        groups=groups,
        codes=codes,
        labels=labels,
        folds=folds_of(groups, labels.astype(float), folds=FOLDS),
        embeddings=vectors,
        described=embed(meanings),
        parts=parts_of(units, vectors, embed, sentences),
        others=others,
    )


def only_rows(data: LabelledSet, kept: Bools) -> LabelledSet:
    """Some of a set's units, as a set with folds of its own."""
    rows = np.flatnonzero(kept)
    groups, labels = tuple(data.groups[row] for row in rows), data.labels[rows]
    return replace(
        data,
        units=tuple(data.units[row] for row in rows),
        groups=groups,
        labels=labels,
        folds=folds_of(groups, labels.astype(float), folds=FOLDS),
        embeddings=data.embeddings[rows],
        parts=data.parts.only(rows),
        others={},
    )


def _definitions(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8", newline="") as rows:
        return {row["code"]: row["definition"] for row in csv.DictReader(rows)}


def name_of(code: str) -> str:
    """A code's name as words: "question:open" is "question open"."""
    return code.replace(":", " ").replace("_", " ")
