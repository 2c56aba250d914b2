"""How far two raters agree on the scale from −2 to +2: Cohen's weighted kappa, with an interval over cases or sites.

Ratings of one case resemble each other, so the case or site is what is drawn again, never the single rating.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from annotations.agreement import (
    FEWEST_GROUPS,
    Interval,
    interval_over_groups,
    is_few,
    or_none,
    value_by_group,
)
from annotations.arrays import Floats
from annotations.matrix.rated_cells import RatedCell
from annotations.matrix.rating_scale import as_number

_VALUES = 5
# linear weights (Cohen 1968): a difference of two steps counts twice as much as one of one step
_DISTANCE = np.abs(np.subtract.outer(np.arange(_VALUES), np.arange(_VALUES))) / (_VALUES - 1)


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """Two raters: weighted kappa over the cells that both put on the scale, or why there is none.

    ``same``: the share of these that are equal, never to be read without kappa; "mixed" and 0 are not, though kappa
    takes mixed for 0. ``mixed``: of how many cells one of them said so. ``unlike``: cells that one of them put on the
    scale and the other called missing or not applicable. ``groups``: cases or sites.
    """

    raters: tuple[str, str]
    kappa: float | None
    cells: int
    groups: int
    reason: str | None
    interval: Interval | None
    interval_reason: str | None
    few: bool
    same: float | None
    unlike: int
    by_group: Mapping[str, float | None]
    mixed: int = 0

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "raters": list(self.raters),
            "coefficient": "weighted kappa (linear)",
            "value": self.kappa,
            "interval": None if self.interval is None else list(self.interval),
            "interval_reason": self.interval_reason,
            "few_groups": self.few,
            "cells": self.cells,
            "groups": self.groups,
            "reason": self.reason,
            "percent_agreement": self.same,
            "rated_by_one_only": self.unlike,
            "by_group": dict(self.by_group),
            "mixed": self.mixed,
        }


def weighted_kappa(tables: Floats) -> Floats:
    """Cohen's kappa with linear weights of 5 × 5 tables, shape (…, 25); NaN where it is undefined.

    κ = 1 − Σ d·observed / Σ d·expected (Cohen 1968, Psychological Bulletin 70(4)), d the distance on the scale:

    >>> table = np.zeros((5, 5))
    >>> table[0, 0], table[4, 4], table[3, 4] = 4, 4, 2
    >>> round(float(weighted_kappa(table.ravel())), 3)
    0.898
    """
    square = tables.reshape(*tables.shape[:-1], _VALUES, _VALUES)
    total = square.sum(axis=(-2, -1))
    rows, columns = square.sum(axis=-1), square.sum(axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = (square * _DISTANCE).sum(axis=(-2, -1)) / total
        expected = np.einsum("...i,...j,ij->...", rows, columns, _DISTANCE) / total**2
        value = 1 - observed / expected
    return np.asarray(np.where((total > 0) & (expected > 1e-12), value, np.nan))


def agreement_of_raters(cells: Mapping[str, RatedCell]) -> tuple[RaterAgreement, ...]:
    """Every pair of raters who rated a cell both, by what each said before anything was agreed on."""
    raters = sorted({rater for cell in cells.values() for rater in cell.independent})
    agreements = []
    for pair in combinations(raters, 2):
        both = list(_both(cells.values(), pair))
        if both:
            agreements.append(_of_pair(pair, both))
    return tuple(agreements)


def _both(cells: Sequence[RatedCell] | Any, pair: tuple[str, str]) -> Iterator[tuple[str, str, str]]:
    """Group and both values of every cell that both rated."""
    for cell in cells:
        said = cell.independent
        if pair[0] in said and pair[1] in said:
            column = cell.history[0].place.column
            group = next((value for name, value in column if name in ("case", "site")), "")
            yield group, said[pair[0]], said[pair[1]]


def _of_pair(pair: tuple[str, str], both: Sequence[tuple[str, str, str]]) -> RaterAgreement:
    on_scale = [
        (group, number, other)
        for group, a, b in both
        if (number := as_number(a)) is not None and (other := as_number(b)) is not None
    ]
    alike = [a == b for _, a, b in both if as_number(a) is not None and as_number(b) is not None]
    unlike = sum((as_number(a) is None) != (as_number(b) is None) for _, a, b in both)
    names = sorted({group for group, _, _ in on_scale})
    tables = np.zeros((len(names), _VALUES * _VALUES))
    for group, number, other in on_scale:
        tables[names.index(group), (number + 2) * _VALUES + other + 2] += 1
    kappa = or_none(weighted_kappa(tables.sum(axis=0))) if names else None
    interval, why = interval_over_groups(tables, weighted_kappa) if kappa is not None else (None, None)
    if why and len(names) < FEWEST_GROUPS:
        there = "is 1" if len(names) == 1 else f"are {len(names)}"
        why = f"an interval needs at least {FEWEST_GROUPS} cases or sites, and there {there}"
    return RaterAgreement(
        raters=pair,
        kappa=kappa,
        cells=len(on_scale),
        groups=len(names),
        reason=None if kappa is not None else _why_undefined(on_scale),
        interval=interval,
        interval_reason=why and why.replace("participants", "cases or sites"),
        few=is_few(len(names), interval),
        same=sum(alike) / len(alike) if alike else None,
        unlike=unlike,
        by_group=value_by_group(tables, names, weighted_kappa) if names else {},
        mixed=sum("mixed" in (a, b) for _, a, b in both),
    )


def _why_undefined(on_scale: Sequence[tuple[str, int, int]]) -> str:
    if not on_scale:
        return "there is no cell that both put on the scale"
    return "both gave every cell the same value, so that agreement by chance is complete"
