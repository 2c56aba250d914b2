"""What a cell of a printed table says, as lines of a kind each: summary, rating, counts, quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from annotations.matrix.rated_cells import CONSENSUS, DIFFER, ONE
from annotations.matrix.rating_scale import rating_shown
from annotations.matrix.tables import CodingCell
from annotations.numbers_shown import counted
from annotations.store.cell_place import Column
from service.results.cell_quotes import CellQuote, may_tell, quotes_of
from service.results.check_words import check_in_words
from service.results.study_table import StudyTable

CHECKED = "Member check:"
MOST_QUOTES = 3  # of a printed cell where nobody chose any


@dataclass(frozen=True, slots=True)
class CellLine:
    """One line of a cell."""

    kind: Literal["summary", "rating", "counts", "quote"]
    words: str


def lines_of(
    table: StudyTable, phase: str, row: str, column: Column, *, with_quotes: bool, site: str | None
) -> Iterator[CellLine]:
    """Everything that a printed cell says, the summary first."""
    cell = table.cell(phase, row, column)
    for written in table.written(phase, row, column):
        yield CellLine("summary", written.text)
    rated = table.rating(phase, row, column)
    if rated is not None and rated.status:
        yield CellLine("rating", f"Rating: {rating_words(table, phase, row, column)}")
    if cell.codings:
        kinds = ", ".join(counted(count, kind) for kind, count in cell.sources.items())
        people = f", {counted(len(cell.informants), 'participant')}" if cell.informants else ""
        yield CellLine("counts", f"{counted(cell.codings, 'coding')}{people}; {kinds}")
    for check in table.answers(phase, row, column):
        told = with_quotes and may_tell(table.transcripts.values(), check, site=site)
        yield CellLine("counts", f"{CHECKED} {check_in_words(check, words=told)}")
    if with_quotes:
        yield from _quotes(table, phase, row, column, site)


def _quotes(table: StudyTable, phase: str, row: str, column: Column, site: str | None) -> Iterator[CellLine]:
    cell = table.cell(phase, row, column)
    printed = quotes_printed(table, cell, site=site)
    for quote in printed:
        yield CellLine("quote", f"“{quote.text}” ({quote.participant})")
    left = len(quotes_of(table, cell, site=site).found) - len(printed)
    if left:
        yield CellLine("counts", f"{counted(left, 'passage')} more may be quoted; none was chosen")


def quotes_printed(table: StudyTable, cell: CodingCell, *, site: str | None) -> Sequence[CellQuote]:
    """The quotes that a printed cell shows: those that somebody chose, else the first few."""
    quotes = quotes_of(table, cell, site=site).found
    return quotes if quotes and quotes[0].chosen else quotes[:MOST_QUOTES]


def rating_words(table: StudyTable, phase: str, row: str, column: Column) -> str:
    """The rating of a cell as people read it: "+2", "+1 (one rater)", "−1 / +1 (not agreed yet)"; "" where there is none."""
    rated = table.rating(phase, row, column)
    if rated is None or not rated.status:
        return ""
    if rated.status == DIFFER:
        return f"{' / '.join(rating_shown(rating.value) for rating in rated.newest)} (not agreed yet)"
    value = rating_shown(rated.value or "")
    return (
        value
        if rated.status == CONSENSUS
        else f"{value} ({'one rater' if rated.status == ONE else 'raters agree'})"
    )


def how_it_was_counted(table: StudyTable, *, with_quotes: bool) -> tuple[str, ...]:
    """The notes below a table: what its figures mean."""
    notes = [
        "A coding is a passage that carries a code. A passage counts once for a code, however many people coded it; where "
        "the coders agreed on a passage, what they agreed on counts alone. Suggestions of a model are never counted.",
        "Of participants those are counted whose words were coded.",
    ]
    if table.rated:
        notes.append(
            "Ratings: −2 and +2, two or more participants describe with concrete examples that the code hinders or helps; "
            "−1 and +1, general statements, one example, or more who say so than the opposite; 0, neither; mixed, as many "
            "say that it helps as that it hinders; missing, nobody speaks of it. People rate; without a note in brackets, a "
            "value is the raters' consensus."
        )
    if table.summaries:
        notes.append("Summaries were written by people of the team.")
    if table.checks:
        notes.append(
            "Member checks: what participants, or people of a case, answered when they were shown a summary of what was "
            "coded; beside each finding that rests on their words, or that they named."
        )
    if with_quotes:
        notes.append("Quotes carry the participant's code, and are of participants who may be quoted.")
    if table.wanted.outcome:
        notes.append(f'Columns stand from the lowest to the highest "{table.wanted.outcome}".')
    notes.append(f"Codebook: {table.codebook.name}, version {table.codebook.version}.")
    return (*notes, *table.notes)
