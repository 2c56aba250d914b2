"""The figures of real sessions that ten experts coded."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ratings import coefficients, ratings

pytestmark = pytest.mark.shared_data


@pytest.fixture
def sessions(shared_data: Path) -> list[dict[str, Any]]:
    """The rows of the seven sessions that all ten coded."""
    with (shared_data / "annomi.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    coders = defaultdict(set)
    for row in rows:
        coders[row["transcript_id"]].add(row["coder"])
    seven = {transcript for transcript, its in coders.items() if len(its) == 10}
    assert len(seven) == 7
    return [row for row in rows if row["transcript_id"] in seven]


def _alpha(rows: list[dict[str, Any]], speaker: str, value: Callable[[list[str]], object]) -> float | None:
    return coefficients(
        ratings(
            ((row["transcript_id"], row["turn"]), row["coder"], value(row["codes"]))
            for row in rows
            if row["speaker"] == speaker
        )
    )["alpha"]


@pytest.mark.parametrize(
    ("parent", "printed"), [("question", 0.869), ("reflection", 0.660), ("input", 0.644)]
)
def test_alpha_of_a_parent_code_is_as_published(
    sessions: list[dict[str, Any]], parent: str, printed: float
) -> None:
    """A turn carries a parent code if it carries any of its children."""
    found = _alpha(sessions, "therapist", lambda codes: any(code.startswith(f"{parent}:") for code in codes))
    assert found == pytest.approx(printed, abs=0.001)


def test_alpha_of_client_talk(sessions: list[dict[str, Any]]) -> None:
    """Change, neutral or sustain: one of three on every client turn."""
    assert _alpha(sessions, "client", lambda codes: codes[0]) == pytest.approx(0.467, abs=0.001)


@pytest.mark.slow
def test_alpha_of_the_main_therapist_behaviour(sessions: list[dict[str, Any]]) -> None:
    """Question, reflection, input or none, as four yes-or-no judgements of each turn taken together.

    Which of several behaviours a coder held to be the main one is not in these data, where a turn may carry all.
    """
    kinds = ("question", "reflection", "input", "none")

    def says(codes: list[str], kind: str) -> bool:
        return not codes if kind == "none" else any(code.startswith(f"{kind}:") for code in codes)

    found = coefficients(
        ratings(
            ((row["transcript_id"], row["turn"], kind), row["coder"], says(row["codes"], kind))
            for row in sessions
            if row["speaker"] == "therapist"
            for kind in kinds
        )
    )["alpha"]
    assert found == pytest.approx(0.737, abs=0.001)
