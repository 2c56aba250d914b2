"""Small real things that tests are made of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from annotations.transcript import Consents, SpokenTurn, Transcript, canonical

REPOSITORY = Path(__file__).parents[1]


def skip_or_fail(reason: str) -> None:
    """Skip where a component is missing; fail instead where TANDEM_NO_SKIPS says that none may be."""
    if os.environ.get("TANDEM_NO_SKIPS") == "1":
        pytest.fail(f"no test may be skipped here: {reason}")
    pytest.skip(reason)


def a_transcript(name: str, *words: str, speaker: str = "", **described: object) -> Transcript:
    """An interview in which an interviewer and a participant take turns, the interviewer first."""
    who = speaker or name
    spoken = [SpokenTurn(("Interviewer", who)[at % 2], said) for at, said in enumerate(words)]
    text, turns = canonical(spoken, ("Interviewer",))
    described.setdefault("consents", Consents(may_train=True, may_quote=True))
    return Transcript(name=name, text=text, turns=turns, participant=who, **described)  # type: ignore[arg-type]
