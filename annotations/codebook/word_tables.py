"""The tables of a Word document, where a team keeps its codebook: Code, Definition, Example …"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from annotations.codebook.column_names import define_codes
from annotations.codebook.program_tables import find_layout
from annotations.codebook.turned_tables import upright
from annotations.errors import BadInput
from annotations.names import folded
from annotations.sheets.content import read_bytes, refuse_zip_bomb
from annotations.sheets.grids import Grid
from annotations.sheets.sheet import MOST_ABOVE, own_names

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# what was deleted or moved away while changes were tracked
_GONE = (f"{_W}del", f"{_W}moveFrom")
_BREAKS = (f"{_W}br", f"{_W}cr", f"{_W}tab")

_OF_CARDS = ()  # in the place of a head, which a table of a code each has none of


def grids_of_word(file: Path) -> list[Grid]:
    """The tables of a document; those with the same first row are one, as a long table that was split, and so
    are those that stand on their side, a code each.

    Rows count within their table, from 1. Raises BadInput for a damaged file.
    """
    by_head: dict[tuple[str, ...], list[list[str]]] = {}
    cards: list[list[list[str]]] = []
    for table in _tables(file):
        rows = [cells for cells in table if any(cells)]
        if (card := upright(rows)) is not None:
            cards.append(card)
            by_head.setdefault(_OF_CARDS, [])  # where the first of them stands
        elif rows:
            head = tuple(map(folded, rows[0]))
            by_head.setdefault(head, [rows[0]]).extend(rows[1:])
    if cards:
        by_head[_OF_CARDS] = _one_table(cards)
    return [
        Grid(f"Table {number}" if len(by_head) > 1 else "", tuple(enumerate(rows, 1)))
        for number, rows in enumerate(by_head.values(), 1)
    ]


def _one_table(cards: Sequence[list[list[str]]]) -> list[list[str]]:
    """A table of a code each, in one; what some of them leave out is empty there."""
    names = {folded(name): name for head, *_ in cards for name in head}
    rows = [list(names.values())]
    for head, *codes in cards:
        for code in codes:
            said = dict(zip(map(folded, head), code, strict=True))
            rows.append([said.get(name, "") for name in names])
    return rows


def is_codebook(file: Path) -> bool:
    """Do tables of the document define codes, and hold most of its words? A transcript may explain its signs in one."""
    grids = grids_of_word(file)
    inside = sum(len(words.split()) for grid in grids for _, cells in grid.rows for words in cells)
    return define_codes(grids) and 2 * inside > len("".join(map(_text_or_space, _body(file).iter())).split())


def _text_or_space(node: Any) -> str:
    return " " if node.tag == f"{_W}p" else _of(node)


def tables_of_codes(file: Path) -> list[Grid]:
    """The same for a codebook; raises BadInput for a document in which no table names codes."""
    grids = grids_of_word(file)
    heads = [set(own_names(cells, {})) for grid in grids for _, cells in grid.rows[:MOST_ABOVE]]
    codes = any("code" in names for names in heads) or define_codes(grids)
    if find_layout(grids) is None and not codes:
        raise BadInput(
            f"{file} holds no table of codes. A codebook in Word is a table whose first row names the columns: Code, "
            f"Definition, and what else you have. Or give .yaml, .csv or .xlsx."
        )
    return grids


def _body(file: Path) -> Any:
    # heavy, and most codebooks are no Word documents
    import docx

    content = read_bytes(file)
    refuse_zip_bomb(content, str(file), "Word document")
    try:
        return docx.Document(io.BytesIO(content)).element.body
    except Exception as error:  # a damaged file may fail anywhere in lxml, zlib or the library
        raise BadInput(f"{file} is no Word document, or a damaged one. Open it and save it again.") from error


def _tables(file: Path) -> Iterator[list[list[str]]]:
    for table in _body(file).iter(f"{_W}tbl"):
        rows = [row for row in table.iterchildren(f"{_W}tr") if row.find(f"{_W}trPr/{_W}del") is None]
        yield [[_words(cell) for cell in row.iterchildren(f"{_W}tc")] for row in rows]


def _words(cell: Any) -> str:
    return "\n".join(
        words
        for paragraph in cell.iterchildren(f"{_W}p")
        if (words := " ".join("".join(map(_of, paragraph.iter())).split()))
    )


def _of(node: Any) -> str:
    if node.tag in _BREAKS:
        return " "
    if node.tag != f"{_W}t" or any(above.tag in _GONE for above in node.iterancestors()):
        return ""
    return node.text or ""
