"""Codebooks as tables, also as other programs export them: which column is what, and how the tree of codes is written.

The tree stands in a column of parents, in the names as a path ("Money > Cost"), or in columns side by side, of which a
cell holds for the rows below it until another follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from annotations.codebook.codes import TEXTS
from annotations.errors import BadInput
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.sheets.grids import Grid
from annotations.sheets.sheet import MOST_ABOVE, own_names

BESIDE_LEVELS = (*TEXTS, "select", "applicable", "id")


@dataclass(frozen=True, slots=True)
class BookColumns:
    """How a program's codebook is laid out. ``needs``: of each of these, one column stands there.

    ``between``: the marks between the names of a path; ``drops``: names at the beginning of a path that say nothing.
    ``by_id``: parents are named by the cells of the column ``own_id``.
    """

    program: str
    needs: tuple[frozenset[str], ...]
    columns: Mapping[str, tuple[str, ...]]
    between: tuple[str, ...] = ()
    drops: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    by_id: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that the program writes."""
        return (*(name for theirs in self.columns.values() for name in theirs), *sorted(self.silent))

    @property
    def lacks(self) -> tuple[str, ...]:
        """The texts of ours that the program has no column for; a team may have added one."""
        return tuple(text for text in TEXTS if text not in self.columns)


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _needs(*some: str) -> tuple[frozenset[str], ...]:
    return tuple(map(_words, some))


def _columns(**named: str) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({own: tuple(theirs.split()) for own, theirs in named.items()})


_COUNTS = _words(
    "color colour farbe created created_by modified modified_by erstellt erstellt_am erstellt_von autor author frequency "
    "häufigkeit number_of_highlights grounded density files references sources id nickname aggregate groundedness count "
    "applications owner date coded_segments codings alias code_alias"
)
_PROGRAMS = (
    BookColumns(
        "Dedoose codes",
        _needs("id", "parent_id", "title"),
        _columns(own_id="id", parent="parent_id", code="title", definition="description"),
        silent=_COUNTS | _words("depth weighted weight_minimum weight_maximum weight_default category"),
        by_id=True,
    ),
    BookColumns(
        "Taguette tags",
        _needs("tag", "description"),
        _columns(code="tag", parent="parent", definition="description"),
        silent=_COUNTS,
    ),
    BookColumns(
        "NVivo codebook",
        _needs("name", "description", "files sources references"),
        _columns(code="name", definition="description"),
        between=("\\",),
        drops=frozenset({"codes", "nodes", "knoten"}),
        silent=_COUNTS,
    ),
    BookColumns(
        "MAXQDA code system",
        _needs("code", "memo code_memo code-memo codememo kommentar"),
        _columns(
            code="code",
            parent="parent_code parentcode obercode",
            definition="memo code_memo code-memo codememo kommentar",
        ),
        between=(">", "\\"),
        silent=_COUNTS,
    ),
    BookColumns(
        "QualCoder codes",
        _needs("codename code_name", "description memo category"),
        _columns(code="codename code_name", parent="category", definition="description memo code_memo"),
        silent=_COUNTS,
    ),
    BookColumns(
        "ATLAS.ti codes",
        _needs("code code_name name", "comment code_comment code_definition"),
        _columns(code="code code_name name", definition="comment code_comment code_definition"),
        between=(" > ", "\\"),
        silent=_COUNTS,
    ),
)
# columns side by side, such as theme, code and subcode, or level 1 and level 2
_PARENTS = ("obercode", "übercode")  # MAXQDA's column of parents, empty for a code at the top
_NUMBERED = re.compile(r"(?:level|ebene|stufe|tier)_?(\d+)")
_LEVEL = re.compile(
    r"((?:sub[-_]?|unter)*)(?:main[-_]?|haupt|ober|über)?"
    r"(themes?|thema|categor(?:y|ies)|kategorie|dimension|domains?|codes?|constructs?)(?:_?(\d+))?"
)
# below themes, categories, dimensions and domains; a code lies below the construct that it belongs to
_LOWEST = ("construct", "code")


@dataclass(frozen=True, slots=True)
class Listed:
    """A code as a row gives it: the codes above it, the outermost first, and the row's cells by our columns."""

    row: int
    name: str
    above: tuple[str, ...]
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BookTable:
    """What a table says: codes in their order, whose layout it is, the columns that were not read, sentences to know."""

    program: str
    codes: tuple[Listed, ...]
    ignored: tuple[str, ...]
    notes: tuple[str, ...] = ()


def find_layout(grids: Sequence[Grid]) -> tuple[Grid, int, BookColumns | tuple[str, ...]] | None:
    """The table of a program, or one with columns side by side (their names): where it stands. None where there is none."""
    for grid in sorted(grids, key=lambda grid: grid.concealed):
        for at, (_, cells) in enumerate(grid.rows[:MOST_ABOVE]):
            names = own_names(cells, {})
            levels = _levels(names)
            if len(levels) > 1 and not {"parent", "framework"} & set(names):
                return grid, at, levels
            for layout in _PROGRAMS:
                if all(any(name in names for name in some) for some in layout.needs):
                    return grid, at, layout
            if "code" in names and {"parent", "framework", "id", *TEXTS} & set(names):
                return None  # this row names the columns, whatever the codes below are called
    return None


def _levels(names: Sequence[str]) -> tuple[str, ...]:
    """The columns that are levels of a tree, the upper ones first: themes stand above codes, codes above subcodes."""
    ranks: dict[str, tuple[int, int, int]] = {}
    for name in names:
        if numbered := _NUMBERED.fullmatch(name):
            ranks[name] = (0, 0, int(numbered[1]))
        elif (match := _LEVEL.fullmatch(name)) and name not in _PARENTS:
            below = len(re.findall("sub|unter", match[1]))
            kind = next((at for at, word in enumerate(_LOWEST, 1) if match[2].startswith(word)), 0)
            main = not below and not name.startswith(match[2])
            ranks[name] = (kind, below - main, int(match[3] or 0))
    return tuple(sorted(ranks, key=lambda name: ranks[name]))


def program_codes(grid: Grid, head: int, layout: BookColumns, file: str) -> BookTable:
    """The codes of a program's table. Raises BadInput for a parent that no row has."""
    names = own_names(grid.rows[head][1], {})
    at = {own: names.index(name) for own, theirs in layout.columns.items() if (name := _first(theirs, names))}
    at |= {own: names.index(own) for own in TEXTS if own in names and own not in at}
    rows = [
        (number, {own: _cell(cells, place) for own, place in at.items()})
        for number, cells in grid.rows[head + 1 :]
        if any(cells)
    ]
    by_id = {said["own_id"]: said for _, said in rows if said.get("own_id")} if layout.by_id else {}
    listed = []
    for number, said in rows:
        path = _path(said.get("code", ""), layout)
        if not path:
            raise BadInput(
                f'{file}, row {number}: the column "{_named(grid, head, at["code"])}" is empty. Every row names a code.'
            )
        above = path[:-1]
        if layout.by_id:
            above = tuple(_above(said, by_id, f"{file}, row {number}"))
        elif said.get("parent") and not above:
            above = _path(said["parent"], layout)
        listed.append(Listed(number, path[-1], above, said))
    read = set(at.values())
    ignored = tuple(
        cell
        for place, cell in enumerate(grid.rows[head][1])
        if cell and place not in read and names[place] not in layout.silent
    )
    return BookTable(layout.program, tuple(listed), ignored)


def level_codes(grid: Grid, head: int, levels: Sequence[str], file: str) -> BookTable:
    """The codes of a table whose columns side by side are the levels of the tree."""
    names = own_names(grid.rows[head][1], _ALSO)
    places = [names.index(level) for level in levels]
    others = {own: names.index(own) for own in BESIDE_LEVELS if own in names}
    last: list[str] = [""] * len(places)
    listed = []
    for number, cells in grid.rows[head + 1 :]:
        own = [_cell(cells, place) for place in places]
        if not any(cells):
            continue
        if not any(own):
            raise BadInput(
                f"{file}, row {number}: no code stands in the columns {', '.join(levels)}. Every row names one."
            )
        first = next(at for at, name in enumerate(own) if name)
        last = [*last[:first], *own[first:]]
        path = tuple(name for name in last if name)
        listed.append(
            Listed(number, path[-1], path[:-1], {key: _cell(cells, at) for key, at in others.items()})
        )
    read = {*places, *others.values()}
    ignored = tuple(cell for at, cell in enumerate(grid.rows[head][1]) if cell and at not in read)
    said = f"the columns {', '.join(levels)} are read as levels of the tree; an empty cell goes on with the one above it."
    return BookTable("", tuple(listed), ignored, (said,))


# beside a tree; in a list of codes it is the column of another program
_ALSO = {"definition": ("comment",)}


def in_order(table: BookTable) -> tuple[list[tuple[Listed, bool]], list[str]]:
    """The codes with those that stand only above others put before them, and whether each has a row of its own.

    Sentences say how many have none: nobody applies these.
    """
    own = {tuple(map(folded, (*code.above, code.name))) for code in table.codes}
    ordered: list[tuple[Listed, bool]] = []
    seen: set[tuple[str, ...]] = set()
    added: list[str] = []
    for code in table.codes:
        for depth in range(1, len(code.above) + 1):
            path = tuple(map(folded, code.above[:depth]))
            if path not in own and path not in seen:
                seen.add(path)
                added.append(code.above[depth - 1])
                ordered.append((Listed(code.row, code.above[depth - 1], code.above[: depth - 1], {}), False))
        ordered.append((code, True))
    if not added:
        return ordered, []
    names = ", ".join(f'"{name}"' for name in added[:5]) + (" …" if len(added) > 5 else "")
    have = counted(
        len(added),
        "name stands only above others and became a heading that nobody applies",
        "names stand only above others and became headings that nobody applies",
    )
    return ordered, [f"{have}: {names}."]


def _above(said: Mapping[str, str], by_id: Mapping[str, Mapping[str, str]], where: str) -> Iterator[str]:
    above: list[str] = []
    seen = set()
    wanted = said.get("parent", "")
    while wanted:
        if wanted in seen:
            raise BadInput(f"{where}: the codes lie below each other in a circle. Clear one parent.")
        seen.add(wanted)
        if wanted not in by_id:
            raise BadInput(
                f'{where}: no row has the id "{wanted}" that it names as its parent. Correct it, or leave it empty.'
            )
        above.insert(0, by_id[wanted]["code"])
        wanted = by_id[wanted].get("parent", "")
    yield from above


def _path(text: str, layout: BookColumns) -> tuple[str, ...]:
    parts = [text]
    for mark in layout.between:
        if mark in text:
            parts = text.split(mark)
            break
    named = [part for part in (" ".join(part.split()) for part in parts) if part]
    if len(named) > 1 and folded(named[0]) in layout.drops:
        named = named[1:]
    return tuple(named)


def _first(theirs: Sequence[str], names: Sequence[str]) -> str | None:
    return next((name for name in theirs if name in names), None)


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""


def _named(grid: Grid, head: int, at: int) -> str:
    return grid.rows[head][1][at]
