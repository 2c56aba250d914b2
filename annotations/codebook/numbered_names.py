"""Codes that a team numbered ("1 Money", "1.1 Cost"): the numbers say which code lies below which."""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotations.sheets.sheet import Sheet

_NUMBER = re.compile(r"(?P<number>(?:[A-Z]|\d{1,3})(?:\.\d{1,3}){0,6})[.)]?(?=\s|$)")

_NUMBERS = (
    "no",
    "no.",
    "nr",
    "nr.",
    "num",
    "number",
    "#",
    "nummer",
    "code_no",
    "code_no.",
    "code_number",
    "id",
)
BY_NUMBER = "the numbers of the codes say which lies below which (1.1 below 1); they were read so."


def numbered_tree(sheet: Sheet) -> tuple[str, list[int | None]]:
    """The column whose numbers make a tree of the rows, and of each row the place of the one above it; or "" and none."""
    for column in ("code", *(column for column in sheet.columns if column in _NUMBERS)):
        above = parents_by_number([row[column] for row in sheet.rows])
        if above is not None:
            return column, above
    return "", []


def parents_by_number(numbered: Sequence[str]) -> list[int | None] | None:
    """Of each code the place of the one above it, None at the top; None where the numbers of these cells make no tree.

    They make one if every cell begins with a number of its own, some have points, and each such number's beginning
    is there too.

    >>> parents_by_number(["1 Money", "1.1 Cost", "2 People"])
    [None, 0, None]
    """
    matches = [_NUMBER.match(cell) for cell in numbered]
    numbers = [match["number"] for match in matches if match]
    if len(numbers) < len(numbered) or len(set(numbers)) < len(numbers):
        return None
    places = {number: at for at, number in enumerate(numbers)}
    above = [number.rpartition(".")[0] for number in numbers]
    if not any(above) or any(number and number not in places for number in above):
        return None
    return [places[number] if number else None for number in above]
