"""Intervals over groups: the rule for many, few and too few, and values that nothing can be said of."""

from __future__ import annotations

import numpy as np
import pytest
from lazily import Lazily

from annotations.agreement.intervals import (
    errors_over_groups,
    interval_over_groups,
    intervals_over_groups,
)
from annotations.agreement.two_judges import kappa

scipy_stats = Lazily("scipy.stats")


def _sums(groups: int) -> np.ndarray:
    return np.random.default_rng(3).integers(1, 30, (groups, 4)).astype(float)


@pytest.mark.parametrize("groups", [6, 25])
def test_many_values_get_what_each_would_get_alone(groups: int) -> None:
    """Intervals of several values from the same draws are those of one after the other."""
    tables = np.stack([_sums(groups), _sums(groups)[:, ::-1]], axis=1)
    together = intervals_over_groups(tables, kappa)
    for at in range(2):
        assert together[at] == interval_over_groups(tables[:, at], kappa)


def test_many_groups_are_a_bootstrap_a_little_wider_than_the_plain_one() -> None:
    """As scipy's percentile bootstrap over the same groups, widened for the degrees of freedom."""
    sums = _sums(30)

    def statistic(*columns: np.ndarray, axis: int) -> np.ndarray:
        return kappa(np.stack([column.sum(axis=axis) for column in columns], axis=-1))

    plain = scipy_stats.bootstrap(
        tuple(sums.T), statistic, paired=True, n_resamples=4000, method="percentile", vectorized=True,
        rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    found, why = interval_over_groups(sums, kappa)
    assert why is None
    assert found is not None
    assert found[0] == pytest.approx(plain.low, abs=0.02)
    assert found[1] - found[0] > plain.high - plain.low


def test_few_groups_are_a_jackknife_with_t() -> None:
    """The mean of ratios with equal weights: the jackknife's error is the classical standard error."""
    values = np.array([0.2, 0.4, 0.5, 0.9, 0.7, 0.3])
    sums = np.stack([values, np.ones(6)], axis=1)
    found = errors_over_groups(sums, lambda s: (s[..., 0] / s[..., 1])[..., None])
    assert found[0] == pytest.approx(values.std(ddof=1) / np.sqrt(6))


def test_four_groups_give_none_with_the_reason() -> None:
    """Below five there is no interval, whatever the value."""
    found, why = interval_over_groups(_sums(4), kappa)
    assert found is None
    assert "at least 5 groups" in str(why)


@pytest.mark.parametrize("groups", [8, 30])
def test_a_code_that_one_participant_alone_has_gets_no_interval(groups: int) -> None:
    """Without that participant the value is undefined, so its spread cannot be known."""
    tables = np.tile([0.0, 0.0, 0.0, 20.0], (groups, 1))
    tables[0] = [3, 1, 1, 15]
    found, why = interval_over_groups(tables, kappa)
    assert found is None
    assert "too rare" in str(why)


def test_perfect_agreement_everywhere_gets_no_interval_without_width() -> None:
    """Nothing changes whoever is drawn, which is no proof of certainty."""
    found, why = interval_over_groups(np.tile([5.0, 0.0, 0.0, 20.0], (25, 1)), kappa)
    assert found is None
    assert "whichever participants are drawn" in str(why)
