"""The written rule by which a new model replaces the one that serves.

Both are judged on the same segments of participants of whom neither has learnt, by the same independent reviews, on
the same codes: those that both could have suggested and of which a coder or either model has at least five. With a
judge set these are its segments; without one (fewer than 15 participants) each model's own held-out predictions are
compared. The figure is kappa with the coders taken together, its mean over these codes; the difference of the two
models, paired by participant, gets a 95 % interval over participants.

The verdict: "better" if the whole interval lies above 0; "worse" if it lies below 0, by however little; "not worse" if
it lies above −0.02, or if both suggest equally well for every participant; otherwise, or where there is no interval,
"cannot tell".

Who serves:

1. There is nothing to compare with (no champion, or one that knew only the codebook's words): the new model serves;
   verdict "better". Where there is nothing that both could be asked about, the verdict is "cannot tell", and 2 or 3
   say who serves.
2. The same recipe, taught by other or more reviews (or another codebook or other segments, with which the champion
   could not go on serving): the new model serves unless the verdict is "worse"; where there is no interval, unless
   it is worse for every single participant.
3. A new recipe (another way of making a model, or another encoder): the new model serves only if the lower limit of
   the interval lies above −0.02 and the verdict is not "worse". A champion whose files cannot be read could not go on
   serving: it is compared by what it said when it was made, and then 2 says who serves. The reason names it.
4. A veto against what 2 or 3 let serve: on one code with at least 20 positives in at least 5 participants the new
   model is worse, tested two-sided at 0.05 and corrected over all such codes after Holm (1979). The champion stays;
   verdict "worse". A code's difference of kappa is tested by the delete-one jackknife over participants with t of
   G − 1 degrees of freedom.
5. A person has gone back to an earlier version, and none has been put to serve since: a model that a worker trained
   does not serve by itself, whatever 1 to 4 say, for it may be much the same as the one that the person took out of
   service. Verdict "waits", until somebody decides (tandem models promote). Whoever trains by hand asks for the rule.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from scipy.special import stdtr

from annotations.agreement import (
    BOTH,
    FEWEST_GROUPS,
    SECOND_ONLY,
    Statistic,
    Tables,
    frequent,
    interval_over_groups,
    is_few,
    kappa,
    or_none,
    weighted_mean,
)
from annotations.arrays import Bools, Floats
from annotations.groups import judged_groups
from annotations.store.model_versions import WAITS

MARGIN = 0.02
VETO_POSITIVES = 20
VETO_LEVEL = 0.05
Word = Literal["better", "not worse", "cannot tell", "worse", "waits"]


@dataclass(frozen=True, slots=True)
class PromotionVerdict:
    """What the rule says, whether the new model serves, and why, in a sentence.

    ``figures``: kappa of both, their difference and its interval, participants, codes compared, and the vetoes.
    """

    verdict: Word
    promoted: bool
    reason: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Undecided:
    """What decides where the figures do not: is it a new recipe, and can the champion's files not be read (a sentence)?"""

    new_recipe: bool
    unreadable: str = ""


def first(reason: str) -> PromotionVerdict:
    """The verdict where there is nothing to compare with."""
    return PromotionVerdict("better", True, reason)


def incomparable(why: str, *, new_recipe: bool, unreadable: str = "") -> PromotionVerdict:
    """The verdict where there is nothing that both models could be asked about."""
    return _unclear(why, _Undecided(new_recipe, unreadable), {})


def waiting(verdict: PromotionVerdict, *, version: str, by: str, why: str) -> PromotionVerdict:
    """The verdict on a worker's model after a person has gone back to ``version``; ``by``, ``why``: as they said it."""
    if not verdict.promoted:
        return verdict
    reason = (
        f"{by} went back to {version} ({why}), so it waits for a person: tandem models promote. The rule alone would "
        f"let it serve ({verdict.verdict}: {verdict.reason})"
    )
    return PromotionVerdict(WAITS, False, reason, verdict.figures)


def judge(
    challenger: Tables, champion: Tables, *, codes: Sequence[str], new_recipe: bool, unreadable: str = ""
) -> PromotionVerdict:
    """Compare two models by their tables against the same coders on the same segments.

    Both of shape (groups, codes, 4), as ``annotations.agreement.tables_of`` counts them with the model first.
    ``unreadable``: says that the champion's files cannot be read; empty where they can.
    """
    both = np.stack([challenger, champion], axis=1)
    whole = both.sum(axis=0)
    # a mean over other codes for each model would reward the one that never tries a hard code
    compared: Bools = np.asarray(
        frequent(whole).any(axis=0) & ~np.isnan(kappa(whole)).any(axis=0), dtype=np.bool_
    )

    def difference(tables: Tables) -> Floats:
        kappas = kappa(tables)
        return _mean(kappas[..., 0, :] - kappas[..., 1, :], compared)

    figures: dict[str, Any] = {
        "challenger": or_none(_mean(kappa(whole[0]), compared)),
        "champion": or_none(_mean(kappa(whole[1]), compared)),
        "difference": or_none(difference(whole)),
        "interval": None,
        "groups": len(both),
        "codes": int(compared.sum()),
        "vetoes": _vetoes(challenger, champion, codes),
    }
    verdict = _without_veto(both, difference, compared, figures, _Undecided(new_recipe, unreadable))
    if not verdict.promoted or not figures["vetoes"]:
        return verdict
    named = ", ".join(f"{figure['code']} ({figure['difference']:+.2f})" for figure in figures["vetoes"])
    reason = f"{verdict.reason}; but it is clearly worse on {named}, so the old one stays"
    return PromotionVerdict("worse", False, reason, verdict.figures)


def _without_veto(
    both: Tables,
    difference: Statistic,
    compared: Bools,
    figures: dict[str, Any],
    doubt: _Undecided,
) -> PromotionVerdict:
    if figures["difference"] is None:
        return _unclear("no code is frequent enough to compare the two models", doubt, figures)
    if np.array_equal(both[:, 0, compared], both[:, 1, compared]):
        return PromotionVerdict(
            "not worse", True, "both models do equally well for every participant", figures
        )
    interval, why = interval_over_groups(both, difference)
    said = f"kappa with the coders differs by {figures['difference']:+.3f}"
    if interval is None and (difference(both) < 0).all():
        said = f"{said}, and {why}; it is worse for every participant, so the old one stays"
        return PromotionVerdict("cannot tell", False, said, figures)
    if interval is None:
        return _unclear(f"{said}, and {why}", doubt, figures)
    known = figures | {"interval": interval, "few_transcripts": is_few(len(both), interval)}
    return _by_interval(said, interval, known, doubt)


def _by_interval(
    said: str, interval: tuple[float, float], figures: dict[str, Any], doubt: _Undecided
) -> PromotionVerdict:
    low, high = interval
    few = ", few transcripts" if figures["few_transcripts"] else ""
    said = f"{said} (95 % interval {low:+.3f} to {high:+.3f} over {judged_groups(figures['groups'], 'participant')}{few})"
    if low > 0:
        return PromotionVerdict("better", True, f"{said}: the new model is better", figures)
    if high < 0:
        return PromotionVerdict(
            "worse", False, f"{said}: the new model is worse, so the old one stays", figures
        )
    if low > -MARGIN:
        return PromotionVerdict(
            "not worse", True, f"{said}: the new model is not worse by more than {MARGIN}", figures
        )
    return _unclear(said, doubt, figures)


def _unclear(why: str, doubt: _Undecided, figures: dict[str, Any]) -> PromotionVerdict:
    if doubt.unreadable:
        said = f"{why}; {doubt.unreadable}, and nothing shows that the new one is worse, so it serves"
        return PromotionVerdict("cannot tell", True, said, figures)
    if doubt.new_recipe:
        said = (
            f"{why}; a model made in a new way has to show that it is not worse, so the old one stays (a person may "
            f"decide otherwise: tandem models promote)"
        )
        return PromotionVerdict("cannot tell", False, said, figures)
    said = f"{why}; it was made in the same way, and nothing shows that it is worse, so it serves"
    return PromotionVerdict("cannot tell", True, said, figures)


def _vetoes(challenger: Tables, champion: Tables, codes: Sequence[str]) -> list[dict[str, Any]]:
    """The codes on which the challenger is worse beyond what chance explains, after Holm's correction."""
    # a coder's positives: what model and coder share, and what only the coder found
    positives = champion[..., BOTH] + champion[..., SECOND_ONLY]
    enough = (positives.sum(axis=0) >= VETO_POSITIVES) & ((positives > 0).sum(axis=0) >= FEWEST_GROUPS)
    tested = []
    for at in np.flatnonzero(enough):
        apart, p = _tested(challenger[:, at], champion[:, at])
        if p is not None:
            tested.append((p, apart, codes[at]))
    vetoes = []
    for at, (p, apart, code) in enumerate(sorted(tested)):
        if p > VETO_LEVEL / (len(tested) - at):
            break
        if apart < 0:
            vetoes.append({"code": code, "difference": apart, "p": p})
    return vetoes


def _tested(challenger: Tables, champion: Tables) -> tuple[float, float | None]:
    """One code's difference of kappa, and its two-sided p; tables (groups, 4). None: it cannot be tested."""
    groups = len(challenger)

    def difference(champion_tables: Tables, other: Tables) -> Floats:
        return kappa(champion_tables) - kappa(other)

    apart = float(difference(challenger.sum(axis=0), champion.sum(axis=0)))
    left_out = difference(challenger.sum(axis=0) - challenger, champion.sum(axis=0) - champion)
    error = math.sqrt((groups - 1) / groups * float(((left_out - left_out.mean()) ** 2).sum()))
    if math.isnan(apart) or math.isnan(error) or error < 1e-12:
        return apart, None
    return apart, float(2 * stdtr(groups - 1, -abs(apart) / error))


def _mean(values: Floats, codes: Bools) -> Floats:
    kept = np.where(codes, values, np.nan)
    return weighted_mean(kept, np.ones_like(kept))
