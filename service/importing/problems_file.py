"""A table of every file or row that an import cannot use, for whoever corrects them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from annotations.problems import Problem
from service.exported_file import safe_cell, whole


def write_problems(problems: Sequence[Problem], file: Path) -> None:
    """Each problem with its place and reason, as CSV. Raises BadInput where the folder of ``file`` is missing."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(("file", "row", "column", "reason"))
    for problem in problems:
        row = "" if problem.row is None else problem.row
        writer.writerow(map(safe_cell, (problem.file, row, problem.column, problem.reason)))
    # the mark makes Excel read it as UTF-8
    whole(file, out.getvalue().encode("utf-8-sig"))
