"""tandem saturation: when interviews stopped bringing new codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from service.cli.result_command import result_command

NAME = "saturation"


@result_command(NAME, leave_out=("New codes",), first=2)
def command(
    base: Annotated[
        int,
        typer.Option(
            "--base", metavar="N", help="So many first interviews are what new codes are compared with."
        ),
    ] = 4,
    run: Annotated[
        int, typer.Option("--run", metavar="N", help="So many interviews are looked at together.")
    ] = 2,
    threshold: Annotated[
        float,
        typer.Option(
            "--threshold",
            metavar="X",
            help="Saturation: a run brings no more than this share of the base's codes.",
        ),
    ] = 0.05,
) -> Mapping[str, Any]:
    """Show what each further interview of a case added: new codes, and new participants of each code; and when it ended.

    The method is that of Guest, Namey and Chen (2020): base, run, and threshold of new information.
    """
    return {"base": base, "run": run, "threshold": threshold}
