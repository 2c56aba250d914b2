"""Are suggestions swaying the coders? Assisted minus blind, as the segments were drawn.

Which segments are blind was drawn at random, so that the two arms differ only in what was shown. The comparison is
within one coder and one model version (a stratum); strata are averaged, each by n₁n₂/(n₁ + n₂) of its two arms. It is
a direct effect: coders who decide blind have seen suggestions elsewhere, so what suggestions have taught them is in
both arms and not in the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from annotations.agreement.intervals import Interval, interval_over_groups, is_few
from annotations.agreement.two_judges import BOTH, SECOND_ONLY, kappa, positive_agreement, weighted_mean
from annotations.agreement.undefined import or_none, share
from annotations.arrays import Bools, Floats

Measure = Callable[[Floats], Floats]
DIRECT = (
    "This is a direct effect: assisted minus blind, within coder and model version, as the segments were drawn. Coders "
    "who decide blind have seen suggestions on other segments, so whatever these have taught them is in both arms."
)
FEWEST_IN_ARM = 10
# the last four places of an arm's sums; before them stand the 2 × 2 counts of each code
UNITS, CODED, SECONDS, TIMED = -4, -3, -2, -1


@dataclass(frozen=True)
class Arm:
    """One coder's reviews of one arm: the model's and the coder's decisions, shape (n, codes), groups and seconds."""

    suggested: Bools
    applied: Bools
    member: NDArray[np.intp]
    seconds: Floats  # (n,), NaN where unknown

    def __len__(self) -> int:
        return len(self.member)

    def sums(self, groups: int) -> Floats:
        """Shape (groups, 4 · codes + 4): 2 × 2 counts by code, then units, coded units, seconds, units with seconds."""
        n, codes = self.applied.shape
        cell = 3 - 2 * self.suggested.astype(np.intp) - self.applied
        at = (self.member[:, None] * codes + np.arange(codes)) * 4 + cell
        cells = np.bincount(at.ravel(), minlength=groups * codes * 4).astype(float).reshape(groups, -1)
        known = ~np.isnan(self.seconds)
        more = [np.ones(n), self.applied.any(axis=1), np.where(known, self.seconds, 0.0), known]
        extra = [np.bincount(self.member, weights=weights, minlength=groups) for weights in more]
        return np.concatenate([cells, np.stack(extra, axis=1)], axis=1)


@dataclass(frozen=True)
class Stratum:
    """One coder and one model version."""

    coder: str
    version: str
    assisted: Arm
    blind: Arm


@dataclass(frozen=True)
class Difference:
    """One measure in both arms, and assisted minus blind with its interval."""

    measure: str
    assisted: float | None
    blind: float | None
    difference: float | None
    interval: Interval | None
    reason: str | None
    few_transcripts: bool = False

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**self.__dict__, "interval": None if self.interval is None else list(self.interval)}


@dataclass(frozen=True)
class Effect:
    """The suggestion effect: differences, how many reviews each arm has, and what could not be used."""

    differences: tuple[Difference, ...]
    assisted: int
    blind: int
    groups: int
    strata: int
    reason: str | None = None
    left_out: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "differences": [difference.to_json() for difference in self.differences],
            "reviews_assisted": self.assisted,
            "reviews_blind": self.blind,
            "groups": self.groups,
            "strata": self.strata,
            "reason": self.reason,
            "left_out": list(self.left_out),
            "kind": DIRECT,
        }


def suggestion_effect(strata: Sequence[Stratum], groups: int) -> Effect:
    """Assisted minus blind, of every measure. ``groups``: how many there are; members are positions in them."""
    usable = [s for s in strata if min(len(s.assisted), len(s.blind)) >= FEWEST_IN_ARM]
    left_out = tuple(
        f"{stratum.coder} with {stratum.version}: {len(stratum.assisted)} assisted and {len(stratum.blind)} blind "
        f"reviews; each arm needs {FEWEST_IN_ARM}"
        for stratum in strata
        if stratum not in usable
    )
    if not usable:
        why = "no coder has both assisted and blind reviews of one model version" + (
            " in number" if strata else ""
        )
        return Effect(
            (), sum(len(o.assisted) for o in strata), sum(len(o.blind) for o in strata), 0, 0, why, left_out
        )
    arms = np.stack(
        [np.stack([o.assisted.sums(groups), o.blind.sums(groups)], axis=1) for o in usable], axis=1
    )
    tables = arms[arms.any(axis=(1, 2, 3))]  # (groups, strata, 2, 4 · codes + 4)
    codes = usable[0].assisted.applied.shape[1]
    least = int(tables.sum(axis=0)[..., UNITS].min()) // 2
    effects = tuple(
        _difference(name, measure, tables, limits) for name, measure, limits in _measures(codes, least)
    )
    return Effect(
        effects,
        sum(len(stratum.assisted) for stratum in usable),
        sum(len(stratum.blind) for stratum in usable),
        len(tables),
        len(usable),
        None,
        left_out,
    )


def _measures(codes: int, least: int) -> list[tuple[str, Measure, Interval]]:
    anything = (-np.inf, np.inf)
    return [
        ("agreement with the model, kappa over all codes", lambda s: kappa(_pooled(s, codes)), (-2.0, 2.0)),
        (
            "agreement with the model on what is coded",
            lambda s: positive_agreement(_pooled(s, codes)),
            (-1.0, 1.0),
        ),
        ("share of suggestions that the coder's own codes hold", lambda s: _taken(s, codes), (-1.0, 1.0)),
        (
            "share of segments coded at all",
            lambda s: share(s[..., CODED], s[..., UNITS]),
            (-1.0, 1.0),
        ),
        ("codes per segment", lambda s: _per_unit(s, codes), anything),
        (f"distinct codes in {least} segments", lambda s: _distinct(s, codes, least), anything),
        ("seconds per review", lambda s: share(s[..., SECONDS], s[..., TIMED]), anything),
    ]


def _difference(name: str, measure: Measure, tables: Floats, limits: Interval) -> Difference:
    def difference(sums: Floats) -> Floats:
        values = measure(sums)  # (…, strata, 2)
        n = sums[..., UNITS]
        weights = share(n[..., 0] * n[..., 1], n[..., 0] + n[..., 1])
        return weighted_mean(values[..., 0] - values[..., 1], np.nan_to_num(weights))

    def arm(at: int) -> float | None:
        whole = tables.sum(axis=0)
        n = whole[..., UNITS]
        weights = share(n[..., 0] * n[..., 1], n[..., 0] + n[..., 1])
        return or_none(weighted_mean(measure(whole)[..., at], weights))

    value = or_none(difference(tables.sum(axis=0)))
    if value is None:
        why = (
            "it is not known of enough reviews" if "seconds" in name else "it is undefined in one of the arms"
        )
        return Difference(name, arm(0), arm(1), None, None, why)
    interval, why_none = interval_over_groups(tables, difference, limits=limits)
    few = is_few(len(tables), interval)
    return Difference(name, arm(0), arm(1), value, interval, why_none, few)


def _cells(sums: Floats, codes: int) -> Floats:
    return np.asarray(sums[..., : 4 * codes].reshape(*sums.shape[:-1], codes, 4))


def _pooled(sums: Floats, codes: int) -> Floats:
    return np.asarray(_cells(sums, codes).sum(axis=-2))


def _taken(sums: Floats, codes: int) -> Floats:
    both, suggested_only, _, _ = np.moveaxis(_pooled(sums, codes), -1, 0)
    return share(both, both + suggested_only)


def _per_unit(sums: Floats, codes: int) -> Floats:
    both, _, applied_only, _ = np.moveaxis(_pooled(sums, codes), -1, 0)
    return share(both + applied_only, sums[..., UNITS])


def _distinct(sums: Floats, codes: int, least: int) -> Floats:
    """Codes that a random ``least`` of an arm's segments would hold (rarefaction, Hurlbert 1971), so that arms of
    different size compare."""
    cells = _cells(sums, codes)
    with_code = cells[..., BOTH] + cells[..., SECOND_ONLY]
    n = sums[..., UNITS][..., None]
    without = n - with_code
    m = np.minimum(least, n)
    enough = without >= m
    safe = np.where(enough, without, m)
    log = gammaln(safe + 1) - gammaln(safe - m + 1) - gammaln(n + 1) + gammaln(n - m + 1)
    return np.asarray((1 - np.where(enough, np.exp(log), 0.0)).sum(axis=-1))


PROBABILITIES = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)


def acceptance(
    shown: Mapping[str, tuple[Floats, Bools, NDArray[np.intp]]], groups: int
) -> list[dict[str, Any]]:
    """How often suggestions shown were accepted, by coder and by probability: for each coder (all first).

    ``shown``: by coder, of each suggestion shown its probability, whether the coder's codes hold it, and its group.
    """
    if not shown:
        return []
    everybody = (
        np.concatenate([its[0] for its in shown.values()]),
        np.concatenate([its[1] for its in shown.values()]),
        np.concatenate([its[2] for its in shown.values()]),
    )
    rows = []
    for coder, (probability, accepted, member) in (
        ({"all": everybody} if len(shown) > 1 else {}) | dict(shown)
    ).items():
        for low, high in [(0.0, 1.0), *pairwise(PROBABILITIES)]:
            inside = (probability >= low) & ((probability < high) | (high == 1.0))
            if not inside.any():
                continue
            rows.append(
                {"coder": coder, "from": low, "to": high, **_rate(accepted[inside], member[inside], groups)}
            )
    return rows


def _rate(accepted: Bools, member: NDArray[np.intp], groups: int) -> dict[str, Any]:
    sums = np.stack(
        [np.bincount(member, accepted, minlength=groups), np.bincount(member, minlength=groups)], axis=1
    ).astype(float)
    sums = sums[sums[:, 1] > 0]
    interval, why = interval_over_groups(sums, lambda s: share(s[..., 0], s[..., 1]), limits=(0.0, 1.0))
    return {
        "shown": len(accepted),
        "accepted": int(accepted.sum()),
        "share": float(accepted.mean()),
        "interval": None if interval is None else list(interval),
        "interval_reason": why,
        "few_transcripts": is_few(len(sums), interval),
        "groups": len(sums),
    }
