"""tandem triangulation: which kinds of source and which roles support each finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from service.cli.result_command import result_command

NAME = "triangulation"


@result_command(NAME, leave_out=("Participants", "In words"))
def command(
    role: Annotated[
        str | None,
        typer.Option(
            "--role", metavar="ATTRIBUTE", help='The attribute that says who somebody is (else "role").'
        ),
    ] = None,
) -> Mapping[str, Any]:
    """Show for each finding (code, case and phase) which kinds of source and which roles support it, contradict it, or are
    silent, and whether interviews, documents and field notes agree.
    """
    return {"role": role}
