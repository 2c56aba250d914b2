"""Alpha over sets of codes, its distances against NLTK, also where that fails."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lazily import Lazily

from annotations.agreement.label_sets import Codes, Distance, jaccard, masi, set_sums

nltk_agreement = Lazily("nltk.metrics.agreement")
nltk_distance = Lazily("nltk.metrics.distance")

SETS = st.frozensets(st.sampled_from("abcd"))


@given(SETS, SETS)
def test_distances_are_those_of_an_independent_library(one: Codes, other: Codes) -> None:
    """NLTK says the same (its MASI rounds 2/3 to .67 and 1/3 to .33); it divides by zero on two empty sets, ours is 0."""
    if not one and not other:
        with pytest.raises(ZeroDivisionError):
            nltk_distance.masi_distance(set(one), set(other))
        assert jaccard(one, other) == masi(one, other) == 0
        return
    assert jaccard(one, other) == pytest.approx(nltk_distance.jaccard_distance(set(one), set(other)))
    assert masi(one, other) == pytest.approx(nltk_distance.masi_distance(set(one), set(other)), abs=0.004)


@given(SETS, SETS)
def test_distances_are_distances(one: Codes, other: Codes) -> None:
    """Symmetric, between 0 and 1, and 0 for equal sets alone."""
    for distance in (jaccard, masi):
        assert distance(one, other) == distance(other, one)
        assert 0 <= distance(one, other) <= 1
        assert (distance(one, other) == 0) == (one == other)


def test_passonneaus_four_cases() -> None:
    """Equal 0; one within the other 1 − J·2/3; overlapping 1 − J·1/3; disjoint 1 (Passonneau 2006)."""
    a, ab, bc, c = (frozenset(one) for one in ("a", "ab", "bc", "c"))
    assert masi(ab, ab) == 0
    assert masi(a, ab) == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert masi(ab, bc) == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert masi(a, c) == 1


@pytest.mark.parametrize("distance", [jaccard, masi])
@given(rows=st.lists(st.lists(SETS.filter(bool), min_size=3, max_size=3), min_size=2, max_size=12))
@pytest.mark.slow
def test_alpha_over_sets_is_that_of_an_independent_library(
    rows: list[list[Codes]], distance: Distance
) -> None:
    """NLTK's alpha with the same distance, on tables without empty sets."""
    assume(len({one for row in rows for one in row}) > 1)
    triples = [(f"c{c}", f"u{u}", one) for u, row in enumerate(rows) for c, one in enumerate(row)]
    task = nltk_agreement.AnnotationTask(triples, distance=distance)
    found = set_sums(rows, np.zeros(len(rows), dtype=np.intp), 1, distance)
    assert found.value == pytest.approx(task.alpha(), abs=1e-9)


def test_what_cannot_be_measured_says_why() -> None:
    """One coder alone, and everybody giving the same set: None with its reason."""
    member = np.zeros(2, dtype=np.intp)
    alone = set_sums([[frozenset("a"), None], [None, frozenset("b")]], member, 1, masi)
    assert (alone.value, alone.reason) == (None, "no segment was judged by two")
    same = set_sums([[frozenset("a")] * 2] * 2, member, 1, masi)
    assert same.value is None
    assert "nothing to disagree about" in str(same.reason)
