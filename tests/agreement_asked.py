"""Asking for agreement in a test: figures of a report by their keys, and the commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from made_up_study import MadeUp
from typer.testing import CliRunner

from service.agreement.report import Report
from service.cli.main import add_commands, app
from service.composition import Parts

MakeParts = Callable[[MadeUp], Parts]


def figures_of(report: Report, **wanted: str) -> list[dict[str, Any]]:
    """The figures of a report whose keys have these values, as JSON has them."""
    plain = [figure.to_json() for figure in report.figures]
    return [one for one in plain if all(one[key] == value for key, value in wanted.items())]


def run_on(parts: Parts, *arguments: str) -> str:
    """Run a command on the study and give what it prints; errors come through."""
    if not app.registered_commands:
        add_commands()
    done = CliRunner().invoke(app, ["--study", str(parts.study.folder), *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout
