"""A coder who looked at a part of a study: the figures are those of arrays over the whole of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.agreement.judged import JudgeDecisions, joined
from annotations.agreement.pairs import JudgePair, known_to_any
from annotations.arrays import Bools

UNITS, COLUMNS = 9, 2


def _whole(seed: int, looked_at: float) -> JudgeDecisions:
    random = np.random.default_rng(seed)
    looked = random.random((UNITS, 1)) < looked_at
    known: Bools = looked & (random.random((UNITS, COLUMNS)) < 0.8)
    return JudgeDecisions(known & (random.random((UNITS, COLUMNS)) < 0.5), known)


def _part(whole: JudgeDecisions) -> JudgeDecisions:
    rows = np.flatnonzero(whole.known.any(axis=1))
    return JudgeDecisions(whole.values[rows], whole.known[rows], rows)


def _spread(part: JudgeDecisions) -> JudgeDecisions:
    return replace(part.over(np.arange(UNITS)), rows=None)


@given(seed=st.integers(0, 10_000), first=st.integers(0, 5), more=st.integers(1, 3))
def test_joined_units_are_the_same_in_a_part(seed: int, first: int, more: int) -> None:
    """Whether somebody judged the whole of a joined unit does not depend on how their decisions are held."""
    whole, runs = _whole(seed, 0.6), {0: [(first, first + more)]}
    there, here = joined(whole, runs), _spread(joined(_part(whole), runs))
    assert np.array_equal(there.known, here.known)
    assert np.array_equal(there.values & there.known, here.values & here.known)


@pytest.mark.parametrize("looked_at", [0.0, 0.3, 1.0])
def test_two_who_looked_at_parts_have_the_counts_of_the_whole(looked_at: float) -> None:
    """Counts per group, and how many units any pair judged."""
    member, groups = np.arange(UNITS) % 3, ("a", "b", "c")
    judges = [_whole(seed, looked_at) for seed in (1, 2)]
    whole = JudgePair("Ada", "Ben", *judges, member, groups)
    rows = np.intersect1d(*(_part(judge).places for judge in judges))
    part = JudgePair("Ada", "Ben", *(_part(judge).over(rows) for judge in judges), member[rows], groups)
    assert np.array_equal(part.tables(), whole.tables())
    assert np.array_equal(known_to_any([part, part]), known_to_any([whole]))
