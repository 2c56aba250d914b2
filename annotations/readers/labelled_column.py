"""Tables of which one column holds ``Anna: words``, and others a team's notes or codes beside them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from annotations.names import folded
from annotations.readers.label_forms import Form, colon_form
from annotations.readers.label_shapes import Shape, shape_of
from annotations.readers.speaker_table import is_mark

_LEAST = 2
_MOSTLY = 0.5
_MOSTLY_BOTH = 0.9


def without_notes(table: Sequence[Sequence[str]]) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """The table without the columns of notes beside the one that names speakers, and the cells of these.

    Columns of times and numbers stay, and so does every column where more than one names speakers.
    """
    width = max((len(row) for row in table), default=0)
    cells = [[row[at] for row in table if at < len(row) and row[at].strip()] for at in range(width)]
    begin = [sum(_label(cell.strip().split("\n")[0]) is not None for cell in column) for column in cells]
    labels = [
        [form for cell in column for line in cell.split("\n") if (form := _label(line)) is not None]
        for column in cells
    ]
    speaking = [
        at for at in range(width) if len(labels[at]) >= _LEAST and begin[at] >= _MOSTLY * len(cells[at])
    ]
    whole = tuple(tuple(row) for row in table)
    if len(speaking) != 1:
        return whole, ()
    names = {form.key for form in labels[speaking[0]]}
    if len(names) == len(labels[speaking[0]]):
        return whole, ()  # every label comes once: no conversation
    notes = {
        at
        for at in range(width)
        if at != speaking[0]
        and not all(map(is_mark, cells[at]))
        and not names & {form.key for form in labels[at]}
        and not names & {folded(cell.strip().rstrip(":")) for cell in cells[at]}
    }
    kept = tuple(tuple(cell for at, cell in enumerate(row) if at not in notes) for row in table)
    return kept, tuple(cell for at in sorted(notes) for cell in cells[at])


def says_all_twice(table: Sequence[Sequence[str]]) -> bool:
    """Do two columns of a table name the same speakers row by row, as an original beside its translation does?

    Labels may be translated too: each of the one column then stands beside just one of the other.
    """
    width = max((len(row) for row in table), default=0)
    columns = [[_first_label(row[at]) if at < len(row) else "" for row in table] for at in range(width)]
    return any(_are_same(left, right) for left, right in combinations(columns, 2))


def _are_same(left: Sequence[str], right: Sequence[str]) -> bool:
    pairs = [(label, other) for label, other in zip(left, right, strict=True) if label and other]
    labelled = max(sum(map(bool, left)), sum(map(bool, right)))
    if len(pairs) <= _LEAST or len(pairs) < _MOSTLY_BOTH * labelled:
        return False
    both = set(pairs)
    lefts, rights = [pair[0] for pair in both], [pair[1] for pair in both]
    if len(both) < _LEAST or len({*lefts}) < len(both) or len({*rights}) < len(both):
        return False
    return {*lefts} != {*rights} or all(label == other for label, other in both)


def _first_label(cell: str) -> str:
    form = _label(cell.strip().split("\n")[0])
    return "" if form is None else form.key


def _label(line: str) -> Form | None:
    form = colon_form(0, line, numbers=True)
    return form if form is not None and shape_of(form.label) in (Shape.ROLE, Shape.NAME) else None
