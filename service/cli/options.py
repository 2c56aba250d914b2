"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StudyOption = Annotated[
    Path | None,
    typer.Option("--study", metavar="DIR", help="The study's folder (else the nearest study.yaml upwards)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
WaveOption = Annotated[str | None, typer.Option("--wave", metavar="W", help="Only transcripts of this wave.")]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="ATTRIBUTE=VALUE",
        help='Only of participants or cases with this attribute, such as --where "role=leader"; with ";" between, any of '
        "the values. Several: all must hold.",
    ),
]

_remembered: list[Path] = []


def remember_study(study: Path | None) -> None:
    """Keep a ``--study`` that stands before the command's name."""
    _remembered[:] = [study] if study else []


def chosen(study: Path | None) -> Path | None:
    """The study given to the command, else the one before it."""
    return study or (_remembered[0] if _remembered else None)
