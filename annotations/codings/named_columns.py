"""The columns of a codings file as somebody names them on the command line: "transcript=Document,code=Code"."""

from __future__ import annotations

from collections.abc import Mapping

from annotations.errors import BadInput


def columns_named(given: str) -> Mapping[str, str]:
    """Our names of columns and those of the file. A column's name may hold a comma: what has no "=" belongs to it.

    Raises BadInput for what names none.
    """
    columns: dict[str, str] = {}
    last = ""
    for part in given.split(",") if given.strip() else ():
        ours, equals, theirs = part.partition("=")
        ours = ours.strip().casefold()
        if not equals and last:
            columns[last] = f"{columns[last]},{part}".strip()
        elif not equals or not ours or not theirs.strip():
            raise BadInput(
                f'--columns: "{part.strip()}" names no column. Write ours=theirs, such as '
                f"transcript=Document,code=Code,quote=Segment."
            )
        elif ours in columns:
            raise BadInput(f'--columns: "{ours}" is named twice. Name it once.')
        else:
            columns[ours], last = theirs.strip(), ours
    return columns
