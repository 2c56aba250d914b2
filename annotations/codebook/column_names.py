"""How teams name the columns of a codebook that they keep themselves: which of them are columns of ours.

"Inclusion criteria" says when to use a code, "Anchor example" is an example, and where a definition stands in two
columns ("Brief definition", "Full definition", as in MacQueen et al. 1998), both together are the definition.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from annotations.sheets.grids import Grid
from annotations.sheets.marks import holds_marks
from annotations.sheets.sheet import MOST_ABOVE, own_names

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "code": (
            "construct constructs element node label code_name code_label name_of_code codename kategorie kod kategori "
            "código catégorie"
        ),
        "definition": (
            "brief_definition short_definition definition full_definition long_definition code_definition "
            "detailed_definition operational_definition definition_of_code code_description description definitions "
            "descriptions meaning what_it_means explanation beschreibung bedeutung beskrivning betydelse définition "
            "definición descripción"
        ),
        "use_when": (
            "use_when when_to_use use_if use_for inclusion_criteria inclusion_criterion inclusion include includes "
            "use_when… coding_rule coding_rules kodierregel kodierregeln einschlusskriterien inklusionskriterier"
        ),
        "do_not_use_when": (
            "do_not_use_when when_not_to_use do_not_use do_not_use_if don't_use_when exclusion_criteria "
            "exclusion_criterion exclusion exclude excludes abgrenzung ausschlusskriterien exklusionskriterier"
        ),
        "example": (
            "example examples example_quote example_quotes typical_example typical_exemplar exemplar anchor_example "
            "anchor_examples anchor illustrative_quote quote ankerbeispiel ankerbeispiele beispiel exempel exemple ejemplo"
        ),
        "id": "id code_id codeid",
        "parent": "parent parent_code parent_id parent_name subcode_of belongs_to överordnad_kod",
    }
)
_OWN = {their: own for own, theirs in _NAMES.items() for their in theirs.split()}
_DEFINING = ("definition", "use_when", "do_not_use_when")
_CRITERIA = ("use_when", "do_not_use_when")
# a table of codes has one of these beside the code
_BESIDE = frozenset(_OWN) - frozenset(_NAMES["code"].split())


def is_known(name: str, own: str = "") -> bool:
    """Does a column of this name (folded, "_" between words) hold what one of ours holds? ``own``: which."""
    meant = "code" if name == "code" else _OWN.get(name)
    return meant is not None and own in ("", meant)


def define_codes(grids: Sequence[Grid]) -> bool:
    """Does one of the tables name codes and say what they mean or when they apply, whatever its columns are called?"""
    heads = [grid.rows[at][1] for grid in grids if (at := _head(grid)) is not None]
    return any(_OWN.get(name) in _DEFINING for cells in heads for name in own_names(cells, {}))


def with_own_names(grids: Sequence[Grid]) -> list[Grid]:
    """The tables with the columns of ours by our names, wherever a row names some; ``Grid.doubts`` says which were
    called otherwise.
    """
    heads = [_head(grid) for grid in grids]
    return [grid if at is None else named_as_ours(grid, at) for grid, at in zip(grids, heads, strict=True)]


def _head(grid: Grid) -> int | None:
    for at, (_, cells) in enumerate(grid.rows[:MOST_ABOVE]):
        names = set(own_names(cells, {}))
        has_code = "code" in names or any(_OWN.get(name) == "code" for name in names)
        if has_code and names & _BESIDE:
            return at
    return None


def named_as_ours(
    grid: Grid, head: int, levels: Sequence[str] = (), wanted: Collection[str] = tuple(_NAMES)
) -> Grid:
    """The table with the columns of ours that its row ``head`` names by our names.

    ``levels``: the columns that are levels of a tree, or of another program; they stay as they are. ``wanted``: those
    of ours that are read beside them.
    """
    number, cells = grid.rows[head]
    names = own_names(cells, {})
    heads, notes = list(cells), []
    together: list[tuple[int, list[int]]] = []
    for own, places in _by_our_names(grid, head, levels, wanted).items():
        several = own == "definition" and len(places) > 1
        # of two columns that could be the same, ours is meant, else the first
        taken = places if several else [next((at for at in places if names[at] == own), places[0])]
        called = [" ".join(cells[at].split()) for at in taken]
        if [names[at] for at in taken] != [own]:
            notes.append(_note(called, own))
        for at in taken:
            heads[at] = ""
        heads[taken[0]] = own
        if several:
            together.append((taken[0], taken))
    rows = [(n, _joined(row, together)) for n, row in grid.rows[head + 1 :]]
    return replace(grid, rows=(*grid.rows[:head], (number, heads), *rows), doubts=(*grid.doubts, *notes))


def _by_our_names(
    grid: Grid, head: int, levels: Sequence[str], wanted: Collection[str]
) -> dict[str, list[int]]:
    """Of each column of ours the places of those that hold the same."""
    names = own_names(grid.rows[head][1], {})
    places: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        own = _OWN.get(name)
        if own is None or own not in wanted or name in levels:
            continue
        if own == "code" and ("code" in names or levels):
            continue
        # "Include: yes, no" says which codes are in, and not when to use one
        cells = (row[at] for _, row in grid.rows[head + 1 :] if at < len(row))
        if name == own or own not in _CRITERIA or not holds_marks(cells):
            places.setdefault(own, []).append(at)
    return places


def _joined(row: list[str], together: Sequence[tuple[int, list[int]]]) -> list[str]:
    made = list(row)
    for first, places in together:
        words = [row[at] for at in places if at < len(row) and row[at]]
        for at in places:
            if at < len(made):
                made[at] = ""
        if words:
            made.extend([""] * (first + 1 - len(made)))
            made[first] = "\n".join(dict.fromkeys(words))
    return made


def _note(called: Sequence[str], own: str) -> str:
    columns = " and ".join(f'"{name}"' for name in called)
    word, verb = ("column", "is") if len(called) == 1 else ("columns", "are")
    return f"the {word} {columns} {verb} read as {own}."
