"""Tables of turns as people and programs save them: hidden sheets, many interviews in one table, other clocks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from written import read_as

from annotations.readers.reading import read_transcripts


def test_a_sheet_that_people_see_goes_before_a_hidden_one(tmp_path: Path) -> None:
    """The old version that somebody hid is not what they mean; it is named as not read."""
    book = Workbook()
    old = book.active
    assert old is not None
    old.title = "Old"
    new = book.create_sheet("New")
    for sheet, words in ((old, "Outdated."), (new, "Slowly.")):
        for row in (["Speaker", "Text"], ["INT", "How?"], ["P3", words]):
            sheet.append(row)
    old.sheet_state = "hidden"
    file = tmp_path / "talk.xlsx"
    book.save(file)
    (read,) = read_transcripts(file, interviewers=("INT",))
    assert read.turns[1].span.of(read.text) == "Slowly."
    assert any('the sheet "New" was read; the sheet "Old"' in warning for warning in read.warnings)


@pytest.mark.parametrize("column", ["Interview", "Document name", "Intervju", "Transcript ID"])
def test_a_column_may_say_which_interview_a_row_is_of(column: str) -> None:
    """Two people are not joined to one transcript because the column has another name than ours."""
    table = f"{column},Speaker,Text\nP-1,INT,How?\nP-1,P-1,So.\nP-2,INT,Why?\nP-2,P-2,Because.\n"
    assert [read.name for read in read_as(".csv", table.encode())] == ["P-1", "P-2"]


def test_the_column_of_words_may_be_called_transcript() -> None:
    """As Dovetail has it; then the file is one interview."""
    (read,) = read_as(".csv", b"Speaker,Transcript\nINT,How?\nP-1,So.\n")
    assert [turn.span.of(read.text) for turn in read.turns] == ["How?", "So."]


def test_frames_may_stand_behind_semicolons() -> None:
    """As Premiere writes times of American television."""
    head = "Speaker Name,Start Time,End Time,Text\n"
    table = f"{head}INT,00;00;01;12,00;00;03;00,How?\nP3,00;01;04;02,00;01;06;10,So.\n"
    (read,) = read_as(".csv", table.encode())
    assert [(turn.begins, turn.ends) for turn in read.turns] == [(1.0, 3.0), (64.0, 66.0)]


def test_names_of_teams_in_a_json_are_speakers() -> None:
    """And the times are the turns'."""
    entries = [
        {
            "text": "How?",
            "speakerDisplayName": "Ada Lind",
            "startOffset": "00:00:01.5",
            "endOffset": "00:00:03.0",
        },
        {"text": "So.", "speakerDisplayName": "P3", "startOffset": "00:00:04.0", "endOffset": "00:00:05.0"},
    ]
    (read,) = read_as(".json", json.dumps({"version": "1.0.0", "entries": entries}).encode())
    assert [turn.speaker for turn in read.turns] == ["Ada Lind", "P3"]
    assert read.turns[0].begins == 1.5
