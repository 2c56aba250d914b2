"""In which order rows, phases and columns stand, and what the ratings say from the lowest outcome to the highest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.matrix.rating_scale import as_number, rating_shown
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.store.cell_place import Column

# words that teams order outcomes by, from low to high
_STEPS = (
    ("none", "no", "failed", "not implemented", "not adopted"),
    ("very low", "lowest"),
    ("low", "weak", "lower", "unsuccessful"),
    ("low to medium", "low-medium", "partly", "partial"),
    ("medium", "moderate", "mixed", "middle", "mid"),
    ("medium to high", "medium-high"),
    ("high", "strong", "higher", "full", "successful", "implemented"),
    ("very high", "highest"),
)
_RANK = {word: rank for rank, words in enumerate(_STEPS) for word in words}


def phases_in_order(phases: Iterable[str], codebook: Codebook) -> tuple[str, ...]:
    """Phases as the codebook has them; what the codebook no longer holds next, and what is not stated last."""
    places = _places(codebook)
    return tuple(sorted(set(phases), key=lambda phase: (not phase, places.get(phase, len(places)), phase)))


def rows_in_order(codes: Iterable[str], codebook: Codebook) -> tuple[str, ...]:
    """Rows by framework, as the codebook has them; codes that have left it last."""
    places = _places(codebook)
    return tuple(sorted(set(codes), key=lambda code: (places.get(code, len(places)), code)))


def _places(codebook: Codebook) -> Mapping[str, int]:
    return {code.id: at for at, code in enumerate(codebook.codes)}


def columns_in_order(columns: Iterable[Column], listed: Mapping[str, Sequence[str]]) -> tuple[Column, ...]:
    """Columns as the study lists its cases, sites and waves; others by their words and numbers, unknown ones last."""
    places = {name: {folded(value): at for at, value in enumerate(values)} for name, values in listed.items()}

    def place(column: Column) -> tuple[tuple[bool, int, list[tuple[int, str]]], ...]:
        return tuple(
            (
                not value,
                places.get(name, {}).get(folded(value), len(places.get(name, {}))),
                _naturally(folded(value)),
            )
            for name, value in column
        )

    return tuple(sorted(set(columns), key=place))


def by_outcome(
    columns: Sequence[Column], outcome_of: Mapping[str, str], attribute: str
) -> tuple[Column, ...]:
    """Columns of cases from the lowest outcome to the highest; those of which none is known last, as they stood.

    ``outcome_of``: the outcome of each case by its folded name: numbers, or words such as low, medium, high.
    Raises BadInput for outcomes that nobody could put in order.
    """
    ranks = {case: _rank(said) for case, said in outcome_of.items()}
    strange = sorted({outcome_of[case] for case, rank in ranks.items() if rank is None})
    numbers = {isinstance(rank, float) for rank in ranks.values() if rank is not None}
    if strange or len(numbers) > 1:
        said = ", ".join(f'"{value}"' for value in (strange or sorted(set(outcome_of.values()))))
        raise BadInput(
            f'the attribute "{attribute}" says {said}, which has no order. Give every case a number, or a word such as '
            f"low, medium or high."
        )
    known = {case: float(rank) for case, rank in ranks.items() if rank is not None}

    def place(column: Column) -> tuple[bool, float]:
        case = next((folded(value) for name, value in column if name == "case"), "")
        return case not in known, known.get(case, 0.0)

    return tuple(sorted(columns, key=place))


def _rank(said: str) -> float | int | None:
    word = folded(said)
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return _RANK.get(word)


def pattern_of(values: Sequence[str | None], *, by_outcome: bool) -> str:
    """What the ratings of one code say across the columns, in their order; a description, no judgement.

    ``by_outcome``: do the columns stand from the lowest outcome to the highest?
    """
    numbers = [number for value in values if value and (number := as_number(value)) is not None]
    if len(numbers) < 2:
        return f"{counted(len(numbers), 'rating')} on the scale: nothing to compare" if any(values) else ""
    said = ", ".join(rating_shown(value) if value else "–" for value in values)
    if len(set(numbers)) == 1:
        return f"the same in all that are rated ({said})"
    signs = {(number > 0) - (number < 0) for number in numbers}
    differ = "in direction" if {1, -1} <= signs else "in strength"
    if not by_outcome:
        return f"differ {differ} ({said})"
    steps = [b - a for a, b in pairwise(numbers)]
    way = "rise" if min(steps) >= 0 else "fall" if max(steps) <= 0 else "neither rise nor fall steadily"
    return f"{way} with the outcome, differ {differ} ({said})"


def _naturally(word: str) -> list[tuple[int, str]]:
    """Sorts "wave 10" after "wave 9"."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", word) if part]
