"""What a study says of labels before a file is read: who asks, who answers, and what lines without a label are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class LineRule(StrEnum):
    """How a file's lines are taken: labels as they are found, none at all, or the rest as the participant's."""

    FOUND = "labels as found"
    NO_SPEAKERS = "no speakers"
    UNLABELLED_ANSWER = "unlabelled lines are the participant's"


@dataclass(frozen=True, slots=True)
class LabelRules:
    """The labels that study.yaml lists for participants, and how the file's lines are taken."""

    participants: Sequence[str] = ()
    lines: LineRule = LineRule.FOUND


USUAL = LabelRules()
