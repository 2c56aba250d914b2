"""The written rule by which a new model replaces the one that serves.

Both are judged by held-out predictions, on the same segments, by the same independent reviews, on the same codes:
those that both could have suggested and of which a coder or either model has at least five. The figure is kappa
with the coders taken together, its mean over these codes; the difference of the two models gets a 95 % interval over
participants. The first of these that holds decides:

1. There is nothing to compare with (no champion, or one that knew only the codebook's words, or no common
   segments): the new model serves; verdict "better".
2. On these codes both suggest equally well for every participant: "not worse"; the new model serves.
3. The whole interval lies above 0: "better"; the new model serves.
4. It lies above −0.02: "not worse"; the new model serves.
5. The whole interval lies below 0: "worse"; the champion stays.
6. Otherwise, or where there are too few participants for an interval: "cannot tell". The new model serves if it
   learnt from more reviews or under another codebook and its figure is at most 0.02 lower; else the champion stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annotations.agreement import frequent, interval_over_groups, is_few, kappa, or_none, weighted_mean

MARGIN = 0.02
Word = Literal["better", "not worse", "cannot tell", "worse"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule says, whether the new model serves, and why, in a sentence."""

    verdict: Word
    promoted: bool
    reason: str


def first(reason: str) -> Verdict:
    """The verdict where there is nothing to compare with."""
    return Verdict("better", True, reason)


def judge(
    challenger: NDArray[np.float64],
    champion: NDArray[np.float64],
    *,
    more_to_learn_from: bool,
    margin: float = MARGIN,
) -> Verdict:
    """Compare two models by their tables against the same coders on the same segments.

    Both of shape (groups, codes, 4), as ``annotations.agreement.tables_of`` counts them with the model first.
    """
    both = np.stack([challenger, champion], axis=1)
    whole = both.sum(axis=0)
    # a mean over other codes for each model would reward the one that never tries a hard code
    codes = frequent(whole).any(axis=0) & ~np.isnan(kappa(whole)).any(axis=0)

    def difference(tables: NDArray[np.float64]) -> NDArray[np.float64]:
        found = kappa(tables)
        apart = np.where(codes, found[..., 0, :] - found[..., 1, :], np.nan)
        return weighted_mean(apart, np.ones_like(apart))

    point = or_none(difference(whole))
    if point is None:
        return _cannot_tell(
            0.0, "no code is frequent enough to compare the two models", more_to_learn_from, margin
        )
    if np.array_equal(challenger[:, codes], champion[:, codes]):
        return Verdict("not worse", True, "both models do equally well for every participant")
    interval, why = interval_over_groups(both, difference)
    said = f"kappa with the coders differs by {point:+.3f}"
    if interval is None:
        return _cannot_tell(point, f"{said}, and {why}", more_to_learn_from, margin)
    low, high = interval
    few = ", few transcripts" if is_few(len(both), interval) else ""
    said = f"{said} (95 % interval {low:+.3f} to {high:+.3f}{few})"
    if low > 0:
        return Verdict("better", True, f"{said}: the new model is better")
    if low > -margin:
        return Verdict("not worse", True, f"{said}: the new model is not worse by more than {margin}")
    if high < 0:
        return Verdict("worse", False, f"{said}: the new model is worse, so the old one stays")
    return _cannot_tell(point, said, more_to_learn_from, margin)


def _cannot_tell(point: float, why: str, more_to_learn_from: bool, margin: float) -> Verdict:
    if more_to_learn_from and point >= -margin:
        return Verdict(
            "cannot tell",
            True,
            f"{why}; the new model learnt from more, and nothing speaks against it, so it serves",
        )
    return Verdict("cannot tell", False, f"{why}; so the model that serves stays")
