"""What is erased is nowhere: searched for in every file of the study and of the real Label Studio.

First a name is blanked in one transcript, then the participant of another one withdraws; one study for both, since
filling it and Label Studio takes longest.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from commands import commands_on
from part_of_sample import SAMPLE, part_of_sample
from typer.testing import CliRunner

from annotations.errors import BadInput
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.tasks import tasks_by_key
from service.cli.main import app
from service.label_studio.local import Access

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]
GONE = "CRK-01"
NAMING, SECRET = "CRK-02", "Wolkenstein"
Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def tandem(tmp_path_factory: pytest.TempPathFactory, label_studio_of_its_own: Access) -> Run:
    """Run a command with ``--json`` on a study of this module and give its result."""
    study = tmp_path_factory.mktemp("withdraw") / "study"
    run = commands_on(study)
    made = CliRunner().invoke(app, ["init", str(study), "--codebook", "common-framework"])
    assert made.exit_code == 0, made.output
    shutil.copy(SAMPLE / "study.yaml", study / "study.yaml")
    run.study = study  # type: ignore[attr-defined]
    return run


@pytest.fixture(scope="module")
def blanked(
    tandem: Run, label_studio_of_its_own: Access, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """A study of which both waves stand in Label Studio, with a name blanked in a transcript, and pushed again."""
    part = tmp_path_factory.mktemp("part")
    manifest, codings = part_of_sample(part)
    file = _with_name(part)
    tandem("import", "--manifest", manifest)
    tandem("import-codings", codings, "--complete", "all")
    tandem("train")
    tandem("precode")
    found = {"first": tandem("push")["projects"], "before": _holding_name(tandem)}
    file.write_text(file.read_text("utf-8").replace(SECRET, "[name]"), "utf-8")
    found["dry"] = tandem("import", str(file), "--replace", "--forget", "--dry-run")["would_forget"]
    found |= tandem("import", str(file), "--replace", "--forget", "--by", "Ines Falk", "--yes")
    found["after"] = _holding_name(tandem)
    tandem("precode")
    found["again"] = tandem("push")["projects"]
    return found


@pytest.fixture(scope="module")
def erased(blanked: dict[str, Any], tandem: Run) -> dict[str, Any]:
    """The same study, with one participant withdrawn."""
    before = _holding(tandem)
    assert before  # what is searched for is there beforehand
    found = tandem("withdraw", GONE, "--by", "Ines Falk", "--yes")
    return found | {"tasks": sum(one["created"] for one in blanked["first"]), "projects": blanked["again"]}


def _with_name(folder: Path) -> Path:
    """The transcript's file, with a name in one of the participant's turns."""
    (file,) = folder.rglob(f"{NAMING}.txt")
    lines = file.read_text("utf-8").splitlines()
    at = [number for number, line in enumerate(lines) if line.startswith(f"{NAMING}:")][2]
    lines[at] += f" That was {SECRET}'s idea, as everybody on the ward knows."
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def _holding_name(tandem: Run) -> list[Path]:
    """The files of the study and of Label Studio that hold the name that is blanked."""
    forms = [SECRET.encode(), SECRET.casefold().encode(), SECRET.encode("utf-16-le")]
    folders = [tandem.study, Path(os.environ["TANDEM_STATE"])]  # type: ignore[attr-defined]
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    return [file for file in files if any(form in file.read_bytes() for form in forms)]


def test_a_blanked_name_is_nowhere(blanked: dict[str, Any]) -> None:
    """Text, embeddings, model, tasks and what stands around them."""
    assert len(blanked["before"]) == 2
    dry, found = blanked["dry"], blanked["forgotten"]
    assert (dry["earlier_texts"], dry["models"], dry["label_studio_tasks"]) == (1, ["v1"], 1)
    assert found["done"], (found["still_there"], found["notes"])
    assert found["label_studio_tasks"] == 1
    assert blanked["after"] == []


def test_the_passage_is_shown_as_it_reads_now(
    blanked: dict[str, Any], label_studio_of_its_own: Access
) -> None:
    """After the next push, and the passages around it no longer say that something is missing."""
    with LabelStudio(label_studio_of_its_own.url, label_studio_of_its_own.token) as server:
        there = [task for one in blanked["again"] for task in tasks_by_key(server, one["id"]).values()]
    assert len(there) == sum(one["created"] for one in blanked["first"])
    own = [task.data for task in there if task.data["interview"] == NAMING]
    assert sum("[name]" in data["words"] for data in own) == 1
    assert not any("shown again after the next push" in data["before"] + data["after"] for data in own)


def _words() -> list[bytes]:
    """Runs of five words of the participant, as text and as JSON and as HTML write them."""
    words = (SAMPLE / "wave1" / f"{GONE}.txt").read_text("utf-8").split()
    runs = {" ".join(words[at : at + 5]) for at in range(0, len(words) - 5, 3)}
    others = [file.read_text("utf-8") for file in SAMPLE.rglob("*.txt") if file.stem != GONE]
    said_once = [run for run in runs if not any(run in " ".join(other.split()) for other in others)]
    return [run.encode() for run in said_once if run.isascii() and not set(run) & set("\"'&<>")]


def _holding(tandem: Run) -> list[str]:
    """The files of the study and of Label Studio that hold some of them."""
    folders = [tandem.study, Path(os.environ["TANDEM_STATE"])]  # type: ignore[attr-defined]
    runs = _words()
    found = []
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                if any(run in content for run in runs):
                    found.append(str(file))
    return found


def test_no_file_holds_their_words(erased: dict[str, Any], tandem: Run) -> None:
    """Neither the study's folder nor Label Studio's data, freed pages and logs included."""
    assert erased["done"]
    assert _holding(tandem) == []


def test_only_tombstone_receipt_and_log_hold_their_code(erased: dict[str, Any], tandem: Run) -> None:
    """No other file does, Label Studio's and MLflow's included, and no other table; the log says who withdrew whom."""
    study: Path = tandem.study  # type: ignore[attr-defined]
    database = study / "tandem.db"
    for folder in (study, Path(os.environ["TANDEM_STATE"])):
        for file in folder.rglob("*"):
            allowed = file.name.startswith(database.name) or file.parent.name in ("receipts", "tombstones")
            if file.is_file() and not allowed:
                assert GONE.casefold().encode() not in file.read_bytes().lower(), file
    with closing(sqlite3.connect(database)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        holding = {
            table
            for table in tables
            if GONE.casefold() in str(connection.execute(f'SELECT * FROM "{table}"').fetchall()).casefold()  # noqa: S608
        }
    assert holding == {"audit_log", "withdrawals"}


def test_their_tasks_are_gone_and_the_others_stay(
    erased: dict[str, Any], label_studio_of_its_own: Access
) -> None:
    """In Label Studio no task of the participant is left, and every other one is."""
    with LabelStudio(label_studio_of_its_own.url, label_studio_of_its_own.token) as server:
        left = sum(len(tasks_by_key(server, project["id"])) for project in erased["projects"])
    assert left == erased["tasks"] - erased["label_studio_tasks"]
    assert erased["label_studio_tasks"] > 0
    assert any("all tasks of the project read again" in one["verified"] for one in erased["erased"])


def test_the_model_that_learnt_from_them_is_replaced(erased: dict[str, Any], tandem: Run) -> None:
    """Another version serves, the old one's files are gone, and MLflow's alias follows."""
    assert erased["models_that_learnt"] == ["v1", "v2"]
    assert [model["erased"] for model in tandem("models", "list")["models"]] == [True, True, False]
    assert erased["new_model"] == tandem("status")["model"]["version"] == "v3"
    assert [check for check in tandem("doctor")["checks"] if not check["ok"]] == []


def test_they_cannot_be_imported_again(erased: dict[str, Any], tandem: Run) -> None:
    """The tombstone says that this participant withdrew."""
    done = CliRunner().invoke(
        app,
        ["--study", str(tandem.study), "import", str(SAMPLE / "wave1" / f"{GONE}.txt")],  # type: ignore[attr-defined]
    )
    assert isinstance(done.exception, BadInput)
    assert "withdrew" in str(done.exception)


def test_withdrawing_again_changes_nothing(erased: dict[str, Any], tandem: Run) -> None:
    """The same command again finds nothing left to erase; an unknown participant is refused."""
    again = tandem("withdraw", GONE, "--by", "Ines Falk", "--yes")
    assert (again["erased_earlier"], again["label_studio_tasks"], again["done"]) == (True, 0, True)
    with pytest.raises(BadInput, match="Nothing was erased"):
        tandem("withdraw", "CRK-99", "--by", "Ines Falk", "--yes")
