"""Every command with input that cannot be used: one sentence, exit status 2 or 1, nothing changed."""

from __future__ import annotations

import csv
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from commands_refused import Tandem, codings_file, refused, write_lines
from typer.testing import CliRunner

from annotations.errors import BadInput, Busy, TandemError
from service.cli.main import app

# MLflow's own, with the newest SQLAlchemy
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.mark.slow
def test_one_coding_takes_no_suggestion_away(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """The codebook's words stay until two passages are coded; then all codes are suggested still, from both."""
    tandem("train")
    table = tmp_path / "s.csv"
    empty = CliRunner().invoke(app, ["--study", str(study), "suggestions", "--csv", str(table)])
    assert "holds the names of its columns alone: There are no suggestions" in " ".join(empty.output.split())
    tandem("precode", "--wave", "1")
    before = [(row["code"], row["suggested"]) for row in tandem("suggestions")["suggestions"]]
    tandem("import-codings", codings_file(tmp_path, "JKG-01,Ada,Money,1"), "--complete", "listed")
    trained = tandem("train")
    assert (trained["kind"], trained["codes"], trained["promoted"]) == ("cold start", 4, True)
    assert "one coded passage teaches nothing yet (1 review so far)" in " ".join(trained["notes"])
    tandem("precode", "--wave", "1")
    assert [(row["code"], row["suggested"]) for row in tandem("suggestions")["suggestions"]] == before
    tandem("import-codings", codings_file(tmp_path, "JKG-01,Ada,,3"), "--complete", "listed")
    trained = tandem("train")
    assert (trained["kind"], trained["codes"], trained["promoted"]) == ("trained", 4, True)
    notes = " ".join(trained["notes"])
    assert "4 codes have fewer than 3 examples" in notes
    assert "all coded passages are one participant's" in notes


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
    file = write_lines(tmp_path / "bad.csv", rows) if rows else tmp_path / "bad.csv"
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


@pytest.mark.slow
def test_a_wave_that_is_none(tandem: Tandem, study: Path) -> None:
    """The waves that there are, are named."""
    tandem("train")
    assert "Waves: 1" in refused(tandem, study, "precode", "--wave", "3")


@pytest.mark.slow
def test_without_codings_the_codebook_speaks_and_says_so(tandem: Tandem) -> None:
    """With no coding at all there are suggestions from the definitions, called what they are."""
    trained = tandem("train")
    assert trained["kind"] == "cold start"
    assert "codebook's definitions" in " ".join(trained["notes"])
    made = tandem("precode", "--wave", "1")
    assert made["segments"] == 2
    said = [row["probability"] for row in tandem("suggestions")["suggestions"]]
    assert len(said) == 2 * 4
    assert all(0 < probability < 1 for probability in said)


@pytest.mark.slow
def test_an_encoder_of_another_language_is_said(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """The shipped encoder was trained on English: of an interview in Swedish little is to be expected, and train says it."""
    config = study / "study.yaml"
    config.write_text(config.read_text("utf-8").replace("language: en", "language: sv"), "utf-8")
    # too short for its language to be heard: what the study says of it holds
    file = write_lines(tmp_path / "SVE-01.txt", ["Interviewer: Hur gick det?", "SVE-01: Bra."])
    tandem("import", str(file), "--wave", "1")
    said = [note for note in tandem("train")["notes"] if "multilingual" in note]
    assert len(said) == 1
    assert 'SVE-01 ("sv")' in said[0]


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_codebook_changed_after_training(tandem: Tandem, study: Path) -> None:
    """The model would speak of other codes, so a training is asked for."""
    tandem("train")
    book = (study / "codebook.yaml").read_text("utf-8")
    (study / "codebook.yaml").write_text(book.replace("Who does it", "Whoever does it"), "utf-8")
    with pytest.raises(TandemError, match="codebook has changed"):
        tandem("precode")


@pytest.mark.slow
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
@pytest.mark.slow
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
