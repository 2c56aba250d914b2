"""A name is one line that people can see, wherever it comes from."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from commands import commands_on
from openpyxl import Workbook

from annotations.errors import BadInput

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
BAD = ["a\nb", "x" * 5000, "Ada\u202egnp"]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study with one interview."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    book = tmp_path / "book.csv"
    book.write_text("code\nMoney\n", "utf-8")
    commands_on(tmp_path)("init", str(tmp_path / "study"), "--codebook", str(book))
    (tmp_path / "P-01.txt").write_text("I: How?\nP-01: We lack money.\n", "utf-8")
    return tmp_path / "study"


@pytest.mark.parametrize("column", ["transcript", "participant", "case", "site", "wave", "session"])
@pytest.mark.parametrize("bad", BAD)
def test_a_manifest_takes_no_such_name(study: Path, tmp_path: Path, column: str, bad: str) -> None:
    """The row and the column are named, and nothing is imported."""
    with (tmp_path / "m.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("file", column), ("P-01.txt", bad)])
    run = commands_on(study)
    with pytest.raises(BadInput, match=f"row 2: the {column}"):
        run("import", "--manifest", str(tmp_path / "m.csv"))
    assert run("status")["waves"] == {}


@pytest.mark.parametrize("bad", BAD[1:])
def test_no_coder_and_no_code_is_called_so(study: Path, tmp_path: Path, bad: str) -> None:
    """In a file of codings, in study.yaml and in a codebook alike."""
    run = commands_on(study)
    run("import", str(tmp_path / "P-01.txt"))
    with (tmp_path / "c.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("transcript", "coder", "code", "turn"), ("P-01", bad, "Money", 1)])
    with pytest.raises(BadInput, match='column "coder"') as caught:
        run("import-codings", str(tmp_path / "c.csv"))
    assert len(str(caught.value)) < 500
    (tmp_path / "b.csv").write_text(f"code\n{bad}\n", "utf-8")
    with pytest.raises(BadInput, match="characters"):
        run("init", str(tmp_path / "other"), "--codebook", str(tmp_path / "b.csv"))
    with (study / "study.yaml").open("a", encoding="utf-8") as file:
        file.write(f'coders: [{{name: "{bad}"}}]\n')
    with pytest.raises(BadInput, match="coders"):
        run("status")


def test_an_empty_name_is_no_folder(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be the one in which somebody stands."""
    monkeypatch.chdir(tmp_path)
    run = commands_on(study)
    for arguments in (("import", ""), ("import", " "), ("init", "")):
        with pytest.raises(BadInput, match="name is empty"):
            run(*arguments)
    assert not (tmp_path / "study.yaml").exists()
    assert run("status")["waves"] == {}


def test_hidden_rows_of_a_workbook_are_said(study: Path, tmp_path: Path) -> None:
    """In a file of codings they are read, and a note says so; a codebook or manifest that hides rows is refused."""
    run = commands_on(study)
    run("import", str(tmp_path / "P-01.txt"))
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("transcript", "coder", "code", "turn"),
        ("P-01", "Ada", "Money", 1),
        ("P-01", "Bo", "Money", 1),
    ):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    book.save(tmp_path / "c.xlsx")
    notes = run("import-codings", str(tmp_path / "c.xlsx"))["notes"]
    assert any("hides 1 row (3)" in note for note in notes)
    codes = Workbook()
    assert codes.active is not None
    for word in ("code", "Money", "People"):
        codes.active.append((word,))
    codes.active.row_dimensions[2].hidden = True
    codes.save(tmp_path / "b.xlsx")
    with pytest.raises(BadInput, match=r"hides 1 row \(2\)"):
        run("init", str(tmp_path / "other"), "--codebook", str(tmp_path / "b.xlsx"))
