"""What each judge decided on each unit, as arrays.

The units are the participants' segments, in reading order; where one coding of anybody is wider than a segment, the
segments that it covers are one unit for that code, not several. A joined unit stands in the row of its first
segment, and its other rows are unknown to everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from annotations.agreement.columns import DecisionColumn
from annotations.arrays import Bools
from annotations.coding import Review
from annotations.groups import GroupBy, groups_of
from annotations.labels import Labels, labels_of
from annotations.segment import Segment, project
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Span

Runs = Mapping[int, Sequence[tuple[int, int]]]  # by column: first and last row of each joined unit


@dataclass(frozen=True)
class Units:
    """The participants' segments of some transcripts: ``at`` gives transcript and position of each."""

    transcripts: tuple[KeptTranscript, ...]
    segments: Mapping[UUID, tuple[Segment, ...]]
    at: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def row(self) -> Mapping[tuple[UUID, int], int]:
        """Where the segment at a position of a transcript stands."""
        return {(self.transcripts[t].id, s): row for row, (t, s) in enumerate(self.at)}

    def segment(self, row: int) -> Segment:
        """The segment in this row."""
        t, s = self.at[row]
        return self.segments[self.transcripts[t].id][s]

    def transcript(self, row: int) -> KeptTranscript:
        """The transcript of this row."""
        return self.transcripts[self.at[row][0]]

    def groups(self, by: GroupBy) -> tuple[NDArray[np.intp], tuple[str, ...]]:
        """The group of each row as a position in the names, and the names."""
        of = groups_of([kept.transcript for kept in self.transcripts], by)
        names = tuple(sorted(set(of)))
        position = {name: at for at, name in enumerate(names)}
        return np.array([position[of[t]] for t, _ in self.at], dtype=np.intp), names

    def values_of(self, key: str) -> NDArray[np.str_]:
        """Each row's case, site or wave."""
        return np.array([str(getattr(self.transcripts[t].transcript, key)) for t, _ in self.at], dtype=str)


def units_of(transcripts: Sequence[KeptTranscript], segments: Mapping[UUID, tuple[Segment, ...]]) -> Units:
    """The participants' segments of these transcripts."""
    at = tuple(
        (t, s)
        for t, kept in enumerate(transcripts)
        for s, segment in enumerate(segments.get(kept.id, ()))
        if segment.role.is_coded
    )
    return Units(tuple(transcripts), segments, at)


@dataclass(frozen=True)
class JudgeDecisions:
    """One judge's decisions: ``values`` and ``known``, both of shape (n, columns).

    ``rows``: which units these n are, ascending; None: all of them. Of a unit that is not among them nothing is known.
    """

    values: Bools
    known: Bools
    rows: NDArray[np.intp] | None = None

    @property
    def places(self) -> NDArray[np.intp]:
        """Which units these are, shape (n,)."""
        return np.arange(len(self.values)) if self.rows is None else self.rows

    def over(self, rows: NDArray[np.intp]) -> JudgeDecisions:
        """The same on these units (ascending), of which some may be unknown to this judge."""
        own = self.places
        at = np.searchsorted(own, rows)
        there = at < len(own)
        there[there] = own[at[there]] == rows[there]
        shape = (len(rows), self.values.shape[1])
        values, known = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
        values[there], known[there] = self.values[at[there]], self.known[at[there]]
        return JudgeDecisions(values, known, rows)

    def only(self, rows: Bools) -> JudgeDecisions:
        """Known on these alone; ``rows``: shape (n,)."""
        return replace(self, known=self.known & rows[:, None])

    @property
    def anywhere(self) -> bool:
        """Is anything known?"""
        return bool(self.known.any())


def judged_by(
    units: Units, columns: Sequence[DecisionColumn], reviews: Sequence[Review], runs: Runs
) -> JudgeDecisions:
    """What these reviews of one coder, taken together, decide on every unit: nothing of a code that came after them."""
    decisions = judged_where_reviewed(units, columns, reviews, runs).over(np.arange(len(units)))
    return replace(decisions, rows=None)


def judged_where_reviewed(
    units: Units, columns: Sequence[DecisionColumn], reviews: Sequence[Review], runs: Runs
) -> JudgeDecisions:
    """As ``judged_by``, of the units alone that these reviews are about: a coder reads a small part of a large study."""
    passes = [
        (asked, row, labels.codes.get(position, frozenset()))
        for labels in labels_of(units.segments, reviews)
        for asked in (_asked(columns, labels),)
        for position in labels.judged
        if (row := units.row.get((labels.transcript, position))) is not None
    ]
    rows = np.unique(np.array([row for _, row, _ in passes], dtype=np.intp))
    values = np.zeros((len(rows), len(columns)), dtype=np.bool_)
    known = np.zeros_like(values)
    where = _columns_of_codes(columns)
    place = {row: at for at, row in enumerate(rows.tolist())}
    for asked, row, codes in passes:
        known[place[row]] |= asked
        _apply(values, place[row], codes, where)
    return joined(JudgeDecisions(values & known, known, rows), runs)


def _asked(columns: Sequence[DecisionColumn], labels: Labels) -> Bools:
    """The decisions that a pass made, shape (columns,).

    A framework or family is judged by the codes that it had then, if it had any; by a pass for some codes alone only
    where these are all that it has.
    """
    decides = labels.decides
    if decides is None:
        return np.ones(len(columns), dtype=np.bool_)
    if labels.whole:
        return np.array([bool(column.members & decides) for column in columns], dtype=np.bool_)
    return np.array([column.members <= decides for column in columns], dtype=np.bool_)


def judged_from_codes(
    rows: NDArray[np.intp],
    columns: Sequence[DecisionColumn],
    codes: Mapping[int, frozenset[str]],
    runs: Runs,
) -> JudgeDecisions:
    """A judge who put these codes on some of these units (``rows``, ascending), and judged no other."""
    values = np.zeros((len(rows), len(columns)), dtype=np.bool_)
    known = np.zeros_like(values)
    where = _columns_of_codes(columns)
    for at, row in enumerate(rows.tolist()):
        if row in codes:
            known[at] = True
            _apply(values, at, codes[row], where)
    return joined(JudgeDecisions(values, known, rows), runs)


def runs_of(units: Units, columns: Sequence[DecisionColumn], reviews: Sequence[Review]) -> Runs:
    """The rows that are one unit, by column, because one coding covers them all."""
    wide: dict[int, list[tuple[int, int]]] = {}
    spans = {t: [segment.span for segment in cut] for t, cut in units.segments.items()}
    for transcript, coded in _coded_spans(reviews).items():
        for span, positions in project(spans.get(transcript, []), {span: span for span in coded}).items():
            rows = [row for p in positions if (row := units.row.get((transcript, p))) is not None]
            if len(rows) < 2:
                continue
            for at, column in enumerate(columns):
                if column.members & coded[span]:
                    wide.setdefault(at, []).append((rows[0], rows[-1]))
    return {at: _merged(its) for at, its in wide.items()}


def joined(judged: JudgeDecisions, runs: Runs) -> JudgeDecisions:
    """The same with every run of rows as one unit, in its first row; who did not look at all of it has not judged it.

    Not to be done twice.
    """
    if not runs:
        return judged
    values, known, places = judged.values.copy(), judged.known.copy(), judged.places
    for at, its in runs.items():
        for first, last in its:
            begin, end = np.searchsorted(places, (first, last + 1)).tolist()
            if begin == end:
                continue
            looked_at_all = end - begin == last + 1 - first and known[begin:end, at].all()
            values[begin, at] = values[begin:end, at].any()
            known[begin:end, at] = False
            known[begin, at] = looked_at_all
    return replace(judged, values=values, known=known)


def whole_units(units: int, runs: Runs, column: int = 0) -> NDArray[np.intp]:
    """The row that stands for each row, by one column (the first: is it coded at all)."""
    stands = np.arange(units)
    for first, last in runs.get(column, ()):
        stands[first : last + 1] = first
    return stands


def _apply(values: Bools, row: int, codes: frozenset[str], where: Mapping[str, list[int]]) -> None:
    for code in codes:
        values[row, where.get(code, [])] = True


def _columns_of_codes(columns: Sequence[DecisionColumn]) -> Mapping[str, list[int]]:
    places_of: dict[str, list[int]] = {}
    for at, column in enumerate(columns):
        for code in column.members:
            places_of.setdefault(code, []).append(at)
    return places_of


def _coded_spans(reviews: Sequence[Review]) -> dict[UUID, dict[Span, set[str]]]:
    spans: dict[UUID, dict[Span, set[str]]] = {}
    for review in reviews:
        for coding in review.codings:
            spans.setdefault(review.transcript, {}).setdefault(coding.span, set()).add(coding.code)
    return spans


def _merged(runs: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined_runs: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if joined_runs and first <= joined_runs[-1][1]:
            joined_runs[-1] = (joined_runs[-1][0], max(joined_runs[-1][1], last))
        else:
            joined_runs.append((first, last))
    return tuple(joined_runs)
