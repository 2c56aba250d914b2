"""The README's commands are commands, and its words are true of the code."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from builders import REPOSITORY
from typer.main import get_command

from service.cli.main import add_commands, app

README = (REPOSITORY / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```\n(.*?)```", README, re.DOTALL)


def _commands() -> list[list[str]]:
    lines = [line for block in BLOCKS for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("tandem ")]


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_every_command_of_the_readme_is_understood(words: list[str]) -> None:
    """Its name, options and number of arguments are right, without running it."""
    if not app.registered_commands:
        add_commands()
    group = get_command(app)
    context = group.make_context("tandem", list(words), resilient_parsing=False)
    found = [*context._protected_args, *context.args] if hasattr(context, "_protected_args") else context.args
    name, _, rest = group.resolve_command(context, list(found))  # type: ignore[attr-defined]
    command = group.get_command(context, str(name))  # type: ignore[attr-defined]
    command.make_context(str(name), list(rest), parent=context)


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    """make demo and make test, and those that are named beside them."""
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    for target in re.findall(r"make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_file_that_the_readme_points_at_is_there() -> None:
    """No link leads nowhere."""
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", README):
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
