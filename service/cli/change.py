"""tandem change: what is new, gone or turned round from wave to wave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.cli.result_command import result_command

NAME = "change"


@result_command(NAME, by_wave=False)
def command() -> Mapping[str, Any]:
    """Show the table of each wave side by side, with what is new, gone or turned round; and the same for participants who
    were interviewed again.
    """
    return {}
