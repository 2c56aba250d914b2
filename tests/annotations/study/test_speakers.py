"""Of whom a study knows whether they ask or answer, and what the others look like."""

from __future__ import annotations

import pytest

from annotations.study.config import parse_config
from annotations.study.speakers import speakers_of
from annotations.transcript import Role, SpokenTurn, Transcript, canonical


def _transcript(interviewers: tuple[str, ...], *spoken: tuple[str, str], participant: str = "") -> Transcript:
    text, turns = canonical([SpokenTurn(*one) for one in spoken], interviewers)
    return Transcript(name="T", text=text, turns=turns, participant=participant)


@pytest.mark.parametrize(
    ("label", "config", "participant", "known"),
    [
        ("Anna", {}, "", False),
        ("Speaker 1", {}, "", False),
        ("Anna", {"participant_speakers": ["anna"]}, "", True),
        ("Anna", {"participant_pattern": "An+a"}, "", True),
        ("Anna", {}, "ANNA", True),
        ("JKG-01", {}, "", True),
        ("Participant", {}, "", True),
        ("Participant 2", {}, "", True),
        ("Interviewer 2", {"interviewers": ["Interviewer"]}, "", True),
        ("", {}, "", True),
    ],
)
def test_a_speaker_is_known_by_what_the_study_says(
    label: str, config: dict[str, object], participant: str, known: bool
) -> None:
    """By study.yaml, by the participant's code, by a word that says so; a name alone says nothing."""
    said = _transcript((), (label, "So."), ("Bo", "So?"), participant=participant)
    found = {one.label: one for one in speakers_of(said, parse_config({"name": "S", **config}))}
    assert found[label].known is known
    assert not found["Bo"].known


def test_who_alone_answers_a_listed_interviewer_is_known() -> None:
    """88 interviews with 88 pseudonyms need no 88 questions."""
    config = parse_config({"name": "S"})
    pair = _transcript(config.interviewers, ("Interviewer", "So?"), ("Anna", "So."))
    assert [(one.role, one.known) for one in speakers_of(pair, config)] == [
        (Role.INTERVIEWER, True),
        (Role.PARTICIPANT, True),
    ]


def test_questions_are_counted_and_only_a_guess() -> None:
    """Who mostly asks looks like an interviewer and stays a participant until somebody says so."""
    said = _transcript((), ("Anna", "So?"), ("Bo", "So."), ("Anna", "“And?”"), ("Anna", "Yes."))
    anna, bo = speakers_of(said, parse_config({"name": "S"}))
    assert (anna.turns, anna.questions, anna.asks, anna.role) == (3, 2, True, Role.PARTICIPANT)
    assert not bo.asks
