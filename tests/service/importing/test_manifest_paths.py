"""A manifest given beside files: each of its rows says something of a file, or the import says that it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import commands_on
from commands_refused import Tandem, write_lines

from annotations.errors import BadInput

TALK = ["Interviewer: So?", "Anna: We lack time."]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Where the study is made."""
    return tmp_path / "study"


@pytest.fixture
def tandem(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tandem:
    """Run a command with ``--json`` on a new study, from a folder beside the transcripts; errors come through."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    (tmp_path / "drive" / "talks").mkdir(parents=True)
    (tmp_path / "drive" / "desk").mkdir()
    for name in ("A-01.txt", "A-02.txt"):
        write_lines(tmp_path / "drive" / "talks" / name, TALK)
    run = commands_on(study)
    run(
        "init",
        str(study),
        "--codebook",
        str(write_lines(tmp_path / "book.csv", ["framework,code", "T,Time"])),
    )
    monkeypatch.chdir(tmp_path / "drive" / "desk")
    return run


def test_rows_of_files_that_are_not_there_are_refused(tandem: Tandem, tmp_path: Path) -> None:
    """Paths count from the manifest's folder; what rows say would else be lost, and the sentence says how to write it."""
    rows = ["file,case,wave", "A-01.txt,North,1", "A-02.txt,North,1"]
    file = write_lines(tmp_path / "drive" / "m.csv", rows)
    with pytest.raises(BadInput, match=r'2 files are not there \(A-01.txt, A-02.txt\).*"talks/A-01.txt"'):
        tandem("import", "../talks", "--manifest", str(file))
    assert tandem("status")["waves"] == {}


def test_a_manifest_meets_a_file_however_both_are_named(tandem: Tandem, tmp_path: Path) -> None:
    """From the folder above or in full: a description is of the file and not of how its path is written."""
    rows = ["file,case,wave,participant,Role", "talks/A-01.txt,North,1,A-01,nurse"]
    file = write_lines(tmp_path / "drive" / "m.csv", rows)
    said = tandem("import", "../talks", "--manifest", str(file))
    by_name = {row["transcript"]: (row["case"], row["wave"]) for row in said["transcripts"]}
    assert by_name == {"A-01": ("North", "1"), "A-02": ("", "")}
    assert said["attributes"] == ["Role"]
