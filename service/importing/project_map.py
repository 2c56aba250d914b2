"""How a project's names were understood, as a table to correct and give back as --map."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from service.exported_file import safe_cell, whole
from service.importing.project_outcome import ProjectOutcome


def write_name_map(outcome: ProjectOutcome, file: Path) -> None:
    """Write the table. Where nothing was found ``ours`` is empty, and ``about`` says what is nearest."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(("what", "theirs", "ours", "about"))
    writer.writerows(map(safe_cell, row) for row in _rows(outcome))
    whole(file, out.getvalue().encode("utf-8-sig"))


def _rows(outcome: ProjectOutcome) -> Iterator[tuple[str, str, str, str]]:
    for code in outcome.codes if outcome.codebook != "made of the project's" else ():
        ours = "-" if code.left_out else "+" if code.added else outcome.labels.get(code.ours or "", "")
        yield "code", code.theirs, ours, f"{code.by}; nearest: {code.nearest}" if code.nearest else code.by
    for name in outcome.understood:
        yield name.what, name.theirs, _as_typed(name.ours), name.by
    for theirs, ours in outcome.coders.items():
        yield "coder", theirs, ours, "the name rule"
    for source in outcome.sources:
        yield "source", source.source, source.transcript, source.state


def _as_typed(ours: str) -> str:
    return "-" if ours == "left out" else ours.removeprefix("attribute ")
