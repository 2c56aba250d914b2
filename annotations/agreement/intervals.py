"""Intervals that know how few groups there are.

The group (a participant, by default) is what is drawn, never the segment: segments of one interview are alike.
Whatever is measured comes as sums per group, so that leaving a group out, or drawing groups again, is arithmetic
on whole arrays; every code of a comparison gets its interval from the same draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from annotations.agreement.undefined import or_none
from annotations.arrays import Bools, Floats
from annotations.lots import lots

Interval = tuple[float, float]
Statistic = Callable[[Floats], Floats]

FEW_GROUPS = 20
FEWEST_GROUPS = 5
RESAMPLES = 2000
ENOUGH = (
    0.9  # of the draws: a code that one or two of many participants carry is undefined in more than a tenth
)
LIMITS = (-1.0, 1.0)
_COUNTS_AT_ONCE = 2_000_000  # resampled counts held at a time: 16 MB
_COUNTS_IN_CACHE = (
    100_000  # of these, so many go through a statistic at a time: what it makes of them stays in the cache
)
_NO_WIDTH = 1e-12

SAME_IN_ALL = "the value is the same whichever participants are drawn, so its spread is unknown"


def interval_over_groups(
    tables: Floats, statistic: Statistic, *, limits: Interval = LIMITS
) -> tuple[Interval | None, str | None]:
    """A 95 % interval, or the reason why there is none.

    ``tables``: sums with groups on the first axis; ``statistic``: takes sums of them, with any number of axes in
    front, to one value each. See ``intervals_over_groups``, which does the same for many values at once.
    """

    def of_one_table(sums: Floats) -> Floats:
        return np.asarray(statistic(sums))[..., None]

    return intervals_over_groups(tables, of_one_table, limits=limits)[0]


def intervals_over_groups(
    tables: Floats, statistic: Statistic, *, limits: Interval = LIMITS
) -> tuple[tuple[Interval | None, str | None], ...]:
    """95 % intervals of several values from the same draws, each with the reason where there is none.

    20 groups or more: bootstrap over groups, 2,000 draws, between the quantiles that t of G − 1 degrees of freedom
    would take (Hesterberg 2015, The American Statistician 69(4), section 5: the expanded percentile interval, since
    the plain one is too narrow by about √((G − 1)/G)). 5 to 19: delete-one jackknife with t of G − 1 degrees of
    freedom, since the bootstrap is too narrow with few clusters (Cameron, Gelbach and Miller 2008). Fewer: none.
    None either where no group changes the value: an interval of no width would claim certainty.
    ``statistic``: from sums (…, *rest) to values (…, k). ``limits``: what the values can be at most.
    """
    groups = len(tables)
    if groups < FEWEST_GROUPS:
        there = "there is 1" if groups == 1 else f"there are {groups}"
        why = f"an interval needs at least {FEWEST_GROUPS} groups of transcripts, and {there}"
        return ((None, why),) * _width(tables, statistic)
    intervals = _jackknife(tables, statistic) if groups < FEW_GROUPS else _bootstrap(tables, statistic)
    return tuple(_sound(interval, why, limits) for interval, why in intervals)


def columns_by_groups(judged: Bools) -> Iterator[tuple[NDArray[np.intp], Bools]]:
    """Columns that the same groups judged, and these groups; ``judged``: shape (groups, columns).

    A column that nobody judged goes with all groups.
    """
    judged = judged | ~judged.any(axis=0)
    patterns, which = np.unique(judged, axis=1, return_inverse=True)
    for at in range(patterns.shape[1]):
        yield np.flatnonzero(which.ravel() == at), patterns[:, at]


def drawn_again(tables: Floats, statistic: Statistic, resamples: int = RESAMPLES) -> Floats:
    """The values in draws of as many groups with replacement, shape (resamples, k). The draws are always the same."""
    groups = len(tables)
    times = _times_drawn(groups, resamples)
    size = max(tables[0].size, 1)
    flat = tables.reshape(groups, -1)
    values = []
    for some in lots(times, max(1, _COUNTS_AT_ONCE // size)):
        drawn = (some.astype(float) @ flat).reshape(-1, *tables.shape[1:])
        values += [statistic(few) for few in lots(drawn, max(1, _COUNTS_IN_CACHE // size))]
    return np.concatenate(values)


@lru_cache(maxsize=2)  # drawing takes longer than all that is computed from it
def _times_drawn(groups: int, resamples: int) -> NDArray[np.int32]:
    """How often each draw holds each group, shape (resamples, groups)."""
    drawn = np.random.default_rng(0).multinomial(groups, np.full(groups, 1 / groups), size=resamples)
    return np.asarray(drawn, dtype=np.int32)


def left_out(tables: Floats, statistic: Statistic) -> Floats:
    """The values without each group in turn, shape (groups, k)."""
    return np.asarray(statistic(tables.sum(axis=0)[None] - tables))


def errors_over_groups(tables: Floats, statistic: Statistic) -> Floats:
    """Standard errors, shape (k,): of the bootstrap with 20 groups or more, else of the jackknife.

    NaN where there are fewer than 5 groups, or where the value is undefined without some of them.
    """
    groups = len(tables)
    if groups < FEWEST_GROUPS:
        return np.full(_width(tables, statistic), np.nan)
    if groups < FEW_GROUPS:
        values = left_out(tables, statistic)
        return np.asarray(np.sqrt((groups - 1) / groups * ((values - values.mean(axis=0)) ** 2).sum(axis=0)))
    drawn = drawn_again(tables, statistic)
    known = ~np.isnan(drawn)
    n = known.sum(axis=0)
    mean = np.where(known, drawn, 0.0).sum(axis=0) / np.maximum(n, 1)
    squares = np.where(known, (drawn - mean) ** 2, 0.0).sum(axis=0)
    spread = np.sqrt(squares / np.maximum(n - 1, 1) * groups / (groups - 1))
    return np.asarray(np.where(n >= ENOUGH * RESAMPLES, spread, np.nan))


def is_few(groups: int, interval: Interval | None) -> bool:
    """Must this interval be marked "few transcripts"?"""
    return interval is not None and groups < FEW_GROUPS


def value_in_groups(tables: Floats, statistic: Statistic) -> Floats:
    """The values in each group, where there are too few groups for an interval; else none, shape (0, *rest)."""
    return np.asarray(statistic(tables if len(tables) < FEWEST_GROUPS else tables[:0]))


def value_by_group(tables: Floats, names: Sequence[str], statistic: Statistic) -> dict[str, float | None]:
    """The value in each group, where there are too few groups for an interval; else nothing."""
    if len(names) >= FEWEST_GROUPS:
        return {}
    return {name: or_none(statistic(own)) for name, own in zip(names, tables, strict=True)}


def _bootstrap(tables: Floats, statistic: Statistic) -> list[tuple[Interval | None, str | None]]:
    drawn = drawn_again(tables, statistic)
    groups = len(tables)
    reach = math.sqrt(groups / (groups - 1)) * float(stdtrit(groups - 1, 0.975))
    tail = float(ndtr(-reach))
    intervals: list[tuple[Interval | None, str | None]] = []
    for values in drawn.T:
        known = values[~np.isnan(values)]
        if len(known) < ENOUGH * RESAMPLES:
            intervals.append((None, "it is undefined in many draws of participants: the code is too rare"))
            continue
        low, high = np.quantile(known, [tail, 1 - tail])
        intervals.append(((float(low), float(high)), None))
    return intervals


def _jackknife(tables: Floats, statistic: Statistic) -> list[tuple[Interval | None, str | None]]:
    groups = len(tables)
    whole = np.asarray(statistic(tables.sum(axis=0)))
    reach = float(stdtrit(groups - 1, 0.975)) * errors_over_groups(tables, statistic)
    intervals: list[tuple[Interval | None, str | None]] = []
    for value, far in zip(whole.tolist(), reach.tolist(), strict=True):
        if math.isnan(far):
            intervals.append((None, "it is undefined without some of the participants: the code is too rare"))
        else:
            intervals.append(((value - far, value + far), None))
    return intervals


def _sound(
    interval: Interval | None, why: str | None, limits: Interval
) -> tuple[Interval | None, str | None]:
    if interval is None:
        return None, why
    low, high = max(interval[0], limits[0]), min(interval[1], limits[1])
    if high - low < _NO_WIDTH:
        return None, SAME_IN_ALL
    return (low, high), None


def _width(tables: Floats, statistic: Statistic) -> int:
    return int(np.asarray(statistic(tables.sum(axis=0))).shape[-1])
