"""The cross-case table: its cells, what people write into them, its files, and what is refused."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from commands import Run
from commands_refused import refused, write_lines
from docx import Document
from docx.enum.section import WD_ORIENT
from openpyxl import load_workbook

from annotations.errors import BadInput, UnknownName


def _figures(found: dict[str, Any]) -> dict[tuple[str, str, str], tuple[int, int]]:
    return {
        (phase, code, column): (cell["codings"], cell["informants"])
        for phase, rows in found["matrix"].items()
        for code, cells in rows.items()
        for column, cell in cells.items()
    }


def test_codes_by_case_in_a_block_a_phase(tandem: Run) -> None:
    """Two coders' one passage counts once, a document is no informant, and what is not stated is "" and not dropped."""
    found = tandem("matrix")
    assert _figures(found) == {
        ("Early", "Money", "Esk"): (3, 2),
        ("Late", "People", "Tay"): (1, 1),
        ("", "Money", ""): (1, 1),
        ("", "Rooms", "Esk"): (1, 1),
    }
    assert list(found["matrix"]) == ["Early", "Late", ""]
    assert [one["column"] for one in found["columns"]] == ["Esk", "Tay", ""]
    cell = found["matrix"]["Early"]["Money"]["Esk"]
    assert cell["sources"] == {"interview": 2, "document": 1}
    assert cell["informant_codes"] == ["E-01", "E-02"]
    assert (cell["rating"], cell["proposed"]) == (None, -2)
    assert cell["passages"][0]["coders"] == ["Ada", "Ben"]
    assert {one["turn"] for one in cell["passages"]} == {1}
    assert found["codings"] == 6


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["site"], {"North": 1, "South": 1, "": 1}),
        (["wave"], {"1": 2, "2": 1}),
        (["participant"], {"E-01": 1, "E-02": 1, "": 1}),
        (["kind"], {"interview": 2, "document": 1}),
        (["role"], {"leader": 1, "nurse": 1, "": 1}),
        (["case", "role"], {"Esk × leader": 1, "Esk × nurse": 1, "Esk × ": 1}),
    ],
)
def test_any_column_holds_the_same_codings(tandem: Run, columns: list[str], expected: dict[str, int]) -> None:
    """Sites, waves, participants, kinds of source, an attribute, or two crossed."""
    options = [word for name in columns for word in ("--columns", name)]
    found = tandem("matrix", *options)
    cells = found["matrix"]["Early"]["Money"]
    assert {column: cell["codings"] for column, cell in cells.items()} == expected
    assert sum(cell[0] for cell in _figures(found).values()) == found["codings"] == 6


def test_rows_of_a_level_hold_the_codes_below(tandem: Run) -> None:
    """Money and rooms are resources."""
    found = tandem("matrix", "--level", "1")
    assert _figures(found)[("Early", "Resources", "Esk")] == (3, 2)
    assert _figures(found)[("", "Resources", "Esk")] == (1, 1)
    assert found["codings"] == 6


def test_filters_narrow_the_table(tandem: Run, study: Path) -> None:
    """By wave, case and attribute; what is not there is refused by name."""
    assert set(_figures(tandem("matrix", "--where", "role=nurse"))) == {
        ("Early", "Money", "Esk"),
        ("Late", "People", "Tay"),
    }
    assert tandem("matrix", "--wave", "2")["codings"] == 1
    assert "Did you mean" in refused(tandem, study, "matrix", "--case", "Esc")
    assert "is no column" in refused(tandem, study, "matrix", "--columns", "colour")
    assert "counts from 1" in refused(tandem, study, "matrix", "--level", "0")


def test_a_consensus_counts_once(tandem: Run) -> None:
    """And says nothing of what the team left out."""
    tandem("consensus", "E-01", "--turn", "2", "--by", "Ada", "--code", "Money", "--code", "Early")
    cell = tandem("matrix")["matrix"]["Early"]["Money"]["Esk"]
    assert (cell["codings"], cell["proposed"]) == (3, -2)
    tandem("consensus", "E-01", "--turn", "2", "--by", "Ada", "--nothing")
    assert tandem("matrix")["matrix"]["Early"]["Money"]["Esk"]["codings"] == 2


def test_quotes_need_consent_and_to_be_asked_for(tandem: Run, tmp_path: Path) -> None:
    """None without the option; then those that may be quoted, or only those that somebody chose."""
    assert tandem("matrix")["matrix"]["Early"]["Money"]["Esk"]["quotes"] == []
    cell = tandem("matrix", "--with-quotes")["matrix"]["Early"]["Money"]["Esk"]
    assert [(one["participant"], one["text"], one["chosen"]) for one in cell["quotes"]] == [
        ("E-01", "E-01, the grant was late.", False),
        ("minutes", "minutes, the grant was late.", False),
    ]
    assert cell["quotes_withheld"] == 1
    file = write_lines(tmp_path / "c.csv", ["code,quotes,by", "Money,minutes:2,Ada"])
    assert tandem("matrix", str(file))["quotes"] == 1
    cell = tandem("matrix", "--with-quotes")["matrix"]["Early"]["Money"]["Esk"]
    assert [(one["participant"], one["chosen"]) for one in cell["quotes"]] == [("minutes", True)]
    off = write_lines(tmp_path / "c.csv", ["code,quotes,by", "Money,-minutes:2,Ada"])
    assert tandem("matrix", str(off))["quotes"] == 1
    assert len(tandem("matrix", "--with-quotes")["matrix"]["Early"]["Money"]["Esk"]["quotes"]) == 2


def test_summaries_rest_on_passages(tandem: Run, tmp_path: Path) -> None:
    """On those that are named, or else on all of the cell; with author and time; the same again changes nothing."""
    file = write_lines(
        tmp_path / "c.csv",
        [
            "phase,code,case,summary,passages,distinguishes,by",
            'Early,Money,esk,"The grant, late, stopped it.",E-01:2; E-02:2,strongly,Ada',
            "Early,Money,Esk,Ben sees it so too.,,,Ben",
            "Late,Rooms,Tay,Nobody spoke of rooms.,,,Ben",
        ],
    )
    done = tandem("matrix", str(file))
    assert (done["summaries"], done["distinguishes"]) == (3, 1)
    assert (done["rest_on_all_passages_of_the_cell"], done["rest_on_no_passage"]) == (1, 1)
    found = tandem("matrix")
    cell = found["matrix"]["Early"]["Money"]["Esk"]
    assert cell["summary"] == ["The grant, late, stopped it.", "Ben sees it so too."]
    assert {one["transcript"] for one in cell["summaries"][0]["passages"]} == {"E-01", "E-02"}
    assert (cell["summaries"][1]["by"], len(cell["summaries"][1]["passages"])) == ("Ben", 3)
    assert found["distinguishes"]["Early"]["Money"]["words"] == "strongly"
    assert found["matrix"]["Late"]["Rooms"]["Tay"]["codings"] == 0
    assert tandem("matrix", str(file))["unchanged"] == 4
    back = write_lines(tmp_path / "c.csv", ["phase,code,case,summary,by", "Early,Money,Esk,-,Ben"])
    tandem("matrix", str(back))
    assert tandem("matrix")["matrix"]["Early"]["Money"]["Esk"]["summary"] == ["The grant, late, stopped it."]


def test_a_dry_run_keeps_nothing(tandem: Run, tmp_path: Path) -> None:
    """And says what would change."""
    file = write_lines(tmp_path / "c.csv", ["code,case,summary,by", "Money,Esk,So.,Ada"])
    assert tandem("matrix", str(file), "--dry-run")["summaries"] == 1
    assert tandem("matrix")["matrix"].get("", {}).get("Money", {}).get("Esk") is None


def test_bad_rows_are_named_and_nothing_is_kept(tandem: Run, study: Path, tmp_path: Path) -> None:
    """Each by row and column, with what was found and what is allowed."""
    file = write_lines(
        tmp_path / "c.csv",
        [
            "phase,code,case,role,summary,passages,quotes,by",
            "Early,Money,Esk,,Good.,E-01:2,,Ada",
            "Erly,Money,Esk,,So.,,,Ada",
            "Early,Mony,Esk,,So.,,,Ada",
            "Early,Money,Ask,,So.,,,Ada",
            "Early,Money,Esk,,So.,E-01:99,,Ada",
            "Early,Money,Esk,,So.,,,",
            "Early,Money,,,So.,,,Ada",
            "Early,Money,Esk,,,,E-02:2,Ada",
            "Early,Money,Esk,,Again.,,,Ada",
            "Early,Money,Esk,doctor,So.,,,Ben",
        ],
    )
    said = refused(tandem, study, "matrix", str(file))
    for part in (
        'row 3, column "phase": there is no phase "Erly"; did you mean "Early"?',
        'row 4, column "code": code "Mony" is not known. Did you mean "Money"?',
        'row 5, column "case": there is no case "Ask"',
        'row 6, column "passages": E-01 has no turn 99; its turns are 1 to 8.',
        'row 7, column "by": it is empty; say who wrote it, in this column or with --by NAME.',
        'row 8, column "summary": it names no case, site or other column',
        'row 9, column "quotes": E-02 may not be quoted',
        'row 10, column "summary": row 2 says it of the same cell already; keep one of them.',
        'row 11, column "role": no participant or case has the value "doctor" of "role".',
        "9 of 10 rows cannot be used, so nothing was kept.",
    ):
        assert part in said, said
    strange = write_lines(tmp_path / "d.csv", ["code,colour,summary", "Money,red,So."])
    assert 'the column "colour" is not known' in refused(tandem, study, "matrix", str(strange))


def test_a_summary_goes_with_a_passage_that_is_withdrawn(tandem: Run, study: Path, tmp_path: Path) -> None:
    """Nothing of it is left in the table, and a new one may not rest on that passage."""
    file = write_lines(
        tmp_path / "c.csv",
        ["phase,code,case,summary,passages,by", "Early,Money,Esk,Late grant.,E-01:2;E-02:2,Ada"],
    )
    tandem("matrix", str(file))
    tandem("withdraw", "E-01", "--by", "Ada", "--yes")
    cell = tandem("matrix")["matrix"]["Early"]["Money"]["Esk"]
    assert (cell["summary"], cell["codings"], cell["informant_codes"]) == ([], 2, ["E-02"])
    said = refused(tandem, study, "matrix", str(file))
    assert "participant E-01 withdrew, so nothing may rest on what they said; take it out." in said


def test_a_cell_opens_its_passages(tandem: Run, study: Path) -> None:
    """With words, who coded them and how; an empty one and a strange name are said."""
    (cell,) = tandem("matrix", "--open", "money", "--in", "ESK")["cells"]
    assert (cell["phase"], cell["code"], cell["column"]) == ("Early", "Money", "Esk")
    assert [one["text"] for one in cell["passages"]] == [
        f"{name}, the grant was late." for name in ("E-01", "E-02", "minutes")
    ]
    assert cell["passages"][0]["turn_shown"] == 2
    assert [one["phase"] for one in tandem("matrix", "--open", "Money", "--in", "")["cells"]] == [""]
    assert "is empty" in refused(tandem, study, "matrix", "--open", "People", "--in", "Esk")
    assert "give both" in refused(tandem, study, "matrix", "--open", "People")
    with pytest.raises(UnknownName, match="Did you mean"):
        tandem("matrix", "--open", "People", "--in", "Tai")
    with pytest.raises(BadInput, match="has no row"):
        tandem("matrix", "--open", "Resources", "--in", "Esk")


def test_the_word_file_fits_a_journal(tandem: Run, tmp_path: Path) -> None:
    """Landscape, a table a phase with heads that repeat, rows that stay whole, and notes; quotes with codes if asked."""
    cells = write_lines(
        tmp_path / "c.csv",
        ["phase,code,case,summary,by,distinguishes", "Early,Money,Esk,The grant came late.,Ada,strongly"],
    )
    tandem("matrix", str(cells))
    file = tmp_path / "m.docx"
    tandem("matrix", "--docx", str(file), "--with-quotes")
    document = Document(str(file))
    assert document.sections[0].orientation == WD_ORIENT.LANDSCAPE
    assert len(document.tables) == 3
    first = document.tables[0]
    assert [cell.text for cell in first.rows[0].cells] == [
        "Code",
        "Esk",
        "Tay",
        "(not stated)",
        "Distinguishes",
    ]
    assert "The grant came late." in first.rows[1].cells[1].text
    assert "“E-01, the grant was late.” (E-01)" in first.rows[1].cells[1].text
    assert "E-02, the grant" not in first.rows[1].cells[1].text
    assert first.rows[1].cells[4].text == "strongly"
    xml = ZipFile(BytesIO(file.read_bytes())).read("word/document.xml").decode()
    assert xml.count("<w:tblHeader/>") == 3
    assert xml.count("<w:cantSplit/>") >= 7
    assert "Suggestions of a model are never counted" in document.paragraphs[-1].text
    tandem("matrix", "--docx", str(file))
    assert "the grant was late" not in Document(str(file)).tables[0].rows[1].cells[1].text


def test_many_columns_are_parted_into_tables_that_a_page_holds(tandem: Run, tmp_path: Path) -> None:
    """Every column stands once, each part with the column of codes."""
    file = tmp_path / "m.docx"
    tandem("matrix", "--columns", "participant", "--columns", "wave", "--docx", str(file))
    heads = [[cell.text for cell in table.rows[0].cells] for table in Document(str(file)).tables]
    assert all(head[0] == "Code" and len(head) <= 8 for head in heads)


def test_the_page_opens_cells_and_fetches_nothing(tandem: Run, tmp_path: Path) -> None:
    """Passages are named; their words stand there only if asked for and allowed; what people wrote is no markup."""
    cells = write_lines(tmp_path / "c.csv", ["phase,code,case,summary,by", "Early,Money,Esk,<b>Late</b>,Ada"])
    tandem("matrix", str(cells))
    file = tmp_path / "m.html"
    tandem("matrix", "--html", str(file))
    page = file.read_text("utf-8")
    assert "&lt;b&gt;Late&lt;/b&gt; (Ada)" in page
    assert "<summary>3 codings, 2 participants; 2 interviews, 1 document</summary>" in page
    assert "<li>E-01:2 (-, concrete example, by Ada and Ben)</li>" in page
    assert "the grant was late" not in page
    tandem("matrix", "--html", str(file), "--with-quotes")
    page = file.read_text("utf-8")
    assert "<q>E-01, the grant was late.</q>" in page
    assert "E-02, the grant was late" not in page
    assert not re.search(r"<script|<link|src=|url\(|https?:", page)


def test_the_workbook_has_blocks_and_lists(tandem: Run, tmp_path: Path) -> None:
    """A sheet a phase, and lists of cells, passages and ratings; nothing in it is a formula."""
    cells = write_lines(tmp_path / "c.csv", ["phase,code,case,summary,by", "Early,Money,Esk,=1+1,Ada"])
    tandem("matrix", str(cells))
    file = tmp_path / "m.xlsx"
    tandem("matrix", "--xlsx", str(file))
    book = load_workbook(file)
    assert book.sheetnames[:3] == ["Early", "Late", "Phase not stated"]
    assert book["Early"]["C2"].value.startswith("'=1+1\n3 codings, 2 participants")
    assert book["Early"]["C2"].data_type == "s"
    listed = list(book["Cells"].values)
    at = listed[0].index("codings")
    assert sum(row[at] for row in listed[1:]) == 6
    assert len(list(book["Passages"].values)) == 7
