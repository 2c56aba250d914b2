"""How likely meetings of two codes are by chance, against SciPy, statsmodels and drawing by hand."""

from __future__ import annotations

from itertools import permutations
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lazily import Lazily

from annotations.patterns.chance import adjusted, exact_p, large_enough, mantel_haenszel_p
from annotations.patterns.co_occurrence import APPROXIMATE, EXACT, Voice, co_occurrences
from annotations.patterns.coded_passages import PassageCodes
from annotations.transcript import Span

scipy_stats = Lazily("scipy.stats")
contingency_tables = Lazily("statsmodels.stats.contingency_tables")
multitest = Lazily("statsmodels.stats.multitest")

CARRIED = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=14)


def _exact(strata: list[list[tuple[bool, bool]]]) -> float:
    n = np.array([float(len(one)) for one in strata])
    a = np.array([[float(sum(x for x, _ in one))] for one in strata])
    b = np.array([[float(sum(y for _, y in one))] for one in strata])
    met = float(sum(x and y for one in strata for x, y in one))
    return float(exact_p(n, a, b, np.array([met]))[0])


@given(CARRIED)
def test_one_informant_is_fishers_test(carried: list[tuple[bool, bool]]) -> None:
    """The exact probability is the two-sided one of SciPy."""
    table = [[sum((x, y) == (i, j) for x, y in carried) for j in (True, False)] for i in (True, False)]
    assert _exact([carried]) == pytest.approx(scipy_stats.fisher_exact(table)[1], abs=1e-9)


def test_several_informants_are_drawn_each_by_themselves() -> None:
    """The exact probability is the share of all ways to lay one code, within each informant, that are as unlikely."""
    strata = [
        [(True, True), (True, False), (False, False), (False, True)],
        [(True, True), (True, True), (False, False), (False, False)],
    ]
    counts: dict[int, int] = {}
    for first in permutations([y for _, y in strata[0]]):
        for second in permutations([y for _, y in strata[1]]):
            laid = zip((*strata[0], *strata[1]), (*first, *second), strict=True)
            met = sum(x and y for (x, _), y in laid)
            counts[met] = counts.get(met, 0) + 1
    total = sum(counts.values())
    expected = sum(count for count in counts.values() if count <= counts[3]) / total
    assert _exact(strata) == pytest.approx(expected)


def test_many_passages_by_mantel_and_haenszel() -> None:
    """The same as statsmodels with its correction, and close to the exact probability."""
    random = np.random.default_rng(1)
    strata = []
    for _ in range(8):
        a = random.random(40) < 0.4
        strata.append(list(zip(a.tolist(), (random.random(40) < 0.3 + 0.15 * a).tolist(), strict=True)))
    tables = [
        np.array([[sum((x, y) == (i, j) for x, y in one) for j in (True, False)] for i in (True, False)])
        for one in strata
    ]
    ids = [uuid4() for _ in strata]
    passages = [
        PassageCodes(
            transcript,
            Span(at * 10, at * 10 + 9),
            frozenset(c for c, on in zip("AB", pair, strict=True) if on),
        )
        for transcript, one in zip(ids, strata, strict=True)
        for at, pair in enumerate(one)
    ]
    (pair,) = co_occurrences(passages, {one: Voice(str(one), True) for one in ids}, [("A", "B")])
    assert pair.method == APPROXIMATE
    assert pair.p == pytest.approx(
        contingency_tables.StratifiedTable(tables).test_null_odds(correction=True).pvalue
    )
    assert pair.p == pytest.approx(_exact(strata), rel=0.5)
    assert len(pair.informants) == 8


def test_when_the_approximation_is_good_enough() -> None:
    """By the criterion of Mantel and Fleiss; no difference at all is no surprise."""
    assert large_enough(10, 0, 20)
    assert not large_enough(4.9, 0, 20)
    assert not large_enough(17, 0, 20)
    assert mantel_haenszel_p(10.2, 3, 10) == 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_as_statsmodels_does(p: list[float]) -> None:
    """Benjamini and Hochberg."""
    assert adjusted(np.array(p)) == pytest.approx(multitest.multipletests(p, method="fdr_bh")[1])


def test_pairs_that_leave_nothing_to_chance_say_why() -> None:
    """A code on every passage, and two codes of different people."""
    one, other = uuid4(), uuid4()
    passages = [
        PassageCodes(one, Span(0, 9), frozenset("AB")),
        PassageCodes(one, Span(10, 19), frozenset("A")),
        PassageCodes(other, Span(0, 9), frozenset("C")),
    ]
    voices = {one: Voice("P-1", True), other: Voice("minutes", False)}
    always, never = co_occurrences(passages, voices, [("A", "B"), ("A", "C")])
    assert (always.p, always.passages, always.informants) == (None, 1, ("P-1",))
    assert always.reason is not None
    assert "on every passage" in always.reason
    assert never.reason == "nobody's passages carry both codes, so they could not meet"
    assert never.ratio is None
    assert co_occurrences([], {}, [("A", "B")]) == ()
    assert co_occurrences(passages, voices, [("A", "X"), ("A", "A")]) == ()


def test_documents_are_told_from_informants() -> None:
    """A document of nobody counts as a document."""
    one = uuid4()
    passages = [
        PassageCodes(one, Span(0, 9), frozenset("AB")),
        PassageCodes(one, Span(10, 19), frozenset("A")),
        PassageCodes(one, Span(20, 29), frozenset("B")),
    ]
    (pair,) = co_occurrences(passages, {one: Voice("minutes", False)}, [("A", "B")])
    assert (pair.informants, pair.documents, pair.method) == ((), 1, EXACT)
    assert (pair.with_a, pair.with_b, pair.jaccard) == (2, 2, pytest.approx(1 / 3))
    assert pair.expected == pytest.approx(4 / 3)
