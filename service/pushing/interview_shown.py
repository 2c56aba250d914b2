"""What the task of a whole interview shows under a model version: its words, and marks for what is suggested."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotations.codebook.codes import Codebook
from annotations.coding import Draw
from annotations.deal_and_draw import DealtSegment
from annotations.label_studio.interview_data import ShownInterview, interview_data
from annotations.label_studio.interview_marks import SuggestedWords, interview_prediction, suggested_regions
from annotations.label_studio.interview_text import InterviewText, interview_key
from annotations.label_studio.listed_names import listed_name
from annotations.label_studio.predicted_answer import Prediction
from annotations.label_studio.task_data import Links
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Turn
from models.corpus import Corpus
from service.pushing.passage_shown import ShownPassages

AGAIN = "asked for a second time, the black ones with a bar beside them"
PART = "asked for here, the black ones with a bar beside them; the others are not yours to code"


@dataclass(frozen=True)
class WholeInterview:
    """An interview as one task: its passages in a coder's stream. ``again``: those that come a second time."""

    transcript: UUID
    placed: tuple[DealtSegment, ...]
    text_hash: str
    again: bool = False

    @property
    def key(self) -> UUID:
        """What its task is called."""
        return interview_key(self.transcript, self.text_hash, again=self.again)


@dataclass(frozen=True)
class PassageMarks:
    """What stands on a passage: the marks, the codes of all of them, those of the sure ones; the least probability.

    ``named``: what is suggested, in words.
    """

    marks: tuple[SuggestedWords, ...] = ()
    offered: tuple[str, ...] | None = None
    ticked: tuple[str, ...] | None = None
    least_sure: float = 0.0
    named: str = ""


class WholeShown:
    """What interviews show. ``passages``: what their passages would show one by one."""

    def __init__(
        self,
        passages: ShownPassages,
        corpus: Corpus,
        turns: Mapping[UUID, Sequence[Turn]],
        codebook: Codebook,
        *,
        label: str,
        links: Callable[[KeptTranscript, int], Links] | None,
    ) -> None:
        self._passages = passages
        self._corpus = corpus
        self._turns = turns
        self._codebook = codebook
        self._label = label
        self._links = links
        self._kept = {kept.id: (at, kept) for at, kept in enumerate(corpus.transcripts)}

    def interviews(self, placed: Sequence[DealtSegment]) -> list[WholeInterview]:
        """A stream of passages as interviews, in the order in which they come; what comes again stands at the end."""
        by_transcript: dict[tuple[bool, UUID], list[DealtSegment]] = {}
        for dealt_segment in placed:
            transcript = self._corpus.transcripts[
                self._corpus.at[self._corpus.position[dealt_segment.segment]][0]
            ].id
            by_transcript.setdefault((dealt_segment.draw is Draw.REPEAT, transcript), []).append(
                dealt_segment
            )
        ordered = sorted(by_transcript, key=lambda key: key[0])
        return [
            WholeInterview(
                transcript,
                tuple(sorted(by_transcript[again, transcript], key=self._place)),
                self._kept[transcript][1].transcript.text_hash,
                again,
            )
            for again, transcript in ordered
        ]

    def text(self, transcript: UUID) -> InterviewText:
        """The words of an interview."""
        return InterviewText(self._kept[transcript][1].transcript.text, tuple(self._turns[transcript]))

    def data(self, interview: WholeInterview, model: UUID | None) -> dict[str, Any]:
        """The data of its task. ``model``: whose suggestions are named below the turns; None: nobody's."""
        at, kept = self._kept[interview.transcript]
        transcript, text = kept.transcript, self.text(interview.transcript)
        cut = self._corpus.segments[at]
        coded = [segment for segment in cut if segment.role.is_coded]
        asked = [cut[self._corpus.at[self._corpus.position[its.segment]][1]] for its in interview.placed]
        whole = not interview.again and len(asked) == len(coded)
        turns = {
            place: not whole
            for place, turn in enumerate(text.turns)
            if any(turn.span.overlap(segment.span) for segment in asked)
        }
        about = (
            "" if transcript.date is None else transcript.date.isoformat(),
            transcript.case,
            transcript.site,
            f"wave {transcript.wave}" if transcript.wave else "",
        )
        shown = ShownInterview(
            key=str(interview.key),
            transcript=transcript.name,
            text=text,
            asked=len(asked),
            participant=transcript.participant,
            about=tuple(filter(None, about)),
            part="" if whole else AGAIN if interview.again else PART,
            links=self._links(kept, 0) if self._links is not None else None,
            below={} if model is None else self._named(interview, text, model),
        )
        return interview_data(shown, turns)

    def _named(self, interview: WholeInterview, text: InterviewText, model: UUID) -> dict[int, str]:
        """What is suggested, by name, below the turn in which it stands: marks show colours only."""
        names_at: dict[int, list[str]] = {}
        for placed in interview.placed:
            said = self.marks(placed, self.model_on(placed, model)).named
            if said:
                span = self._corpus.segment(self._corpus.position[placed.segment]).span
                last = max(at for at, turn in enumerate(text.turns) if turn.span.overlap(span))
                names_at.setdefault(last, []).append(said)
        return {at: "; ".join(its) for at, its in names_at.items()}

    def marks(self, placed: DealtSegment, model: UUID | None) -> PassageMarks:
        """What stands on a passage under a model version."""
        boxes = self._passages.candidates(placed, model)
        if boxes is None or model is None:
            return PassageMarks()
        suggested = self._passages.suggestions(placed.segment, model)
        sure = boxes.ticked
        doubtful = tuple(code for code in boxes.likely if code in suggested and code not in sure)
        unit = self._corpus.position[placed.segment]
        whole = self._corpus.segment(unit).span
        marks = []
        for codes, is_sure in ((sure, True), (doubtful, False)):
            by_span: dict[Any, list[str]] = {}
            for code in codes:
                by_span.setdefault(suggested[code].sentence or whole, []).append(code)
            marks += [
                SuggestedWords(placed.segment, span, tuple(its), is_sure) for span, its in by_span.items()
            ]
        odds = {box.code: box.odds for box in boxes.boxes}
        names = [listed_name(code, self._codebook) for code in sure]
        doubts = [
            f"{listed_name(code, self._codebook)} ({odds[code]})".replace(" ()", "") for code in doubtful
        ]
        named = "; ".join(
            f"{what}: {', '.join(its)}" for what, its in (("suggested", names), ("doubtful", doubts)) if its
        )
        return PassageMarks(tuple(marks), (*sure, *doubtful), sure, boxes.least_sure, named)

    def prediction(self, interview: WholeInterview, model: UUID) -> Prediction | None:
        """The prediction that stands on an interview's task, or None where nothing is marked."""
        its = [self.marks(placed, self.model_on(placed, model)) for placed in interview.placed]
        marks = [mark for passage in its for mark in passage.marks]
        if not marks:
            return None
        least = min(passage.least_sure for passage in its if passage.marks)
        text = self.text(interview.transcript)
        return interview_prediction(marks, text, self._codebook, version=self._label, least_sure=least)

    def regions(self, interview: WholeInterview, model: UUID, but: frozenset[UUID]) -> list[dict[str, Any]]:
        """The marks of what is suggested, but for some of its segments."""
        marks = [
            mark
            for placed in interview.placed
            if placed.segment not in but
            for mark in self.marks(placed, self.model_on(placed, model)).marks
        ]
        return suggested_regions(marks, self.text(interview.transcript), self._codebook)

    @staticmethod
    def model_on(placed: DealtSegment, model: UUID) -> UUID | None:
        """Whose suggestions a passage shows: blind, doubled and repeated ones show none."""
        return model if placed.draw is Draw.ORDINARY else None

    def _place(self, placed: DealtSegment) -> int:
        return self._corpus.at[self._corpus.position[placed.segment]][1]


def hash_of_marks(marks: Prediction | None) -> str:
    """A hash of what is marked before a coder opens an interview."""
    plain = json.dumps(None if marks is None else marks.to_json(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
