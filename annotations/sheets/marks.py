"""Marks in cells of a table that say yes or no, as people make them in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

APPLIES = frozenset({"1", "1.0", "x", "✓", "✔", "yes", "y", "true", "ja", "j", "oui", "o", "sí", "si"})
NOT = frozenset({"0", "0.0", "no", "n", "false", "nej", "nein", "non", "-", "–"})
MARKS = APPLIES | NOT


def holds_marks(cells: Iterable[str]) -> bool:
    """Do these cells hold marks and nothing else?

    >>> holds_marks(["Yes", "", "no"]), holds_marks([""]), holds_marks(["yes", "where money is meant"])
    (True, False, False)
    """
    said = {cell.casefold() for cell in cells} - {""}
    return bool(said) and said <= MARKS
