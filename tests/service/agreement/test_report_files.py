"""The files of an agreement report hold what it says, and words only of those who allowed it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from agreement_asked import MakeParts, run_on
from made_up_study import MadeUp
from openpyxl import load_workbook

from annotations.errors import BadInput
from service.agreement.page import figures_in_page
from service.agreement.page import page as page_alone
from service.agreement.report import ReportScope, agree


@pytest.mark.slow
def test_files_hold_what_the_report_says(parts_of: MakeParts, tmp_path: Path) -> None:
    """CSV and workbook have every figure; the page asks for nothing from elsewhere and holds nobody's words."""
    parts = parts_of(MadeUp(transcripts=6, turns=12))
    table, book, page = tmp_path / "a.csv", tmp_path / "a.xlsx", tmp_path / "a.html"
    said = run_on(parts, "agreement", "--csv", str(table), "--xlsx", str(book), "--html", str(page))
    assert "Ada and Ben" in said
    with table.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    figures = len(agree(parts, ReportScope()).figures)
    assert len(rows) == figures
    alone = [row for row in rows if row["coefficient"] in ("percent", "ac1")]
    assert alone
    assert all(row["prevalence"] and (row["kappa"] or row["alpha"]) for row in alone)
    assert load_workbook(book)["Figures"].max_row == figures + 1
    html = page.read_text("utf-8")
    assert not re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!#)""", html)
    assert html.count("<svg") >= 4
    assert "Invented words" not in html


@pytest.mark.slow
def test_quotes_need_the_option_and_consent(parts_of: MakeParts, tmp_path: Path) -> None:
    """With --with-quotes the page holds the words of those who allowed it, and of nobody else."""
    parts = parts_of(MadeUp(transcripts=6, turns=12))
    page = tmp_path / "a.html"
    run_on(parts, "agreement", "--html", str(page), "--with-quotes")
    quoted = set(re.findall(r"Invented words number \d+ of (JKG-\d+)", page.read_text("utf-8")))
    assert quoted
    assert all(int(name[-2:]) % 2 == 0 for name in quoted)
    with pytest.raises(BadInput, match="--html"):
        run_on(parts, "agreement", "--with-quotes")


@pytest.mark.slow
def test_every_figure_that_is_missing_has_its_reason(parts_of: MakeParts, tmp_path: Path) -> None:
    """On the page by a mark and a sentence below the table; in the workbook in a column of the same row."""
    parts = parts_of(MadeUp(transcripts=2, turns=6))
    book, page = tmp_path / "a.xlsx", tmp_path / "a.html"
    run_on(parts, "agreement", "--xlsx", str(book), "--html", str(page))
    html = page.read_text("utf-8")
    assert ">–<" not in html
    marks = set(re.findall(r"none&nbsp;<sup>(\d+)</sup>", html))
    told = dict(re.findall(r"<p class=\"quiet\"><sup>(\d+)</sup> ([^<]+)</p>", html))
    assert marks
    assert marks == set(told)
    assert "1 transcripts" not in html
    workbook = load_workbook(book)
    for sheet in workbook:
        head, *rows = sheet.values
        for cells in (dict(zip(head, row, strict=True)) for row in rows):
            reasons = cells.get("reason") or cells.get("interval_reason")
            assert reasons or all(cells.get(key, 0) is not None for key in ("value", "low", "delta", "share"))
    said = [row[0] for row in workbook["How it was done"].values]
    assert any("empty cell" in str(one) for one in said)


def test_a_page_names_pages_and_a_file_names_commands(parts_of: MakeParts) -> None:
    """The same reasons: on the page with the page that helps, in a file, which leads nowhere, with the command."""
    parts = parts_of(MadeUp(transcripts=2, turns=4, model=False))
    report = agree(parts, ReportScope())
    shown, alone = figures_in_page(report), page_alone(report, parts.codebook, None)
    assert "Go to the page Models first" in shown
    assert "tandem train" not in shown
    assert "tandem train" in alone
