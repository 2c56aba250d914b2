"""Whatever stands in a table, it is a codebook, or a sentence says why it is none."""

from __future__ import annotations

import contextlib
import csv

import pytest
from codebook_files import workbook_of, write_file
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotations.codebook.files import codebook_from
from annotations.codings.read_codings import read_codings
from annotations.errors import TandemError

HEADS = [
    "Code",
    "Code 1",
    "Code 2",
    "Label",
    "Theme",
    "Subtheme",
    "Level 1",
    "Level 2",
    "Domain",
    "Construct",
    "Definition",
    "Meaning",
    "Explanation",
    "Inclusion",
    "Exclude",
    "Example",
    "Parent",
    "ID",
    "No.",
    "Memo",
    "Framework",
    "Select",
    "Applicable",
    "transcript",
    "coder",
    "turn",
    "quote",
    "",
]
CELLS = [
    "Cost",
    "Trust",
    "1",
    "1.1",
    "1.1 Rent",
    "yes",
    "x",
    "",
    "  Time",
    "Theme",
    "Code 1",
    "a, b; c",
    "A > B",
]
row = st.lists(st.sampled_from(HEADS), min_size=1, max_size=6) | st.lists(
    st.sampled_from(CELLS), min_size=1, max_size=6
)


@settings(max_examples=150, deadline=None)
@given(st.lists(row, min_size=1, max_size=7))
@example([["Label", "Meaning", "Explanation"], ["Theme", "Code", "Subcode"], ["Money", "Cost", "Rent"]])
@pytest.mark.slow
def test_any_table_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    """Rows that name columns above others, columns twice, rows that are too long: no fault that nobody foresaw."""
    folder = tmp_path_factory.mktemp("table")
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    for table in (folder / "a.csv", write_file(folder / "a.xlsx", workbook_of(rows))):
        for read in (codebook_from, read_codings):
            with contextlib.suppress(TandemError):
                read(table)
