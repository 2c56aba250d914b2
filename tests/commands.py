"""The commands of "tandem" on one study, run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from service.cli.main import add_commands, app

Run = Callable[..., dict[str, Any]]


def commands_on(study: Path) -> Run:
    """Runs a command with ``--json`` and gives its result; a TandemError comes through as it is."""
    if not app.registered_commands:
        add_commands()

    def run(*arguments: str) -> dict[str, Any]:
        done = CliRunner().invoke(app, ["--study", str(study), *arguments, "--json"])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return run
