"""Suggestions as the answer that Label Studio fills in before a coder opens a passage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.coding import Suggestion
from annotations.errors import BadInput
from annotations.label_studio.controls import SEGMENT, control_for, is_taxonomy


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer that is filled in: regions as Label Studio writes them; none: nothing is suggested.

    ``version``: the label of the model version; ``score``: the probability of the code that is least sure.
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


def prediction(suggestions: Iterable[Suggestion], codebook: Codebook, *, version: str) -> Prediction:
    """What of these suggestions is put before a coder, filled in. ``version``: the label of the model version.

    Raises BadInput for a code that the labelling screen does not hold: Label Studio would drop it in silence.
    """
    put = [suggestion for suggestion in suggestions if suggestion.suggested]
    by_control: dict[str, list[Suggestion]] = {}
    for suggestion in put:
        control = control_for(suggestion.code, codebook)
        if control is None:
            raise BadInput(f'the code "{suggestion.code}" is not in the codebook, so it cannot be suggested.')
        by_control.setdefault(control, []).append(suggestion)
    regions = tuple(_region(name, its, codebook) for name, its in sorted(by_control.items()))
    return Prediction(version, min((one.probability for one in put), default=0.0), regions)


def _region(name: str, its: Sequence[Suggestion], codebook: Codebook) -> dict[str, Any]:
    """One control with its codes."""
    value: dict[str, Any] = {"choices": [one.code for one in its]}
    kind = "choices"
    if is_taxonomy(codebook.framework(codebook[its[0].code].framework)):
        value, kind = {"taxonomy": [_alias_path(one.code, codebook) for one in its]}, "taxonomy"
    return {
        "id": f"t-{hashlib.sha256(name.encode()).hexdigest()[:16]}",
        "from_name": name,
        "to_name": SEGMENT,
        "type": kind,
        "value": value,
        "score": round(max(one.probability for one in its), 4),
    }


def _alias_path(code_id: str, codebook: Codebook) -> list[str]:
    path = []
    at: str | None = code_id
    while at is not None:
        path.append(at)
        at = codebook[at].parent
    return path[::-1]
