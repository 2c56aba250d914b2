"""The ruler's own figures are scikit-learn's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lazily import Lazily

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from ruler.scores import Predicted, average_precision, difference, macro_f1, mean_kappa, micro_f1, resampled

report = Lazily("ruler.report")
sklearn_metrics = Lazily("sklearn.metrics")

CODES = np.arange(3)


def _predicted(seed: int = 0, groups: int = 30) -> Predicted:
    random = np.random.default_rng(seed)
    labels = random.random((600, 3)) < [0.3, 0.1, 0.05]
    scores = np.round(np.clip(0.3 * labels + random.random((600, 3)) * 0.7, 0, 1), 2)  # with ties
    prior = np.broadcast_to(labels.mean(axis=0), labels.shape)
    return Predicted(scores, scores > 0.5, labels, np.arange(600) % groups, prior)


def test_figures_are_those_of_scikit_learn() -> None:
    """Average precision with weights and ties, F1 and kappa."""
    predicted = _predicted()
    weights = np.random.default_rng(1).integers(0, 4, 600).astype(float)
    for code in range(3):
        scores, labels = predicted.probabilities[:, code], predicted.labels[:, code]
        ours = average_precision(scores, labels, weights)
        assert ours == pytest.approx(
            sklearn_metrics.average_precision_score(labels, scores, sample_weight=weights)
        )
    once = np.ones(600)
    assert micro_f1(predicted, once, CODES) == pytest.approx(
        sklearn_metrics.f1_score(predicted.labels, predicted.decided, average="micro")
    )
    assert macro_f1(predicted, once, CODES) == pytest.approx(
        sklearn_metrics.f1_score(predicted.labels, predicted.decided, average="macro")
    )
    kappas = [
        sklearn_metrics.cohen_kappa_score(predicted.labels[:, code], predicted.decided[:, code])
        for code in range(3)
    ]
    assert mean_kappa(predicted, once, CODES) == pytest.approx(np.mean(kappas))


def test_a_method_does_not_differ_from_itself_and_few_groups_have_no_interval() -> None:
    """The same groups are drawn for both sides; with fewer than twenty nothing is claimed."""

    def statistic(some: Predicted, weights: np.ndarray) -> float:
        return micro_f1(some, weights, CODES)

    drawn = resampled(_predicted(), statistic)
    assert difference(drawn, resampled(_predicted(), statistic)) == (0, 0, 0)
    assert resampled(_predicted(groups=19), statistic) is None
    assert difference(drawn, None) is None


def test_earlier_figures_stay_only_beside_what_they_were_compared_with() -> None:
    """A difference goes with the run that it was of, and all earlier figures where the data are others."""

    def figures(tandem: float, units: int = 5, **rest: float) -> dict[str, Any]:
        rows = {
            name: dict.fromkeys(("macro_ap", "micro_f1", "kappa"), value)
            for name, value in {"Tandem": tandem, **rest}.items()
        }
        sizes: dict[str, Any] = {"50": {}, "200": {}, "1000": {}, "all": rows}
        counted = {"units": units, "groups": 2, "codes": 3, "codes_in_macro": 1}
        return {**counted, "sizes": sizes, "differences": {}, "people": None}

    before = figures(0.5, SetFit=0.3) | {"differences": {"SetFit": {"kappa": [0.2, 0.1, 0.3]}}}
    assert report.over(before, figures(0.5001))["differences"] == before["differences"]
    other = report.over(before, figures(0.6))
    assert (sorted(other["sizes"]["all"]), other["differences"]) == (["SetFit", "Tandem"], {})
    assert list(report.over(before, figures(0.5, units=6))["sizes"]["all"]) == ["Tandem"]
