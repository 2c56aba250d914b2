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

CaseOption = Annotated[str | None, typer.Option("--case", metavar="C", help="Only transcripts of this case.")]
SiteOption = Annotated[str | None, typer.Option("--site", metavar="S", help="Only transcripts of this site.")]
ColumnsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        metavar="NAME",
        help="What stands for a case: case (the default), site, participant, wave, kind or an attribute; give it twice to "
        "cross two.",
    ),
]
LevelOption = Annotated[
    int | None,
    typer.Option(
        "--level",
        metavar="N",
        help="Put codes into the row of the code above them at this level; 1 is the top (elements). Else each code has "
        "its row.",
    ),
]
XlsxOption = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write an Excel workbook.")]
DocxOption = Annotated[
    Path | None,
    typer.Option("--docx", metavar="FILE", help="Write a Word file with the tables and pictures."),
]
SvgOption = Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Draw it as SVG.")]
PngOption = Annotated[
    Path | None, typer.Option("--png", metavar="FILE", help="Draw it as PNG, 300 dots an inch.")
]

_remembered: list[Path] = []


def remember_study(study: Path | None) -> None:
    """Keep a ``--study`` that stands before the command's name."""
    _remembered[:] = [study] if study else []


def chosen(study: Path | None) -> Path | None:
    """The study given to the command, else the one before it."""
    return study or (_remembered[0] if _remembered else None)
