"""What the ratings of a cell come to: two raters independently, then a consensus with its rationale."""

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
        return _newest(one for one in self.history if not one.consensus)

    @property
    def independent(self) -> Mapping[str, str]:
        """What each rater said before anything was agreed on: only this may be compared."""
        before: list[Rating] = []
        for one in self.history:
            if one.consensus and one.value:
                break
            if not one.consensus:
                before.append(one)
        return {one.rater: one.value for one in _newest(before)}

    @property
    def consensus(self) -> Rating | None:
        """What was agreed on last, or None."""
        agreed = [one for one in self.history if one.consensus]
        return agreed[-1] if agreed and agreed[-1].value else None

    @property
    def value(self) -> str | None:
        """The consensus; else what all raters say alike; else None."""
        if self.consensus is not None:
            return self.consensus.value
        said = {one.value for one in self.newest}
        return said.pop() if len(said) == 1 else None

    @property
    def status(self) -> str:
        """What the value rests on: "consensus", "raters agree", "one rater", "raters differ", or "" where nobody rated."""
        if self.consensus is not None:
            return CONSENSUS
        said = [one.value for one in self.newest]
        if len(said) < 2:
            return ONE if said else ""
        return ALIKE if len(set(said)) == 1 else DIFFER


def rated_cells(found: Iterable[Rating]) -> dict[str, RatedCell]:
    """The ratings by the key of their cell."""
    by_cell: dict[str, list[Rating]] = {}
    for one in found:
        by_cell.setdefault(one.place.key, []).append(one)
    return {key: RatedCell(tuple(its)) for key, its in by_cell.items()}


def _newest(found: Iterable[Rating]) -> tuple[Rating, ...]:
    newest = {one.rater: one for one in found}
    return tuple(one for one in newest.values() if one.value)
