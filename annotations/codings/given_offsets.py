"""The columns start and end of a table: do they count code points of our text, as they have to?

Other programs count UTF-16 units, or a line end as two. Then a passage begins a few characters late, and nothing else
shows it. People select whole words, so where passages would begin or end within words, other ways of counting are
tried. Where quotes stand beside and bear one out, it is used and told; without quotes nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from annotations.codings.locate import whole_number
from annotations.codings.other_offsets import USUAL, other_ways, within_a_word
from annotations.numbers_shown import counted
from annotations.refi.counting import Counting, RawText
from annotations.refi.project import RefiSelection
from annotations.refi.unit_decision import UnitEvidence, span_of
from annotations.sheets.sheet import SheetRow
from annotations.transcript import Span, Transcript

# so many passages, and so great a share of them, do not begin or end within words by a slip of the mouse
_LEAST_CUT = 3
_SLIPS = 0.2


@dataclass(frozen=True, slots=True)
class OffsetsInRow:
    """Start and end as a row gives them, with the quote beside, if any. ``at``: the place of the row in the file."""

    at: int
    row: int
    start: int
    end: int
    quote: str = ""


def offsets_in_row(at: int, row: SheetRow) -> OffsetsInRow | None:
    """The offsets of a row; None where it has none, or stands in a table that Tandem wrote."""
    start, end = whole_number(row["start"]), whole_number(row["end"])
    if start is None or end is None or of_tandem(row):
        return None
    return OffsetsInRow(at, row.number, start, end, row["quote"])


def of_tandem(row: SheetRow) -> bool:
    """Is it a row of a table that Tandem wrote?"""
    return {"draw", "decision"} <= row.cells.keys()


@dataclass
class GivenOffsets:
    """What start and end mean where they do not count as ours do. By the place of a row in the file.

    ``spans``: read in the way of counting that the quotes bear out. ``refused``: why a row cannot be placed.
    ``notes``: what the team should know.
    """

    spans: dict[int, Span] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def judge_offsets(asked: Iterable[tuple[Transcript, Sequence[OffsetsInRow]]]) -> GivenOffsets:
    """Judge the offsets of each transcript by themselves: files may come from different programs."""
    judged = GivenOffsets()
    for transcript, rows in asked:
        _judge(judged, transcript, [row for row in rows if row.start < row.end])
    return judged


def _judge(judged: GivenOffsets, transcript: Transcript, rows: Sequence[OffsetsInRow]) -> None:
    raw = RawText(transcript.text)
    selections = [RefiSelection(str(row.at), row.start, row.end, row.quote) for row in rows]
    ways = UnitEvidence(raw, selections).ways
    if not rows or not ways:
        return
    ours = next(score for score, countings in ways if Counting() in countings)
    best, (counting, *_) = ways[0]
    cut = len(rows) - ours.whole
    hits, recorded = best.recorded
    fits = best.whole == len(rows) and hits == recorded
    if not fits and _counted_otherwise(judged, transcript, rows, cut):
        return
    if best.whole == len(rows) and hits == recorded > ours.recorded[0]:
        positions = raw.positions(counting)
        spans = zip(rows, (span_of(positions, selection) for selection in selections), strict=True)
        judged.spans |= {row.at: span for row, span in spans if span is not None}
        judged.notes.append(
            f'start and end of "{transcript.name}" count {counting.in_words}, as its quotes show; they were read so.'
        )
    elif best.whole == len(rows) and not recorded and cut >= _LEAST_CUT and cut > _SLIPS * len(rows):
        reason = _cut_unless(transcript, cut, len(rows), counting.in_words)
        judged.refused |= {row.at: reason for row in rows}
    elif cut:
        first = _first_cut(transcript.text, rows)
        if first is not None:
            passages = counted(cut, "passage", "passages") + (
                " begins or ends" if cut == 1 else " begin or end"
            )
            judged.notes.append(
                f'{passages} within a word of "{transcript.name}" (the first in row {first}). Look whether that is '
                f'meant: start and end count code points, from 0, of the text that "tandem show ID --text" '
                f"prints."
            )


def _counted_otherwise(
    judged: GivenOffsets, transcript: Transcript, rows: Sequence[OffsetsInRow], cut: int
) -> bool:
    """Judge them as bytes and as counts from 1; True where that settles it."""
    ways = other_ways(transcript.text, [(row.start, row.end, row.quote) for row in rows])
    usual = next(way for way in ways if way.in_words == USUAL)
    best = ways[0]
    quoted = sum(bool(row.quote) for row in rows)
    spans = {row.at: span for row, span in zip(rows, best.spans, strict=True) if span is not None}
    if quoted and best.hits == quoted > usual.hits and len(spans) == len(rows):
        judged.spans |= spans
        judged.notes.append(
            f'start and end of "{transcript.name}" count {best.in_words}, as its quotes show; they were read so.'
        )
        return True
    if quoted or cut < _LEAST_CUT or cut <= _SLIPS * len(rows) or best.whole < len(rows):
        return False
    reason = _cut_unless(transcript, cut, len(rows), best.in_words)
    judged.refused |= {row.at: reason for row in rows}
    return True


def _cut_unless(transcript: Transcript, cut: int, rows: int, counted_so: str) -> str:
    return (
        f'counted as Tandem does, {cut} of {rows} passages of "{transcript.name}" would begin or end within a '
        f"word; counted {counted_so}, none would. Give code points of the text that "
        f'"tandem show ID --text" prints, or a column quote with the words, by which Tandem can tell'
    )


def _first_cut(text: str, rows: Sequence[OffsetsInRow]) -> int | None:
    return next(
        (
            row.row
            for row in rows
            if row.end <= len(text) and any(within_a_word(text, at) for at in (row.start, row.end))
        ),
        None,
    )
