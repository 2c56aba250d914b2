"""What stands in a cell runs nowhere, and is read back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.codings.read_codings import read_codings
from annotations.sheets.safe_cells import safe_text, text_of_safe

MARKS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# made of what matters, so that the search is among the cases that could go wrong
TRICKY = st.text(st.sampled_from("=+-@;,\t\n|\"' a1＝"), max_size=12)
TABLES = st.lists(st.lists(TRICKY, min_size=3, max_size=3), min_size=1, max_size=4)


@given(TABLES)
def test_no_cell_begins_a_formula_under_any_separator(rows: list[list[str]]) -> None:
    """A file with commas, split at commas, semicolons or tabs, has no cell that begins with a formula's mark."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe_text(cell) for cell in row] for row in rows)
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=separator):
            assert not any(cell.lstrip('"').startswith(MARKS) for cell in row), (separator, row)


@given(st.one_of(st.text(), TRICKY))
def test_a_text_is_what_it_was_before(text: str) -> None:
    """Whatever marks and apostrophes it holds; only what no workbook can hold is lost."""
    fit = "".join(c for c in text if c in "\t\n\r" or ord(c) > 31)
    assert text_of_safe(safe_text(text)) == fit


@pytest.mark.parametrize(
    "plain", ["", "a=b", "We lack money, - she said.", "it's", "5", "a;b", "'tis, 'twas"]
)
def test_ordinary_words_stay_as_they_are(plain: str) -> None:
    """Nothing is put into what begins no formula."""
    assert safe_text(plain) == plain
    assert text_of_safe(plain) == plain


@given(TRICKY.map(str.strip), TRICKY.map(str.strip))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_our_own_import_reads_it_back(tmp_path: Path, memo: str, quote: str) -> None:
    """A file of codings made of safe cells says what the cells said."""
    file = tmp_path / "codings.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("transcript", "coder", "code", "quote", "memo"))
        writer.writerow([safe_text(cell) for cell in ("A", "Ada", "Money", quote, memo)])
    (row,) = read_codings(file).rows
    assert (row["quote"], row["memo"]) == (quote, memo)
