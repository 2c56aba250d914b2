"""Evidence is the nearest passage that people coded so, never of the same participant."""

from __future__ import annotations

import numpy as np

from models.explain import Precedents

PLACES = np.array([[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 1]], dtype=np.float32)


def _precedents() -> Precedents:
    carried = np.array([[True, False], [True, False], [True, False], [False, False]])
    return Precedents(PLACES, np.array(["p1", "p2", "p3", "p3"], dtype=object), carried)


def test_the_nearest_of_other_participants_come_first() -> None:
    """A unit of p1 beside its own passage is shown those of p2 and p3, by similarity."""
    (found,) = _precedents().nearest(PLACES[:1], ["p1"], np.array([[True, True]]))
    assert [at for at, _ in found[0]] == [1, 2]
    assert [round(similarity, 2) for _, similarity in found[0]] == [0.8, 0.6]


def test_a_code_that_nobody_applied_has_no_evidence() -> None:
    """It is left out, not made up."""
    (found,) = _precedents().nearest(PLACES[:1], ["p9"], np.array([[False, True]]))
    assert found == {}


def test_no_more_than_asked_for() -> None:
    """The most similar ones, as many as asked."""
    (found,) = _precedents().nearest(PLACES[:1], ["p9"], np.array([[True, False]]), most=2)
    assert [at for at, _ in found[0]] == [0, 1]
