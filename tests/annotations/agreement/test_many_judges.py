"""Coefficients of any number of coders against published tables, to the digits printed, and independent libraries."""

from __future__ import annotations

import warnings

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lazily import Lazily
from ratings import Ratings, coefficients, ratings

from annotations.agreement.many_judges import (
    ac1,
    alpha,
    fleiss,
    percent_of,
    prevalence_of,
    sums_of,
    sums_of_pairs,
)
from annotations.agreement.two_judges import kappa, negative_agreement, positive_agreement

nltk_agreement = Lazily("nltk.metrics.agreement")
sklearn_metrics = Lazily("sklearn.metrics")
inter_rater = Lazily("statsmodels.stats.inter_rater")

N = None
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, sections A, B and C
A = ["0100000010", "1110010000"]
B = ["aabbdcccedda", "babbbccceddd"]
C = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
TABLES = st.integers(2, 5).flatmap(
    lambda coders: st.lists(
        st.lists(st.sampled_from([0, 1, 2, None]), min_size=coders, max_size=coders), min_size=2, max_size=30
    )
)


def _ratings(by_coder: list[list[object]]) -> Ratings:
    return ratings((u, c, value) for c, row in enumerate(by_coder) for u, value in enumerate(row))


@pytest.mark.parametrize(
    ("data", "coefficient", "printed"),
    [
        (A, "alpha", 0.095),
        (B, "alpha", 0.692),
        (C, "alpha", 0.743),
        (C, "ac1", 0.775),
        (C, "fleiss", 0.761),
        (C, "percent", 0.818),
    ],
)
def test_published_examples_come_out_to_the_digits_printed(
    data: list[list[object]], coefficient: str, printed: float
) -> None:
    """Krippendorff 2011 for alpha; Gwet's Handbook (2014, 4th edition) gives the others on the same four raters."""
    found = coefficients(_ratings([list(row) for row in data]))[coefficient]
    assert found is not None
    assert round(found, 3) == printed


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=40))
@pytest.mark.slow
def test_cohen_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    """Of a yes or no by two; where both say the same throughout, scikit-learn divides 0 by 0 and ours is undefined."""
    cells = np.array([float(pairs.count(cell)) for cell in ((1, 1), (1, 0), (0, 1), (0, 0))])
    if len({v for pair in pairs for v in pair}) < 2:
        assert np.isnan(kappa(cells))
        return
    assert float(kappa(cells)) == pytest.approx(sklearn_metrics.cohen_kappa_score(*zip(*pairs, strict=True)))


def test_the_high_agreement_low_kappa_paradox() -> None:
    """Gwet (2008): 118 both, 5 and 2 one only, 0 neither, of 125: AC1 .9408 where kappa is −.0234."""
    cells = np.array([118.0, 5.0, 2.0, 0.0])
    assert round(float(ac1(sums_of_pairs(cells))), 4) == 0.9408
    assert round(float(kappa(cells)), 4) == -0.0234


def test_specific_agreement_of_the_published_pair() -> None:
    """Cicchetti and Feinstein (1990): the same 85 % is .84 and .86, or .91 and .40, by prevalence."""
    tables = np.array([[40.0, 9.0, 6.0, 45.0], [80.0, 10.0, 5.0, 5.0]])
    assert positive_agreement(tables).round(2).tolist() == [0.84, 0.91]
    assert negative_agreement(tables).round(2).tolist() == [0.86, 0.4]


def test_fleiss_own_table() -> None:
    """Fleiss (1971): thirty patients, six psychiatrists, five diagnoses, κ = .430; as statsmodels keeps the table."""
    from statsmodels.stats.tests.test_inter_rater import diagnoses

    values = np.asarray(diagnoses)
    given = Ratings((), (), tuple(range(1, 6)), values.astype(np.intp) - 1)
    found = coefficients(given)["fleiss"]
    assert found is not None
    assert round(found, 3) == 0.430


@given(TABLES)
@pytest.mark.slow
def test_alpha_is_that_of_two_independent_libraries(rows: list[list[int | None]]) -> None:
    """krippendorff and NLTK say the same; where krippendorff refuses one category, ours is undefined."""
    data = np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=float).T
    paired = [row for row in rows if sum(v is not None for v in row) > 1]
    found = coefficients(ratings((u, c, v) for u, row in enumerate(rows) for c, v in enumerate(row)))["alpha"]
    if len({v for row in paired for v in row if v is not None}) < 2:
        assert found is None
        return
    assert found == pytest.approx(krippendorff.alpha(data, level_of_measurement="nominal"), abs=1e-9)
    triples = [
        (f"c{c}", f"u{u}", v) for u, row in enumerate(paired) for c, v in enumerate(row) if v is not None
    ]
    assert found == pytest.approx(nltk_agreement.AnnotationTask(triples).alpha(), abs=1e-9)


@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=2, max_size=30))
def test_fleiss_is_that_of_statsmodels(rows: list[list[int]]) -> None:
    """On full tables statsmodels says the same; where it divides 0 by 0, ours is undefined."""
    found = coefficients(ratings((u, c, v) for u, row in enumerate(rows) for c, v in enumerate(row)))[
        "fleiss"
    ]
    if len({v for row in rows for v in row}) < 2:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert np.isnan(inter_rater.fleiss_kappa(inter_rater.aggregate_raters(rows)[0]))
        assert found is None
        return
    assert found == pytest.approx(inter_rater.fleiss_kappa(inter_rater.aggregate_raters(rows)[0]), abs=1e-9)


@given(TABLES)
def test_bounds_and_names_do_not_matter(rows: list[list[int | None]]) -> None:
    """Every coefficient is at most 1, alpha 1 only in perfect agreement; renaming values and coders changes nothing."""
    plain = [(u, c, v) for u, row in enumerate(rows) for c, v in enumerate(row)]
    found = coefficients(ratings(plain))
    renamed = coefficients(
        ratings((u, -c, None if v is None else f"v{9 - v}") for u, c, v in reversed(plain))
    )
    for name, value in found.items():
        assert (value is None) == (renamed[name] is None)
        if value is not None:
            assert value <= 1 + 1e-12
            assert value == pytest.approx(renamed[name], abs=1e-9)


@given(st.lists(st.integers(0, 40), min_size=4, max_size=4))
def test_a_table_of_two_judges_gives_the_same_sums(cells: list[int]) -> None:
    """Alpha, AC1, percent and prevalence from the 2 × 2 counts are those from the ratings themselves."""
    pairs = [pair for pair, n in zip(((1, 1), (1, 0), (0, 1), (0, 0)), cells, strict=True) for _ in range(n)]
    counts = np.array([[2 - a - b, a + b] for a, b in pairs], dtype=float).reshape(-1, 2)
    one, other = sums_of(counts).sum(axis=0), sums_of_pairs(np.array(cells, dtype=float))
    for coefficient in (alpha, ac1, fleiss, percent_of, prevalence_of):
        assert coefficient(one) == pytest.approx(coefficient(other), nan_ok=True)


def test_nothing_and_one_judge_are_undefined() -> None:
    """No value at all, all missing, or every unit judged once: None, never 0."""
    for rows in ([], [(1, "a", None), (1, "b", None)], [(1, "a", "x"), (2, "b", "y")]):
        assert set(coefficients(ratings(rows)).values()) == {None}


def test_a_unit_valued_twice_by_one_coder_is_refused() -> None:
    """Two values of one coder for one unit are a mistake in the table, not two judgements."""
    with pytest.raises(ValueError, match="two values"):
        ratings([(1, "a", "x"), (1, "a", "y")])
