"""A table in plain text, its cells between tabs, as NVivo and ELAN write it: where in each line the words stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from annotations.readers.clock import begin_and_end
from annotations.readers.colon_labels import ColonLabels
from annotations.readers.label_forms import Form, LabelMark
from annotations.readers.speaker_table import Columns, columns_of_rows, is_mark
from annotations.readers.spoken import label_of, one_line
from annotations.readers.text_lines import TextLines

_LEAST_CELLS = 3
_MOSTLY = 0.6


def rows_in_tabs(lines: TextLines, beside: Mapping[int, object]) -> ColonLabels:
    """The rows of a table of three columns or more as starts of turns; none if it is no table of speakers and words, or
    has words in another column.
    """
    filled = [at for at in lines.filled if at not in beside]
    rows = {at: _cells(lines.texts[at]) for at in filled if lines.texts[at].strip().count("\t") > 1}
    if len(rows) < 2 or len(rows) < _MOSTLY * len(filled):
        return ColonLabels()
    columns = columns_of_rows([[one_line(cell) for _, cell in cells] for cells in rows.values()])
    if columns is None or max(map(len, rows.values())) < _LEAST_CELLS:
        return ColonLabels()
    head = next(iter(rows)) if columns.head else -1
    starts = list(_starts({at: cells for at, cells in rows.items() if at != head}, columns))
    if not starts or any(start is None for start in starts):
        return ColonLabels()
    forms = tuple(start for start in starts if start is not None)
    why = {form.key: "the column of speakers names it" for form in forms}
    return ColonLabels(forms, why, head=frozenset([head]) if columns.head else frozenset())


def _cells(line: str) -> list[tuple[int, str]]:
    """The cells of a line, each with the place where it begins."""
    cells = line.split("\t")
    places = [0, *accumulate(len(cell) + 1 for cell in cells)]
    filled_cells = list(zip(places, cells, strict=False))
    while len(filled_cells) > 1 and not filled_cells[-1][1].strip():
        filled_cells.pop()
    return filled_cells


def _starts(rows: Mapping[int, Sequence[tuple[int, str]]], columns: Columns) -> Iterator[Form | None]:
    """A turn for each row, under the speaker of the row above where it names none; None for words elsewhere."""
    speaker = ""
    for at, cells in rows.items():
        padded = [*cells, *[(0, "")] * (max(columns.speaker, columns.text, columns.time or 0) + 1)]
        if any(
            cell.strip() and not is_mark(cell)
            for place, (_, cell) in enumerate(cells)
            if place not in (columns.speaker, columns.text)
        ):
            yield None
            continue
        speaker = label_of(padded[columns.speaker][1]) or speaker
        begin, words = padded[columns.text]
        if not words.strip():
            begin, words = cells[-1][0] + len(cells[-1][1]), ""
        times = begin_and_end(padded[columns.time][1]) if columns.time is not None else (None, None)
        yield Form(at, LabelMark.TAB, speaker, begin, *times, end=begin + len(words.rstrip()))
