"""A Label Studio whose one task is a whole interview, and what a coder's reviews of it say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from fake_label_studio import BEGAN, URL, FakeLabelStudio, keys_of
from reviews_arriving import reviews_of

from annotations.label_studio.interview_text import InterviewText, interview_key
from annotations.store.interviews import InterviewTask, keep_interviews
from annotations.store.label_studio_projects import add_project, projects
from annotations.store.pushed_tasks import keep_tasks, tasks_of
from annotations.store.transcripts import all_transcripts
from annotations.store.wave_views import TaskView
from annotations.transcript import Span
from service.composition import Parts


class Whole(FakeLabelStudio):
    """A project of whole interviews with one task, numbered 9; coders mark words in it."""

    def __init__(self, parts: Parts) -> None:
        with parts.store.writing() as connection:
            (kept,) = all_transcripts(connection)
            (passages,) = projects(connection)
            row = add_project(
                connection,
                url=URL,
                project_id=9,
                title="Whole",
                coder=None,
                wave="1",
                view=TaskView.INTERVIEW,
            )
            key = interview_key(kept.id, kept.transcript.text_hash)
            keep_interviews(connection, [InterviewTask(row.id, key, kept.id, 1, kept.transcript.text_hash)])
            tasks = tasks_of(connection, passages.id).values()
            shown = [replace(one, task_id=1, offered=("money",), ticked=("money",)) for one in tasks]
            keep_tasks(connection, row.id, shown)
        super().__init__([key], number=9)
        self.now = BEGAN + timedelta(hours=2)
        self.spans = sorted(turn.span for turn in kept.transcript.participants_turns)
        self.segments = keys_of(parts)
        self.text = InterviewText(kept.transcript.text, kept.transcript.turns)

    def mark(
        self, span: Span, label: str, *codes: str, name: str = "", origin: str = "manual"
    ) -> list[dict[str, Any]]:
        """A mark as Label Studio's interface makes it."""
        value = self.text.place(span).to_json() | {"text": self.text.words(span)}
        value.pop("words")
        its = {"id": name or f"m{span.start}{label}", "origin": origin, "to_name": "interview-text"}
        found = [{**its, "from_name": "state", "value": {**value, "hypertextlabels": [label]}}]
        if codes:
            paths = [[code] for code in codes]
            found.append({**its, "from_name": "codes", "value": {**value, "taxonomy": paths}})
        return found

    def suggestion(self, at: int, *, origin: str = "prediction") -> list[dict[str, Any]]:
        """What stands on a passage before anybody opens it."""
        return self.mark(self.spans[at], "sure", "money", name=f"s-{self.segments[at].hex}-1", origin=origin)


def said(parts: Parts, coder: str = "Ada") -> list[tuple[str, ...]]:
    """What a coder's reviews say, in reading order."""
    found = sorted((one for one in reviews_of(parts) if one.coder == coder), key=lambda one: one.span)
    return [tuple(sorted({coding.code for coding in one.codings})) for one in found]
