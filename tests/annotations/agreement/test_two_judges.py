"""Agreement against hand-worked values and an independent library, and what is said where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lazily import Lazily

from annotations.agreement import interval_over_groups, kappa, mean_kappa, tables_of

sklearn_metrics = Lazily("sklearn.metrics")

PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60)


def _tables(pairs: list[tuple[bool, bool]], groups: int = 1) -> np.ndarray:
    one, other = np.array(pairs).T
    names = [f"g{at % groups}" for at in range(len(pairs))]
    return tables_of(one[:, None], other[:, None], names)[0]


def test_kappa_of_a_worked_table() -> None:
    """Both 20, only the first 5, only the second 10, neither 15: observed .7, expected .5, kappa .4."""
    assert kappa(np.array([20.0, 5.0, 10.0, 15.0])) == pytest.approx(0.4)


@given(PAIRS)
@pytest.mark.slow
def test_kappa_is_that_of_an_independent_library(pairs: list[tuple[bool, bool]]) -> None:
    """Where both sides vary, kappa equals scikit-learn's; it is symmetric and at most 1."""
    one, other = np.array(pairs).T
    found = float(kappa(_tables(pairs).sum(axis=0)[0]))
    swapped = float(kappa(_tables([(b, a) for a, b in pairs]).sum(axis=0)[0]))
    if len(set(one)) == 1 and len(set(other)) == 1:
        return
    assert found == pytest.approx(sklearn_metrics.cohen_kappa_score(one, other))
    assert found == pytest.approx(swapped)
    assert found <= 1


def test_kappa_without_variation_is_undefined() -> None:
    """Two coders who never apply a code agree on nothing that could be measured."""
    assert np.isnan(kappa(np.array([0.0, 0.0, 0.0, 40.0])))


def test_rare_codes_stay_out_of_the_mean() -> None:
    """A code with fewer than five positives on either side says too little to be averaged in."""
    tables = np.array([[20.0, 5.0, 10.0, 15.0], [0.0, 4.0, 0.0, 46.0]])
    assert mean_kappa(tables) == pytest.approx(0.4)


def test_counting_by_group_loses_nothing() -> None:
    """Tables of groups add up to the table of all."""
    pairs = [(True, False), (True, True), (False, False), (True, True), (False, True)]
    assert (_tables(pairs, groups=3).sum(axis=0) == _tables(pairs).sum(axis=0)).all()


@pytest.mark.parametrize("groups", [4, 8, 30])
def test_an_interval_knows_how_few_groups_there_are(groups: int) -> None:
    """Below five groups there is none, with the reason; otherwise it holds the value."""
    random = np.random.default_rng(2)
    one = random.random(groups * 40) < 0.3
    pairs = list(zip(one.tolist(), (one ^ (random.random(len(one)) < 0.1)).tolist(), strict=True))
    tables = _tables(pairs, groups)
    interval, reason = interval_over_groups(tables, lambda found: kappa(found[..., 0, :]))
    if groups < 5:
        assert interval is None
        assert "at least 5 groups" in str(reason)
        return
    assert interval is not None
    assert interval[0] < float(kappa(tables.sum(axis=0)[0])) < interval[1]
