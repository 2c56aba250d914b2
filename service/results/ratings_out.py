"""Ratings out of the study: all of them as a table that is read back, and a form for one rater to fill in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotations.matrix.rated_cells import rated_cells
from annotations.matrix.rating_scale import in_json
from annotations.store.cell_place import Column
from annotations.store.ratings import all_ratings
from service.composition import Parts
from service.exported_file import whole, write_rows
from service.results.rate import COLUMNS
from service.results.read_table import study_table
from service.results.study_table import StudyTable, WantedTable

_FORM = ("phase", "code", "case", "site", "wave", "rater", "rating", "rationale", "codings", "participants", "proposed",
         "proposed_why")  # fmt: skip


def write_csv(parts: Parts, file: Path) -> int:
    """Each rater's newest rating and each consensus, in the layout that is read back; how many."""
    with parts.store.reading() as connection:
        cells = rated_cells(all_ratings(connection))
    kept_ratings = [
        rating
        for cell in cells.values()
        for rating in (*cell.newest, *((cell.consensus,) if cell.consensus else ()))
    ]
    known, label = parts.codebook.by_id, parts.codebook.label
    rows = [
        {
            **dict(rating.place.column),
            "phase": label(rating.place.phase) if rating.place.phase in known else rating.place.phase,
            "code": label(rating.place.code) if rating.place.code in known else rating.place.code,
            "rater": rating.rater,
            "rating": in_json(rating.value),
            "rationale": rating.rationale,
            "consensus": "yes" if rating.consensus else "",
            "given": rating.created.isoformat(timespec="seconds") if rating.created else "",
        }
        for rating in kept_ratings
    ]
    _write(file, COLUMNS, rows)
    return len(rows)


def write_form(parts: Parts, file: Path, *, rater: str, wanted: WantedTable) -> int:
    """A table for one rater to fill in, with what the rule proposes and without what others said; how many cells."""
    table = study_table(parts, replace(wanted, outcome=None))
    rows = [
        _form_row(table, phase, code, column, rater)
        for phase in table.phases
        for code in table.rows_of(phase)
        for column in table.columns
        if all(value for _, value in column)
    ]
    _write(file, _FORM, rows)
    return len(rows)


def _form_row(table: StudyTable, phase: str, code: str, column: Column, rater: str) -> dict[str, Any]:
    cell, rated = table.cell(phase, code, column), table.rating(phase, code, column)
    proposal = cell.proposal
    # what this rater said before, so that the form can be taken up again
    own = [rating for rating in (rated.newest if rated else ()) if rating.rater == rater]
    return {
        **dict(column),
        "phase": table.label(phase) if phase else "",
        "code": table.label(code),
        "rater": rater,
        "rating": in_json(own[-1].value) if own else "",
        "rationale": own[-1].rationale if own else "",
        "codings": cell.codings,
        "participants": len(cell.informants),
        "proposed": in_json(proposal.value),
        "proposed_why": proposal.why,
    }


def _write(file: Path, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    out = io.StringIO()
    write_rows(out, columns, rows)
    whole(file, out.getvalue().encode("utf-8-sig"))
