"""Files of codings: every row ends as a coding or as a fault that says why."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from coded_rows import BOOK, SESSION, codings_file, placed_rows
from openpyxl import Workbook

from annotations.codebook.codes import Code, Codebook
from annotations.coding import Condition
from annotations.codings.read_codings import read_codings

UTC = datetime.UTC


def _only_fault(file: Path, column: str) -> str:
    placed = placed_rows(file)
    (fault,) = placed.faults
    assert placed.codings == []
    assert (fault.file, fault.row, fault.column) == (str(file), 2, column)
    assert str(fault).startswith(f'{file}, row 2, column "{column}": ')
    return fault.reason


def test_a_row_says_all_it_can(tmp_path: Path) -> None:
    """Every column arrives: coder by alias, code by path, the passage, condition, memo, moment, influence."""
    head = "Transcript,Coder,Code,Turn,Condition,Memo,Created,Influence,Concrete Example"
    row = ("jkg-01", "if", "Topics/People", 1, "Consensus", "a, b", "2026-03-01T14:30", "−", "yes")
    (coding,) = placed_rows(
        codings_file(tmp_path, row, head=head), time_zone=ZoneInfo("Europe/Stockholm")
    ).codings
    assert (coding.row, coding.transcript, coding.coder, coding.code) == (2, "JKG-01", "Ines", "people")
    assert coding.span.of(SESSION.text) == "With money, and with people."
    assert (coding.condition, coding.memo, coding.influence) == (Condition.CONSENSUS, "a, b", "-")
    assert coding.created == datetime.datetime(2026, 3, 1, 13, 30, tzinfo=UTC)
    assert coding.concrete_example


def test_csv_xlsx_and_jsonl_say_the_same(tmp_path: Path) -> None:
    """One table in three formats, with the types that spreadsheets and JSON have, places the same codings."""
    rows = [
        {"transcript": "JKG-01", "coder": "Ines", "code": "money", "turn": 3.0, "created": None},
        {"transcript": "PLP-22", "coder": "Tom", "code": "", "turn": 1, "created": "2026-03-01"},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n\n" for row in rows), "utf-8")
    book = Workbook()
    assert book.active is not None
    book.active.append(list(rows[0]))
    for row in rows:
        created = datetime.datetime(2026, 3, 1) if row["created"] else None
        book.active.append([*list(row.values())[:-1], created])
    book.save(tmp_path / "a.xlsx")
    plain = codings_file(
        tmp_path,
        "JKG-01,Ines,money,3.0,",
        "PLP-22,Tom,,1,2026-03-01",
        head="transcript,coder,code,turn,created",
    )
    found = []
    for file in (plain, tmp_path / "a.xlsx", tmp_path / "a.jsonl"):
        placed = placed_rows(file)
        assert not placed.faults
        found.append([(c.transcript, c.coder, c.code, c.span, c.created) for c in placed.codings])
    assert found[0] == found[1] == found[2]
    assert found[0][1][2] is None
    assert found[0][1][4] == datetime.datetime(2026, 3, 1, tzinfo=UTC)


def test_rows_of_json_lines_are_numbered_as_lines(tmp_path: Path) -> None:
    """A fault in JSONL names the line; marks within a text that Unicode takes for line ends are no ends."""
    row = {"transcript": "JKG-01", "coder": "Ines", "code": "money", "turn": 9, "memo": "a\u2028b\x85c"}
    file = tmp_path / "a.jsonl"
    file.write_text("\n" + json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
    (fault,) = placed_rows(file).faults
    assert fault.row == 2


@pytest.mark.parametrize(
    ("head", "row", "words"),
    [
        ("turn", (3,), "Money again, always money."),
        (
            "start,end",
            (SESSION.text.index("with people"), SESSION.text.index("with people") + 11),
            "with people",
        ),
        ("quote", ("and  with\npeople",), "and with people"),
        ("turn,quote", (3, "oney again"), "oney again"),
        ("turn_shown", (4,), "Money again, always money."),
        ("turn,turn_shown", (3, 4), "Money again, always money."),
        ("turn,start,end", (1, SESSION.text.index("With"), SESSION.text.index("With") + 4), "With"),
        (
            "start,end,quote",
            (SESSION.text.index("always"), SESSION.text.index("always") + 6, "always"),
            "always",
        ),
    ],
)
def test_a_passage_is_named_in_several_ways(
    tmp_path: Path, head: str, row: tuple[object, ...], words: str
) -> None:
    """By turn, span or quote; where a row names several, the narrowest that all agree on."""
    file = codings_file(tmp_path, ("JKG-01", "Ines", "money", *row), head=f"transcript,coder,code,{head}")
    (coding,) = placed_rows(file).codings
    assert coding.span.of(SESSION.text) == words


@pytest.mark.parametrize(
    ("head", "row", "column", "said"),
    [
        ("turn", ("JKG-1", "Ines", "money", 1), "transcript", 'did you mean "JKG-01"?'),
        ("turn", ("", "Ines", "money", 1), "transcript", "it is empty"),
        ("turn", ("qqqqqqq", "Ines", "money", 1), "transcript", "import it first"),
        ("turn", ("JKG-01", "", "money", 1), "coder", "it is empty"),
        ("turn", ("JKG-01", "Inez", "money", 1), "coder", 'typo away from "Ines"'),
        ("turn", ("JKG-01", "Ines", "monney", 1), "code", 'Did you mean "Money"?'),
        ("turn", ("JKG-01", "Ines", "Early", 1), "code", '"Topics/People/Early"; "Phase/Early"'),
        ("turn", ("JKG-01", "Ines", "money", 4), "turn", "has 4 turns, numbered 0 to 3"),
        ("turn", ("JKG-01", "Ines", "money", ""), "turn", "nothing says where the passage is"),
        ("start,end", ("JKG-01", "Ines", "money", 5, ""), "end", "found nothing"),
        ("start,end", ("JKG-01", "Ines", "money", 5, 5), "end", "the passage is empty"),
        ("start,end", ("JKG-01", "Ines", "money", 5, 5000), "end", "lies beyond"),
        ("quote", ("JKG-01", "Ines", "money", "oney"), "quote", "3 times, in turns 1, 3"),
        (
            "quote",
            ("JKG-01", "Ines", "money", "money agan, allways"),
            "quote",
            "turn 3 (turn 4 as shown to people) comes nearest",
        ),
        ("quote", ("JKG-01", "Ines", "money", "qqqq zzzz"), "quote", "check the transcript"),
        ("turn,quote", ("JKG-01", "Ines", "money", 3, "With money"), "quote", "outside the turn"),
        ("turn,start,end", ("JKG-01", "Ines", "money", 3, 0, 5), "start", "outside the turn"),
        ("turn,turn_shown", ("JKG-01", "Ines", "money", 3, 3), "turn_shown", "name different turns"),
        ("turn_shown", ("JKG-01", "Ines", "money", 0), "turn_shown", "turns count from 1"),
        (
            "start,end,quote",
            ("JKG-01", "Ines", "money", 0, 5, "With money"),
            "quote",
            "not the words from start",
        ),
        ("turn,condition", ("JKG-01", "Ines", "money", 1, "independant"), "condition", '"independent"?'),
        ("turn,condition", ("JKG-01", "Ines", "money", 1, "qqq"), "condition", "one of independent"),
        ("turn,created", ("JKG-01", "Ines", "money", 1, "01/03/2026"), "created", "2026-03-01"),
        ("turn,created", ("JKG-01", "Ines", "money", 1, "0001-01-01T00:00+14:00"), "created", "is no date"),
        ("turn,influence", ("JKG-01", "Ines", "money", 1, "good"), "influence", "mixed or none stated"),
        ("turn,concrete_example", ("JKG-01", "Ines", "money", 1, "maybe"), "concrete_example", "yes or no"),
    ],
)
def test_a_row_that_cannot_be_placed_says_why(
    tmp_path: Path, head: str, row: tuple[object, ...], column: str, said: str
) -> None:
    """File, row, column and reason, with what is near or allowed."""
    file = codings_file(tmp_path, row, head=f"transcript,coder,code,{head}")
    assert said in _only_fault(file, column)


def test_every_fault_of_every_row_is_listed(tmp_path: Path) -> None:
    """One fault does not hide another, in the row or in the file; good rows stay good."""
    placed = placed_rows(
        codings_file(tmp_path, "JKG-2,Inez,monney,1", "JKG-01,Ines,money,1", "JKG-01,Ines,people,77")
    )
    assert [(fault.row, fault.column) for fault in placed.faults] == [
        (2, "transcript"),
        (2, "coder"),
        (2, "code"),
        (4, "turn"),
    ]
    assert [coding.row for coding in placed.codings] == [3]


def test_an_ambiguous_code_lists_the_paths(tmp_path: Path) -> None:
    """A name that two codes bear is answered with both paths; the column framework settles it."""
    book = Codebook(BOOK.name, BOOK.frameworks, (*BOOK.codes[:3], Code("e", "Early", "phase", "Phase/Early")))
    file = codings_file(tmp_path, "JKG-01,Ines,Early,1")
    (fault,) = placed_rows(file, codebook=book).faults
    assert '"Topics/People/Early"' in fault.reason
    assert '"Phase/Early"' in fault.reason
    file = codings_file(tmp_path, "JKG-01,Ines,Early,1,phase", head="transcript,coder,code,turn,framework")
    assert [coding.code for coding in placed_rows(file, codebook=book).codings] == ["e"]


def test_two_new_coders_a_typo_apart(tmp_path: Path) -> None:
    """Of two new names in one file that differ by a slip, the second is a fault; numbered ones are two people."""
    placed = placed_rows(
        codings_file(
            tmp_path, "JKG-01,Johanna,money,1", "JKG-01,Johana,money,1", "JKG-01,E1,,1", "JKG-01,E10,,1"
        )
    )
    assert [fault.row for fault in placed.faults] == [3]
    assert [coding.coder for coding in placed.codings] == ["Johanna", "E1", "E10"]
    known = placed_rows(codings_file(tmp_path, "JKG-01,Johana,money,1"), known_coders=("Johanna",))
    assert [fault.column for fault in known.faults] == ["coder"]


def test_a_row_is_what_one_person_judged(tmp_path: Path) -> None:
    """A cell with two coders is a fault of its row; what they agreed on together is a consensus."""
    head = "transcript,coder,code,turn,condition"
    rows = ("JKG-01,Ines; Tom,money,1,", "JKG-01,Ines; Tom,money,1,consensus", "JKG-01,Tom,money,1,")
    placed = placed_rows(codings_file(tmp_path, *rows, head=head))
    assert [(fault.row, fault.column) for fault in placed.faults] == [(2, "coder")]
    assert [coding.coder for coding in placed.codings] == ["Ines; Tom", "Tom"]


def test_nothing_applies_contradicts_a_code(tmp_path: Path) -> None:
    """An empty code beside a code, of one coder on one passage, is a fault; of two coders it is disagreement."""
    placed = placed_rows(
        codings_file(tmp_path, "JKG-01,Ines,,1", "JKG-01,IF,money,1", "JKG-01,Tom,,1", "JKG-01,Ines,,3")
    )
    assert [(fault.row, fault.column) for fault in placed.faults] == [(2, "code")]
    assert "row 3 puts a code on the same passage" in placed.faults[0].reason
    assert [(coding.row, coding.code) for coding in placed.codings] == [(3, "money"), (4, None), (5, None)]


def test_rows_alike_count_once(tmp_path: Path) -> None:
    """An exact repetition counts once and is said; the same code with another memo is kept."""
    head = "transcript,coder,code,turn,memo"
    rows = ("JKG-01,Ines,money,1,a", "JKG-01,IF,Money,1,a", "JKG-01,Ines,money,1,b")
    placed = placed_rows(codings_file(tmp_path, *rows, head=head))
    assert [(coding.row, coding.memo) for coding in placed.codings] == [(2, "a"), (4, "b")]
    assert placed.repeated == 1
    assert placed.notes == ["1 row says the same as another row; it counts once."]


def test_several_codes_where_one_may_apply_are_noted(tmp_path: Path) -> None:
    """Two phases on one passage by one coder are kept and noted; by two coders they are disagreement."""
    placed = placed_rows(
        codings_file(
            tmp_path, "JKG-01,Ines,early,1", "JKG-01,Ines,late,1", "JKG-01,Tom,late,1", "JKG-01,Ines,money,1"
        )
    )
    assert len(placed.codings) == 4
    (note,) = placed.notes
    assert 'several codes of "Phase", of which one may apply: 1 (the first in row 2)' in note


def test_a_missing_condition_is_counted(tmp_path: Path) -> None:
    """Rows without a condition are independent, and it is known how many said nothing."""
    rows = ("JKG-01,Ines,money,1,", "JKG-01,Ines,people,1,assisted")
    placed = placed_rows(codings_file(tmp_path, *rows, head="transcript,coder,code,turn,condition"))
    assert [coding.condition for coding in placed.codings] == [Condition.INDEPENDENT, Condition.ASSISTED]
    assert placed.missing_condition == 1


@pytest.mark.parametrize(("code", "complete"), [("", "listed"), ("money", "none")])
def test_what_was_read_is_known_where_codes_are_empty(tmp_path: Path, code: str, complete: str) -> None:
    """A file with empty codes lists what was judged; one without says nothing of the rest."""
    assert (
        read_codings(codings_file(tmp_path, f"JKG-01,Ines,{code},1", "JKG-01,Ines,people,3")).complete
        == complete
    )
