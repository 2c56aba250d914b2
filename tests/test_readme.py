"""The README's commands do what it says, in its order, and its words are true of the code."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from builders import REPOSITORY, WordEncoder
from openpyxl import Workbook
from typer.main import get_command
from typer.testing import CliRunner

from service.cli.main import add_commands, app
from service.composition import Parts

README = (REPOSITORY / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```\n(.*?)```", README, re.DOTALL)
SAMPLE = REPOSITORY / "annotations" / "sample_study"
# what stands in for the folders of a team, which the README calls ../wave1 and ../wave2
TEAM = {"wave1": ("NRB-02", "CRK-01", "CRK-02", "WLK-01"), "wave2": ("NRB-01",)}
# these need Label Studio, or end only when they are told to: the end-to-end tests run them
ELSEWHERE = ("label-studio", "serve", "push", "pull")


def _commands() -> list[list[str]]:
    lines = [line for block in BLOCKS for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("tandem ")]


def _in_running_text() -> list[list[str]]:
    """What stands between backquotes; a word in capitals there stands for whatever somebody puts in its place."""
    return [shlex.split(words)[1:] for words in re.findall(r"`(tandem [^`]+)`", README)]


def _understood(words: list[str], arguments: bool) -> None:
    """Follow the words through groups and subcommands to the command, and let it read what follows."""
    if not app.registered_commands:
        add_commands()
    command: Any = get_command(app)
    rest, context = list(words), None
    while hasattr(command, "resolve_command"):
        context = command.make_context(command.name, rest, parent=context, resilient_parsing=not arguments)
        name, command, rest = command.resolve_command(
            context, [*getattr(context, "_protected_args", ()), *context.args]
        )
    command.make_context(name, rest, parent=context, resilient_parsing=not arguments)


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_every_command_of_the_readme_is_understood(words: list[str]) -> None:
    """Its name, its subcommand's, options and number of arguments are right, without running it."""
    _understood(words, arguments=True)


@pytest.mark.parametrize("words", _in_running_text(), ids=" ".join)
def test_every_command_in_running_text_is_one(words: list[str]) -> None:
    """A command, or the group of several, and options that it has."""
    _understood(words, arguments="--" in " ".join(words))


def test_every_option_that_the_readme_names_is_one() -> None:
    """Of some command, whatever stands before it."""
    if not app.registered_commands:
        add_commands()
    known: set[str] = set()
    waiting: list[Any] = [get_command(app)]
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        known |= {option for parameter in command.params for option in parameter.opts}
    named = set(re.findall(r"`(--[a-z-]+)", README))
    assert {"--blind", "--complete", "--json"} <= named
    assert named <= known


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a team's transcripts and codings, with nothing of the user's around it."""
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(Parts, "embedder", WordEncoder())
    folder = tmp_path / "team"
    for wave, names in TEAM.items():
        (folder / wave).mkdir(parents=True)
        for name in names:
            shutil.copy(SAMPLE / "wave1" / f"{name}.txt", folder / wave)
    book = Workbook()
    assert book.active is not None
    for row in _codings("wave1"):
        book.active.append(row)
    book.save(folder / "codings.xlsx")
    return folder


def _codings(wave: str) -> list[list[str]]:
    """The table of what was coded in these transcripts."""
    with (SAMPLE / "codings-wave1.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.reader(lines) if row[0] in ("transcript", *TEAM[wave])]


def _run(*words: str) -> str:
    if not app.registered_commands:
        add_commands()
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, (words, done.output, done.exception)
    return done.stdout


def _coders_have_worked(team: Path) -> None:
    """In the place of a pull: what coders decided on the second wave."""
    with (team / "decided.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_codings("wave2"))
    _run("import-codings", str(team / "decided.csv"), "--complete", "all")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
def test_the_blocks_can_be_typed_one_after_the_other(team: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A team's own study from its first command to a rollback: every command succeeds on what those before it left."""
    monkeypatch.chdir(team)
    ran = []
    for words in (shlex.split(line, comments=True) for block in BLOCKS[1:3] for line in block.splitlines()):
        match words:
            case ["cd", folder]:
                monkeypatch.chdir(folder)
            case ["tandem", "pull", *_]:
                _coders_have_worked(team)
            case ["tandem", command, *_] if command not in ELSEWHERE:
                ran.append(command)
                said = _run(*words[1:])
    assert ran[0] == "init"
    assert ran.count("train") == 2
    assert (ran[-1], "v1 serves now" in said) == ("models", True)
    assert (team / "mystudy" / "report.html").stat().st_size > 10_000


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    """make demo and make test, and those that are named beside them."""
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    for target in re.findall(r"(?:^|`)make ([\w-]+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_file_that_the_readme_points_at_is_there() -> None:
    """No link leads nowhere."""
    targets = re.findall(r"\]\((?!https?:)([^)]+)\)", README)
    assert "ARCHITECTURE.md" in targets
    for target in targets:
        assert (REPOSITORY / target).is_file(), target


def test_every_command_explains_itself() -> None:
    """Each command has help that says what it does; none is missing from the README's or the changelog's list."""
    program = Path(sys.executable).with_name("tandem")
    shown = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    changelog = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    if not app.registered_commands:
        add_commands()
    for command in app.registered_commands:
        assert command.name is not None
        assert command.name in shown
        assert f"`{command.name}`" in changelog or f"`tandem {command.name}`" in changelog
