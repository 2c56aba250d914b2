"""Columns of a page: where a name stands in the margin and the words begin further right, as in a table of speakers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotations.readers.label_forms import colon_form
from annotations.readers.label_shapes import Shape, shape_of

# a letter is about so wide, by the size of the type, and a gap between columns at least so
_LETTER = 0.55
_GAP = 1.0
_SAME = 4.0  # points
_LONGEST = 40
_MOST = 2  # columns beside the first
_LEAST = 3
_MOSTLY = 0.6


@dataclass(frozen=True, slots=True)
class Chunk:
    """Words that a page draws at once: where they begin, in points from the left, and the size of their type."""

    text: str
    left: float
    size: float


def with_tabs(lines: Sequence[Sequence[Chunk]]) -> list[str]:
    """The lines, with a tab before what begins a column on several of them."""
    gaps = [_gaps(line) for line in lines]
    lefts = [
        [line[at].left for line, its in zip(lines, gaps, strict=True) for at in its[n : n + 1]]
        for n in range(_MOST)
    ]
    columns = [_column(its) for its in lefts]
    return [_joined(line, its, columns) for line, its in zip(lines, gaps, strict=True)]


def _joined(line: Sequence[Chunk], gaps: Sequence[int], columns: Sequence[float | None]) -> str:
    begins = {
        at
        for at, column in zip(gaps, columns, strict=False)
        if column is not None and abs(line[at].left - column) <= _SAME
    }
    return "".join(
        "\t" + chunk.text.lstrip() if at in begins else chunk.text for at, chunk in enumerate(line)
    )


def _gaps(line: Sequence[Chunk]) -> list[int]:
    """The chunks of a line, by their number, that begin further right than the short words before them end."""
    gaps: list[int] = []
    before = ""
    for at, (last, chunk) in enumerate(pairwise(line), start=1):
        before += last.text
        if len(before.strip()) > _LONGEST or len(gaps) == _MOST:
            break
        ends = last.left + _LETTER * last.size * len(last.text.strip())
        if before.strip() and chunk.text.strip() and chunk.left - ends >= _GAP * last.size:
            gaps.append(at)
            before = ""
    return gaps


def _column(lefts: Sequence[float]) -> float | None:
    """Where a column begins: most of the chunks that stand apart begin there; None where they begin anywhere."""
    counted = Counter(round(left / _SAME) for left in lefts)
    if not counted:
        return None
    place, count = counted.most_common(1)[0]
    at = sum(left for left in lefts if round(left / _SAME) == place) / count
    there = sum(abs(left - at) <= _SAME for left in lefts)
    return at if there >= max(_LEAST, _MOSTLY * len(lefts)) else None


def rows_joined(paragraph: str) -> str:
    """A paragraph whose lines without a tab go on with the row above them; a line ``Anna: words`` stays one."""
    rows: list[str] = []
    for line in paragraph.split("\n"):
        if rows and "\t" in rows[-1] and "\t" not in line and not _is_labelled(line):
            rows[-1] = f"{rows[-1]} {line.strip()}"
        else:
            rows.append(line)
    return "\n".join(rows)


def _is_labelled(line: str) -> bool:
    form = colon_form(0, line, numbers=True)
    return form is not None and shape_of(form.label) in (Shape.ROLE, Shape.NAME)
