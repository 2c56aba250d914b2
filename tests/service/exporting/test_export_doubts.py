"""Doubts leave the study with the codings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook
from study_with_pages import INES, WithPages, study_with_pages

from service.exporting.export_tables import Files, export_tables
from service.exporting.wanted import ExportRequest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WithPages]:
    """A study with a question, its answer and a memo."""
    found = study_with_pages(tmp_path_factory.mktemp("doubts"))
    yield found
    found.parts.close()


def test_they_stand_in_the_workbook_of_codings_and_in_a_file_of_their_own(
    made: WithPages, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A row each, an answer below its question, oldest first."""
    folder = tmp_path_factory.mktemp("out")
    files = Files(codings=folder / "codings.xlsx", doubts=folder / "doubts.csv")
    codings, doubts = export_tables(made.parts, files, ExportRequest())
    assert doubts.counts == {"memos and questions": 2, "answers": 1}
    assert codings.counts["memos and questions"] == 2
    book = load_workbook(folder / "codings.xlsx")
    assert book.sheetnames == ["Codings", "Doubts"]
    rows = list(csv.DictReader(io.StringIO((folder / "doubts.csv").read_text("utf-8-sig"))))
    assert [(row["doubt"], row["kind"], row["about"], row["settles"]) for row in rows] == [
        ("1", "question", "passage", ""),
        ("1", "answer", "passage", "yes"),
        ("2", "memo", "code", ""),
    ]
    assert (rows[0]["where"], rows[0]["by"]) == ("NRB-03, turn 2", INES)


def test_those_of_other_waves_stay_behind(made: WithPages, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where only some are asked for, those about other ones are left out."""
    folder = tmp_path_factory.mktemp("out")
    for wave, count in (("2", 1), ("1", 0)):
        file = folder / f"{wave}.csv"
        (found,) = export_tables(made.parts, Files(doubts=file), ExportRequest(waves=(wave,)))
        assert found.counts["memos and questions"] == count
