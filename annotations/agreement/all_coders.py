"""All coders of a study at once: alpha, Fleiss' kappa and AC1 per code, and alpha over sets of codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from annotations.agreement.coefficient import Agreement
from annotations.agreement.columns import DecisionColumn
from annotations.agreement.intervals import columns_by_groups, intervals_over_groups, is_few
from annotations.agreement.judged import JudgeDecisions
from annotations.agreement.label_sets import Codes, SetSums, jaccard, masi, set_sums
from annotations.agreement.many_judges import (
    ac1,
    alpha,
    fleiss,
    percent_of,
    prevalence_of,
    sums_of,
    why_many_undefined,
)
from annotations.agreement.pairs import ComparisonHead
from annotations.agreement.undefined import or_none
from annotations.arrays import Floats
from annotations.lots import slices

COEFFICIENTS = ("alpha", "fleiss", "ac1", "percent")
_COLUMNS_AT_ONCE = 16


def figures_of_everybody(
    people: Sequence[JudgeDecisions],
    member: NDArray[np.intp],
    groups: int,
    columns: Sequence[DecisionColumn],
    stands: NDArray[np.intp],
    described: ComparisonHead,
) -> tuple[Agreement, ...]:
    """Figures of three coders or more together. ``stands``: the row that stands for each row as a whole unit."""
    rows = _judged_by_two(people, len(member))
    people, member = [judge.over(rows) for judge in people], member[rows]
    sums = sums_by_group(people, member, groups)
    touched = sums.any(axis=(1, 2))
    return (
        *_per_column(sums[touched], columns, described),
        *_over_sets(people, member, groups, columns, _stands_among(rows, stands), described),
    )


def _judged_by_two(people: Sequence[JudgeDecisions], units: int) -> NDArray[np.intp]:
    """The units that two or more looked at: what one alone judged says nothing of agreement."""
    looked = np.zeros(units, dtype=np.intp)
    for judge in people:
        looked[judge.places] += 1
    return np.flatnonzero(looked >= 2)


def _stands_among(rows: NDArray[np.intp], stands: NDArray[np.intp]) -> NDArray[np.intp]:
    """``stands`` as places among these rows; a row whose whole unit does not begin among them stands for itself."""
    at = np.searchsorted(rows, stands[rows])
    return np.where(np.isin(stands[rows], rows), at, np.arange(len(rows)))


def sums_by_group(people: Sequence[JudgeDecisions], member: NDArray[np.intp], groups: int) -> Floats:
    """What coefficients need, added up per group: shape (groups, columns, 9)."""
    units, columns = people[0].values.shape
    belongs = csr_array((np.ones(units), (member, np.arange(units))), shape=(groups, units))
    sums = np.zeros((groups, columns, 9))
    for some in slices(columns, _COLUMNS_AT_ONCE):
        yes = sum((judge.values[:, some] & judge.known[:, some]).astype(float) for judge in people)
        judged = sum(judge.known[:, some].astype(float) for judge in people)
        per_unit = sums_of(np.stack([judged - yes, np.asarray(yes)], axis=-1))
        # a unit that one coder alone judged says nothing of agreement
        per_unit *= (np.asarray(judged) >= 2)[..., None]
        sums[:, some] = (belongs @ per_unit.reshape(units, per_unit.shape[1] * 9)).reshape(groups, -1, 9)
    return sums


def many_coefficients(sums: Floats) -> Floats:
    """Alpha, Fleiss' kappa, AC1 and percent agreement: sums (…, columns, 9) to (…, columns, 4)."""
    return np.stack([alpha(sums), fleiss(sums), ac1(sums), percent_of(sums)], axis=-1)


def _per_column(
    sums: Floats, columns: Sequence[DecisionColumn], described: ComparisonHead
) -> Iterator[Agreement]:
    """Each column over the groups in which two or more judged it: of a code that came later these are fewer."""
    made: dict[int, list[Agreement]] = {}
    for some, groups in columns_by_groups(np.asarray(sums.any(axis=2))):
        figures = _over_groups(sums[groups][:, some], [columns[at] for at in some], described)
        made |= dict(zip(some.tolist(), figures, strict=True))
    for at in range(len(columns)):
        yield from made[at]


def _over_groups(
    sums: Floats, columns: Sequence[DecisionColumn], described: ComparisonHead
) -> Iterator[list[Agreement]]:
    whole = sums.sum(axis=0)
    values = many_coefficients(whole)

    def statistic(drawn: Floats) -> Floats:
        coefficients = many_coefficients(drawn)
        return np.asarray(coefficients.reshape(*coefficients.shape[:-2], -1))

    intervals = intervals_over_groups(sums, statistic) if len(sums) else ()
    for at, column in enumerate(columns):
        defined = or_none(values[at, 0]) is not None
        figures = []
        for which, coefficient in enumerate(COEFFICIENTS if defined else COEFFICIENTS[:1]):
            interval, why = intervals[at * len(COEFFICIENTS) + which] if defined else (None, None)
            figure = described.figure(
                column,
                coefficient=coefficient,
                value=or_none(values[at, which]) if defined else None,
                units=round(float(whole[at, 0])),
                groups=len(sums),
                reason=None if defined else why_many_undefined(whole[at]),
                interval=interval,
                interval_reason=why,
                few_transcripts=is_few(len(sums), interval),
                prevalence=or_none(prevalence_of(whole[at])),
            )
            figures.append(figure)
        yield figures


def _over_sets(
    people: Sequence[JudgeDecisions],
    member: NDArray[np.intp],
    groups: int,
    columns: Sequence[DecisionColumn],
    stands: NDArray[np.intp],
    described: ComparisonHead,
) -> Iterator[Agreement]:
    frameworks = ["", *dict.fromkeys(c.framework for c in columns if c.level == "code")]
    for framework in frameworks if len(frameworks) > 2 else frameworks[:1]:
        wanted = [
            at
            for at, column in enumerate(columns)
            if column.level == "code" and framework in ("", column.framework)
        ]
        table = _sets(people, wanted, columns, stands)
        for name, distance in (("alpha masi", masi), ("alpha jaccard", jaccard)):
            sums = set_sums(table, member, groups, distance)
            yield _set_figure(name, sums, framework, described)


def _set_figure(name: str, sums: SetSums, framework: str, described: ComparisonHead) -> Agreement:
    value = sums.value
    interval, why = sums.interval if value is not None else (None, None)
    return described.figure(
        DecisionColumn("framework" if framework else "all", frozenset(), framework),
        level="sets of codes",
        coefficient=name,
        value=value,
        units=sums.units,
        groups=len(sums.sums),
        reason=sums.reason,
        interval=interval,
        interval_reason=why,
        few_transcripts=is_few(len(sums.sums), interval),
    )


def _sets(
    people: Sequence[JudgeDecisions],
    wanted: Sequence[int],
    columns: Sequence[DecisionColumn],
    stands: NDArray[np.intp],
) -> list[list[Codes | None]]:
    """The set of codes of each unit by each coder; None where the coder did not judge it."""
    table: list[list[Codes | None]] = [[None] * len(people) for _ in stands]
    made: dict[bytes, Codes] = {}
    for coder, judge in enumerate(people):
        values = np.zeros((len(stands), len(wanted)), dtype=np.bool_)
        np.logical_or.at(values, stands, judge.values[:, wanted])
        packed = np.packbits(values, axis=1)
        for row in np.flatnonzero(judge.known[:, 0]).tolist():
            key = packed[row].tobytes()
            if key not in made:
                made[key] = frozenset(
                    columns[wanted[at]].code_id for at in np.flatnonzero(values[row]).tolist()
                )
            table[row][coder] = made[key]
    return table
