"""What people decided goes out as files, and comes back from them as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook
from study_to_export import TWO, exported, parts, rows_in

from annotations.codebook.files import read_codebook
from annotations.coding import Coding, Draw, Review
from annotations.errors import BadInput, UnknownName
from annotations.store.codebook_versions import keep_codebook
from annotations.store.reviews import add_reviews
from annotations.store.tables import transcripts
from service.composition import Parts
from service.exporting.wanted import ExportRequest
from service.importing.import_codings import import_codings
from service.new_study import chosen_codebook

__all__ = ["parts"]


def test_a_row_says_all_that_people_want_to_know(parts: Parts, tmp_path: Path) -> None:
    """Place, turn as people count, path, memo, moment in the study's time zone, attribute; no cell is a formula."""
    exported(parts, codings=tmp_path / "a.csv")
    (row,) = (row for row in rows_in(tmp_path / "a.csv") if row["code"] == "cost")
    assert row["quote"] == "'=1+1 is what we paid, - she said."
    assert row["memo"] == "'=memo"
    said = (
        row["participant"],
        row["case"],
        row["wave"],
        row["turn_shown"],
        row["path_of_code"],
        row["influence"],
    )
    assert said == ("JKG-01", "E", "1", "2", "Topics/Money/Cost", "'+")
    assert (row["created"], row["attribute: role"], row["draw"]) == (
        "2026-03-01T10:00:00+00:00",
        "leader",
        "ordinary",
    )


def test_quotes_stand_by_consent_alone(parts: Parts, tmp_path: Path) -> None:
    """Whoever has not allowed it is quoted nowhere, and how often that was so is said."""
    files = {
        "codings": tmp_path / "a.xlsx",
        "memos": tmp_path / "m.csv",
        "quotes_by_code": tmp_path / "q.docx",
    }
    written = exported(parts, **files)
    assert [row["quote"] for row in rows_in(files["codings"]) if row["transcript"] == "PLP-22"] == [""]
    assert written["codings"].notes[0].startswith("1 row has no quote")
    text = _words(files["quotes_by_code"])
    assert "Nobody asked us" not in text
    assert "1 passage may not be quoted." in text
    assert written["quotes by code"].left_out["passages that may not be quoted"] == 1


def test_filters_and_what_was_left_out(parts: Parts, tmp_path: Path) -> None:
    """By wave, case, coder, code with those below it, condition, attribute; names that nothing goes by are refused."""
    file = tmp_path / "a.csv"
    for asked, count, left_out in (
        (ExportRequest(waves=("2",)), 1, {"of another wave": 4}),
        (ExportRequest(cases=("e",)), 4, {"of another case": 1}),
        (ExportRequest(coders=("tom",)), 1, {"by another coder": 4}),
        (ExportRequest(codes=("Money",)), 1, {"of another code": 4}),
        (ExportRequest(conditions=("consensus",)), 1, {"made under another condition": 4}),
        (ExportRequest(where=("role=leader",)), 4, {"of others than --where asks for": 1}),
    ):
        written = exported(parts, asked, codings=file)["codings"]
        assert (sum(written.counts.values()), len(rows_in(file)), dict(written.left_out)) == (
            count,
            count,
            left_out,
        )
    written = exported(parts, coded_only=True, codings=file)["codings"]
    assert (dict(written.counts), dict(written.left_out)) == (
        {"codings": 4, "passages on which nothing applied": 0}, {"passages on which nothing applied": 1}
    )  # fmt: skip
    for asked in (
        ExportRequest(waves=("9",)),
        ExportRequest(coders=("Inez",)),
        ExportRequest(codes=("Mony",)),
        ExportRequest(where=("role=x",)),
    ):
        with pytest.raises(UnknownName):
            exported(parts, asked, codings=file)
    with pytest.raises(BadInput, match='Did you mean "independent"'):
        exported(parts, ExportRequest(conditions=("independant",)), codings=file)


def test_segments_by_codes(parts: Parts, tmp_path: Path) -> None:
    """A row for each segment and coder, 1 or 0 where they looked; a workbook says which column is which code."""
    exported(parts, wide=tmp_path / "w.xlsx")
    rows = rows_in(tmp_path / "w.xlsx")
    said = {
        (row["transcript"], row["turn_shown"], row["coder"], row["condition"]): (
            row["c_cost"],
            row["c_people"],
            row["c_early"],
        )
        for row in rows
    }
    assert said == {
        ("JKG-01", "2", "Ines", "independent"): ("1", "1", "0"),
        ("JKG-01", "4", "Ines", "independent"): ("0", "0", "0"),
        ("JKG-01", "4", "Tom", "consensus"): ("0", "1", "0"),
        ("PLP-22", "2", "Ines", "independent"): ("0", "0", "1"),
    }
    assert {row["a_role"] for row in rows} == {"leader", ""}
    codes = load_workbook(tmp_path / "w.xlsx")["Codes"]
    assert ("c_cost", "cost", "Topics/Money/Cost", "Topics") in set(codes.iter_rows(values_only=True))


def test_what_is_not_known_is_no_zero(parts: Parts, tmp_path: Path) -> None:
    """Where nobody knows what else a coder read, only what they applied stands there."""
    file = tmp_path / "loose.csv"
    file.write_text("transcript,coder,code,turn\nPLP-22,Ada,people,1\n", "utf-8")
    import_codings(parts, file, complete="none")
    exported(parts, wide=tmp_path / "w.csv")
    (row,) = (row for row in rows_in(tmp_path / "w.csv") if row["coder"] == "Ada")
    assert (row["c_people"], row["c_cost"], row["c_early"]) == ("1", "", "")


def test_the_session_is_the_last_column(parts: Parts, tmp_path: Path) -> None:
    """Agreement counts its transcripts as one; scripts that count columns from the left go on."""
    with parts.store.writing() as connection:
        connection.execute(transcripts.update().where(transcripts.c.name == "PLP-22").values(session="3 May"))
    exported(parts, wide=tmp_path / "w.csv")
    rows = rows_in(tmp_path / "w.csv")
    assert list(rows[0])[-1] == "session"
    assert {(row["transcript"], row["session"]) for row in rows} == {("JKG-01", ""), ("PLP-22", "3 May")}


@pytest.mark.parametrize("complete", ["listed", "none"])
def test_no_moment_is_made_up(parts: Parts, tmp_path: Path, complete: str) -> None:
    """Of what was imported, "created" is what the file said, and empty where it said nothing: also beside a memo."""
    file = tmp_path / "dated.csv"
    file.write_text(
        "transcript,coder,code,turn,created,memo\nPLP-22,Ada,people,1,2025-04-05T06:07:08+00:00,then\n"
        "PLP-22,Bo,people,1,,whenever\n",
        "utf-8",
    )
    import_codings(parts, file, complete=complete)
    exported(parts, codings=tmp_path / "a.csv", memos=tmp_path / "m.csv")
    for written in ("a.csv", "m.csv"):
        dated = {row["coder"]: row["created"] for row in rows_in(tmp_path / written)}
        assert (dated["Ada"], dated["Bo"]) == ("2025-04-05T06:07:08+00:00", "")


def test_memos(parts: Parts, tmp_path: Path) -> None:
    """One row a memo."""
    written = exported(parts, memos=tmp_path / "m.csv")
    assert written["memos"].counts == {"memos": 2}
    assert {(row["path_of_code"], row["memo"]) for row in rows_in(tmp_path / "m.csv")} == {
        ("Topics/Money/Cost", "'=memo"),
        ("Topics/People", "two\nlines"),
    }


def test_quotes_by_code_as_a_report(parts: Parts, tmp_path: Path) -> None:
    """Each code with its meaning, its quotes with participant and turn, who coded them, and memos."""
    exported(parts, ExportRequest(waves=("1",)), quotes_by_code=tmp_path / "q.docx")
    text = _words(tmp_path / "q.docx")
    for words in (
        "Only wave 1.",
        "Money › Cost",
        "“=1+1 is what we paid, - she said.”  JKG-01, turn 2, wave 1, E; coded by Ines",
        "“People left.”  JKG-01, turn 4, wave 1, E; coded by Tom (consensus)",
        "Memo: =memo (Ines)",
    ):
        assert words in text
    assert "Early" not in text


def _words(file: Path) -> str:
    from docx import Document

    return "\n".join(paragraph.text for paragraph in Document(str(file)).paragraphs)


def test_the_codebook_in_every_form(parts: Parts, tmp_path: Path) -> None:
    """A table reads back as it was; .qdc holds frameworks as groups, with GUIDs that stay."""
    for ending in (".xlsx", ".csv"):
        file = tmp_path / f"Small{ending}"
        exported(parts, codebook=file)
        back = read_codebook(file)
        assert [(c.path, c.id, c.definition, c.use_when) for c in back] == [
            (c.path, c.id, c.definition, c.use_when) for c in parts.codebook
        ]
    exported(parts, codebook=tmp_path / "a.qdc")
    first = (tmp_path / "a.qdc").read_bytes()
    exported(parts, codebook=tmp_path / "a.qdc")
    assert (tmp_path / "a.qdc").read_bytes() == first
    space = "{urn:QDA-XML:codebook:1.0}"
    topics, phase = fromstring(first).find(f"{space}Codes")
    assert (topics.get("name"), topics.get("isCodable"), phase.get("name")) == ("Topics", "false", "Phase")
    back = chosen_codebook(str(tmp_path / "a.qdc"))
    assert [(c.path, c.definition, c.use_when, c.example) for c in back] == [
        (c.path, c.definition, c.use_when, c.example) for c in parts.codebook
    ]
    exported(parts, codebook=tmp_path / "a.docx")
    assert "What it costs" in _words(tmp_path / "a.docx")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"codings": "a.docx"}, r"Allowed: \.csv, \.xlsx"),
        ({"quotes_by_code": "a.xlsx"}, r"Allowed: \.docx"),
        ({"codebook": "a.txt"}, r"Allowed: \.qdc"),
        ({"codings": "a.csv", "wide": "a.csv"}, "have the same file"),
        ({"codings": "b.csv", "memos": "none/a.csv"}, "the folder does not exist"),
    ],
)
def test_what_cannot_be_written(parts: Parts, tmp_path: Path, files: dict[str, str], said: str) -> None:
    """A sentence, and no file, also not the ones that could have been written."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BadInput, match=said):
        exported(parts, **{name: tmp_path / file for name, file in files.items()})
    assert sorted(tmp_path.iterdir()) == before


def test_a_second_reading_is_left_out(parts: Parts, tmp_path: Path) -> None:
    """What a coder says again, to show how steady they are, is not what they say."""
    from uuid import uuid4

    from annotations.store.transcripts import get_transcript

    with parts.store.writing() as connection:
        kept = get_transcript(connection, "PLP-22")
        span = TWO.turns[1].span
        version = keep_codebook(connection, parts.codebook)
        again = Review(
            kept.id,
            "Ines",
            span,
            (Coding("money", span),),
            draw=Draw.REPEAT,
            codebook_version=version,
            id=uuid4(),
        )
        add_reviews(connection, [again])
    written = exported(parts, codings=tmp_path / "a.csv", wide=tmp_path / "w.csv")
    assert written["codings"].left_out["second readings of the same coder (repeats)"] == 1
    assert [row["code"] for row in rows_in(tmp_path / "a.csv") if row["transcript"] == "PLP-22"] == ["early"]
    assert [row["c_money"] for row in rows_in(tmp_path / "w.csv") if row["transcript"] == "PLP-22"] == ["0"]
