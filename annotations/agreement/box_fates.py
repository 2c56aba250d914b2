"""What became of the boxes that coders found: ticked and left, ticked and taken away, offered and taken, or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from annotations.coding import Review


@dataclass(frozen=True, slots=True)
class BoxFates:
    """One coder's reviews of which it is on record what stood before them; the rest counts codes.

    ``accepted`` and ``rejected`` were ticked; ``offered_and_taken`` and ``offered_not_taken`` stood there without a
    tick; ``sought`` the coder found without a box.
    """

    coder: str
    reviews: int = 0
    accepted: int = 0
    rejected: int = 0
    offered_and_taken: int = 0
    offered_not_taken: int = 0
    sought: int = 0

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def ticked_in(review: Review) -> frozenset[str] | None:
    """The codes that came ticked, or None where that is not on record."""
    return _kept(review.origin, "ticked")


def box_fates(by_coder: Mapping[str, Iterable[Review]]) -> tuple[BoxFates, ...]:
    """Counted for each coder who has such reviews; each review counts once."""
    fates = []
    for coder, reviews in by_coder.items():
        total = [0] * 6
        for review in {review.id: review for review in reviews}.values():
            ticked, offered = ticked_in(review), _kept(review.origin, "offered")
            if ticked is None or offered is None:
                continue
            codes = review.codes
            boxes = offered - ticked
            sides = (codes & ticked, ticked - codes, codes & boxes, boxes - codes, codes - ticked - boxes)
            total = [a + b for a, b in zip(total, (1, *map(len, sides)), strict=True)]
        if total[0]:
            fates.append(BoxFates(coder, *total))
    return tuple(fates)


def _kept(origin: Mapping[str, Any], name: str) -> frozenset[str] | None:
    kept = origin.get(name)
    return frozenset(map(str, kept)) if isinstance(kept, list | tuple) else None
