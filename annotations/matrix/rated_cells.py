"""What the ratings of a cell come to: two raters independently, then a consensus with its rationale.

What the codings suggest for the cell is in ``proposed_rating``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from annotations.store.ratings import Rating

CONSENSUS, ALIKE, ONE, DIFFER = "consensus", "raters agree", "one rater", "raters differ"


@dataclass(frozen=True, slots=True)
class RatedCell:
    """All ratings of a cell, in the order in which they came."""

    history: tuple[Rating, ...]

    @property
    def newest(self) -> tuple[Rating, ...]:
        """Each rater's own newest rating, but those taken back."""
        return _newest(rating for rating in self.history if not rating.consensus)

    @property
    def independent(self) -> Mapping[str, str]:
        """What each rater said before anything was agreed on: only this may be compared."""
        before: list[Rating] = []
        for rating in self.history:
            if rating.consensus and rating.value:
                break
            if not rating.consensus:
                before.append(rating)
        return {rating.rater: rating.value for rating in _newest(before)}

    @property
    def consensus(self) -> Rating | None:
        """What was agreed on last, or None."""
        agreed = [rating for rating in self.history if rating.consensus]
        return agreed[-1] if agreed and agreed[-1].value else None

    @property
    def value(self) -> str | None:
        """The consensus; else what all raters say alike; else None."""
        if self.consensus is not None:
            return self.consensus.value
        said = {rating.value for rating in self.newest}
        return said.pop() if len(said) == 1 else None

    @property
    def status(self) -> str:
        """What the value rests on: "consensus", "raters agree", "one rater", "raters differ", or "" where nobody rated."""
        if self.consensus is not None:
            return CONSENSUS
        said = [rating.value for rating in self.newest]
        if len(said) < 2:
            return ONE if said else ""
        return ALIKE if len(set(said)) == 1 else DIFFER


def rated_cells(ratings: Iterable[Rating]) -> dict[str, RatedCell]:
    """The ratings by the key of their cell."""
    by_cell: dict[str, list[Rating]] = {}
    for rating in ratings:
        by_cell.setdefault(rating.place.key, []).append(rating)
    return {key: RatedCell(tuple(its)) for key, its in by_cell.items()}


def _newest(ratings: Iterable[Rating]) -> tuple[Rating, ...]:
    newest = {rating.rater: rating for rating in ratings}
    return tuple(rating for rating in newest.values() if rating.value)
