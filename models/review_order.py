"""In which order to review segments so that a model learns soon: opt-in, and each place has its reason.

Half of the places go to segments that look like codes with few examples, half are drawn at random. On two public sets
that was the steady choice: it needs fewer labels than a random order, and keeps probabilities honest, which an order
by uncertainty alone does not (docs/experiments.md). Segments chosen so are no random sample: figures on them alone
say nothing of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Floats, Floats32

Why = Literal["rare", "unsure", "random"]
Strategy = Literal["rare and random", "rare", "unsure", "random"]
ALIKE = 0.9  # a segment that near to one already chosen teaches little more
LOOKED_AT = 50  # how many of a code's likeliest segments are looked at for one that is unlike the chosen ones


@dataclass(frozen=True, slots=True)
class OrderedSegment:
    """A segment's place in the order: its position among those given, why it stands there, and for which code."""

    segment: int
    why: Why
    code: str | None = None
    probability: float | None = None

    def reason(self, label: Callable[[str], str] = str) -> str:
        """The reason in words; ``label`` names a code for people."""
        if self.why == "random":
            return "drawn at random"
        if self.why == "unsure":
            return f"the model is unsure about {label(self.code or '')}"
        return f"may be {label(self.code or '')}, which has few examples"


def review_order(
    probabilities: Floats,
    thresholds: Floats,
    embeddings: Floats32,
    codes: Sequence[str],
    examples: Sequence[int],
    *,
    count: int,
    seed: int,
    strategy: Strategy = "rare and random",
) -> list[OrderedSegment]:
    """The first ``count`` segments to review, of those that nobody has reviewed.

    ``probabilities``: shape (n, codes); ``embeddings``: shape (n, dimensions), unit length; ``examples``: how many
    segments carry each code so far. The same seed gives the same order.
    """
    chooser = _Chooser(probabilities, thresholds, embeddings, codes, list(examples), seed)
    steps: dict[Strategy, tuple[Callable[[], OrderedSegment | None], ...]] = {
        "rare and random": (chooser.rare, chooser.random),
        "rare": (chooser.rare,),
        "unsure": (chooser.unsure,),
        "random": (chooser.random,),
    }
    ordered: list[OrderedSegment] = []
    while len(ordered) < min(count, len(probabilities)):
        place = steps[strategy][len(ordered) % len(steps[strategy])]() or chooser.random()
        if place is None:
            break
        ordered.append(place)
    return ordered


class _Chooser:
    """What has been chosen so far, and ways to choose the next."""

    def __init__(
        self,
        probabilities: Floats,
        thresholds: Floats,
        embeddings: Floats32,
        codes: Sequence[str],
        examples: list[int],
        seed: int,
    ) -> None:
        self.p = np.nan_to_num(probabilities, nan=0.0)
        self.embeddings, self.codes = embeddings, codes
        self.expected = np.array(examples, dtype=float)
        self.free = np.ones(len(self.p), dtype=bool)
        self.chosen: list[int] = []
        self.shuffled = iter(np.random.default_rng(seed).permutation(len(self.p)).tolist())
        self.likeliest = np.argsort(-self.p, axis=0, kind="stable")
        cut = np.where(np.isfinite(thresholds), thresholds, 0.5)
        # nearness to the threshold on the scale of log odds, the smallest over codes
        odds = np.abs(_log_odds(self.p) - _log_odds(cut))
        self.doubt = np.argsort(odds.min(axis=1), kind="stable") if odds.size else np.arange(len(self.p))
        self.about = odds.argmin(axis=1) if odds.size else np.zeros(len(self.p), dtype=int)

    def random(self) -> OrderedSegment | None:
        """The next of a shuffled order."""
        segment = next((place_free for place_free in self.shuffled if self.free[place_free]), None)
        return None if segment is None else self._take(segment, "random", None)

    def rare(self) -> OrderedSegment | None:
        """The likeliest segment, unlike those chosen before, for the code with the fewest examples to be expected."""
        for code in np.argsort(self.expected, kind="stable").tolist():
            waiting = self.likeliest[self.free[self.likeliest[:, code]], code][:LOOKED_AT]
            for segment in self._unlike(waiting):
                return self._take(segment, "rare", code)
        return None

    def unsure(self) -> OrderedSegment | None:
        """The segment whose probability lies nearest to a threshold, unlike those chosen before."""
        waiting = self.doubt[self.free[self.doubt]]
        for segment in self._unlike(waiting[:LOOKED_AT]):
            return self._take(segment, "unsure", int(self.about[segment]))
        return (
            None if not len(waiting) else self._take(int(waiting[0]), "unsure", int(self.about[waiting[0]]))
        )

    def _unlike(self, waiting: NDArray[np.intp]) -> list[int]:
        recent = self.chosen[-200:]
        if not recent or not len(waiting):
            return [int(place) for place in waiting]
        near = (self.embeddings[waiting] @ self.embeddings[recent].T).max(axis=1)
        return [int(place) for place in waiting[near < ALIKE]]

    def _take(self, segment: int, why: Why, code: int | None) -> OrderedSegment:
        self.free[segment] = False
        self.chosen.append(segment)
        # what it probably adds to each code, and a little in any case, so that no code is asked for without end
        self.expected += self.p[segment]
        if code is None:
            return OrderedSegment(segment, why)
        self.expected[code] += 0.5
        return OrderedSegment(segment, why, self.codes[code], float(self.p[segment, code]))


def _log_odds(p: Floats) -> Floats:
    clipped = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(clipped / (1 - clipped)))
