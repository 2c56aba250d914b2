"""tandem patterns: which codes meet more often than by chance, what is alike, and what rests on one source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from service.cli.result_command import result_command

NAME = "patterns"


@result_command(NAME, leave_out=("with the first", "with the second", "Documents", "Ratio", "p"))
def command(
    framework: Annotated[
        str | None,
        typer.Option("--framework", metavar="F", help="Only pairs with a code of this framework …"),
    ] = None,
    crossed_with: Annotated[
        str | None, typer.Option("--with", metavar="F", help="… and one of this framework, such as phases.")
    ] = None,
) -> Mapping[str, Any]:
    """Show which codes stand on the same passages more or less often than by chance, which codes and cases are alike, and
    which findings rest on a single source.
    """
    return {"framework": framework, "crossed_with": crossed_with}
