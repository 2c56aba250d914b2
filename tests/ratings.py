"""A table of unit, coder and value, as published examples print it, and its coefficients."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.agreement.many_judges import ac1, alpha, fleiss, percent_of, sums_of
from annotations.agreement.undefined import or_none
from annotations.arrays import Floats


@dataclass(frozen=True)
class Ratings:
    """Who gave which value to which unit: ``values``, shape (units, coders), positions in ``categories``, −1 missing."""

    units: tuple[Hashable, ...]
    coders: tuple[Hashable, ...]
    categories: tuple[Hashable, ...]
    values: NDArray[np.intp]

    @property
    def counts(self) -> Floats:
        """How often each unit got each value, shape (units, categories)."""
        return np.stack([(self.values == k).sum(axis=1) for k in range(len(self.categories))], -1).astype(
            float
        )


def ratings(rows: Iterable[tuple[Hashable, Hashable, Hashable]]) -> Ratings:
    """Arrange rows of unit, coder and value; a value of None is missing. A unit twice by one coder is refused."""
    given: dict[tuple[Hashable, Hashable], Hashable] = {}
    for unit, coder, value in rows:
        if (unit, coder) in given:
            raise ValueError(f"coder {coder!r} gave unit {unit!r} two values; give one")
        given[unit, coder] = value
    units = {unit: at for at, unit in enumerate(dict.fromkeys(unit for unit, _ in given))}
    coders = {coder: at for at, coder in enumerate(dict.fromkeys(coder for _, coder in given))}
    known = sorted(
        {value for value in given.values() if value is not None}, key=lambda v: (str(type(v)), str(v))
    )
    category = {value: at for at, value in enumerate(known)}
    values = np.full((len(units), len(coders)), -1, dtype=np.intp)
    for (unit, coder), value in given.items():
        if value is not None:
            values[units[unit], coders[coder]] = category[value]
    return Ratings(tuple(units), tuple(coders), tuple(category), values)


def coefficients(given: Ratings) -> dict[str, float | None]:
    """Percent agreement, Fleiss' kappa, Krippendorff's alpha and AC1 of one table; None where undefined."""
    if not given.categories:
        return dict.fromkeys(("percent", "fleiss", "alpha", "ac1"))
    sums = sums_of(given.counts).sum(axis=0)
    found = {"percent": percent_of, "fleiss": fleiss, "alpha": alpha, "ac1": ac1}
    return {name: or_none(coefficient(sums)) for name, coefficient in found.items()}
