"""Views of a passage: what is left out, and the questions' vectors in as many numbers as there are questions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from models.classifier import Prior
from models.features import Features
from models.views import MEANING, SENTENCES, WORDS, PassageView, basis_of, fit_view

WIDE = 40


def _rows(questions: int, seed: int = 0) -> tuple[Features, np.ndarray]:
    """Two hundred rows: two terms, a vector of 40 numbers, that of one of a few questions, and a mark."""
    random = np.random.default_rng(seed)
    asked = np.vstack([np.zeros(WIDE), random.normal(size=(questions, WIDE))])[
        random.integers(0, questions + 1, 200)
    ]
    own = random.normal(size=(200, WIDE))
    dense = np.hstack([own, asked, random.normal(size=(200, 1))]).astype(np.float32)
    labels = (own[:, :1] + asked[:, :1] + random.normal(size=(200, 1)) > 0).astype(float)
    return Features(sparse.csr_matrix(random.normal(size=(200, 2)).astype(np.float32)), dense), labels


@pytest.mark.parametrize("view", [WORDS, MEANING, SENTENCES], ids=lambda view: view.name)
def test_a_basis_of_the_questions_changes_nothing(view: PassageView) -> None:
    """The same weights of the same features, with a description and without one, on rows that were not learnt from."""
    exact = PassageView(view.name, view.own, view.question, tolerance=1e-4)
    features, labels = _rows(6)
    basis = basis_of(features.dense[:, WIDE : 2 * WIDE])
    assert basis is not None
    assert basis.shape == (WIDE, 6)
    said = Features(features.sparse[:1], features.dense[:1].copy())
    said.dense[:, WIDE:] = features.dense[:, WIDE:].mean(axis=0)
    other, _ = _rows(6)
    for prior in (None, Prior(said, np.array([0]))):
        found = [
            fit_view(
                exact,
                features,
                labels,
                np.ones(labels.shape),
                dimensions=WIDE,
                penalty=0.5,
                prior=prior,
                basis=its,
            )
            for its in (None, basis)
        ]
        one, two = (its.weights.logits(other) for its in found)
        assert two == pytest.approx(one, abs=2e-3)
        assert found[1].weights.coefficients.shape == (1, features.width)
        assert np.corrcoef(found[0].alpha[:, 0], found[1].alpha[:, 0])[0, 1] > 0.999


def test_many_questions_have_no_basis() -> None:
    """It pays only where there are few; no question at all needs no number."""
    features, _ = _rows(WIDE)
    assert basis_of(features.dense[:, WIDE : 2 * WIDE]) is None
    nothing = basis_of(np.zeros((5, WIDE), np.float32))
    assert nothing is not None
    assert nothing.shape == (WIDE, 0)


def test_a_view_without_questions_gives_them_no_weight() -> None:
    """The words' view; its weights fit the features as they were given."""
    features, labels = _rows(6)
    found = fit_view(
        WORDS, features, labels, np.ones(labels.shape), dimensions=WIDE, penalty=0.5, prior=None
    ).weights
    assert found.coefficients.shape == (1, features.width)
    assert not found.coefficients[:, 2 + WIDE : 2 + 2 * WIDE].any()
    assert found.coefficients[:, 2 : 2 + WIDE].any()
