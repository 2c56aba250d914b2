"""The suggestion effect: assisted minus blind, within coder and version."""

from __future__ import annotations

import numpy as np
import pytest
from lazily import Lazily

from annotations.agreement.suggestion_effect import Arm, Effect, Stratum, acceptance, suggestion_effect

scipy_stats = Lazily("scipy.stats")


def _effect(pull: float, groups: int = 30, n: int = 1500) -> Effect:
    random = np.random.default_rng(2)
    member = np.arange(n) % groups
    suggested = random.random((n, 4)) < 0.2
    own = suggested ^ (random.random((n, 4)) < 0.15)
    applied = np.where(random.random((n, 4)) < pull, suggested, own)
    blind = random.random(n) < 0.3
    seconds = np.where(blind, 40.0, 30.0) + random.normal(0, 5, n)

    def arm(rows: np.ndarray, codes: np.ndarray) -> Arm:
        return Arm(suggested[rows], codes[rows], member[rows], seconds[rows])

    return suggestion_effect([Stratum("Ada", "v1", arm(~blind, applied), arm(blind, own))], groups)


def test_a_planted_effect_is_found_and_none_where_there_is_none() -> None:
    """Half of the model's word taken over raises agreement with it; none taken over does not."""
    planted, none = _effect(0.5).differences[0], _effect(0.0).differences[0]
    assert planted.interval is not None
    assert none.interval is not None
    assert planted.interval[0] > 0.1
    assert none.interval[0] < 0 < none.interval[1]


def test_seconds_and_distinct_codes_are_measured() -> None:
    """Ten seconds faster is found; both arms hold all four codes."""
    found = {one.measure.split(" in ")[0]: one for one in _effect(0.0).differences}
    assert found["seconds per review"].difference == pytest.approx(-10, abs=1)
    assert found["distinct codes"].assisted == pytest.approx(4, abs=0.01)


def test_rarefaction_is_hypergeometric() -> None:
    """The expected number of codes in m of n segments is that of drawing without replacement."""
    applied = np.zeros((40, 2), dtype=bool)
    applied[:3, 0] = applied[:9, 1] = True
    arm = Arm(applied, applied, np.zeros(40, dtype=np.intp), np.full(40, np.nan))
    found = suggestion_effect([Stratum("Ada", "v1", arm, arm)], 1).differences[5]
    by_hand = sum(1 - scipy_stats.hypergeom.pmf(0, 40, k, 20) for k in (3, 9))
    assert found.assisted == pytest.approx(by_hand)


def test_without_two_arms_there_is_no_figure_but_a_reason() -> None:
    """Too few blind reviews: no figure, and what there is is counted."""
    arm = Arm(np.ones((20, 1), bool), np.ones((20, 1), bool), np.zeros(20, np.intp), np.full(20, np.nan))
    few = Arm(arm.suggested[:3], arm.applied[:3], arm.member[:3], arm.seconds[:3])
    found = suggestion_effect([Stratum("Ada", "v1", arm, few)], 1)
    assert found.differences == ()
    assert "3 blind" in found.left_out[0]
    assert suggestion_effect([], 0).reason


def test_unknown_seconds_are_undefined_not_zero() -> None:
    """Where no review says how long it took, the difference is None with its reason."""
    arm = Arm(np.eye(20, 4, dtype=bool), np.eye(20, 4, dtype=bool), np.arange(20) % 6, np.full(20, np.nan))
    found = suggestion_effect([Stratum("Ada", "v1", arm, arm)], 6).differences[-1]
    assert found.difference is None
    assert found.reason


def test_acceptance_by_probability_and_coder() -> None:
    """Shares are counted in their own bins, for all together where there are several coders."""
    one = (np.array([0.3, 0.6, 0.95]), np.array([False, True, True]), np.array([0, 1, 2]))
    rows = acceptance({"Ada": one, "Ben": one}, 3)
    assert [row["shown"] for row in rows if row["coder"] == "all"] == [6, 2, 2, 2]
    assert [row["share"] for row in rows if row["coder"] == "Ben"] == [pytest.approx(2 / 3), 0, 1, 1]
    assert acceptance({}, 0) == []
