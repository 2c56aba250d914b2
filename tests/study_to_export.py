"""A study for tests of exports, and how files of it are made and read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import a_transcript
from openpyxl import load_workbook

from annotations.attributes import Attribute, Owner
from annotations.codebook.codes import Code, Codebook, Framework
from annotations.store.attributes import keep_attributes
from annotations.store.transcripts import add_transcript
from annotations.transcript import Consents, Transcript
from service.composition import Parts
from service.exporting.export_tables import Files, export_tables
from service.exporting.exported import Exported
from service.exporting.wanted import ExportRequest
from service.importing.import_codings import import_codings
from service.new_study import make_study
from service.settings import read_settings

BOOK = Codebook(
    "Small",
    (
        Framework("topics", "Topics"),
        Framework("phase", "Phase", role="phase", select="one", description="When."),
    ),
    (
        Code(
            "money",
            "Money",
            "topics",
            "Topics/Money",
            definition="What it costs",
            use_when="Sums",
            example="Dear.",
        ),
        Code("cost", "Cost", "topics", "Topics/Money/Cost", parent="money"),
        Code("people", "People", "topics", "Topics/People", applicable=True),
        Code("early", "Early", "phase", "Phase/Early"),
    ),
)
ONE = a_transcript(
    "JKG-01", "How?", "=1+1 is what we paid, - she said.", "And?", "People left.", wave="1", case="E"
)
TWO = a_transcript(
    "PLP-22",
    "How?",
    "Nobody asked us.",
    wave="2",
    case="P",
    consents=Consents(may_quote=False),
    speaker="PLP-22",
)


def study_of(folder: Path, *transcripts: Transcript) -> Parts:
    """A study that holds these transcripts."""
    import yaml

    folder.mkdir(parents=True, exist_ok=True)
    book = folder / "book.yaml"
    book.write_text(yaml.safe_dump(BOOK.content()), "utf-8")
    study, _ = make_study(folder / "study", codebook=str(book), config={"name": "Small"})
    parts = Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")}))
    with parts.store.writing() as connection:
        for one in transcripts:
            add_transcript(connection, one)
    return parts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """Two coded interviews, one of which may be quoted."""
    made = study_of(tmp_path, ONE, TWO)
    rows = [
        ("JKG-01", "Ines", "cost", 1, "independent", "=memo", "+", "2026-03-01T10:00"),
        ("JKG-01", "Ines", "people", 1, "independent", "", "", ""),
        ("JKG-01", "Tom", "people", 3, "consensus", "two\nlines", "", ""),
        ("JKG-01", "Ines", "", 3, "independent", "", "", ""),
        ("PLP-22", "Ines", "early", 1, "independent", "", "", ""),
    ]
    file = tmp_path / "in.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        head = ("transcript", "coder", "code", "turn", "condition", "memo", "influence", "created")
        csv.writer(out).writerows([head, *rows])
    import_codings(made, file, complete="listed")
    with made.store.writing() as connection:
        keep_attributes(connection, [Attribute(Owner.PARTICIPANT, "JKG-01", "role", "leader")])
    yield made
    made.close()


def rows_in(file: Path) -> list[dict[str, Any]]:
    """The rows of an exported file, in whatever form."""
    if file.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    head, *rows = load_workbook(file).worksheets[0].iter_rows(values_only=True)
    return [
        {str(name): "" if cell is None else str(cell) for name, cell in zip(head, row, strict=True)}
        for row in rows
    ]


def exported(
    parts: Parts, asked: ExportRequest | None = None, *, coded_only: bool = False, **files: Path
) -> dict[str, Exported]:
    """Export these files of the whole study; each by what it is."""
    written = export_tables(parts, Files(**files), asked or ExportRequest(), coded_only=coded_only)
    return {one.what: one for one in written}
