"""What to do next: how each code has been learnt so far, and which transcripts to give to a second coder.

Nothing here says that an interview need not be read: every participant's words are read by somebody.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.store.model_versions import ModelVersion

LISTED = 10
ONE_POINT = "one point so far: a curve needs two trainings or more"
MOST_WORTH = 2.0
UNKNOWN_WIDTH = 0.5
RULE = (
    "Each transcript that no two people have coded independently is weighed by how much the intervals of κ(person, "
    "person) would narrow: a code's half width h over G participants becomes about h·√(G/(G + x)), where x is the number "
    "of segments of that code expected in the transcript, divided by the mean of the participants coded twice so far "
    "(at most 2). Expected: what its coder found, else the sum of the model's probabilities, else the code's usual "
    "share. A code without an interval yet counts with h = 0.5."
)


@dataclass(frozen=True)
class DoubleCodingCandidate:
    """A transcript that no two people have coded: ``expected``: segments of each code, by code id."""

    transcript: str
    case: str
    wave: str
    segments: int
    coded_by: tuple[str, ...]
    expected: Mapping[str, float]


@dataclass(frozen=True)
class Width:
    """How well a code is known: half its interval's width (None: no interval), and positives of a participant coded
    twice, on average."""

    code: str
    half_width: float | None
    positives: float


def to_double_code(
    candidates: Iterable[DoubleCodingCandidate], widths: Mapping[str, Width], groups: int
) -> list[dict[str, Any]]:
    """The transcripts whose second coding would narrow the intervals most, the best first; ``widths`` by code id."""
    rows = []
    for candidate in candidates:
        gains = {
            code: _gain(width, candidate.expected.get(code, 0.0), groups) for code, width in widths.items()
        }
        best = sorted((code for code in gains if gains[code] > 0), key=lambda code: -gains[code])[:3]
        rows.append(
            {
                "transcript": candidate.transcript,
                "case": candidate.case,
                "wave": candidate.wave,
                "segments": candidate.segments,
                "coded_by": list(candidate.coded_by),
                "narrower_by": sum(gains.values()) / max(len(gains), 1),
                "codes": [widths[code].code for code in best],
            }
        )
    rows.sort(key=lambda row: (-row["narrower_by"], row["transcript"]))  # type: ignore[operator]
    return rows[:LISTED]


def _gain(width: Width, expected: float, groups: int) -> float:
    half = UNKNOWN_WIDTH if width.half_width is None else width.half_width
    worth = min(MOST_WORTH, expected / max(width.positives, 1.0))
    known = max(groups, 1)
    return half * (1 - math.sqrt(known / (known + worth)))


def learning_curves(models: Sequence[ModelVersion]) -> list[dict[str, Any]]:
    """Per code, one point for each version: what it was on participants it had not seen, when it was made."""
    curves: dict[str, dict[str, Any]] = {}
    for model in models:
        for row in model.figures.get("codes", ()):
            code = str(row.get("code_id", row["code"]))
            curve = curves.setdefault(
                code, {"framework": row["framework"], "code": row["code"], "code_id": code, "points": []}
            )
            curve["points"].append(
                {
                    "version": model.version,
                    "reviews": model.reviews,
                    "measured_on": model.figures.get("measured_on"),
                    "examples": row.get("n"),
                    "kappa": row.get("kappa"),
                    "interval": row.get("kappa_interval"),
                    "few_transcripts": row.get("few_transcripts", False),
                    "f1": row.get("f1"),
                    "reason": row.get("reason"),
                }
            )
    return [curve | {"says": _says(curve["points"])} for curve in curves.values()]


def _says(points: Sequence[Mapping[str, Any]]) -> str:
    known = [point for point in points if point["kappa"] is not None]
    if len(known) < 2:
        return ONE_POINT
    before, last = known[-2], known[-1]
    if before["measured_on"] != last["measured_on"]:
        # a judge set took the place of cross-validation: other participants, another figure
        return f"first point on the {last['measured_on']}: it does not compare with those before"
    change = last["kappa"] - before["kappa"]
    width = (last["interval"][1] - last["interval"][0]) / 2 if last["interval"] else None
    if width is None:
        return "too few participants to say more of the last change"
    if abs(change) < width:
        return "the last change is within what chance would make"
    return (
        "still rising: more coded examples of it help"
        if change > 0
        else "it fell: look at its definition and coders"
    )
