"""Consent and withdrawal hold in everything that is written of results, whoever may be quoted."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from zipfile import ZipFile

import pytest
from commands import Run
from commands_refused import write_lines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NAMES = ("E-01", "E-02", "T-01", "minutes", "lone")
WITH_QUOTES = ("matrix", "report")
FILES = {
    "matrix": ("docx", "xlsx", "html"),
    "timeline": ("docx", "xlsx", "svg"),
    "patterns": ("docx", "xlsx", "svg"),
    "saturation": ("docx", "xlsx", "svg"),
    "triangulation": ("docx", "xlsx", "svg"),
    "change": ("docx", "xlsx", "svg"),
}


def _texts(folder: Path) -> str:
    """All that the files hold, zipped or not."""
    found = []
    for file in sorted(folder.iterdir()):
        if file.suffix in (".docx", ".xlsx"):
            with ZipFile(file) as inside:
                found += [
                    inside.read(n).decode("utf-8", "replace") for n in inside.namelist() if n.endswith(".xml")
                ]
        else:
            found.append(file.read_text("utf-8"))
    return "\n".join(found)


def _everything(tandem: Run, folder: Path, *, quotes: bool = True) -> str:
    """Every file and JSON that the commands for results make, with something that happened."""
    events = ["case,date,event,source", "Esk,2016,The hall is let,Minutes of the board"]
    tandem("timeline", str(write_lines(folder.parent / "events.csv", events)))
    said = []
    for name, endings in FILES.items():
        with_quotes = ["--with-quotes"] if quotes and name in WITH_QUOTES else []
        asked = [word for ending in endings for word in (f"--{ending}", str(folder / f"{name}.{ending}"))]
        said.append(str(tandem(name, *asked, *with_quotes)))
    out = str(folder / "report.docx")
    said.append(str(tandem("report", "--out", out, *(["--with-quotes"] if quotes else []))))
    said.append(str(tandem("report", "--for", "Esk", "--out", str(folder / "case.docx"))))
    return "\n".join([*said, _texts(folder)])


def _second_wave(tandem: Run, folder: Path) -> None:
    """T-01 is interviewed again, so that there is change to write of."""
    write_lines(folder / "T-02w.txt", ["Interviewer: And?", "T-01: Four nurses came."])
    manifest = ["file,participant,case,site,wave,kind,may_quote", "T-02w.txt,T-01,Tay,Hill,2,interview,yes"]
    tandem("import", "--manifest", str(write_lines(folder / "manifest.csv", manifest)))
    rows = ["transcript,coder,code,turn,influence", "T-02w,Ada,People,1,+"]
    tandem("import-codings", str(write_lines(folder / "w.csv", rows)), "--complete", "listed")


@pytest.mark.slow
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quotable=st.frozensets(st.sampled_from(NAMES)))
def test_nobodys_words_go_out_without_consent(
    tandem: Run, study: Path, tmp_path_factory: pytest.TempPathFactory, quotable: frozenset[str]
) -> None:
    """Whoever may be quoted, the words of all others stand in no file."""
    with sqlite3.connect(study / "tandem.db") as connection:
        for name in NAMES:
            connection.execute(
                "UPDATE transcripts SET may_quote = ? WHERE name = ?", (name in quotable, name)
            )
    connection.close()
    folder = tmp_path_factory.mktemp("out")
    said = _everything(tandem, folder)
    for name in NAMES:
        # every coded passage begins with the name, then a comma
        assert (f"{name}, the " in said or f"{name}, three" in said) <= (name in quotable), name


@pytest.mark.slow
def test_without_being_asked_no_words_go_out(tandem: Run, tmp_path: Path) -> None:
    """Of all files only the summary of a case holds words, of those who may be quoted."""
    folder = tmp_path / "out"
    folder.mkdir()
    _everything(tandem, folder, quotes=False)
    (folder / "case.docx").unlink()
    assert "the grant was late" not in _texts(folder)


@pytest.mark.slow
def test_nothing_of_whoever_withdraws_is_left(tandem: Run, study: Path, tmp_path: Path) -> None:
    """No word, no code, no answer of theirs stands in any file, and what others said of them is blanked."""
    _second_wave(tandem, tmp_path)
    events = ["case,date,event,source,passages", "Esk,2017,The grant is asked for,Minutes,E-01:2"]
    tandem("timeline", str(write_lines(tmp_path / "e.csv", events)))
    tandem("report", "--for", "E-01", "--answer", "corrected", "--what", "Two grants.", "--by", "Ada")
    tandem(
        "report",
        "--for",
        "Esk",
        "--answer",
        "corrected",
        "--what",
        "No hall.",
        "--answered-by",
        "E-01",
        "--by",
        "Ada",
    )
    tandem("report", "--for", "T-01", "--answer", "corrected", "--what", "Not as E-01 says.", "--by", "Ada")
    tandem("withdraw", "E-01", "--by", "Ada", "--yes")
    folder = tmp_path / "out"
    folder.mkdir()
    said = _everything(tandem, folder)
    assert "E-01" not in said
    for words in ("Two grants.", "No hall.", "Not as"):
        assert words not in said
    answers = tandem("report")["member_checks"]
    assert [(one["participant"], one["what"]) for one in answers] == [
        ("T-01", "(erased when somebody withdrew)")
    ]
    with sqlite3.connect(study / "tandem.db") as connection:
        rows = connection.execute("SELECT owner, answered_by, words FROM member_checks").fetchall()
    connection.close()
    assert rows == [("T-01", "T-01", "(erased when somebody withdrew)")]
