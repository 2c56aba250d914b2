"""The predictions behind "tandem evaluate" as a table, from which every figure of the model can be computed again.

A row says of one code on one passage what models that had not seen its group said, and what one coder said. No word of a
transcript is in it; names of transcripts, groups and coders are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.turn_numbers import shown_number
from service.exported_file import safe_cell, write_cells, written_whole
from training.evaluation import Evaluated
from training.held_out import HeldOut

COLUMNS = (
    "transcript",
    "turn",
    "turn_shown",
    "start",
    "end",
    "language",
    "group",
    "fold",
    "coder",
    "coders",
    "framework",
    "code",
    "code_id",
    "applied",
    "probability",
    "suggested",
    "ticked",
    "box",
    "fold_at_random",
    "probability_at_random",
    "suggested_at_random",
)
_NOTHING = (None, None, None)


def write_held_out(
    evaluated: Evaluated, held_out: HeldOut, codebook: Codebook, least_precision: float, file: Path
) -> int:
    """Write the table as CSV, whole or not at all; returns how many rows it has."""
    with written_whole(file) as out, io.TextIOWrapper(out, "utf-8", newline="") as lines:
        return write_cells(lines, COLUMNS, _cells(evaluated, held_out, codebook, least_precision))


def _cells(
    evaluated: Evaluated, held_out: HeldOut, codebook: Codebook, least_precision: float
) -> Iterator[list[Any]]:
    corpus, dataset = evaluated.collected.corpus, held_out.dataset
    names = {
        code: [
            safe_cell(name)
            for name in (codebook.framework(codebook[code].framework).name, codebook.label(code))
        ]
        for code in dataset.codes
    }
    place, first = -1, list[Any]()
    for cell in held_out.cells(codebook, least_precision):
        if cell.row != place:
            place, unit = cell.row, evaluated.collected.learnable[cell.row]
            segment = corpus.segment(unit)
            first = [
                safe_cell(corpus.transcript(unit).name),
                segment.turn,
                shown_number(segment.turn),
                segment.span.start,
                segment.span.end,
                dataset.languages[place] if dataset.languages else None,
                safe_cell(dataset.groups[place]),
                cell.fold,
            ]
        fold, probability, suggested = cell.at_random or _NOTHING
        yield [
            *first,
            safe_cell(cell.coder),
            cell.coders,
            *names[cell.code],
            safe_cell(cell.code),
            _yes(cell.applied),
            cell.probability,
            _yes(cell.suggested),
            _yes(cell.ticked),
            cell.box,
            fold,
            probability,
            _yes(suggested),
        ]


def _yes(value: bool | None) -> str:
    return "" if value is None else "true" if value else "false"
