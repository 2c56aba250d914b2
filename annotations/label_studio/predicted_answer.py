"""Suggestions as the answer that Label Studio fills in before a coder opens a passage."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.label_studio.candidates import Candidates
from annotations.label_studio.controls import LIKELY, SEGMENT, control_for


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer that is filled in: regions as Label Studio writes them; none: nothing is suggested.

    ``version``: the label of the model version; ``score``: the probability of the code that is least sure, 0 for none.
    """

    version: str
    score: float
    regions: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """As Label Studio takes it."""
        return {
            "model_version": self.version,
            "score": self.score,
            "result": [dict(region) for region in self.regions],
        }


def version_label(version: str) -> str:
    """What a model version is called in Label Studio."""
    return f"tandem {version}"


def prediction(
    boxes: Candidates, codebook: Codebook, *, version: str, among: Collection[str] | None = None
) -> Prediction:
    """What of these candidates is filled in before a coder opens the passage. ``version``: the label of the model version.

    ``among``: the codes for which the task has boxes now, where it may be others: what is ticked without a box nobody
    sees, and Label Studio gives it back as accepted. Raises BadInput for a code that the labelling screen does not hold.
    """
    by_control: dict[str, list[str]] = {}
    for code in boxes.ticked:
        control = control_for(code, codebook)
        if control is None:
            raise BadInput(f'the code "{code}" is not in the codebook, so it cannot be suggested.')
        if control != LIKELY or among is None or code in among:
            by_control.setdefault(control, []).append(code)
    regions = tuple(_region(name, its) for name, its in sorted(by_control.items()))
    return Prediction(version, boxes.least_sure, regions)


def _region(name: str, its: Sequence[str]) -> dict[str, Any]:
    """One control with its codes."""
    return {
        "id": f"t-{hashlib.sha256(name.encode()).hexdigest()[:16]}",
        "from_name": name,
        "to_name": SEGMENT,
        "type": "choices",
        "value": {"choices": list(its)},
    }
