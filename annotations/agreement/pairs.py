"""Two judges on the same units, and every figure of one or several such pairs.

Several pairs are reported as their mean, each weighted by its units, so that a figure over all people does not hang on
who coded most. All coefficients of all codes come from the same draws of groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from annotations.agreement.coefficient import Agreement
from annotations.agreement.columns import DecisionColumn
from annotations.agreement.intervals import (
    Interval,
    Statistic,
    columns_by_groups,
    intervals_over_groups,
    is_few,
    value_by_group,
    value_in_groups,
)
from annotations.agreement.judged import JudgeDecisions
from annotations.agreement.many_judges import ac1, alpha, sums_of_pairs
from annotations.agreement.two_judges import (
    LEAST_POSITIVES,
    counts,
    frequent,
    kappa,
    means_over_pairs,
    negative_agreement,
    percent_agreement,
    positive_agreement,
    prevalence,
    weighted_mean,
    why_undefined,
)
from annotations.agreement.undefined import or_none
from annotations.arrays import Bools, Floats

COEFFICIENTS = ("kappa", "alpha", "ac1", "percent", "positive", "negative")
TOO_RARE = f"no code has {LEAST_POSITIVES} positives by either side, so there is no kappa to take the mean of"


@dataclass(frozen=True)
class JudgePair:
    """Two judges by name, and what each decided on the same n units.

    ``member``: the group of each of these units, a position in ``groups``.
    """

    a: str
    b: str
    one: JudgeDecisions
    other: JudgeDecisions
    member: NDArray[np.intp]
    groups: tuple[str, ...]

    @property
    def rows(self) -> NDArray[np.intp]:
        """Which units these are, shape (n,)."""
        return self.one.places

    @property
    def known(self) -> Bools:
        """Where both are known, shape (n, columns)."""
        return np.asarray(self.one.known & self.other.known)

    def over(self, rows: NDArray[np.intp]) -> JudgePair:
        """The pair on some of its units (ascending)."""
        member = self.member[np.searchsorted(self.rows, rows)]
        return replace(self, one=self.one.over(rows), other=self.other.over(rows), member=member)

    @property
    def shared(self) -> int:
        """How many units both judged."""
        return int(self.known[:, 0].sum())

    def only(self, rows: Bools) -> JudgePair:
        """The pair on these alone; ``rows``: shape (n,)."""
        return replace(self, one=self.one.only(rows))

    def tables(self) -> Floats:
        """Counts per group, shape (groups, columns, 4)."""
        weights = self.known.astype(float)
        return counts(self.one.values, self.other.values, self.member, len(self.groups), weights)


def known_to_any(pairs: Sequence[JudgePair]) -> NDArray[np.intp]:
    """How many units any pair judged, of each column: shape (columns,)."""
    rows = np.unique(np.concatenate([pair.rows for pair in pairs]))
    known = np.zeros((len(rows), pairs[0].one.known.shape[1]), dtype=np.bool_)
    for pair in pairs:
        known[np.searchsorted(rows, pair.rows)] |= pair.known
    return np.asarray(known.sum(axis=0))


def stacked(pairs: Sequence[JudgePair]) -> tuple[Floats, tuple[str, ...]]:
    """Counts of all pairs over the groups that they touch, shape (groups, pairs, columns, 4), and the names."""
    tables = np.stack([pair.tables() for pair in pairs], axis=1)
    touched = np.asarray(tables.any(axis=(1, 2, 3)))
    return tables[touched], tuple(n for n, kept in zip(pairs[0].groups, touched, strict=True) if kept)


def per_column(tables: Floats) -> Floats:
    """Every coefficient of every column, mean of the pairs: (…, pairs, columns, 4) to (…, coefficients, columns)."""
    # each of the four counts lies together in memory, as in sums_of_pairs
    tables = np.moveaxis(np.ascontiguousarray(np.moveaxis(tables, -1, 0)), 0, -1)
    sums = sums_of_pairs(tables)
    values = (
        kappa(tables),
        alpha(sums),
        ac1(sums),
        percent_agreement(tables),
        positive_agreement(tables),
        negative_agreement(tables),
    )
    if tables.shape[-3] == 1:  # the mean of a pair alone is its value
        return np.stack([values_of_pair[..., 0, :] for values_of_pair in values], axis=-2)
    weights = np.swapaxes(tables.sum(axis=-1), -1, -2)
    return np.stack(
        [weighted_mean(np.swapaxes(values_of_pair, -1, -2), weights) for values_of_pair in values], axis=-2
    )


@dataclass(frozen=True)
class ComparisonHead:
    """What stands on every figure of one comparison."""

    comparison: str
    condition: str
    coders: tuple[str, ...]
    where: Mapping[str, str]

    def figure(self, column: DecisionColumn, **said: object) -> Agreement:
        """A figure on one column."""
        plain = {"framework": column.framework, "code": column.code, "code_id": column.code_id}
        return Agreement(
            **({"level": column.level} | plain | said),  # type: ignore[arg-type]
            comparison=self.comparison,
            condition=self.condition,
            coders=self.coders,
            where=self.where,
        )


def figures_of_pairs(
    pairs: Sequence[JudgePair], columns: Sequence[DecisionColumn], described: ComparisonHead
) -> tuple[Agreement, ...]:
    """Every figure of these pairs: per column all coefficients, then means of codes and which codes where both coded."""
    pairs = [pair for pair in pairs if pair.shared]
    if not pairs:
        why = "no segment was judged by both, so there is nothing to compare"
        return (described.figure(columns[0], coefficient="kappa", value=None, units=0, groups=0, reason=why),)
    tables, names = stacked(pairs)
    units = known_to_any(pairs)
    return (
        *_columns(tables, units, names, columns, described),
        *_means(tables, int(units[0]), names, columns, described),
        *_labelling(pairs, columns, described),
    )


def _columns(
    tables: Floats,
    units: NDArray[np.intp],
    names: Sequence[str],
    columns: Sequence[DecisionColumn],
    described: ComparisonHead,
) -> Iterator[Agreement]:
    """Each column over the groups in which it was judged: of a code that came later these are fewer."""
    made: dict[int, list[Agreement]] = {}
    for some, groups in columns_by_groups(np.asarray(tables.any(axis=(1, 3)))):
        own = [name for name, kept in zip(names, groups, strict=True) if kept]
        its = [columns[at] for at in some]
        figures = _over_groups(tables[groups][:, :, some], units[some], own, its, described)
        made |= dict(zip(some.tolist(), figures, strict=True))
    for at in range(len(columns)):
        yield from made[at]


def _over_groups(
    tables: Floats,
    units: NDArray[np.intp],
    names: Sequence[str],
    columns: Sequence[DecisionColumn],
    described: ComparisonHead,
) -> Iterator[list[Agreement]]:
    groups = len(names)
    whole = tables.sum(axis=0)
    total = whole.sum(axis=0)
    used = [at for at in range(len(columns)) if total[at, :3].sum() and total[at, 3] + total[at, 1:3].sum()]
    values = per_column(whole)
    intervals: dict[int, list[tuple[Interval | None, str | None]]] = {}
    if used:

        def statistic(sums: Floats) -> Floats:
            got = per_column(sums)
            return np.asarray(np.moveaxis(got, -1, -2).reshape(*got.shape[:-2], -1))

        flat = intervals_over_groups(tables[:, :, used], statistic)
        width = len(COEFFICIENTS)
        intervals = {at: list(flat[i * width : (i + 1) * width]) for i, at in enumerate(used)}
    apart = value_in_groups(tables, per_column)
    shares = prevalence(total)
    for at, column in enumerate(columns):
        shown = COEFFICIENTS if at in intervals else COEFFICIENTS[:1]
        figures = []
        for which, coefficient in enumerate(shown):
            value = or_none(values[which, at]) if at in intervals else None
            interval, why = intervals[at][which] if at in intervals and value is not None else (None, None)
            one_sided = _constant_side(whole[:, at], described.coders) if value is not None else None
            if one_sided and coefficient == "kappa":
                value, interval, why = None, None, None
            elif interval is not None and coefficient in ("percent", "positive", "negative"):
                interval = (max(interval[0], 0.0), interval[1])
            elif one_sided and coefficient in ("alpha", "ac1"):
                interval, why = None, one_sided
            figure = described.figure(
                column,
                coefficient=coefficient,
                value=value,
                units=int(units[at]),
                groups=groups,
                reason=one_sided or _why(total[at]) if value is None else None,
                interval=interval,
                interval_reason=why,
                few_transcripts=is_few(groups, interval),
                prevalence=or_none(shares[at]),
                by_group={name: or_none(own[which, at]) for name, own in zip(names, apart, strict=False)}
                if value is not None
                else {},
            )
            figures.append(figure)
        yield figures


def _why(total: Floats) -> str:
    both, first, second, neither = total.tolist()
    if both + first + second and neither + first + second:
        return "in each pair both always applied it, or never, so that agreement by chance is complete"
    return why_undefined(total)


def _constant_side(tables: Floats, coders: tuple[str, ...]) -> str | None:
    """What must be said where one of two judges never varies; tables (pairs, 4)."""
    both, first, second, neither = tables.sum(axis=0).tolist()
    a, b = (*coders, "one side", "the other")[:2] if len(tables) == 1 else ("one side", "the other")
    for name, other, yes, no in (
        (a, b, both + first, second + neither),
        (b, a, both + second, first + neither),
    ):
        if not yes or not no:
            always = "never applied it" if not yes else "applied it to every segment"
            return f"{name} {always}, which would make kappa 0 whatever {other} did"
    return None


def _means(
    tables: Floats,
    units: int,
    names: Sequence[str],
    columns: Sequence[DecisionColumn],
    described: ComparisonHead,
) -> Iterator[Agreement]:
    """Mean kappa over the codes that are frequent in the whole: of all frameworks and, if there are several, of each."""
    groups = len(names)
    whole = tables.sum(axis=0)
    often = frequent(whole)  # (pairs, columns)
    codes_of = _codes_by_framework(columns)

    def statistic(sums: Floats) -> Floats:
        return means_over_pairs(sums, [often & codes for codes in codes_of.values()])

    values = statistic(whole)
    intervals = intervals_over_groups(tables, statistic)
    for at, (framework, codes) in enumerate(codes_of.items()):
        value = or_none(values[at])
        interval, why = intervals[at] if value is not None else (None, None)
        yield described.figure(
            DecisionColumn("framework" if framework else "all", frozenset(), framework),
            level="mean of codes",
            coefficient="kappa",
            value=value,
            units=units,
            groups=groups,
            reason=TOO_RARE if value is None else None,
            interval=interval,
            interval_reason=why,
            few_transcripts=is_few(groups, interval),
            prevalence=or_none(prevalence(whole[:, codes].sum(axis=(0, 1)))) if codes.any() else None,
            by_group=value_by_group(tables, names, partial(_one_mean, statistic, at))
            if value is not None
            else {},
        )


def _codes_by_framework(columns: Sequence[DecisionColumn]) -> dict[str, Bools]:
    """Which columns are codes, shape (columns,): of all frameworks under "", and of each where there are several."""
    codes = np.array([column.level == "code" for column in columns])
    frameworks = list(dict.fromkeys(column.framework for column in columns if column.level == "code"))
    if len(frameworks) < 2:
        return {"": codes}
    own = np.array([column.framework for column in columns])
    return {"": codes, **{framework: codes & (own == framework) for framework in frameworks}}


def _one_mean(statistic: Statistic, at: int, sums: Floats) -> Floats:
    return np.asarray(statistic(sums)[..., at])


def _labelling(
    pairs: Sequence[JudgePair], columns: Sequence[DecisionColumn], described: ComparisonHead
) -> Iterator[Agreement]:
    """Which codes, where both coded: agreement on what is coded, pooled over codes."""
    both = [pair.only(pair.one.values[:, 0] & pair.other.values[:, 0]) for pair in pairs]
    tables, names = stacked(both)
    codes = np.array([column.level == "code" for column in columns])

    def pooled(sums: Floats) -> Floats:
        its = sums[..., codes, :].sum(axis=-2)
        return np.asarray(weighted_mean(positive_agreement(its), its.sum(axis=-1)))

    units = int(known_to_any(both)[0])
    value = or_none(pooled(tables.sum(axis=0))) if units else None
    interval, why = (
        (None, None)
        if value is None
        else intervals_over_groups(tables, lambda sums: pooled(sums)[..., None], limits=(0.0, 1.0))[0]
    )
    yield described.figure(
        columns[0],
        level="labelling",
        coefficient="positive",
        value=value,
        units=units,
        groups=len(names),
        reason=None if value is not None else "there is no segment that both coded",
        interval=interval,
        interval_reason=why,
        few_transcripts=is_few(len(names), interval),
    )
