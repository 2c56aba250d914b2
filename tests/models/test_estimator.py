"""The classifier as scikit-learn knows one, and the same as scikit-learn's own."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from lazily import Lazily
from scipy import sparse

sklearn_base = Lazily("sklearn.base")
linear_model = Lazily("sklearn.linear_model")
model_selection = Lazily("sklearn.model_selection")
sklearn_pipeline = Lazily("sklearn.pipeline")
sklearn_text = Lazily("sklearn.feature_extraction.text")
pandas = Lazily("pandas")
estimator = Lazily("models.estimator")


def _rows(count: int = 1500) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    rows = random.normal(size=(count, 6))
    true = np.array([[2, -1, 0, 0, 0, 1], [0, 0, 1.5, 0, -1, 0]])
    return rows, (random.random((count, 2)) < 1 / (1 + np.exp(1 - rows @ true.T))).astype(float)


@pytest.mark.parametrize("count", [60, 1500])
@pytest.mark.parametrize("as_sparse", [False, True])
def test_probabilities_are_those_of_logistic_regression(as_sparse: bool, count: int) -> None:
    """On the same features, to a thousandth, whether they are dense or sparse, many or few."""
    rows, labels = _rows(count)
    given = sparse.csr_matrix(rows) if as_sparse else rows
    found = estimator.CodeClassifier(penalty=0.5).fit(given, labels).predict_proba(given)
    for code in range(2):
        theirs = linear_model.LogisticRegression(C=2, tol=1e-8, max_iter=1000).fit(rows, labels[:, code])
        assert found[:, code] == pytest.approx(theirs.predict_proba(rows)[:, 1], abs=1e-3)


def test_it_is_an_estimator() -> None:
    """Parameters are read, set and cloned; a clone is not fitted; rows of weight 0 teach nothing."""
    made = estimator.CodeClassifier(penalty=0.2)
    assert made.get_params() == {"penalty": 0.2, "tolerance": 1e-4, "intercept_scaling": 100.0}
    again = sklearn_base.clone(made).set_params(penalty=1.0)
    assert not hasattr(again, "coef_")
    rows, labels = _rows()
    weights = np.ones(len(rows))
    weights[:100] = 0
    turned = labels.copy()
    turned[:100] = 1 - turned[:100]
    one = again.fit(rows, labels, sample_weight=weights)
    other = sklearn_base.clone(again).fit(rows, turned, sample_weight=weights)
    assert one.classes_.tolist() == [0, 1]
    assert np.array_equal(one.predict(rows), other.predict(rows))


def test_labels_that_are_none_are_refused() -> None:
    """Of another shape or size, or no shares: the sentence says what is wanted."""
    rows, labels = _rows()
    with pytest.raises(ValueError, match="it is \\(rows, codes\\) with 1500 rows"):
        estimator.CodeClassifier().fit(rows, labels[:, 0])
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimator.CodeClassifier().fit(rows, labels * 2)


def test_what_cannot_be_fitted_or_asked_is_refused() -> None:
    """Numbers that are none, other features, weights of another shape, nothing fitted, a penalty below nought."""
    rows, labels = _rows(40)
    made = estimator.CodeClassifier().fit(rows, labels)
    with pytest.raises(ValueError, match="contains NaN"):
        made.fit(np.full_like(rows, np.nan), labels)
    with pytest.raises(ValueError, match="X has 2 features, but CodeClassifier is expecting 6"):
        made.predict(rows[:, :2])
    with pytest.raises(ValueError, match="one number of 0 or more for each of 40 rows"):
        made.fit(rows, labels, sample_weight=np.ones(7))
    with pytest.raises(ValueError, match="not fitted"):
        estimator.CodeClassifier().predict_proba(rows)
    with pytest.raises(ValueError, match="penalty is -1; it is a number above 0"):
        estimator.CodeClassifier(penalty=-1).fit(rows, labels)
    assert np.allclose(made.fit(rows.tolist(), labels.tolist()).coef_, made.fit(rows, labels).coef_)


def _said(count: int = 120) -> tuple[list[str], np.ndarray]:
    """Passages of invented words, of which a few give rare codes away: many more features than rows."""
    random = np.random.default_rng(1)
    words = np.array([f"word{at}" for at in range(900)])
    codes = (random.random((count, 8)) < 0.06).astype(float)
    codes[:3] = 1
    said = [
        " ".join(
            [*random.choice(words, 25), *(f"sign{at}" for at in np.flatnonzero(row) if random.random() < 0.7)]
        )
        for row in codes
    ]
    return said, codes


@pytest.mark.parametrize("strength", [0.1, 2.0, 100.0])
def test_counted_words_of_rare_codes_are_learnt_as_by_logistic_regression(strength: float) -> None:
    """Weak penalties and strong ones: no code stays where the search began."""
    said, codes = _said()
    rows = sklearn_text.TfidfVectorizer().fit_transform(said)
    probabilities = estimator.CodeClassifier(penalty=1 / strength).fit(rows, codes).predict_proba(rows)
    for code in range(codes.shape[1]):
        theirs = linear_model.LogisticRegression(C=strength, tol=1e-9, max_iter=9000).fit(
            rows, codes[:, code]
        )
        assert probabilities[:, code] == pytest.approx(theirs.predict_proba(rows)[:, 1], abs=1e-3)


@pytest.mark.parametrize("codes", [2, 8])
def test_it_works_in_scikit_learn_s_own_tools(codes: int) -> None:
    """Pipelines, folds by group, scorers that ask for one number or two, and pickle, with two codes as with many."""
    said, labels = _said()
    labels, groups = labels[:, :codes], np.arange(len(said)) % 6
    made = sklearn_pipeline.make_pipeline(sklearn_text.TfidfVectorizer(), estimator.CodeClassifier())
    folds = model_selection.GroupKFold(3)
    held_out = model_selection.cross_val_predict(
        made, said, labels, groups=groups, cv=folds, method="predict_proba"
    )
    assert held_out.shape == labels.shape
    for scoring in ("average_precision", "f1_micro", "roc_auc"):
        scores = model_selection.cross_val_score(made, said, labels, groups=groups, cv=folds, scoring=scoring)
        assert np.isfinite(scores).all(), scoring
    again = pickle.loads(pickle.dumps(made.fit(said, labels)))  # noqa: S301
    assert np.array_equal(again.predict_proba(said), made.predict_proba(said))


def test_tables_keep_their_names() -> None:
    """Codes are named as the columns of y are, and columns of X in another order are refused."""
    rows, labels = _rows(60)
    table = pandas.DataFrame(rows, columns=list("abcdef"))
    made = estimator.CodeClassifier().fit(table, pandas.DataFrame(labels, columns=["Cost", "People"]))
    assert made.classes_.tolist() == ["Cost", "People"]
    with pytest.raises(ValueError, match="feature names"):
        made.predict(table[list("fedcba")])


def test_what_y_and_parameters_may_be_is_said() -> None:
    """Lists of names, a single column, matrices of a sparse kind, numbers that are words."""
    rows, labels = _rows(40)
    with pytest.raises(ValueError, match="MultiLabelBinarizer"):
        estimator.CodeClassifier().fit(rows, [["Cost"], ["Cost", "People"]] * 20)
    with pytest.raises(ValueError, match="MultiLabelBinarizer"):
        estimator.CodeClassifier().fit(rows, np.full((40, 2), "Cost"))
    with pytest.raises(ValueError, match=r"take y\.reshape\(-1, 1\)"):
        estimator.CodeClassifier().fit(rows, labels[:, 0])
    for wrong in ("0.5", None, True, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="it is a number above 0"):
            estimator.CodeClassifier(penalty=wrong).fit(rows, labels)
    with pytest.raises(ValueError, match="zero everywhere"):
        estimator.CodeClassifier().fit(rows, labels, sample_weight=np.zeros(40))
    by_sparse = estimator.CodeClassifier().fit(rows, sparse.csr_matrix(labels))
    assert np.array_equal(by_sparse.coef_, estimator.CodeClassifier().fit(rows, labels).coef_)
