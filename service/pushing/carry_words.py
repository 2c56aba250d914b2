"""What coders said in one view, put before them in the other one, so that they go on where they are.

An annotation in the coder's own name says what their reviews say. It is no word by itself; only when the coder saves it
may it say something new. Nothing is carried to a task on which somebody has begun.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Review
from annotations.deal_and_draw import DealtSegment
from annotations.label_studio.candidates import codes_in_boxes
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.controls import can_be_marked, can_be_shown
from annotations.label_studio.interview_marks import EarlierWords, earlier_regions
from annotations.label_studio.interview_text import InterviewText
from annotations.label_studio.passage_answer import answer_regions
from annotations.label_studio.task_data import BOXES
from annotations.label_studio.tasks import Task, touched
from annotations.store.annotation_reviews import Word, words
from annotations.store.database import Store
from annotations.store.label_studio_projects import ProjectRow, project_by_id
from annotations.store.pushed_tasks import PushedTask, keep_tasks, task_key
from annotations.store.reviews import current_reviews
from annotations.store.seen_annotations import seen
from annotations.store.segments import places_of
from annotations.store.tables import now
from annotations.store.wave_views import TaskView
from annotations.transcript import Span
from service.corrections.earlier_words import as_passage, on_passage
from service.pushing.interview_shown import WholeInterview, WholeShown


@dataclass(frozen=True)
class _CoderWords:
    """What a coder has said of some passages, by key; ``user``: their number in Label Studio."""

    coder: str
    user: int
    words: Mapping[UUID, Word]


@dataclass(frozen=True)
class WordCarrier:
    """Carries to a project. ``row``: our record of it."""

    store: Store
    server: LabelStudio
    codebook: Codebook
    row: ProjectRow

    def to_interviews(
        self, interviews: Sequence[WholeInterview], there: Mapping[str, Task], shown: WholeShown, model: UUID
    ) -> set[UUID]:
        """Marks for what coders have said of passages; returns the keys of the interviews that got any."""
        done: set[UUID] = set()
        for interview in interviews:
            task = there[str(interview.key)]
            keys = [task_key(its.segment, its.draw) for its in interview.placed]
            if task.touched:
                continue
            coders_words = self._said(keys, among=None)
            if not coders_words or touched(self.server, self.row.project_id, [task.id]):
                continue
            for said in coders_words:
                self._to_interview(interview, task, said, shown, model, done)
        return done

    def to_passages(self, placed: Sequence[DealtSegment], there: Mapping[str, Task]) -> set[str]:
        """Answers to passages that coders have judged in whole interviews; returns the keys of their tasks."""
        keys = [task_key(dealt_segment.segment, dealt_segment.draw) for dealt_segment in placed]
        open_keys = [key for key in keys if not there[str(key)].touched]
        done: set[str] = set()
        for said in self._said(open_keys, among=TaskView.INTERVIEW):
            numbers = [there[str(key)].id for key in said.words]
            begun = touched(self.server, self.row.project_id, numbers)
            for key, result in self._answers(said, there):
                task = there[str(key)]
                if task.id not in begun:
                    self._annotate(task.id, said.user, result)
                    done.add(str(key))
        return done

    def _to_interview(
        self,
        interview: WholeInterview,
        task: Task,
        said: _CoderWords,
        shown: WholeShown,
        model: UUID,
        done: set[UUID],
    ) -> None:
        reviews = self._reviews(said)
        coded = [coding for review in reviews for coding in review.codings]
        if not can_be_marked([coding.code for coding in coded], self.codebook):
            return
        text = shown.text(interview.transcript)
        judged = frozenset(word.segment for word in said.words.values())
        upto = None if len(said.words) == len(interview.placed) else _last_word(reviews, text)
        result = earlier_regions(list(_earlier(reviews)), upto, text, self.codebook)
        result += shown.regions(interview, model, judged)
        moment = now()
        self._annotate(task.id, said.user, result)
        rows = []
        for its in interview.placed:
            on_it = shown.model_on(its, model)
            if its.segment in judged or on_it is None:
                continue
            marks = shown.marks(its, on_it)
            rows.append(
                PushedTask(its.segment, task.id, "", on_it, moment, its.draw, marks.offered, marks.ticked)
            )
        with self.store.writing() as connection:
            keep_tasks(connection, self.row.id, rows)
        done.add(interview.key)

    def _answers(
        self, said: _CoderWords, there: Mapping[str, Task]
    ) -> Iterator[tuple[UUID, list[dict[str, Any]]]]:
        reviews = self._reviews(said)
        by_id = {review.id: review for review in reviews}
        for key, word in said.words.items():
            own = by_id.get(word.review)
            if own is None:
                continue
            its = [review for review in reviews if review.transcript == own.transcript]
            decided = as_passage(on_passage(its, own), str(own.origin.get("memo", "")))
            if can_be_shown(decided.codes, self.codebook):
                boxes = codes_in_boxes(there[str(key)].data.get(BOXES))
                yield key, answer_regions(decided, self.codebook, boxes)

    def _said(self, keys: Collection[UUID], *, among: TaskView | None) -> list[_CoderWords]:
        """Whose words stand on these passages, of coders that Label Studio knows. ``among``: said in this view."""
        words_by_slot: dict[tuple[str, int], dict[UUID, Word]] = {}
        with self.store.reading() as connection:
            for slot, its in words(connection, keys).items():
                last = its[-1]
                project = project_by_id(connection, last.project)
                if last.taken_back or project is None or project.url != self.server.url:
                    continue
                if self.row.coder not in (None, slot.coder) or (
                    among is not None and project.view is not among
                ):
                    continue
                row = seen(connection, last.project, [last.annotation]).get(last.annotation)
                if row is not None and row.user is not None:
                    words_by_slot.setdefault((slot.coder, row.user), {})[slot.key] = last
        return [_CoderWords(coder, user, its) for (coder, user), its in sorted(words_by_slot.items())]

    def _reviews(self, said: _CoderWords) -> list[Review]:
        ids = {word.review for word in said.words.values()}
        with self.store.reading() as connection:
            places = places_of(connection, [word.segment for word in said.words.values()])
            transcripts = dict.fromkeys(transcript for transcript, _ in places.values())
            return [
                review
                for transcript in transcripts
                for review in current_reviews(connection, transcript=transcript)
                if review.id in ids
            ]

    def _annotate(self, task: int, user: int, result: Sequence[Mapping[str, Any]]) -> None:
        wanted = {"result": list(result), "completed_by": user, "was_cancelled": False}
        path = f"api/tasks/{task}/annotations/"

        def there() -> bool:
            return any(
                annotation.get("completed_by") == user for annotation in self.server.get(path, {}) or ()
            )

        self.server.make(path, wanted, there)


def _earlier(reviews: Sequence[Review]) -> Iterator[EarlierWords]:
    for review in reviews:
        if not review.codings:
            yield EarlierWords(review.span, memo=str(review.origin.get("memo", "")))
        alike: dict[tuple[Any, ...], list[Coding]] = {}
        for coding in review.codings:
            manner = (coding.span, coding.memo, coding.influence, coding.concrete_example)
            alike.setdefault(manner, []).append(coding)
        for (span, memo, influence, example), its in alike.items():
            yield EarlierWords(span, tuple(sorted(coding.code for coding in its)), memo, influence, example)


def _last_word(reviews: Sequence[Review], text: InterviewText) -> Span:
    """The last word of the last passage that was judged."""
    last = max((review.span for review in reviews), key=lambda span: span.end)
    said = last.of(text.text).rstrip()
    begins = max(said.rfind(" "), said.rfind("\n")) + 1
    return Span(last.start + begins, last.start + len(said))
