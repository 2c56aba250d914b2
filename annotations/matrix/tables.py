"""The table itself: the codings that count, by phase, row and column. Pure sums; nothing is left out or counted twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from annotations.codebook.codes import Code, Codebook
from annotations.matrix.columns import MatrixColumns
from annotations.matrix.counted_codings import CountedPassage
from annotations.matrix.proposed_rating import Heard, Proposal, proposed
from annotations.names import folded
from annotations.store.cell_place import Column, column_key, place_key
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Kind, Transcript

_KINDS = tuple(kind.value for kind in Kind)


@dataclass(frozen=True)
class CodingCell:
    """The codings of one phase, row and column, with the transcript of each."""

    found: tuple[tuple[CountedPassage, KeptTranscript], ...]

    @property
    def codings(self) -> int:
        """How many there are."""
        return len(self.found)

    @cached_property
    def informants(self) -> tuple[str, ...]:
        """Who said it, each once."""
        names = {folded(who): who for _, kept in self.found if (who := informant_of(kept.transcript))}
        return tuple(sorted(names.values()))

    @cached_property
    def sources(self) -> Mapping[str, int]:
        """In how many transcripts of each kind."""
        kinds: dict[str, set[UUID]] = {}
        for _, kept in self.found:
            kinds.setdefault(kept.transcript.kind.value, set()).add(kept.id)
        return {kind: len(kinds[kind]) for kind in _KINDS if kind in kinds}

    @property
    def proposal(self) -> Proposal:
        """What the published rule proposes as a rating."""
        return proposed(
            Heard(
                informant_of(kept.transcript),
                str(kept.id),
                passage.influence,
                passage.concrete_example,
            )
            for passage, kept in self.found
        )


EMPTY = CodingCell(())


def informant_of(transcript: Transcript) -> str | None:
    """Who speaks in it: its participant; an interview of an unknown one is somebody too, a document alone is nobody."""
    if transcript.participant:
        return transcript.participant
    return f"({transcript.name})" if transcript.kind is Kind.INTERVIEW else None


@dataclass(frozen=True)
class Matrix:
    """Cells by phase, row and column: ids of codes, "" where no phase is stated, and what the column stands for.

    ``columns``: those that hold codings, in the order in which they came.
    """

    cells: Mapping[tuple[str, str, str], CodingCell]
    columns: tuple[Column, ...]

    def cell(self, phase: str, code: str, column: Column) -> CodingCell:
        """What stands there; empty where nothing does."""
        return self.cells.get((phase, code, column_key(column)), EMPTY)

    @property
    def codings(self) -> int:
        """All codings that count. One with two phases counts in each."""
        return sum(cell.codings for cell in self.cells.values())


def matrix_of(
    counted: Iterable[CountedPassage],
    transcripts: Mapping[UUID, KeptTranscript],
    columns: MatrixColumns,
    row_of: Callable[[str], str] = lambda code: code,
) -> Matrix:
    """The table of these codings. ``row_of``: the row in which a code stands, its own if nothing is said."""
    placed: dict[tuple[str, str, str], list[tuple[CountedPassage, KeptTranscript]]] = {}
    named: dict[str, Column] = {}
    column_in: dict[UUID, str] = {}
    for passage in counted:
        kept = transcripts[passage.transcript]
        key = column_in.get(kept.id)
        if key is None:
            column = columns.of(kept.transcript)
            key = column_in[kept.id] = column_key(column)
            named.setdefault(key, column)
        placed.setdefault((passage.phase, row_of(passage.code), key), []).append((passage, kept))
    return Matrix({place: CodingCell(tuple(its)) for place, its in placed.items()}, tuple(named.values()))


def rows_at(codebook: Codebook, level: int | None) -> Callable[[str], str]:
    """In which row a code stands: its own, or that of the code above it at this level (1: the top of its framework)."""
    if level is None:
        return lambda code: code
    rows: dict[str, str] = {}
    for code in codebook.codes:
        line = _line(codebook, code)
        rows[code.id] = line[min(level, len(line)) - 1]
    return lambda code: rows.get(code, code)


def codes_below(codebook: Codebook, code: str) -> frozenset[str]:
    """The code and all below it."""
    below = {code}
    for child in codebook.codes:
        if child.parent in below:
            below.add(child.id)
    return frozenset(below)


def _line(codebook: Codebook, code: Code) -> Sequence[str]:
    """The code and all above it, from the top."""
    line = [code.id]
    while code.parent is not None:
        code = codebook[code.parent]
        line.append(code.id)
    return line[::-1]


def key_of(phase: str, code: str, column: Column) -> str:
    """The key by which what people wrote into a cell is found."""
    return place_key(phase, code, column_key(column))
