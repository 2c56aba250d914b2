"""From the store to judges: who decided what on which units, people and model versions alike.

The model's word on a unit is the suggestion that stood there when a person reviewed it: the version shown, where one
was; else the newest made before the review came in. It counts only if that version had learnt nothing from anybody of
the participant's group. What is left out is counted, with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from annotations.agreement.columns import DecisionColumn, columns_of
from annotations.agreement.current_reviews import by_kind, newest_on_rows, notes_on
from annotations.agreement.judged import (
    JudgeDecisions,
    Runs,
    Units,
    judged_from_codes,
    judged_where_reviewed,
    runs_of,
    units_of,
    whole_units,
)
from annotations.arrays import Floats32
from annotations.codebook.codes import Codebook
from annotations.coding import Review
from annotations.store.coders import coder_names
from annotations.store.model_versions import ModelVersion, all_models
from annotations.store.review_moments import (
    assisted_reviews,
    learnt_transcripts,
    review_coders,
    review_moments,
    suggestions_made,
    what_reviews_rest_on,
)
from annotations.store.reviews import current_reviews
from annotations.store.segments import segments_of
from annotations.store.suggestions import Spoken, each_spoken
from annotations.store.transcripts import KeptTranscript, all_texts

NONE_STOOD = "no suggestion stood on the segment when it was reviewed"
HAD_LEARNT = "the model version had learnt from this participant"
OTHER_CUT = "the suggestion was made for another cutting into segments"


@dataclass(frozen=True)
class ModelSide:
    """What the model had said of the units that one person reviewed under one condition.

    Everything is of the units ``judged.rows``, n of them. ``judged``: where the version had learnt nothing from the
    participant, so that it is a test of the model. ``stood``: wherever a suggestion stood, for what it did to the person.
    ``version``: shape (n,), positions in the material's models, −1 where there is none.
    ``probability``: of the codes, shape (n, columns), NaN where the version does not judge the code.
    """

    judged: JudgeDecisions
    stood: JudgeDecisions
    version: NDArray[np.intp]
    probability: Floats32


@dataclass(frozen=True)
class Reviewed:
    """One person's reviews of one kind: the decisions, the model's word then, and each unit's newest review.

    Person and model are of the same units, those that the person looked at (``rows``).
    """

    judged: JudgeDecisions
    model: ModelSide
    review_of: Mapping[int, Review]

    @property
    def rows(self) -> NDArray[np.intp]:
        """Which units these are."""
        return self.judged.places

    @property
    def reviews(self) -> tuple[Review | None, ...]:
        """The newest review of each of these units."""
        return tuple(self.review_of.get(row) for row in self.rows.tolist())


@dataclass(frozen=True)
class Material:
    """Everything that can be compared, and what had to be left out.

    ``independent``, ``assisted``, ``repeats``: by coder. ``consensus``: by coder, the derived reviews that were formed
    without them. ``left_out``: by condition and reason, how many of a person's decisions on units have no
    counterpart of the model. ``notes``: what else could not be used.
    """

    units: Units
    columns: tuple[DecisionColumn, ...]
    runs: Runs
    models: tuple[ModelVersion, ...]
    independent: Mapping[str, Reviewed]
    assisted: Mapping[str, Reviewed]
    repeats: Mapping[str, Reviewed]
    consensus: Mapping[str, JudgeDecisions]
    consensus_and_model: tuple[JudgeDecisions, JudgeDecisions] | None
    left_out: Mapping[str, Mapping[str, int]]
    notes: tuple[str, ...] = ()

    @property
    def stands(self) -> NDArray[np.intp]:
        """The row that stands for each row as a whole unit."""
        return whole_units(len(self.units), self.runs)


@dataclass
class _MaterialReader:
    """What the parts of a reading share."""

    units: Units
    columns: tuple[DecisionColumn, ...]
    runs: Runs
    models: tuple[ModelVersion, ...]
    moments: Mapping[UUID, datetime]
    made: Mapping[UUID, Sequence[tuple[datetime, UUID]]]
    learnt: Mapping[UUID, frozenset[str]]
    group: tuple[str, ...]
    said: dict[tuple[UUID, UUID], Spoken] = field(default_factory=dict)
    left_out: dict[str, Counter[str]] = field(default_factory=dict)


def read_material(
    connection: Connection, codebook: Codebook, segmentation: str, *, among: Sequence[UUID] | None = None
) -> Material:
    """Read the current reviews of a study, or of the transcripts ``among``, as judges."""
    transcripts = all_texts(connection)
    wanted = None if among is None else set(among)
    chosen = tuple(kept for kept in transcripts if wanted is None or kept.id in wanted)
    segments = segments_of(connection, segmentation)
    units = units_of(chosen, {kept.id: segments.get(kept.id, ()) for kept in chosen})
    here = {kept.id for kept in chosen}
    reviews = tuple(review for review in current_reviews(connection) if review.transcript in here)
    columns = columns_of(codebook)
    runs = runs_of(units, columns, reviews)
    reader = _reader(connection, units, columns, runs, transcripts)
    kinds = by_kind(reviews)
    review_rows = {
        (kind, coder): newest_on_rows(units, its)
        for kind, by_coder in kinds.items()
        for coder, its in by_coder.items()
    }
    _read_suggestions(connection, reader, review_rows)
    kept = {
        kind: {
            coder: _reviewed(reader, its, review_rows[kind, coder], kind) for coder, its in by_coder.items()
        }
        for kind, by_coder in kinds.items()
    }
    derived = tuple(review for review in reviews if review.condition.derived)
    without, and_model = _consensus(connection, reader, derived, tuple(kept["independent"]))
    return Material(
        units=units,
        columns=columns,
        runs=runs,
        models=reader.models,
        independent=kept["independent"],
        assisted=kept["assisted"],
        repeats=kept["repeat"],
        consensus=without,
        consensus_and_model=and_model,
        left_out={kind: dict(counted) for kind, counted in reader.left_out.items()},
        notes=notes_on(reviews, codebook),
    )


def _reviewed(
    reader: _MaterialReader, reviews: Sequence[Review], review_of: Mapping[int, Review], kind: str
) -> Reviewed:
    judged = judged_where_reviewed(reader.units, reader.columns, reviews, reader.runs)
    rows = np.union1d(judged.places, np.array(list(review_of), dtype=np.intp))
    return Reviewed(judged.over(rows), _model_side(reader, rows, review_of, kind), review_of)


def _reader(
    connection: Connection,
    units: Units,
    columns: tuple[DecisionColumn, ...],
    runs: Runs,
    transcripts: Sequence[KeptTranscript],
) -> _MaterialReader:
    # what a model learnt from outside the chosen transcripts counts too
    everything = Units(tuple(transcripts), {}, tuple((t, 0) for t in range(len(transcripts))))
    member, names = everything.groups("participant")
    group = {kept.id: names[member[t]] for t, kept in enumerate(transcripts)}
    ids = {units.segment(row).id for row in range(len(units))}
    return _MaterialReader(
        units=units,
        columns=columns,
        runs=runs,
        models=all_models(connection),
        moments=review_moments(connection),
        made=suggestions_made(connection, {segment_id for segment_id in ids if segment_id is not None}),
        learnt={
            model: frozenset(group[t] for t in its if t in group)
            for model, its in learnt_transcripts(connection).items()
        },
        group=tuple(group[kept.id] for kept in units.transcripts),
    )


def _read_suggestions(
    connection: Connection, reader: _MaterialReader, rows: Mapping[tuple[str, str], Mapping[int, Review]]
) -> None:
    needed: dict[UUID, set[UUID]] = {}
    for its in rows.values():
        for row, review in its.items():
            model = _version_then(reader, row, review)
            segment = reader.units.segment(row).id
            if model is not None and segment is not None:
                needed.setdefault(model, set()).add(segment)
    by_id = {model.id: model for model in reader.models}
    for model_id, segments in needed.items():
        if model_id not in by_id:
            continue
        for segment, spoken in each_spoken(connection, model_id):
            if segment in segments:
                reader.said[model_id, segment] = spoken


def _version_then(reader: _MaterialReader, row: int, review: Review) -> UUID | None:
    """The version whose suggestion stood on this row when it was reviewed."""
    if review.shown_version is not None:
        return review.shown_version
    segment = reader.units.segment(row).id
    when = reader.moments.get(review.id) if review.id else None
    if segment is None or when is None:
        return None
    before = [model for created, model in reader.made.get(segment, ()) if created <= when]
    return before[-1] if before else None


def _model_side(
    reader: _MaterialReader, rows: NDArray[np.intp], review_of: Mapping[int, Review], kind: str
) -> ModelSide:
    units, columns = reader.units, reader.columns
    position = {model.id: at for at, model in enumerate(reader.models)}
    places = [_places(model, columns) for model in reader.models]
    version = np.full(len(rows), -1, dtype=np.intp)
    probability = np.full((len(rows), len(columns)), np.nan, dtype=np.float32)
    codes: dict[int, frozenset[str]] = {}
    learnt: set[int] = set()
    counted = reader.left_out.setdefault(kind, Counter())
    for at, row in enumerate(rows.tolist()):
        if (review := review_of.get(row)) is None:
            continue
        model = _version_then(reader, row, review)
        segment = units.segment(row).id
        said = reader.said.get((model, segment)) if model and segment else None
        if model is None or said is None:
            counted[NONE_STOOD if model is None else OTHER_CUT] += 1
            continue
        version[at] = position[model]
        codes[row] = frozenset(said.suggested)
        if reader.group[units.at[row][0]] in reader.learnt.get(model, frozenset()):
            counted[HAD_LEARNT] += 1
            learnt.add(row)
        here, there = places[position[model]]
        probability[at, there] = np.frombuffer(said.probabilities, dtype="<f4")[here]
    clean = {row: codes[row] for row in codes.keys() - learnt}
    judged_cleanly, stood = (judged_from_codes(rows, columns, its, reader.runs) for its in (clean, codes))
    return ModelSide(judged_cleanly, stood, version, probability)


def _places(model: ModelVersion, columns: Sequence[DecisionColumn]) -> tuple[list[int], list[int]]:
    """Where the version has the codes that are columns, and which columns these are."""
    column = {c.code_id: at for at, c in enumerate(columns) if c.level == "code"}
    both = [(here, column[code]) for here, code in enumerate(model.codes) if code in column]
    return [here for here, _ in both], [there for _, there in both]


def _consensus(
    connection: Connection, reader: _MaterialReader, derived: Sequence[Review], coders: Sequence[str]
) -> tuple[dict[str, JudgeDecisions], tuple[JudgeDecisions, JudgeDecisions] | None]:
    """For each coder the derived reviews formed without them; and one with the model, from independent sources."""
    if not derived:
        return {}, None
    names = coder_names(connection)
    authors = {review: names.get(coder, "") for review, coder in review_coders(connection).items()}
    rests_on = what_reviews_rest_on(connection)
    part = {
        review.id: {review.coder} | {authors.get(source, "") for source in _below(rests_on, review)}
        for review in derived
    }
    without = {
        coder: judged_where_reviewed(
            reader.units,
            reader.columns,
            [review for review in derived if review.sources and coder not in part[review.id]],
            reader.runs,
        )
        for coder in coders
    }
    return {coder: judged for coder, judged in without.items() if judged.anywhere}, _with_model(
        connection, reader, derived, rests_on
    )


def _below(rests_on: Mapping[UUID, frozenset[UUID]], review: Review) -> frozenset[UUID]:
    return frozenset() if review.id is None else rests_on.get(review.id, frozenset())


def _with_model(
    connection: Connection,
    reader: _MaterialReader,
    derived: Sequence[Review],
    rests_on: Mapping[UUID, frozenset[UUID]],
) -> tuple[JudgeDecisions, JudgeDecisions] | None:
    assisted = assisted_reviews(connection)
    formed = [review for review in derived if review.sources and not assisted & _below(rests_on, review)]
    rows = newest_on_rows(reader.units, formed)
    _read_suggestions(connection, reader, {("consensus", ""): rows})
    its = _reviewed(reader, formed, rows, "consensus")
    return (its.judged, its.model.judged) if its.judged.anywhere else None
