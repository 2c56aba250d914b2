"""The agreement report as JSON, CSV, an Excel workbook and a page. Files are written whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from annotations.agreement.coefficient import Agreement
from annotations.agreement.second_coder import rule
from annotations.agreement.what_to_double_code import RULE
from service.agreement.methods_paragraph import methods_paragraph
from service.agreement.report import Report
from service.composition import Parts
from service.exported_file import safe_cell as safe_cell
from service.exported_file import whole as whole
from service.exported_file import write_rows

COLUMNS = (
    "comparison",
    "a",
    "b",
    "condition",
    "case",
    "site",
    "wave",
    "level",
    "framework",
    "code",
    "coefficient",
    "value",
    "low",
    "high",
    "few_transcripts",
    "prevalence",
    "kappa",
    "alpha",
    "units",
    "groups",
    "reason",
    "interval_reason",
)
EMPTY = (
    "An empty cell is a figure that is not there. Why it is not stands in the columns reason and interval_reason of its "
    "row; the columns kappa and alpha repeat figures that have rows of their own."
)
Cells = Mapping[str, Any]


def to_json(report: Report) -> dict[str, Any]:
    """The report as plain data: ``figures`` in DESIGN's words, and beside them all else that it says."""
    return {
        "figures": [figure.to_json() for figure in report.figures],
        "suggestion_effect": report.effect.to_json(),
        "acceptance": list(report.acceptance),
        "boxes": [box.to_json() for box in report.boxes],
        "verdicts": [verdict.to_json() for verdict in report.verdicts],
        "verdict_rule": rule(report.margin),
        "margin": report.margin,
        "double_code_next": list(report.double_code),
        "double_code_rule": RULE,
        "learning_curves": list(report.curves),
        "left_out": report.left_out,
        "facts": report.facts.to_json(),
        "methods": methods_paragraph(report),
        "notes": list(report.notes),
    }


def figure_rows(report: Report) -> list[dict[str, Any]]:
    """Every figure as cells, by column; kappa and alpha beside each, for whoever sorts out percent or AC1."""
    rows = []
    beside = {(_place(figure), figure.coefficient): figure.value for figure in report.figures}
    for figure in report.figures:
        plain = figure.to_json() | {name: beside.get((_place(figure), name)) for name in ("kappa", "alpha")}
        interval = figure.interval or (None, None)
        where = {key: figure.where.get(key, "") for key in ("case", "site", "wave")}
        cells = plain | where | {"low": interval[0], "high": interval[1]}
        rows.append({column: cells[column] for column in COLUMNS})
    return rows


def _place(figure: Agreement) -> tuple[object, ...]:
    """What a figure is of, whatever the coefficient."""
    of = (figure.comparison, figure.condition, figure.coders, tuple(figure.where.items()))
    return (*of, figure.level, figure.framework, figure.code_id)


def write_csv(report: Report, file: Path) -> None:
    """Every figure, one a row."""
    out = io.StringIO()
    write_rows(out, COLUMNS, figure_rows(report))
    # the mark makes Excel read it as UTF-8
    whole(file, out.getvalue().encode("utf-8-sig"))


def write_xlsx(report: Report, file: Path) -> None:
    """A workbook: figures, verdicts, suggestion effect, acceptance, what next, and how it was done."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    _sheet(book, "Figures", figure_rows(report))
    _sheet(book, "Verdicts", [_flat(verdict.to_json()) for verdict in report.verdicts])
    _sheet(
        book, "Suggestion effect", [_flat(difference.to_json()) for difference in report.effect.differences]
    )
    _sheet(book, "Acceptance", [_flat(row) for row in report.acceptance])
    _sheet(book, "Double-code next", [_flat(row) for row in report.double_code])
    _sheet(book, "Learning", [_flat(_curve(c) | p) for c in report.curves for p in c["points"]])
    said = [methods_paragraph(report), rule(report.margin), RULE, EMPTY, *report.notes]
    _sheet(book, "How it was done", [{"sentence": sentence} for sentence in said])
    out = io.BytesIO()
    book.save(out)
    whole(file, out.getvalue())


def write_html(parts: Parts, report: Report, file: Path, *, with_quotes: bool) -> None:
    """One self-contained page. ``with_quotes``: with disagreements in their words, where consent allows."""
    from service.agreement.disagreements import WantedDisagreements, disagreements
    from service.agreement.page import page

    differing = None
    if with_quotes:
        differing = disagreements(parts, WantedDisagreements(report.asked, quotable_only=True))
    whole(file, page(report, parts.codebook, differing).encode())


def _sheet(book: Any, title: str, rows: Sequence[Cells]) -> None:
    sheet = book.create_sheet(title)
    columns = list(rows[0]) if rows else ["nothing to show"]
    sheet.append(columns)
    for row in rows:
        sheet.append([safe_cell(row.get(column)) for column in columns])
    sheet.freeze_panes = "A2"
    for at, column in enumerate(columns):
        longest = max([len(column), *(len(str(row.get(column) or "")) for row in rows[:200])])
        sheet.column_dimensions[sheet.cell(1, at + 1).column_letter].width = min(60, longest + 2)


def _flat(row: Cells) -> dict[str, Any]:
    """Lists as text, an interval as two cells."""
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if key.startswith("interval") and key != "interval_reason":
            low, high = value or (None, None)
            flat |= {"low": low, "high": high}
        else:
            flat[key] = ", ".join(map(str, value)) if isinstance(value, list) else value
    return flat


def _curve(curve: Cells) -> dict[str, Any]:
    return {"framework": curve["framework"], "code": curve["code"]}
