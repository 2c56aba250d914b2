"""Is the model as good as a second coder, code by code?

Δ = κ(person, person) − κ(model, person), on the same units and from the same draws of participants. The margin is set
beforehand in study.yaml. Two one-sided questions are asked of every code, each at 2.5 %: is Δ below the margin (as
good as a second coder), is Δ above 0 (below a second coder). Holm's step-down procedure (1979) guards each family of
answers against the number of codes asked about.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
from scipy.special import stdtr, stdtrit

from annotations.agreement.columns import DecisionColumn
from annotations.agreement.intervals import (
    FEWEST_GROUPS,
    Interval,
    columns_by_groups,
    errors_over_groups,
    is_few,
)
from annotations.agreement.pairs import JudgePair, known_to_any, stacked
from annotations.agreement.two_judges import LEAST_POSITIVES, NEITHER, kappa, weighted_mean
from annotations.agreement.undefined import or_none
from annotations.arrays import Floats

AS_GOOD, BELOW, CANNOT_TELL = "as good as a second coder", "below a second coder", "cannot tell"
ONE_SIDED = 0.025


@dataclass(frozen=True)
class Trio:
    """Two people, and the model as it stood when each of them reviewed, on the same units."""

    people: JudgePair
    model_first: JudgePair
    model_second: JudgePair

    def matched(self) -> Trio:
        """The three pairs where all of them are known."""
        three = (self.people, self.model_first, self.model_second)
        rows = reduce(np.intersect1d, [pair.rows for pair in three])
        pairs = [pair.over(rows) for pair in three]
        known = np.all([pair.known for pair in pairs], axis=0)
        cut = [
            replace(pair, one=replace(pair.one, known=known), other=replace(pair.other, known=known))
            for pair in pairs
        ]
        return Trio(*cut)


@dataclass(frozen=True)
class CodeVerdict:
    """What may be said of one code. ``interval``: of Δ, unadjusted and so exploratory; ``p_as_good``, ``p_below``:
    adjusted by Holm over the codes. ``more``: about how many more doubly coded participants would decide it."""

    column: DecisionColumn
    verdict: str
    delta: float | None
    interval: Interval | None
    people: float | None
    model: float | None
    units: int
    groups: int
    p_as_good: float | None = None
    p_below: float | None = None
    more: int | None = None
    reason: str | None = None

    @property
    def few_transcripts(self) -> bool:
        """Does its interval rest on few participants?"""
        return is_few(self.groups, self.interval)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "framework": self.column.framework,
            "code": self.column.code,
            "code_id": self.column.code_id,
            "level": self.column.level,
            "verdict": self.verdict,
            "delta": self.delta,
            "interval_unadjusted": None if self.interval is None else list(self.interval),
            "few_transcripts": self.few_transcripts,
            "kappa_people": self.people,
            "kappa_model": self.model,
            "units": self.units,
            "groups": self.groups,
            "p_as_good_holm": self.p_as_good,
            "p_below_holm": self.p_below,
            "more_participants": self.more,
            "reason": self.reason,
        }


def rule(margin: float) -> str:
    """The rule in words, to stand beside its results."""
    return (
        f"Δ = κ(person, person) − κ(model, person), on the same segments. “{AS_GOOD}”: Δ is below the margin of "
        f"{margin:.2f}, set in study.yaml, at 2.5 % one-sided after Holm's correction over the codes; “{BELOW}”: Δ is "
        f"above 0 in the same way, and not shown to be within the margin; else “{CANNOT_TELL}”. Intervals are "
        f"unadjusted (95 %) and so exploratory. Only independent reviews, and suggestions of versions that had learnt "
        f"nothing from the participant, count."
    )


def verdicts(
    trios: Sequence[Trio], columns: Sequence[DecisionColumn], margin: float
) -> tuple[CodeVerdict, ...]:
    """A verdict for every code that anybody applied in units judged by two people and the model."""
    trios = [matched for trio in trios if (matched := trio.matched()).people.shared]
    if not trios:
        return ()
    three = [pair for trio in trios for pair in (trio.people, trio.model_first, trio.model_second)]
    tables, _ = stacked(three)
    wanted = [at for at, c in enumerate(columns) if c.level == "code" and _applied(tables[:, :, at])]
    if not wanted:
        return ()
    tables = tables[:, :, wanted]
    # a segment that three people judged is one segment, though it enters three pairs
    units = known_to_any([trio.people for trio in trios])[wanted].tolist()
    # of a code that came later fewer participants were judged, and only these count
    judged = np.asarray(tables.any(axis=(1, 3)))
    errors = np.full(len(wanted), np.nan)
    for some, groups in columns_by_groups(judged):
        errors[some] = errors_over_groups(tables[groups][:, :, some], deltas)
    undecided = _undecided(tables, [columns[at] for at in wanted], units, judged.sum(axis=0).tolist())
    return _decided(undecided, errors, margin)


def deltas(tables: Floats) -> Floats:
    """Δ of tables (…, 3 · pairs, columns, 4): people, model with the first, model with the second, for each pair."""
    people, model = sides(tables)
    return people - model


def sides(tables: Floats) -> tuple[Floats, Floats]:
    """Mean kappa of the people and of the model with them, each pair weighted by its units: (…, columns) each."""
    values = np.swapaxes(kappa(tables), -1, -2)
    weights = np.swapaxes(tables.sum(axis=-1), -1, -2)
    model = [weighted_mean(values[..., at::3], weights[..., at::3]) for at in (1, 2)]
    return weighted_mean(values[..., ::3], weights[..., ::3]), (model[0] + model[1]) / 2


def _applied(tables: Floats) -> bool:
    return bool(tables[..., :NEITHER].sum())


def _undecided(
    tables: Floats, columns: Sequence[DecisionColumn], units: Sequence[int], groups: Sequence[int]
) -> list[CodeVerdict]:
    whole = tables.sum(axis=0)
    people, model = sides(whole)
    undecided = []
    for at, column in enumerate(columns):
        own = whole[::3, at]
        positives = (own[:, 0] + np.maximum(own[:, 1], own[:, 2])).max()
        reason = None
        if positives < LEAST_POSITIVES:
            reason = f"fewer than {LEAST_POSITIVES} segments were given it by either person"
        elif groups[at] < FEWEST_GROUPS:
            there = "there is 1" if groups[at] == 1 else f"there are {groups[at]}"
            reason = f"it needs doubly coded segments of at least {FEWEST_GROUPS} participants, and {there}"
        undecided.append(
            CodeVerdict(
                column=column,
                verdict=CANNOT_TELL,
                delta=or_none(people[at] - model[at]),
                interval=None,
                people=or_none(people[at]),
                model=or_none(model[at]),
                units=units[at],
                groups=groups[at],
                reason=reason,
            )
        )
    return undecided


def _decided(verdicts: Sequence[CodeVerdict], errors: Floats, margin: float) -> tuple[CodeVerdict, ...]:
    """The verdicts after both one-sided t tests of each code and Holm's correction; why not, for codes not tested.

    ``errors``: the standard error of each code's Δ over participants, shape (codes,).
    """
    usable = [
        at
        for at, verdict in enumerate(verdicts)
        if verdict.reason is None and verdict.delta is not None and errors[at] > 1e-12
    ]
    degrees = [verdict.groups - 1 for verdict in verdicts]
    # small where Δ lies far below the margin, and far above 0
    p_as_good = {at: float(stdtr(degrees[at], (_delta(verdicts[at]) - margin) / errors[at])) for at in usable}
    p_below = {at: float(stdtr(degrees[at], -_delta(verdicts[at]) / errors[at])) for at in usable}
    p_as_good, p_below = holm(p_as_good), holm(p_below)
    decided = []
    for at, undecided in enumerate(verdicts):
        if at not in p_as_good:
            why = undecided.reason or "its spread over participants cannot be told: the code is too rare"
            decided.append(replace(undecided, reason=why))
            continue
        half_width = float(stdtrit(degrees[at], 1 - ONE_SIDED)) * float(errors[at])
        delta = _delta(undecided)
        verdict = AS_GOOD if p_as_good[at] < ONE_SIDED else BELOW if p_below[at] < ONE_SIDED else CANNOT_TELL
        decided.append(
            replace(
                undecided,
                verdict=verdict,
                interval=(delta - half_width, delta + half_width),
                p_as_good=p_as_good[at],
                p_below=p_below[at],
                more=_more(delta, half_width, undecided.groups, margin) if verdict == CANNOT_TELL else None,
            )
        )
    return tuple(decided)


def holm(p: dict[int, float]) -> dict[int, float]:
    """Holm's adjusted p values (1979), by the same keys."""
    adjusted, above = {}, 0.0
    for rank, key in enumerate(sorted(p, key=lambda at: p[at])):
        above = max(above, min(1.0, (len(p) - rank) * p[key]))
        adjusted[key] = above
    return adjusted


def _more(delta: float, half_width: float, groups: int, margin: float) -> int:
    """How many more participants until the unadjusted interval, shrinking by √n, clears 0 or the margin."""
    distance = max(margin - delta, delta, 1e-9)
    return max(1, math.ceil(groups * (half_width / distance) ** 2) - groups)


def _delta(verdict: CodeVerdict) -> float:
    return verdict.delta if verdict.delta is not None else math.nan
