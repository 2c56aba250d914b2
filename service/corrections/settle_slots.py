"""The reviews of a slot (one coder's word on one passage) follow its annotations: the newest that says something holds.

A passage may stand in a project of passages and in one of whole interviews. What a coder said in the one stands in the
other: an answer there that says just the same is no new review.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from annotations.coding import Coding, Condition, Review
from annotations.segment import carries
from annotations.store.annotation_reviews import Word, add_words, words
from annotations.store.codebook_versions import keep_codebook
from annotations.store.label_studio_projects import ProjectRow, project_by_id
from annotations.store.pushed_tasks import PushedTask, tasks_with_keys
from annotations.store.reviews import add_reviews, current_reviews, retract
from annotations.store.seen_annotations import Seen, Slot, holding
from annotations.store.segments import places_of
from annotations.store.transcript_versions import replaced_segments
from annotations.transcript import Span
from service.corrections.earlier_words import as_passage, beyond, on_passage
from service.corrections.review_of_annotation import review_of
from service.live_config import InForce

_New = tuple[Seen, Word | None, Word | None]
_Place = tuple[UUID, UUID | None]


def settle(connection: Connection, in_force: InForce, slots: Mapping[Slot, str]) -> Counter[str]:
    """Let the reviews of these slots follow their annotations; each with why a review is taken back."""
    counted: Counter[str] = Counter()
    if not slots:
        return counted
    keys = {slot.key for slot in slots}
    rows, before = holding(connection, keys), words(connection, keys)
    standing = _StandingReviews(connection)
    new: list[_New] = []
    for slot, reason in slots.items():
        said = before.get(slot, [])
        last = said[-1] if said else None
        winner = max(rows.get(slot, ()), key=_recency, default=None)
        if winner is None:
            if last is not None and not last.taken_back:
                retract(connection, last.review, reason)
                counted["taken_back"] += 1
            continue
        stands = last is not None and not last.taken_back
        if last and stands and (_says(last) == _says(winner) or standing.said_in_other_view(last, winner)):
            continue
        new.append((winner, last, _first(said, winner)))
    tasks = _tasks_of(connection, new)
    gone = replaced_segments(connection, [task.segment for task in tasks.values()])
    # what stood before the words were corrected waits for a person, and its place in the text of now is another one
    new = [said for said in new if tasks[_place_of(said[0])].segment not in gone]
    for _, last, _ in new:
        counted["superseded" if last is not None and not last.taken_back else "new"] += 1
    _add(connection, in_force, standing, new, tasks)
    return counted


def _tasks_of(connection: Connection, new: Sequence[_New]) -> dict[_Place, PushedTask]:
    """The tasks that these annotations are about."""
    tasks: dict[_Place, PushedTask] = {}
    for project in {row.project for row, _, _ in new}:
        its = [row.key for row, _, _ in new if row.project == project and row.key]
        there = tasks_with_keys(connection, project, its)
        tasks |= {(project, key): task for key, task in there.items()}
    return tasks


def _place_of(row: Seen) -> _Place:
    return row.project, row.key


def _first(said: Sequence[Word], winner: Seen) -> Word | None:
    """What this annotation said at first; else what was said where suggestions stood, in another project."""
    own = next((w for w in said if (w.project, w.annotation) == (winner.project, winner.annotation)), None)
    if own is not None:
        return own
    # whoever saw suggestions in one view has seen them in the other
    return next((w for w in said if w.project != winner.project and w.condition is Condition.ASSISTED), None)


class _StandingReviews:
    """What coders' reviews say now, looked up where a word comes from another view than the one before."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._projects: dict[UUID, ProjectRow | None] = {}
        self._reviews: dict[UUID, tuple[Review, ...]] = {}

    def project(self, project: UUID) -> ProjectRow | None:
        """A project of ours."""
        if project not in self._projects:
            self._projects[project] = project_by_id(self._connection, project)
        return self._projects[project]

    def said_in_other_view(self, last: Word, winner: Seen) -> bool:
        """Does an annotation say just what its coder's review says that was made in the other view?"""
        if winner.told is None or not self._views_differ(last, winner):
            return False
        review = self.review(last)
        if review is None:
            return False
        decided = winner.told.decision
        if decided.marked:
            return _as_marked(review.codings) == _as_marked(
                Coding(code, mark.span, mark.influence, mark.concrete_example, mark.memo)
                for mark in decided.marked
                for code in mark.codes
            )
        its = on_passage(self.of_coder(review), review)
        return as_passage(its, str(review.origin.get("memo", ""))) == decided

    def review(self, word: Word) -> Review | None:
        """The review that a word became, if it stands."""
        place = places_of(self._connection, [word.segment]).get(word.segment)
        if place is None:
            return None
        return next(
            (review_there for review_there in self._in(place[0]) if review_there.id == word.review), None
        )

    def of_coder(self, review: Review) -> tuple[Review, ...]:
        """All that the same coder's reviews say of the transcript."""
        return tuple(
            review_there for review_there in self._in(review.transcript) if review_there.coder == review.coder
        )

    def left_beyond(self, last: Word | None, winner: Seen) -> tuple[Coding, ...]:
        """What a coder marked over this passage and others, without the words of this passage.

        It belongs to the review that is superseded, and says of the other passages what it said.
        """
        if last is None or last.taken_back or not self._views_differ(last, winner):
            return ()
        review = self.review(last)
        if review is None or winner.told is None or winner.told.decision.marked:
            return ()
        others = [other_review.span for other_review in self.of_coder(review) if other_review.id != review.id]
        return tuple(
            part
            for coding in review.codings
            for part in beyond(coding, review.span)
            if any(carries(other, part.span) for other in others)
        )

    def _views_differ(self, last: Word, winner: Seen) -> bool:
        if last.project == winner.project:
            return False
        last_project, other = self.project(last.project), self.project(winner.project)
        return last_project is not None and other is not None and last_project.view is not other.view

    def _in(self, transcript: UUID) -> tuple[Review, ...]:
        if transcript not in self._reviews:
            self._reviews[transcript] = current_reviews(self._connection, transcript=transcript)
        return self._reviews[transcript]


def _add(
    connection: Connection,
    in_force: InForce,
    standing: _StandingReviews,
    new: Sequence[_New],
    tasks: Mapping[_Place, PushedTask],
) -> None:
    if not new:
        return
    now_in_force = keep_codebook(connection, in_force.codebook)
    places = places_of(connection, [task.segment for task in tasks.values()])
    made, said = [], []
    for row, last, first in new:
        if row.key is None or row.coder is None or row.changed is None or row.told is None:
            continue
        task = tasks[(row.project, row.key)]
        review = review_of(connection, row, row.told, task, places[task.segment], first)
        supersedes = last.review if last is not None else None
        # what was not on the screen was not decided
        project_row = standing.project(row.project)
        version = (project_row.codebook_version if project_row else None) or now_in_force
        codings = (*review.codings, *standing.left_beyond(last, row))
        review = replace(review, codings=codings, codebook_version=version, supersedes=supersedes, id=uuid4())
        made.append(review)
        said.append(
            Word(
                review.id or uuid4(), row.project, row.annotation, row.key, task.segment, row.coder,
                row.content, row.changed,
            )
        )  # fmt: skip
    add_reviews(connection, made)
    add_words(connection, said)


def _as_marked(codings: Any) -> set[tuple[str, Span, Any, bool, str]]:
    return {
        (coding.code, coding.span, coding.influence, coding.concrete_example, coding.memo)
        for coding in codings
    }


def _recency(row: Seen) -> tuple[Any, int]:
    return (row.changed, row.annotation)


def _says(word: Seen | Word) -> tuple[UUID, int, str]:
    return (word.project, word.annotation, word.content)
