"""What of the memos and questions is new to somebody: an answer to what they wrote in, a question that waits for a lead.

It is new until they have opened it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from annotations.names import folded
from annotations.store.doubts import Doubt, answers_seen, doubts_concerning, keep_seen
from service.access.policy import WHOLE_STUDY, Action, may
from service.access.viewer import Viewer, ViewerRole
from service.composition import Parts
from service.doubts.seen import SeenDoubt, seen_among


class News(StrEnum):
    """What is new in a memo or question."""

    NOTHING = ""
    ANSWER = "new answer"
    QUESTION = "new question"


@dataclass(frozen=True, slots=True)
class DoubtNews:
    """All that is new to somebody, newest first: answers to their own questions, answers elsewhere, questions."""

    own: tuple[SeenDoubt, ...] = ()
    others: tuple[SeenDoubt, ...] = ()
    asked: tuple[SeenDoubt, ...] = ()

    @property
    def of(self) -> Mapping[UUID, News]:
        """What is new, by memo or question."""
        return {row.id: News.ANSWER for row in (*self.own, *self.others)} | {
            row.id: News.QUESTION for row in self.asked
        }


def news_in(doubt: Doubt, viewer: Viewer, seen: int | None) -> News:
    """What is new in it to somebody who has seen so many of its answers (None: never opened it).

    Answers of others, to whoever wrote it or answered it before. A question of somebody else that nothing has settled, to
    a lead who never opened it, or since whose visit somebody answered.
    """
    me = folded(viewer.name)
    unseen = any(folded(said.author) != me for said in doubt.answers[seen or 0 :])
    mine = folded(doubt.author) == me
    if mine or any(folded(said.author) == me for said in doubt.answers):
        return News.ANSWER if unseen else News.NOTHING
    waits = doubt.open and viewer.role is ViewerRole.LEAD
    return News.QUESTION if waits and (seen is None or unseen) else News.NOTHING


def news_for(parts: Parts, viewer: Viewer) -> DoubtNews:
    """All that is new to this person, of what they may see."""
    if not may(viewer, Action.WRITE_DOUBT, WHOLE_STUDY):
        return DoubtNews()
    leads = viewer.role is ViewerRole.LEAD
    with parts.store.reading() as connection:
        concerning = doubts_concerning(connection, viewer.name, with_open=leads)
        if not concerning:
            return DoubtNews()
        before = answers_seen(connection, viewer.name)
        news = {
            doubt.id: its
            for doubt in concerning
            if doubt.id is not None and (its := news_in(doubt, viewer, before.get(doubt.id)))
        }
        new = [doubt for doubt in concerning if doubt.id in news]
        rows = tuple(reversed(seen_among(connection, parts, viewer, new))) if new else ()
    answered = [row for row in rows if news[row.id] is News.ANSWER]
    own = [
        row for row in answered if row.doubt.is_question and folded(row.doubt.author) == folded(viewer.name)
    ]
    return DoubtNews(
        tuple(own),
        tuple(row for row in answered if row not in own),
        tuple(row for row in rows if news[row.id] is News.QUESTION),
    )


def opened(parts: Parts, viewer: Viewer, doubt: SeenDoubt) -> int:
    """This person has it before them with all its answers. Returns how many of these they had seen before."""
    there = len(doubt.doubt.answers)
    with parts.store.reading() as connection:
        before = answers_seen(connection, viewer.name).get(doubt.id)
    if before is None or before < there:
        with parts.store.writing() as connection:
            keep_seen(connection, doubt.id, viewer.name, there)
    return before or 0
