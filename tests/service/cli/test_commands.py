"""Every command with input that cannot be used: one sentence, exit status 2 or 1, nothing changed."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from commands import commands_on
from docx import Document
from openpyxl import Workbook

from annotations.errors import BadInput, Busy, TandemError

# MLflow's own, with the newest SQLAlchemy
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
Tandem = Callable[..., dict[str, Any]]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Where the study is made."""
    return tmp_path / "study"


@pytest.fixture
def tandem(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tandem:
    """Run a command with ``--json`` on a study with a small codebook and one interview; errors come through."""
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    run = commands_on(study)

    book = tmp_path / "book.csv"
    _write(
        book,
        [
            "framework,parent,code,definition",
            "Topics,,Money,What it costs",
            "Topics,,People,Who does it",
            "Topics,Money,Cost,Price",
            "Other,,Cost,Toll",
        ],
    )
    run("init", str(study), "--codebook", str(book))
    words = tmp_path / "JKG-01.txt"
    _write(
        words,
        [
            "Interviewer: How is it?",
            "JKG-01: We lack money.",
            "I: And?",
            "JKG-01: People leave. So sad. So sad.",
        ],
    )
    run("import", str(words), "--wave", "1", "--case", "ESTHER")
    return run


def _write(file: Path, lines: list[str]) -> Path:
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def _codings(folder: Path, *rows: str, header: str = "transcript,coder,code,turn") -> str:
    return str(_write(folder / "codings.csv", [header, *rows]))


def _state(study: Path) -> list[tuple[Any, ...]]:
    """How many rows each table holds."""
    with sqlite3.connect(study / "tandem.db") as connection:
        names = [
            n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        ]
        found = [(n, *connection.execute(f'SELECT count(*) FROM "{n}"').fetchone()) for n in names]  # noqa: S608
    connection.close()
    return found


def _refused(tandem: Tandem, study: Path, *arguments: str) -> str:
    """What a refused command says; checks that it changed nothing."""
    before = _state(study)
    with pytest.raises(BadInput) as caught:
        tandem(*arguments)
    assert _state(study) == before
    assert caught.value.exit_status == 2
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b"\n \n\t\n", "empty"),
        ("noise.txt", bytes(range(256)) * 40, "no text"),
        ("broken.docx", b"PK\x03\x04 and then nothing", "docx"),
        ("plain.docx", b"This is no Word file.", "docx"),
        ("what.xyz", b"A: b", "xyz"),
        ("no-columns.csv", b"who,what\nA,b\n", "speaker"),
        ("bad.jsonl", b'{"speaker": "A", "text": "b"}\n{not json\n', "2"),
    ],
)
def test_a_file_that_is_no_transcript(
    tandem: Tandem, study: Path, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    """The file is named, with what was found; the others in the same command come in."""
    file = tmp_path / name
    file.write_bytes(content)
    message = _refused(tandem, study, "import", str(file))
    assert name in message
    assert said in message
    good = _write(tmp_path / "JKG-02.txt", ["I: So?", "JKG-02: So."])
    with pytest.raises(BadInput, match="1 file was not imported"):
        tandem("import", str(file), str(good))
    assert "JKG-02" in json.dumps(tandem("show", "JKG-02"))


def test_a_bomb_is_not_unpacked(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A .docx of a few kilobytes that would fill the memory is refused for it."""
    file = tmp_path / "bomb.docx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", b"\0" * 400_000_000)
    assert file.stat().st_size < 1_000_000
    assert "bomb.docx" in _refused(tandem, study, "import", str(file))


def test_a_word_file_comes_in(tandem: Tandem, tmp_path: Path) -> None:
    """Paragraphs "Speaker: words" of a .docx are turns."""
    document = Document()
    for line in ("Interviewer: Who decides?", "DND-03: The board – mostly.", "and sometimes us."):
        document.add_paragraph(line)
    document.save(str(tmp_path / "DND-03.docx"))
    (read,) = tandem("import", str(tmp_path / "DND-03.docx"))["transcripts"]
    assert (read["transcript"], read["turns"], read["participants"]) == ("DND-03", 2, ["DND-03"])


def test_the_same_file_is_recognised_and_another_text_refused(
    tandem: Tandem, study: Path, tmp_path: Path
) -> None:
    """Twice the same is no error; other words under the same id need --replace, and never once coded."""
    file = tmp_path / "JKG-01.txt"
    assert tandem("import", str(file), "--wave", "1")["transcripts"][0]["state"] == "already there"
    file.write_text("I: How?\nJKG-01: Otherwise.\n", "utf-8")
    assert "--replace" in _refused(tandem, study, "import", str(file))
    assert tandem("import", str(file), "--replace")["transcripts"][0]["state"] == "replaced"
    tandem("import-codings", _codings(tmp_path, "JKG-01,Ada,Money,1"))
    file.write_text("I: How?\nJKG-01: Quite otherwise.\n", "utf-8")
    assert "cod" in _refused(tandem, study, "import", str(file), "--replace")


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
    file = _codings(tmp_path, "JKG-01,Ada,People,3", row)
    message = _refused(tandem, study, "import-codings", file)
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
    file = _codings(tmp_path, f"JKG-01,Ada,Money,{quote}", header="transcript,coder,code,quote")
    message = _refused(tandem, study, "import-codings", file)
    assert "row 2" in message
    assert said in message


def test_a_coder_a_typo_away_from_another(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Two names that differ by a letter are not two coders without being asked about."""
    tandem("import-codings", _codings(tmp_path, "JKG-01,Catherine,Money,1"))
    message = _refused(tandem, study, "import-codings", _codings(tmp_path, "JKG-01,Cathrine,People,3"))
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


def test_what_a_second_import_does_not_say_stays(tandem: Tandem, tmp_path: Path) -> None:
    """Consents and kind given once are not reset by importing the file again."""
    _write(tmp_path / "manifest.csv", ["file,kind,may_quote", "JKG-01.txt,field note,yes"])
    tandem("import", "--manifest", str(tmp_path / "manifest.csv"))
    before = tandem("show", "JKG-01")
    assert before["kind"] == "field note"
    assert tandem("import", str(tmp_path / "JKG-01.txt"))["transcripts"][0]["state"] == "already there"
    assert tandem("show", "JKG-01") == before
    _write(tmp_path / "manifest.csv", ["file,may_quote", "JKG-01.txt,no"])
    assert (
        tandem("import", "--manifest", str(tmp_path / "manifest.csv"))["transcripts"][0]["state"]
        == "described anew"
    )


def test_a_row_left_out_does_not_become_an_empty_review(tandem: Tandem, tmp_path: Path) -> None:
    """The passage of a bad row was coded, so nothing may say that no code applies to it."""
    file = _codings(tmp_path, "JKG-01,Ada,People,3", "JKG-01,Ada,Mony,1")
    found = tandem("import-codings", file, "--complete", "all", "--skip-bad-rows")
    assert (found["complete"], found["reviews"], found["empty_reviews"]) == ("listed", 1, 0)
    assert "rows were left out" in " ".join(found["notes"])


@pytest.mark.parametrize("rows", [[], ["JKG-01,Ada,Mony,1"]])
def test_a_file_of_which_nothing_can_be_placed(
    tandem: Tandem, study: Path, tmp_path: Path, rows: list[str]
) -> None:
    """No row, or none that means anything, is no success, even with --skip-bad-rows."""
    message = _refused(tandem, study, "import-codings", _codings(tmp_path, *rows), "--skip-bad-rows")
    assert "codings.csv" in message


def test_a_model_that_judges_nothing_replaces_none(tandem: Tandem, tmp_path: Path) -> None:
    """A few codings teach no code yet; the codebook's words go on serving."""
    tandem("train")
    tandem("import-codings", _codings(tmp_path, "JKG-01,Ada,Money,1"), "--complete", "all")
    trained = tandem("train")
    assert (trained["codes"], trained["promoted"], trained["verdict"]) == (0, False, "cannot tell")
    assert tandem("status")["model"]["kind"] == "cold start"


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
    assert "claims.xlsx" in _refused(tandem, study, "import-codings", str(tmp_path / "claims.xlsx"))


def test_moments_are_in_the_study_s_time_zone(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A moment without a zone is one of the study's; it is kept as UTC."""
    config = (study / "study.yaml").read_text("utf-8")
    (study / "study.yaml").write_text(
        config.replace("time_zone: UTC", "time_zone: Europe/Stockholm"), "utf-8"
    )
    row = "JKG-01,Ada,Money,1,2026-07-01T12:00"
    tandem("import-codings", _codings(tmp_path, row, header="transcript,coder,code,turn,created"))
    with sqlite3.connect(study / "tandem.db") as connection:
        (created,) = connection.execute("SELECT applied FROM codings").fetchone()
    connection.close()
    assert str(created).startswith("2026-07-01 10:00")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["code,parent", "A,B", "B,A"], "A"),
        (["code,parent", "A,Nobody"], "Nobody"),
        (["name", "A"], "code"),
        (["code", "A", "A"], "A"),
        ([], "empty"),
    ],
)
def test_a_codebook_that_cannot_be_used(tandem: Tandem, tmp_path: Path, rows: list[str], said: str) -> None:
    """A cycle, a parent that is none, no column of codes, a code twice: no study is made."""
    file = _write(tmp_path / "bad.csv", rows) if rows else tmp_path / "bad.csv"
    file.touch()
    with pytest.raises(BadInput, match=r"bad\.csv") as caught:
        tandem("init", str(tmp_path / "other"), "--codebook", str(file))
    assert said in str(caught.value)
    assert not (tmp_path / "other").exists()


def test_a_folder_that_is_no_study(tandem: Tandem, tmp_path: Path) -> None:
    """The folder is named, and how a study is made."""
    with pytest.raises(BadInput, match="init"):
        tandem("status", "--study", str(tmp_path))


def test_a_folder_that_holds_a_study_already(tandem: Tandem, study: Path) -> None:
    """Nothing is written over."""
    before = (study / "study.yaml").read_bytes()
    with pytest.raises(BadInput, match="holds a study already"):
        tandem("init", str(study))
    assert (study / "study.yaml").read_bytes() == before


def test_an_unknown_key_in_study_yaml(tandem: Tandem, study: Path) -> None:
    """The nearest known key is offered."""
    with (study / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("\nsegmentaton: {unit: turn}\n")
    with pytest.raises(BadInput, match="segmentation"):
        tandem("status")


def test_a_command_out_of_turn(tandem: Tandem, study: Path) -> None:
    """What has to come first is said."""
    with pytest.raises(TandemError, match="tandem train"):
        tandem("precode", "--wave", "1")
    with pytest.raises(TandemError, match="label-studio start"):
        tandem("push")


def test_a_wave_that_is_none(tandem: Tandem, study: Path) -> None:
    """The waves that there are, are named."""
    tandem("train")
    assert "Waves: 1" in _refused(tandem, study, "precode", "--wave", "3")


def test_without_codings_the_codebook_speaks_and_says_so(tandem: Tandem) -> None:
    """With no coding at all there are suggestions from the definitions, called what they are."""
    trained = tandem("train")
    assert trained["kind"] == "cold start"
    assert "codebook's definitions" in " ".join(trained["notes"])
    made = tandem("precode", "--wave", "1")
    assert made["segments"] == 2
    assert all(row["probability"] <= 1 for row in tandem("suggestions")["suggestions"])


def test_an_encoder_of_another_language_is_said(tandem: Tandem, study: Path) -> None:
    """The shipped encoder was trained on English: of a study in Swedish little is to be expected, and train says it."""
    with (study / "study.yaml").open("a", encoding="utf-8") as config:
        config.write("\nlanguage: sv\n")
    said = [note for note in tandem("train")["notes"] if "multilingual" in note]
    assert len(said) == 1
    assert '"sv"' in said[0]


def test_suggestions_as_a_table(tandem: Tandem, tmp_path: Path) -> None:
    """The CSV has the promised columns and a row for each segment and code."""
    tandem("train")
    tandem("precode")
    tandem("suggestions", "--csv", str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = "transcript,turn,start,end,framework,code,probability,suggested,model_version"
    assert list(rows[0])[:9] == wanted.split(",")
    assert len(rows) == 2 * 4
    assert {row["suggested"] for row in rows} <= {"true", "false"}


def test_a_codebook_changed_after_training(tandem: Tandem, study: Path) -> None:
    """The model would speak of other codes, so a training is asked for."""
    tandem("train")
    book = (study / "codebook.yaml").read_text("utf-8")
    (study / "codebook.yaml").write_text(book.replace("Who does it", "Whoever does it"), "utf-8")
    with pytest.raises(TandemError, match="codebook has changed"):
        tandem("precode")


def test_two_commands_on_one_study(tandem: Tandem, study: Path) -> None:
    """The second says which command is at work, and changes nothing."""
    code = (
        "import sys, time; from pathlib import Path; from service.composition import open_parts\n"
        f"with open_parts(Path({str(study)!r})) as parts, parts.alone('train'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Busy, match='"tandem train" is at work'):
            tandem("import", str(study.parent / "JKG-01.txt"))
        other.communicate("")
    tandem("import", str(study.parent / "JKG-01.txt"))


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--help"], 0, ""),
        (["no-such-command"], 2, "no-such-command"),
        (["status"], 2, "study.yaml"),
        (["init", "x", "--codebook", "comon-framework"], 2, "common-framework"),
    ],
)
def test_exit_statuses(tmp_path: Path, arguments: list[str], status: int, said: str) -> None:
    """0 done, 2 wrong usage or bad input; never a traceback."""
    program = Path(sys.executable).with_name("tandem")
    done = subprocess.run([program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_that_of_the_installed_package(tmp_path: Path) -> None:
    """It is printed alone, without a study and without a command."""
    program = Path(sys.executable).with_name("tandem")
    done = subprocess.run([program, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == f"{version('tandem-coding')}\n"
    assert done.stderr == ""


@pytest.mark.skipif(os.name != "posix" or not hasattr(os, "geteuid"), reason="needs a POSIX system")
def test_a_disk_that_is_full(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A write that the system refuses is one sentence; what was there is still there."""
    program = Path(sys.executable).with_name("tandem")
    big = _write(
        tmp_path / "BIG-01.txt", ["I: So?", *(f"BIG-01: word{at} " + "word " * 400 for at in range(2000))]
    )
    before = _state(study)
    # the shell's limit on the size of a file, in KiB, stands for a full disk
    command = f'ulimit -f 600; trap "" XFSZ; exec "{program}" --study "{study}" import "{big}"'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "disk" in done.stderr
    assert _state(study) == before
    assert tandem("import", str(big))["transcripts"][0]["state"] == "new"
