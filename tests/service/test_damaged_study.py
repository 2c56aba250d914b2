"""Commands on a study whose database is damaged: a result or a sentence, and never what stands in the row."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from builders import a_transcript
from damage import DAMAGE, damaged
from typer.testing import CliRunner

from annotations.store.database import open_store
from annotations.store.transcripts import add_transcript
from service.cli.main import add_commands, app, main
from service.new_study import make_study


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The database of a study with two transcripts."""
    make_study(tmp_path / "study", codebook="common-framework", config={"name": "Small"})
    at = tmp_path / "study" / "tandem.db"
    store = open_store(f"sqlite:///{at}")
    with store.writing() as connection:
        for name in ("A", "B"):
            add_transcript(connection, a_transcript(name, "What?", f"We lack Zebedee in {name}."))
    store.close()
    return at


@pytest.fixture
def said_of_command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command as the terminal does, and give all that it printed."""

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["tandem", *arguments])
        with suppress(SystemExit):
            main()
        printed = capfd.readouterr()
        return printed.out + printed.err

    return run


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.slow
def test_no_command_prints_what_stands_in_a_damaged_row(
    file: Path, damage: str, said_of_command: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status, show, history, suggestions and doctor end in a result or a sentence without the content."""
    monkeypatch.setenv("TANDEM_STATE", str(file.parent / "state"))
    damaged(file, damage)
    for command in (["status"], ["show", "B"], ["suggestions"], ["agreement"], ["models", "list"]):
        said = said_of_command("--study", str(file.parent), *command)
        assert "Zebedee" not in said.replace("Zebedee in B", ""), command
        assert "Traceback" not in said


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_the_doctor_says_which_table_is_damaged(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of the database's content fails with the table and the count, and nothing else of the row."""
    monkeypatch.setenv("TANDEM_STATE", str(file.parent / "state"))
    damaged(file, DAMAGE["no text"])
    if not app.registered_commands:
        add_commands()
    done = CliRunner().invoke(app, ["--study", str(file.parent), "doctor", "--json"])
    checks = {one["name"]: one for one in json.loads(done.stdout)["checks"]}
    assert not checks["database's content"]["ok"]
    assert "transcripts: 1" in checks["database's content"]["remedy"]
    assert "Zebedee" not in done.output
