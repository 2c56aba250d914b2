""" "tandem import-codings" with rows that cannot be placed: one sentence, and nothing changed."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path

import pytest
from commands_refused import Tandem, codings_file, refused
from openpyxl import Workbook

# MLflow's own, with the newest SQLAlchemy
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("JKG-01,Ada,Mony,1", '"Money"'),
        ("JKG-01,Ada,Cost,1", "Topics/Money/Cost"),
        ("JKG-01,Ada,Money,77", "77"),
        ("JKG-01,Ada,Money,-1", "-1"),
        ("JKG-01,Ada,Money,one", "one"),
        ("JKG-1,Ada,Money,1", "JKG-01"),
        ("JKG-01,,Money,1", "coder"),
        ("JKG-01,Ada,Money,", "turn"),
    ],
)
def test_a_row_that_cannot_be_placed(
    tandem: Tandem, study: Path, tmp_path: Path, row: str, said: str
) -> None:
    """File, row, column and reason are named; nothing is imported, or only the others if so wished."""
    file = codings_file(tmp_path, "JKG-01,Ada,People,3", row)
    message = refused(tandem, study, "import-codings", file)
    assert "codings.csv, row 3" in message
    assert said in message
    assert "--skip-bad-rows" in message
    found = tandem("import-codings", file, "--skip-bad-rows")
    assert (found["codings"], len(found["skipped"])) == (1, 1)


@pytest.mark.parametrize(("quote", "said"), [("So sad.", "2"), ("We have money.", "not")])
def test_a_quote_found_twice_or_not_at_all(
    tandem: Tandem, study: Path, tmp_path: Path, quote: str, said: str
) -> None:
    """It is not guessed which passage was meant."""
    file = codings_file(tmp_path, f"JKG-01,Ada,Money,{quote}", header="transcript,coder,code,quote")
    message = refused(tandem, study, "import-codings", file)
    assert "row 2" in message
    assert said in message


def test_a_coder_a_typo_away_from_another(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Two names that differ by a letter are not two coders without being asked about."""
    tandem("import-codings", codings_file(tmp_path, "JKG-01,Catherine,Money,1"))
    message = refused(tandem, study, "import-codings", codings_file(tmp_path, "JKG-01,Cathrine,People,3"))
    assert "Catherine" in message
    assert "alias under coders in study.yaml" in message


def test_codings_from_a_workbook_and_from_lines_of_json(tandem: Tandem, tmp_path: Path) -> None:
    """XLSX and JSONL say the same as CSV; --complete all makes the rest empty reviews."""
    book = Workbook()
    assert book.active is not None
    book.active.append(["transcript", "coder", "code", "turn"])
    book.active.append(["JKG-01", "Ada", "Money", 1])
    book.save(tmp_path / "codings.xlsx")
    found = tandem("import-codings", str(tmp_path / "codings.xlsx"), "--complete", "all")
    assert (found["codings"], found["reviews"], found["empty_reviews"]) == (1, 2, 1)
    lines = tmp_path / "codings.jsonl"
    lines.write_text(
        json.dumps({"transcript": "JKG-01", "coder": "Bo", "code": "People", "quote": "People leave."})
    )
    assert tandem("import-codings", str(lines), "--complete", "none")["reviews"] == 0


def test_a_row_left_out_does_not_become_an_empty_review(tandem: Tandem, tmp_path: Path) -> None:
    """The passage of a bad row was coded, so nothing may say that no code applies to it."""
    file = codings_file(tmp_path, "JKG-01,Ada,People,3", "JKG-01,Ada,Mony,1")
    found = tandem("import-codings", file, "--complete", "all", "--skip-bad-rows")
    assert (found["complete"], found["reviews"], found["empty_reviews"]) == ("listed", 1, 0)
    assert "rows were left out" in " ".join(found["notes"])


@pytest.mark.parametrize("rows", [[], ["JKG-01,Ada,Mony,1"]])
def test_a_file_of_which_nothing_can_be_placed(
    tandem: Tandem, study: Path, tmp_path: Path, rows: list[str]
) -> None:
    """No row, or none that means anything, is no success, even with --skip-bad-rows."""
    message = refused(tandem, study, "import-codings", codings_file(tmp_path, *rows), "--skip-bad-rows")
    assert "codings.csv" in message


@pytest.mark.slow
def test_a_workbook_that_claims_a_billion_rows(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """It is refused for them instead of being read to their end."""
    book = Workbook()
    assert book.active is not None
    book.active.append(["transcript", "coder", "code", "turn"])
    book.active.append(["JKG-01", "Ada", "Money", 1])
    book.save(tmp_path / "plain.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as plain,
        zipfile.ZipFile(tmp_path / "claims.xlsx", "w") as made,
    ):
        for name in plain.namelist():
            content = plain.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b'<row r="2"', b'<row r="999999999"')
            made.writestr(name, content)
    assert "claims.xlsx" in refused(tandem, study, "import-codings", str(tmp_path / "claims.xlsx"))


def test_moments_are_in_the_study_s_time_zone(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A moment without a zone is one of the study's; it is kept as UTC."""
    config = (study / "study.yaml").read_text("utf-8")
    (study / "study.yaml").write_text(
        config.replace("time_zone: UTC", "time_zone: Europe/Stockholm"), "utf-8"
    )
    row = "JKG-01,Ada,Money,1,2026-07-01T12:00"
    tandem("import-codings", codings_file(tmp_path, row, header="transcript,coder,code,turn,created"))
    with sqlite3.connect(study / "tandem.db") as connection:
        (created,) = connection.execute("SELECT applied FROM codings").fetchone()
    connection.close()
    assert str(created).startswith("2026-07-01 10:00")


def test_a_thousand_rows_with_one_fault(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """One line says it with its count, and --problems writes every row."""
    file = codings_file(tmp_path, *["JKG-01,Ada,Mony,1"] * 1000, "JKG-01,Ada,People,3")
    message = refused(tandem, study, "import-codings", file, "--problems", str(tmp_path / "all.csv"))
    assert len(message.splitlines()) == 2
    assert "rows 2, 3, 4 … (1,000 ×)" in message
    assert 'Did you mean "Money"' in message
    assert "1,000 of 1,001 rows" in message
    assert len((tmp_path / "all.csv").read_text("utf-8-sig").splitlines()) == 1001


def test_a_row_with_two_faults_is_one_row(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """There are never more bad rows than rows."""
    file = codings_file(tmp_path, "JKG-1,,Mony,1", "JKG-2,,Mony,x")
    assert "2 of 2 rows" in refused(tandem, study, "import-codings", file)


def test_a_dry_run_keeps_nothing_and_says_the_same(tandem: Tandem, tmp_path: Path) -> None:
    """The counts are those of the import that follows."""
    file = codings_file(tmp_path, "JKG-01,Ada,People,3")
    tried = tandem("import-codings", file, "--complete", "all", "--dry-run")
    assert tried.pop("dry_run")
    assert tandem("status")["codings"] == 0
    done = tandem("import-codings", file, "--complete", "all")
    assert not done.pop("dry_run")
    assert tried == done


def test_only_the_transcript_of_a_bad_row_does_not_count_as_read(tandem: Tandem, tmp_path: Path) -> None:
    """The other one was read to its end, and the note names the one that was not."""
    other = tmp_path / "JKG-02.txt"
    other.write_text("I: And?\nJKG-02: We lack people.\nJKG-02: So sad.\n", "utf-8")
    tandem("import", str(other), "--wave", "1")
    file = codings_file(tmp_path, "JKG-01,Ada,People,3", "JKG-01,Ada,Mony,1", "JKG-02,Ada,People,1")
    found = tandem("import-codings", file, "--complete", "all", "--skip-bad-rows")
    assert found["not_to_the_end"] == ["JKG-01"]
    assert (found["complete"], found["empty_reviews"]) == ("all", 1)
    assert any("JKG-01" in note and "read to their end" in note for note in found["notes"])


def test_columns_that_are_named_once_are_kept(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Only by an import that kept something; study.yaml keeps its comments, and the next file needs no option."""
    settings = study / "study.yaml"
    before = settings.read_text("utf-8")
    settings.write_text(f"# ours\n{before}", "utf-8")
    named = "transcript=Interview,code=Theme,quote=Words,coder=Who"
    file = codings_file(tmp_path, "JKG-01.docx,Ada,Money,lack money", header="Interview,Who,Theme,Words")
    tandem("import-codings", file, "--columns", named, "--dry-run")
    assert "\ncodings_columns:" not in settings.read_text("utf-8")
    tandem("import-codings", file, "--columns", named)
    assert settings.read_text("utf-8").startswith("# ours\n")
    assert (
        "codings_columns: {transcript: Interview, code: Theme, quote: Words, coder: Who}"
        in settings.read_text("utf-8")
    )
    file = codings_file(tmp_path, "JKG-01,Ada,People,People leave", header="Interview,Who,Theme,Words")
    assert tandem("import-codings", file)["codings"] == 1


def test_a_program_is_said_and_left_out_rows_are_of_their_transcript(
    tandem: Tandem, study: Path, tmp_path: Path
) -> None:
    """Whose file it is stands in the result; a row left out of "JKG-01.docx" keeps JKG-01 from being read to its end."""
    head = "Snippet,Code,Transcript"
    file = codings_file(tmp_path, "lack money,Money,JKG-01.docx", "lack money,Mony,JKG-01.docx", header=head)
    message = refused(tandem, study, "import-codings", file, "--coder", "Ada")
    assert 'row 3, column "Code"' in message
    found = tandem("import-codings", file, "--coder", "Ada", "--skip-bad-rows", "--complete", "all")
    assert found["program"] == "Delve snippets"
    assert (found["codings"], found["empty_reviews"], found["not_to_the_end"]) == (1, 0, ["JKG-01"])
