"""scikit-learn's classifiers in the place of the default one: what they learn, and what a file of them holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lazily import Lazily
from scipy import sparse
from scipy.special import expit

from annotations.errors import BadInput, TandemError
from models.artifact import load, save
from models.calibration import Calibration
from models.classifier import Model, Prior, Weights
from models.classifier_names import classifier_named, register
from models.features import Features, Vocabulary
from models.other_classifiers import (
    LINEAR_SVM,
    LOGISTIC_REGRESSION,
    Examples,
    NamedClassifier,
    with_descriptions,
)

linear_model = Lazily("sklearn.linear_model")

BOTH = pytest.mark.parametrize("classifier", [LOGISTIC_REGRESSION, LINEAR_SVM], ids=lambda one: one.name)


def _examples(count: int = 300) -> Examples:
    """Rows of which two numbers say two codes, by twelve groups; half of the numbers stand among the terms."""
    random = np.random.default_rng(0)
    rows = random.normal(size=(count, 4)).astype(np.float32)
    labels = (random.random((count, 2)) < expit(3 * rows[:, [0, 2]] - 1)).astype(float)
    features = Features(sparse.csr_matrix(rows[:, :2]), rows[:, 2:])
    return Examples(features, labels, np.ones_like(labels), tuple(f"P-{at % 12}" for at in range(count)))


@BOTH
def test_log_odds_are_as_sure_as_the_rows_are(classifier: NamedClassifier) -> None:
    """Of new rows that were given a probability of p, about p carry the code: a margin alone would not say so."""
    learnt, new = classifier.fit(_examples()), _examples(900)
    found = expit(learnt.logits(new.features.only(np.arange(300, 900))))
    for code in range(2):
        sure = found[:, code] > 0.6
        assert new.labels[300:, code][sure].mean() == pytest.approx(found[sure, code].mean(), abs=0.12)
        assert new.labels[300:, code][~sure].mean() == pytest.approx(found[~sure, code].mean(), abs=0.08)


@BOTH
def test_what_nobody_judged_teaches_nothing(classifier: NamedClassifier) -> None:
    """Turning labels of weight 0 round changes no weight."""
    examples = _examples()
    weights = examples.weights.copy()
    weights[:60] = 0
    turned = examples.labels.copy()
    turned[:60] = 1 - turned[:60]
    one, other = (
        classifier.fit(replace(examples, labels=its, weights=weights)) for its in (examples.labels, turned)
    )
    assert isinstance(one, Weights)
    assert isinstance(other, Weights)
    assert np.array_equal(one.coefficients, other.coefficients)


@BOTH
def test_a_description_alone_ranks_a_code(classifier: NamedClassifier) -> None:
    """A code without an example is likelier where a row is like what the codebook says of it."""
    examples = _examples()
    labels = np.concatenate([examples.labels, np.zeros((300, 1))], axis=1)
    said = Features(sparse.csr_matrix((1, 2), dtype=np.float32), np.array([[0, 5]], dtype=np.float32))
    with_words = with_descriptions(
        examples.features, labels, np.ones_like(labels), examples.groups, Prior(said, np.array([2]))
    )
    found = classifier.fit(with_words).logits(examples.features)[:, 2]
    assert np.corrcoef(found, examples.features.dense[:, 1])[0, 1] > 0.8


def test_where_coders_differ_a_row_is_an_example_of_both() -> None:
    """A share of .25 counts a quarter for yes and three quarters for no, as the default classifier has it."""
    examples = _examples()
    labels = np.where(np.arange(300)[:, None] % 3 == 0, 0.25, examples.labels)
    shared = replace(examples, labels=labels)
    rows, yes, weights = shared.of_code(0)
    assert weights.sum() == pytest.approx(300)
    assert weights[yes].sum() == pytest.approx(labels[:, 0].sum())
    ours = LOGISTIC_REGRESSION.fit(shared)
    theirs = linear_model.LogisticRegression(C=2.0, max_iter=1000).fit(
        shared.features.as_matrix()[rows], yes, weights
    )
    assert ours.coefficients[0] == pytest.approx(theirs.coef_[0], abs=1e-5)


@BOTH
def test_a_file_of_it_says_the_same(classifier: NamedClassifier, tmp_path: Path) -> None:
    """Numbers and a manifest, no pickle; a classifier that is not here is named, and so is damage."""
    examples = _examples()
    features = replace(examples.features, sparse=sparse.csr_matrix((300, 0), dtype=np.float32))
    learnt = classifier.fit(replace(examples, features=features))
    digest = save(_model(learnt, classifier.name), tmp_path / "m")
    again = load(tmp_path / "m", digest)
    assert isinstance(again, Model)
    assert again.classifier == classifier.name
    assert np.array_equal(again.weights.logits(features), learnt.logits(features))
    with np.load(tmp_path / "m" / "model.npz", allow_pickle=False) as arrays:
        assert {"classifier/coefficients", "classifier/intercepts"} <= set(arrays.files)


def test_a_model_of_a_classifier_that_is_not_here_is_refused_in_words(tmp_path: Path) -> None:
    """It is named, with what to do."""
    digest = save(_model(Weights(np.zeros((2, 2), np.float32), np.zeros(2)), "boosted trees"), tmp_path / "m")
    with pytest.raises(TandemError, match='the classifier "boosted trees", which this Tandem does not have'):
        load(tmp_path / "m", digest)


def test_texts_are_kept_in_no_file(tmp_path: Path) -> None:
    """A classifier that would keep words of a passage is stopped."""

    @dataclass(frozen=True)
    class Remembers:
        def logits(self, features: Features) -> Any:
            return np.zeros((len(features), 2))

        def arrays(self) -> Mapping[str, Any]:
            return {"rows": np.array(["what somebody said"])}

    with pytest.raises(TandemError, match="a model file holds numbers alone"):
        save(_model(Remembers(), "remembers"), tmp_path / "m")


def test_a_name_that_is_none_is_refused_with_the_nearest() -> None:
    """And a name that is taken is not given twice."""
    assert classifier_named("default") is None
    assert classifier_named("linear svm") == LINEAR_SVM
    with pytest.raises(BadInput, match='classifier "linear svn" is not known\\. Did you mean "linear svm"'):
        classifier_named("linear svn")
    with pytest.raises(ValueError, match="there is a classifier"):
        register(replace(LINEAR_SVM, strength=9.0))


def _model(learnt: Any, name: str) -> Model:
    blocks = ("words", "characters", "question", "before", "after")
    vocabulary = Vocabulary(dict.fromkeys(blocks, ()), {block: np.zeros(0, np.float32) for block in blocks})
    calibration = Calibration(np.ones(2), np.zeros(2))
    return Model(("a", "b"), vocabulary, learnt, calibration, np.array([0.5, 0.5]), classifier=name)
