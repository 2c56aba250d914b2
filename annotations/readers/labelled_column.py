"""Tables of which one column holds ``Anna: words``, and others a team's notes or codes beside them."""

from __future__ import annotations

from collections.abc import Sequence

from annotations.names import folded
from annotations.readers.label_forms import Form, colon_form
from annotations.readers.label_shapes import Shape, shape_of
from annotations.readers.speaker_table import is_mark

_LEAST = 2
_MOSTLY = 0.5


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


def _label(line: str) -> Form | None:
    form = colon_form(0, line, numbers=True)
    return form if form is not None and shape_of(form.label) in (Shape.ROLE, Shape.NAME) else None
