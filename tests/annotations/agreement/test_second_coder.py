"""Verdicts: the margin, Holm over codes, and codes of which nothing can be said."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lazily import Lazily

from annotations.agreement.columns import DecisionColumn
from annotations.agreement.judged import JudgeDecisions
from annotations.agreement.pairs import JudgePair
from annotations.agreement.second_coder import AS_GOOD, BELOW, CANNOT_TELL, CodeVerdict, Trio, holm, verdicts

multitest = Lazily("statsmodels.stats.multitest")

NAMES = ("good", "bad", "rare")
COLUMNS = tuple(DecisionColumn("code", frozenset({name}), "F", name, name) for name in NAMES)


def _found(participants: int, margin: float = 0.1, seed: int = 5) -> dict[str, CodeVerdict]:
    """Two people who agree well, and a model as good on one code, poor on another; the third nobody uses much."""
    random = np.random.default_rng(seed)
    member = np.repeat(np.arange(participants), 60)
    truth = random.random((len(member), 3)) < [0.3, 0.3, 0.0]
    truth[:3, 2] = True

    def judge(*slips: float) -> JudgeDecisions:
        values = truth ^ (random.random(truth.shape) < slips)
        return JudgeDecisions(values, np.ones_like(values))

    a, b, model = judge(0.04, 0.04, 0), judge(0.04, 0.04, 0), judge(0.03, 0.3, 0)
    groups = tuple(f"g{at}" for at in range(participants))
    trio = Trio(
        JudgePair("a", "b", a, b, member, groups),
        JudgePair("model", "a", model, a, member, groups),
        JudgePair("model", "b", model, b, member, groups),
    )
    return {one.column.code: one for one in verdicts([trio], COLUMNS, margin)}


def test_as_good_below_and_cannot_tell() -> None:
    """A model as good as the people is called so, a poor one below; on three segments nothing is said."""
    found = _found(30)
    assert found["good"].verdict == AS_GOOD
    assert found["bad"].verdict == BELOW
    assert found["rare"].verdict == CANNOT_TELL
    assert "fewer than 5" in str(found["rare"].reason)
    assert found["rare"].interval is None


def test_four_participants_decide_nothing() -> None:
    """Below five participants there is no verdict, with the reason."""
    for one in _found(4).values():
        assert one.verdict == CANNOT_TELL
        assert one.reason


def test_cannot_tell_says_how_many_more() -> None:
    """With a margin that is too tight for the data, it says about how many participants would decide."""
    one = _found(6, margin=0.002, seed=8)["good"]
    assert one.verdict == CANNOT_TELL
    assert one.more is not None
    assert one.more >= 1


@given(st.lists(st.floats(0.0001, 1), min_size=1, max_size=20))
def test_holm_is_that_of_an_independent_library(p: list[float]) -> None:
    """statsmodels adjusts in the same way."""
    # statsmodels collects garbage each time, which takes longer than all else here
    with mock.patch("gc.collect"):
        theirs = multitest.multipletests(p, method="holm")[1].tolist()
    assert list(dict(sorted(holm(dict(enumerate(p))).items())).values()) == pytest.approx(theirs)
