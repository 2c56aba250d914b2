"""What the task of a whole interview shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotations.label_studio.interview_text import InterviewText
from annotations.label_studio.task_data import INTERVIEW, KEY, PASSAGE, TURN, Links, header_of
from annotations.numbers_shown import counted

HTML = "html"


@dataclass(frozen=True, slots=True)
class ShownInterview:
    """An interview as a coder sees it. ``key``: what the task is called; ``about``: date, case, site and the like.

    ``asked``: how many passages it asks for; ``part``: why not for all, "" where it does.
    """

    key: str
    transcript: str
    text: InterviewText
    asked: int
    participant: str = ""
    about: tuple[str, ...] = ()
    part: str = ""
    links: Links | None = None


def interview_data(shown: ShownInterview, turns: Mapping[int, bool]) -> dict[str, Any]:
    """The data of a task. ``turns``: see ``InterviewText.html``. All words are escaped."""
    who = shown.participant or shown.transcript
    which = shown.transcript if shown.participant and shown.participant != shown.transcript else ""
    asked = counted(shown.asked, "passage")
    said = f"{asked} {shown.part}" if shown.part else f"{asked} to code"
    rest = [which, *shown.about, said]
    return {
        KEY: shown.key,
        INTERVIEW: shown.transcript,
        TURN: counted(len(shown.text.turns), "turn"),
        PASSAGE: said,
        "header": header_of(who, rest, shown.links),
        HTML: shown.text.html(turns),
    }
