"""Which codes come ticked, and from which probability on: those that were shown to be right often enough.

A suggestion above its threshold is worth a look. It is ticked before a person has looked only where held-out passages
have shown that such ticks of this code are right at least so often, with the uncertainty of few passages counted in.
"""

from __future__ import annotations

from collections.abc import Mapping

from scipy.special import betaincinv

from annotations.store.chosen_cuts import ChosenCut, CutChoice
from annotations.store.model_versions import ModelVersion

LEAST_PRECISION = 0.3
LEAST_TICKED = 5  # a share of fewer held-out ticks says nothing
CERTAINTY = 0.9


def shown_right(ticked: int, right: int, least: float) -> bool:
    """Do so many held-out ticks, so many of them right, show that at least this share is right?

    The lower end of a one-sided interval of 90 % (Jeffreys; Brown, Cai and DasGupta 2001) has to reach it.
    """
    if ticked < LEAST_TICKED or right <= 0:
        return False
    return bool(betaincinv(right + 0.5, ticked - right + 0.5, 1 - CERTAINTY) >= least)


def tick_cuts(
    model: ModelVersion,
    least: float = LEAST_PRECISION,
    chosen: Mapping[str, ChosenCut] | None = None,
) -> Mapping[str, float]:
    """For each code that may come ticked the least probability that does; a code that is missing never does.

    A model without such figures (only the codebook's words, too few participants, or made before they were taken)
    ticks nothing. ``chosen``: what a lead has chosen for this version, which goes before the rule.
    """
    choice = _by_rule(model, least)
    for code, cuts in (chosen or {}).items():
        if cuts.choice is CutChoice.NEVER:
            choice.pop(code, None)
        elif cuts.cut is not None and model.thresholds.get(code) is not None:
            choice[code] = cuts.cut
    return choice


def _by_rule(model: ModelVersion, least: float) -> dict[str, float]:
    cuts: dict[str, float] = {}
    # below it no tick was counted
    counted_from = model.figures.get("least_precision") or LEAST_PRECISION
    for row in model.figures.get("codes") or ():
        code = row.get("code_id")
        threshold = model.thresholds.get(code)
        if threshold is None or row.get("ticked") is None:
            continue
        if shown_right(int(row["ticked"]), int(row.get("ticked_right") or 0), least):
            cuts[str(code)] = max(float(threshold), least, float(counted_from))
    return cuts


def measured_ticks(model: ModelVersion) -> bool:
    """Was it measured how often this model's ticks are right?"""
    return any(row.get("ticked") is not None for row in model.figures.get("codes") or ())
