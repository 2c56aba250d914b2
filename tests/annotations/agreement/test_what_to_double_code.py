"""What is said of how a code has been learnt so far."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from annotations.agreement.what_to_double_code import learning_curves
from annotations.store.model_versions import ModelVersion


def _version(at: int, kappa: float, interval: tuple[float, float] | None, measured_on: str) -> ModelVersion:
    row: dict[str, Any] = {"framework": "F", "code": "Money", "code_id": "money", "n": 40, "kappa": kappa}
    row |= {"kappa_interval": interval, "few_transcripts": True}
    return ModelVersion(
        id=uuid4(), version=f"v{at}", kind="trained", folder="", sha256="", codebook_version="", segmentation="",
        embedder="", reviews_hash="", reviews=100 * at, codes=("money",), thresholds={},
        figures={"codes": [row], "measured_on": measured_on},
    )  # fmt: skip


def _says(*versions: ModelVersion) -> str:
    (curve,) = learning_curves(versions)
    assert all(point["few_transcripts"] for point in curve["points"])
    return str(curve["says"])


def test_a_curve_rises_only_on_the_same_measure() -> None:
    """From cross-validation to a judge set other participants are asked: a step between the two is no learning."""
    first = _version(1, 0.3, (0.25, 0.35), "cross-validation")
    assert "rising" in _says(first, _version(2, 0.6, (0.55, 0.65), "cross-validation"))
    assert "does not compare" in _says(first, _version(2, 0.6, (0.55, 0.65), "judge set"))


def test_without_an_interval_nothing_is_said_of_chance() -> None:
    """Too few participants for an interval: the change is neither learning nor chance."""
    said = _says(_version(1, 0.3, None, "judge set"), _version(2, 0.6, None, "judge set"))
    assert said.startswith("too few participants")
