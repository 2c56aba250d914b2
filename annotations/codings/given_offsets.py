"""The columns start and end of a table: do they count code points of our text, as they have to?

Other programs count UTF-16 units or bytes, a line end as two, or from 1. Then a passage begins a few characters late, and
nothing else shows it. People select whole words, so where passages would begin or end within words, other ways of
counting are tried. Where quotes stand beside and bear one out, it is used and told; without quotes nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from annotations.codings.locate import whole_number
from annotations.codings.offset_ways import offset_ways
from annotations.numbers_shown import counted
from annotations.refi.unit_decision import plain_words
from annotations.sheets.sheet import SheetRow
from annotations.transcript import Span, Transcript
from annotations.word_edges import between_words

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
    text = transcript.text
    plain = plain_words(text)
    # a quote that stands nowhere is wrong itself, and told so when its row is placed
    recorded = sum(bool(words := plain_words(row.quote)) and words in plain for row in rows)
    ways = offset_ways(text, [(row.start, row.end, row.quote) for row in rows])
    ours = next(ways)
    cut = len(rows) - ours.whole
    if ours.hits >= recorded and not cut:
        return
    best = max((ours, *ways), key=lambda way: way.fit)
    read_so = {row.at: span for row, span in zip(rows, best.spans, strict=True) if span is not None}
    if best.hits >= recorded and best.hits > ours.hits and len(read_so) == len(rows):
        judged.spans |= read_so
        judged.notes.append(
            f'start and end of "{transcript.name}" count {best.in_words}, as its quotes show; they were read so.'
        )
    elif not recorded and best.whole == len(rows) and cut >= _LEAST_CUT and cut > _SLIPS * len(rows):
        reason = _cut_unless(transcript, cut, len(rows), best.in_words)
        judged.refused |= {row.at: reason for row in rows}
    elif (first := _first_cut(text, rows)) is not None:
        passages = counted(cut, "passage begins or ends", "passages begin or end")
        judged.notes.append(
            f'{passages} within a word of "{transcript.name}" (the first in row {first}). Look whether that is '
            f'meant: start and end count code points, from 0, of the text that "tandem show ID --text" '
            f"prints."
        )


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
            if row.end <= len(text) and any(between_words(text, at) is False for at in (row.start, row.end))
        ),
        None,
    )
