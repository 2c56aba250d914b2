"""A whole folder in: shown before anything is written, each file by itself, speakers asked about once."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders import PATIENCE_S
from typer.testing import CliRunner
from written import SAID, SAMPLES, docx_of

from annotations.errors import BadInput
from annotations.study.config import read_study
from service.cli.main import add_commands, app

PROGRAM = Path(sys.executable).with_name("tandem")
Tandem = Callable[..., dict[str, Any]]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study whose study.yaml somebody has written comments into."""
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    (tmp_path / "book.csv").write_text("framework,code\nTopics,Money\n", "utf-8")
    if not app.registered_commands:
        add_commands()
    made = tmp_path / "study"
    done = CliRunner().invoke(app, ["init", str(made), "--codebook", str(tmp_path / "book.csv")])
    assert done.exit_code == 0, done.output
    file = made / "study.yaml"
    file.write_text(file.read_text("utf-8") + "# ours\nwaves: ['1', '2']  # two\n", "utf-8")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Transcripts in folders, with a recording, a damaged file and notes beside them."""
    inside = tmp_path / "drive"
    (inside / "wave1" / "North").mkdir(parents=True)
    shutil.copy(SAMPLES / "teams.vtt", inside / "wave1" / "North" / "JKG-01.vtt")
    (inside / "wave1" / "DND-03.docx").write_bytes(
        docx_of("Anna Lind: And you?", "DND-03: Well.", "Anna Lind: So?")
    )
    (inside / "note.md").write_text("The ward was quiet.\n\nNobody came.\n", "utf-8")
    (inside / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing")
    (inside / "talk.mp3").write_bytes(b"ID3")
    return inside


@pytest.fixture
def tandem(study: Path) -> Tandem:
    """Run a command with ``--json``; the second of its keys says how it ended."""

    def run(*words: str) -> dict[str, Any]:
        done = CliRunner().invoke(app, ["--study", str(study), *words, "--json"])
        if done.exception is not None and not isinstance(done.exception, SystemExit | BadInput):
            raise done.exception
        return {**json.loads(done.stdout), "refusal": str(done.exception or "")}

    return run


def _kept(study: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(study / "tandem.db") as connection:
        found = connection.execute("SELECT name, participant FROM transcripts ORDER BY name").fetchall()
    connection.close()
    return found


def _roles(found: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    return {s["speaker"]: (s["role"], s["known"]) for one in found["transcripts"] for s in one["speakers"]}


def test_a_dry_run_tells_all_and_writes_nothing(tandem: Tandem, study: Path, folder: Path) -> None:
    """File, reader, where it belongs, turns, speakers and warnings; the database and study.yaml stay."""
    before = (study / "study.yaml").read_bytes()
    found = tandem("import", str(folder), "--wave", "1", "--dry-run")
    assert found["dry_run"]
    assert {
        (Path(one["file"]).name, one["reader"], one["turns"], one["state"]) for one in found["transcripts"]
    } == {
        ("JKG-01.vtt", "vtt", 4, "new"),
        ("DND-03.docx", "docx", 3, "new"),
        ("note.md", "text", 2, "new"),
    }
    assert {one["wave"] for one in found["transcripts"]} == {"1"}
    assert "broken.pdf" in found["refused"][0]
    assert "1 file would not be imported" in found["refusal"]
    assert found["not_read"] == {".mp3": 1}
    assert _kept(study) == []
    assert (study / "study.yaml").read_bytes() == before


def test_a_file_that_cannot_be_read_spoils_no_other(tandem: Tandem, study: Path, folder: Path) -> None:
    """The three others are in, and a second import recognises them."""
    assert "1 file was not imported" in tandem("import", str(folder))["refusal"]
    assert [name for name, _ in _kept(study)] == ["DND-03", "JKG-01", "note"]
    assert {one["state"] for one in tandem("import", str(folder))["transcripts"]} == {"already there"}


def test_unknown_speakers_are_named_with_the_key_to_set(tandem: Tandem, folder: Path) -> None:
    """Without a terminal nothing is asked: a warning names the speakers; they are participants until then."""
    found = tandem("import", str(folder))
    (unknown,) = found["unknown_speakers"]
    assert (unknown["speaker"], unknown["turns"], unknown["guess"]) == ("Anna Lind", 4, "interviewer")
    assert any('"Anna Lind"' in warning and "interviewers" in warning for warning in found["warnings"])
    assert _roles(found)["Anna Lind"] == ("participant", False)
    assert _roles(found)["JKG-01"] == ("participant", True)


def test_a_role_corrected_in_study_yaml_holds_for_all(tandem: Tandem, study: Path, folder: Path) -> None:
    """Importing the folder again corrects the roles of what is there, as long as nobody has coded it."""
    tandem("import", str(folder))
    with (study / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("interviewers: [Anna Lind]\n")
    found = tandem("import", str(folder))
    assert {one["state"] for one in found["transcripts"]} == {"roles corrected", "already there"}
    assert _roles(found)["Anna Lind"] == ("interviewer", True)
    assert found["unknown_speakers"] == []
    assert ("DND-03", "DND-03") in _kept(study)


def test_where_a_file_lies_says_where_it_belongs(tandem: Tandem, study: Path, folder: Path) -> None:
    """file_pattern reads the path below the folder; participant_pattern the name, and says where it does not fit."""
    with (study / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("cases: {ESTHER: [North]}\n")
        file.write(
            "file_pattern: 'wave(?P<wave>\\d)/((?P<site>[^/]+)/)?'\nparticipant_pattern: '[A-Z]+-\\d+'\n"
        )
    shutil.copy(folder / "wave1" / "DND-03.docx", folder / "wave1" / "third.docx")
    found = {Path(one["file"]).name: one for one in tandem("import", str(folder), "--dry-run")["transcripts"]}
    north = found["JKG-01.vtt"]
    assert (north["wave"], north["site"], north["case"], north["participant"]) == (
        "1",
        "North",
        "ESTHER",
        "JKG-01",
    )
    assert (found["DND-03.docx"]["wave"], found["DND-03.docx"]["site"]) == ("1", "")
    assert any("participant_pattern" in warning for warning in found["third.docx"]["warnings"])


def test_two_files_of_one_name_are_not_mixed(tandem: Tandem, study: Path, folder: Path) -> None:
    """The id is the name without its ending: the second file is refused and names the first."""
    (folder / "wave1" / "North" / "JKG-01.txt").write_text("I: Other?\nJKG-01: Other.\n", "utf-8")
    found = tandem("import", str(folder))
    assert any("JKG-01.vtt" in one and "as that of" in one for one in found["refused"])
    assert len(_kept(study)) == 3


def test_a_link_out_of_the_folder_is_not_followed(tandem: Tandem, folder: Path, tmp_path: Path) -> None:
    """Whoever can write into the folder cannot have other files imported."""
    (tmp_path / "secret.txt").write_text("A: secret.\n", "utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    found = tandem("import", str(folder), "--dry-run")
    assert any("link.txt is a link that leads out" in one for one in found["refused"])


def test_speakers_that_a_program_counts_are_not_asked_about(tandem: Tandem, folder: Path) -> None:
    """ "Speaker 1" is somebody else in each file, so no key of study.yaml can say who it is."""
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(
            f"Speaker 1  0:01\nHow {name}?\n\nSpeaker 2  0:03\nSo.\n", "utf-8"
        )
    warnings = tandem("import", str(folder), "--dry-run")["warnings"]
    assert any('"Speaker 1"' in one and "anew in each file" in one for one in warnings)


def _at_a_terminal(study: Path, *words: str, answers: dict[str, str]) -> str:
    """Run the real program at a terminal and answer its questions as they come."""
    mine, its = pty.openpty()
    environment = {**os.environ, "COLUMNS": "160", "TERM": "dumb"}
    with subprocess.Popen(
        [PROGRAM, "--study", study, *words],
        stdin=its,
        stdout=its,
        stderr=its,
        env=environment,
        close_fds=True,
    ) as process:
        os.close(its)
        seen, waiting, until = "", dict(answers), time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if select.select([mine], [], [], 0.2)[0]:
                try:
                    seen += os.read(mine, 65536).decode("utf-8", "replace")
                except OSError:
                    break
            for question in [question for question in waiting if question in seen]:
                os.write(mine, waiting.pop(question).encode() + b"\n")
        process.wait(PATIENCE_S)
    os.close(mine)
    assert not waiting, seen
    return seen


@pytest.mark.slow
def test_at_a_terminal_each_unknown_speaker_is_asked_about_once(study: Path, folder: Path) -> None:
    """The answer is written to study.yaml beside its comments, holds for all files, and is not asked for again."""
    (folder / "broken.pdf").unlink()
    answers = {'Is "Anna Lind" an interviewer?': "y", "Import these?": "y"}
    seen = _at_a_terminal(study, "import", str(folder), answers=answers)
    assert seen.count('Is "Anna Lind" an interviewer?') == 1
    config = read_study(study).config
    assert config.interviewers[-1] == "Anna Lind"
    assert "Moderator" in config.interviewers
    text = (study / "study.yaml").read_text("utf-8")
    assert "# ours\nwaves: ['1', '2']  # two\n" in text
    assert ("JKG-01", "JKG-01") in _kept(study)
    again = _at_a_terminal(study, "import", str(folder), answers={"Import these?": "y"})
    assert "an interviewer?" not in again


@pytest.mark.slow
def test_at_a_terminal_no_means_nothing_is_imported(study: Path, folder: Path) -> None:
    """What was answered about speakers stays; no transcript comes in."""
    answers = {'Is "Anna Lind" an interviewer?': "n", "Import these?": "n"}
    assert "Nothing was imported" in _at_a_terminal(study, "import", str(folder), answers=answers)
    assert read_study(study).config.participant_speakers == ("Anna Lind",)
    assert _kept(study) == []


@pytest.mark.slow
def test_a_script_is_never_asked(study: Path, folder: Path) -> None:
    """Without a terminal, and with --yes, the import goes through."""
    done = subprocess.run(
        [PROGRAM, "--study", study, "import", folder / "wave1", "--wave", "1"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, timeout=PATIENCE_S,
    )  # fmt: skip
    assert "2 new" in done.stdout
    assert "Anna Lind asks?" in done.stdout
    assert "Add them to interviewers" in " ".join(done.stderr.split())
    again = _at_a_terminal(study, "import", str(folder / "wave1"), "--yes", answers={})
    assert "2 already there" in again


def test_everything_that_the_samples_hold_comes_in(tandem: Tandem, study: Path) -> None:
    """One file of each format, in one command."""
    found = tandem("import", str(SAMPLES))
    names = {Path(one["file"]).suffix for one in found["transcripts"]}
    assert names >= {".vtt", ".srt", ".rtf", ".pdf", ".otr", ".eaf", ".txt"}
    assert all("its id would be" in one for one in found["refused"])
    assert _roles(found)["JKG-01"][0] == "participant"
    assert len(SAID) == 4
