"""The most likely codes as boxes of their own above all others: which, in what order, which of them ticked.

In a codebook with many codes they are the likeliest of the listed ones, in order. Where all listed codes fit into
boxes they are all there, always in the codebook's order, so that a coder's fingers learn their keys. Codes with rows
of their own on the screen (phases, assimilation) stand in those rows only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.coding import Suggestion
from annotations.label_studio.controls import MOST_BOXES, all_in_boxes, control_for, is_listed, listed_codes
from annotations.label_studio.listed_names import hint_of, listed_name

OFFERED = 5
LEAST_OFFERED = 0.05  # below it a box would only be one more thing to read


@dataclass(frozen=True, slots=True)
class CodeBox:
    """A box. ``odds``: how likely, in words, "" where nothing is said of that."""

    code: str
    ticked: bool = False
    odds: str = ""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What is put before a coder: the boxes in order, and the codes ticked in rows of their own.

    ``likely``: the codes that have a box because the model says so, the likeliest first. ``least_sure``: the
    probability of the ticked code that is least sure, 0 for none.
    """

    boxes: tuple[CodeBox, ...] = ()
    in_rows: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    least_sure: float = 0.0

    @property
    def ticked(self) -> tuple[str, ...]:
        """The codes that are filled in."""
        return (*(box.code for box in self.boxes if box.ticked), *self.in_rows)

    @property
    def offered(self) -> tuple[str, ...]:
        """The codes that the model puts before the coder, ticked or not, in order."""
        return (*self.likely, *self.in_rows)

    @property
    def nothing(self) -> bool:
        """The model puts nothing before the coder."""
        return not self.offered


def no_candidates(codebook: Codebook) -> Candidates:
    """What is shown where nothing is likely, and where what is likely is hidden: nobody can tell the two apart."""
    return candidates((), codebook, {}, with_odds=False)


def candidates(
    suggestions: Iterable[Suggestion], codebook: Codebook, cuts: Mapping[str, float], *, with_odds: bool
) -> Candidates:
    """What is put before a coder of these suggestions. ``cuts``: from which probability on a code comes ticked.

    What is suggested comes first, then what comes next, up to five boxes. ``with_odds``: are the numbers probabilities?
    """
    worth = (
        suggestion
        for suggestion in suggestions
        if suggestion.suggested or (with_odds and suggestion.probability >= LEAST_OFFERED)
    )
    said = [suggestion for suggestion in worth if control_for(suggestion.code, codebook) is not None]
    ranked = sorted((suggestion for suggestion in said if is_listed(suggestion.code, codebook)), key=_rank)
    likely = [suggestion for suggestion in ranked if suggestion.suggested][:MOST_BOXES]
    rest = [suggestion for suggestion in ranked if not suggestion.suggested]
    likely += rest[: max(0, OFFERED - len(likely))]
    boxes = {
        suggestion.code: CodeBox(
            suggestion.code, _ticks(suggestion, cuts), _odds(suggestion) if with_odds else ""
        )
        for suggestion in likely
    }
    in_rows = tuple(
        suggestion.code
        for suggestion in said
        if not is_listed(suggestion.code, codebook) and _ticks(suggestion, cuts)
    )
    order = tuple(boxes)
    if all_in_boxes(codebook):
        boxes = {code.id: boxes.get(code.id, CodeBox(code.id)) for code in listed_codes(codebook)}
    least = min((suggestion.probability for suggestion in said if _ticks(suggestion, cuts)), default=0.0)
    return Candidates(tuple(boxes.values()), in_rows, order, least)


def boxes_in_task(boxes: Candidates, codebook: Codebook) -> list[dict[str, str]]:
    """The boxes as a task's data gives them to Label Studio."""
    return [
        {
            "value": f"{listed_name(box.code, codebook)}{f' ({box.odds})' if box.odds else ''}",
            "alias": box.code,
            "hint": hint_of(codebook[box.code]),
            **({"hotkey": str(at)} if at <= MOST_BOXES else {}),
        }
        for at, box in enumerate(boxes.boxes, start=1)
    ]


def codes_in_boxes(given: Any) -> frozenset[str]:
    """The codes for which a task's data has boxes; of another form: none."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        return frozenset()
    return frozenset(str(box["alias"]) for box in given if isinstance(box, Mapping) and "alias" in box)


def _ticks(suggestion: Suggestion, cuts: Mapping[str, float]) -> bool:
    return suggestion.suggested and suggestion.probability >= cuts.get(suggestion.code, float("inf"))


def _rank(suggestion: Suggestion) -> tuple[bool, float]:
    return not suggestion.suggested, -suggestion.probability


def _odds(suggestion: Suggestion) -> str:
    """To the nearest tenth: no retraining makes it finer, and few change it."""
    tenths = round(10 * suggestion.probability)
    return f"{tenths} in 10" if tenths else "under 1 in 10"
