"""What people wrote rests on the same words after a text was corrected, or says that they have changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from commands import Run
from commands_refused import write_lines
from results_study import SAID


def _corrected(folder: Path, *said: str) -> str:
    lines = [
        f"{who}: {words}"
        for word in said
        for who, words in (("Interviewer", "And?"), ("E-01", f"E-01, {word}."))
    ]
    return str(write_lines(folder / "E-01.txt", ["Interviewer: Good morning.", *lines]))


@pytest.mark.slow
def test_passages_go_along_or_are_said_to_have_changed(tandem: Run, tmp_path: Path) -> None:
    """The first passage moves; a word of the second changes: it is quoted no more, and the summary says so."""
    rows = [
        "phase,code,case,summary,passages,quotes,by",
        "Early,Money,Esk,Both.,E-01:2; E-01:4,E-01:2,Ada",
        ",Rooms,Esk,,,E-01:4,Ada",
    ]
    tandem("matrix", str(write_lines(tmp_path / "c.csv", rows)))
    event = write_lines(tmp_path / "e.csv", ["case,date,event,source", "Esk,2017,It began,E-01:2;E-01"])
    tandem("timeline", str(event))
    tandem("import", _corrected(tmp_path, SAID[0], "the hall stood full", *SAID[2:]), "--replace")
    found = tandem("matrix", "--with-quotes")["matrix"]
    cell = found["Early"]["Money"]["Esk"]
    passages = cell["summaries"][0]["passages"]
    assert [one["text_changed_since"] for one in passages] == [False, True]
    assert passages[0]["turn"] == 2
    assert [(one["text"], one["chosen"]) for one in cell["quotes"]] == [("E-01, the grant was late.", True)]
    assert tandem("timeline")["events"][0]["passages"] == ["E-01:3", "E-01"]


def test_forgotten_words_go_out_of_what_was_written(tandem: Run, study: Path, tmp_path: Path) -> None:
    """A name that is blanked for good stands in no summary and no event that rests on the transcript."""
    rows = ["code,case,summary,passages,by", "Money,Esk,The GRANT was late,E-01:2,Ada"]
    tandem("matrix", str(write_lines(tmp_path / "c.csv", rows)))
    event = write_lines(tmp_path / "e.csv", ["case,date,event,source", "Esk,2017,The grant comes,E-01"])
    tandem("timeline", str(event))
    tandem(
        "import",
        _corrected(tmp_path, "the money was late", *SAID[1:]),
        "--replace",
        "--forget",
        "--by",
        "Ada",
        "--yes",
    )
    with sqlite3.connect(study / "tandem.db") as connection:
        said = connection.execute(
            "SELECT text FROM summaries UNION ALL SELECT text || event_key FROM events"
        ).fetchall()
    connection.close()
    assert len(said) == 2
    assert "grant" not in str(said).casefold()
    assert "The […] was late" in str(said)
