"""The two switches of study.yaml: which files have no speakers, and in which unlabelled lines are the participant's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from annotations.names import folded
from annotations.readers.labels_in_study_yaml import LabelRules, LineRule
from annotations.study.config import StudyConfig
from annotations.transcript import Kind


def rules_for(place: str, config: StudyConfig, kind: Kind | None) -> LabelRules:
    """How the lines of a file are taken. ``place``: its name with the folders above it, as far as they are known."""
    lines = LineRule.FOUND
    if kind is Kind.FIELD_NOTE or named(place, config.no_speakers):
        lines = LineRule.NO_SPEAKERS
    elif named(place, config.unlabelled_participant):
        lines = LineRule.UNLABELLED_ANSWER
    return LabelRules(config.participant_speakers, lines)


def named(place: str, entries: Sequence[str]) -> bool:
    """Is a file named by one of these: its name, a folder ("notes/"), or a pattern ("*-note.txt")?"""
    path = PurePosixPath(folded(place.replace("\\", "/")))
    for entry in map(folded, entries):
        if entry.endswith("/"):
            if f"/{entry.strip('/')}/" in f"/{path.parent}/":
                return True
        elif entry and path.match(entry):
            return True
    return False
