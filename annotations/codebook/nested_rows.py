"""Rows of a codebook's table that say by their numbers or their look which code lies below which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from annotations.codebook.draft import CodeDraft
from annotations.codebook.indented_names import indented_tree
from annotations.codebook.numbered_names import BY_NUMBER, numbered_tree
from annotations.sheets.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Nesting:
    """How the rows were put below each other: the column whose numbers say it, "" for none, and sentences about it."""

    column: str = ""
    notes: tuple[str, ...] = ()


NOT_NESTED = Nesting()


def nest_as_written(drafts: Sequence[CodeDraft], sheet: Sheet, file: Path) -> Nesting:
    """Put the codes of a table below each other as its numbers or its look say; nothing where they do not say it."""
    column, above = numbered_tree(sheet)
    if column:
        _put_below(drafts, above)
        return Nesting(column, (BY_NUMBER,))
    tree = indented_tree(file, sheet)
    if tree is None:
        return NOT_NESTED
    _put_below(drafts, tree.above)
    for at in tree.headings:
        drafts[at].applicable = False
    return Nesting("", tree.notes([draft.name for draft in drafts]))


def _put_below(drafts: Sequence[CodeDraft], above: Sequence[int | None]) -> None:
    for draft, place in zip(drafts, above, strict=True):
        draft.above = None if place is None else drafts[place]
