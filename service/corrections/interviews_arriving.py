"""What an annotation of a whole interview means as it arrives: for the interview, and for each of its passages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.label_studio.annotation import Arrival
from annotations.label_studio.arrivals import (
    HOLDING,
    ArrivalState,
    ArrivalVerdict,
    CoderDecision,
    JudgedAnnotation,
    nobodys_word,
)
from annotations.label_studio.interview_answer import (
    InterviewSaid,
    InterviewShown,
    said_of_interview,
)
from annotations.store.annotation_reviews import Word, words
from annotations.store.asked_passages import interview_shown
from annotations.store.interviews import InterviewTask
from annotations.store.label_studio_projects import project_by_id
from annotations.store.passage_answers import PassageAnswer
from annotations.store.reviews import current_reviews
from annotations.store.seen_annotations import Seen, Slot
from annotations.store.transcripts import transcript_by_id

WORDS_CHANGED = (
    "the words of this interview have been corrected since, so its marks are about words that stand no more. Run tandem "
    "push, and ask the coder to go on in the new task of the interview."
)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose an annotation is: the coder, or None and what to do about it."""

    coder: str | None
    unmatched: str


@dataclass(frozen=True)
class InterviewJudged:
    """An annotation of an interview as now seen, and what it says of each passage."""

    seen: Seen
    answers: tuple[PassageAnswer, ...] = ()


def judge_interview(
    connection: Connection,
    task: InterviewTask,
    arrival: Arrival,
    codebook: Codebook,
    whose: Whose,
    known: Seen | None,
    before: Mapping[UUID, PassageAnswer],
) -> InterviewJudged:
    """What an annotation means. ``known``, ``before``: as it was seen last, and what it said of each passage then."""
    verdict = nobodys_word(arrival)
    if arrival.carried:
        return InterviewJudged(_seen(task, arrival, whose, ArrivalVerdict(ArrivalState.CARRIED)))
    if verdict is None and not arrival.result:
        verdict = ArrivalVerdict(ArrivalState.INCOMPLETE)
    if verdict is None and whose.coder is None:
        verdict = ArrivalVerdict(ArrivalState.SET_ASIDE, whose.unmatched)
    if verdict is not None:
        if (
            arrival.saved_by_another
            and known is not None
            and known.state in HOLDING
            and known.key == arrival.key
        ):
            return InterviewJudged(_overwritten(known, verdict.why), tuple(before.values()))
        return InterviewJudged(_seen(task, arrival, whose, verdict))
    kept = transcript_by_id(connection, task.transcript)
    if kept is None or kept.transcript.text_hash != task.text_hash:
        if known is not None and known.state in HOLDING:
            # what was said of words that stand goes on to stand
            now = known if _same_marks(known, arrival) else _overwritten(known, WORDS_CHANGED)
            return InterviewJudged(now, tuple(before.values()))
        return InterviewJudged(
            _seen(task, arrival, whose, ArrivalVerdict(ArrivalState.SET_ASIDE, WORDS_CHANGED))
        )
    shown = interview_shown(connection, task, kept)
    try:
        said = said_of_interview(arrival, shown, codebook)
    except BadInput as error:
        return InterviewJudged(
            _seen(task, arrival, whose, ArrivalVerdict(ArrivalState.SET_ASIDE, str(error)))
        )
    went_on = known is not None and known.state is ArrivalState.CARRIED
    silent = set() if went_on else _said_elsewhere(connection, task, shown, whose) - before.keys()
    answers = _answers(task, arrival, whose, said, before, silent)
    return InterviewJudged(_seen(task, arrival, whose, ArrivalVerdict(ArrivalState.REVIEW), answers), answers)


def _said_elsewhere(
    connection: Connection, task: InterviewTask, shown: InterviewShown, whose: Whose
) -> set[UUID]:
    """The passages in which the coder has found codes in the other view.

    A mark that is missing in an interview which the coder began without their earlier words denies none of them.
    """
    its = words(connection, [passage.key for passage in shown.passages])
    last: dict[UUID, Word] = {
        slot.key: said[-1]
        for slot, said in its.items()
        if slot.coder == whose.coder and not said[-1].taken_back
    }
    here = project_by_id(connection, task.project)
    views = {word.project: project_by_id(connection, word.project) for word in last.values()}
    other = {project for project, row in views.items() if here and row and row.view is not here.view}
    if not other:
        return set()
    coded = {
        review.id for review in current_reviews(connection, transcript=task.transcript) if review.codings
    }
    return {key for key, word in last.items() if word.project in other and word.review in coded}


def _answers(
    task: InterviewTask,
    arrival: Arrival,
    whose: Whose,
    said: InterviewSaid,
    before: Mapping[UUID, PassageAnswer],
    silent: set[UUID],
) -> tuple[PassageAnswer, ...]:
    answers = []
    for passage in said.passages:
        if not passage.by_mark and passage.passage.key in silent:
            continue
        answer = PassageAnswer(
            task.project,
            arrival.annotation,
            task.transcript,
            passage.passage.key,
            passage.passage.segment,
            whose.coder,
            passage.verdict.state,
            passage.verdict.why,
            arrival.changed,
            passage.verdict.decision,
        )
        answers.append(_since_when(answer, before))
    if said.nowhere:
        nowhere = uuid5(task.key, "nowhere")
        why = " ".join(said.nowhere)
        answers.append(
            PassageAnswer(
                task.project, arrival.annotation, task.transcript, nowhere, None, whose.coder,
                ArrivalState.SET_ASIDE, why, arrival.changed, CoderDecision(),
            )
        )  # fmt: skip
    return tuple(answers)


def _since_when(answer: PassageAnswer, before: Mapping[UUID, PassageAnswer]) -> PassageAnswer:
    """What a passage said already it says since then: another passage's change is none of its own."""
    was = before.get(answer.key)
    if was is None or (was.content, was.state, was.coder) != (answer.content, answer.state, answer.coder):
        return answer
    return replace(answer, changed=was.changed)


def slots_of(answers: Sequence[PassageAnswer]) -> list[Slot]:
    """Whose words on which passages these are."""
    return [
        Slot(answer.key, answer.coder)
        for answer in answers
        if answer.coder is not None and answer.segment is not None
    ]


def _seen(
    task: InterviewTask,
    arrival: Arrival,
    whose: Whose,
    verdict: ArrivalVerdict,
    answers: Sequence[PassageAnswer] = (),
) -> Seen:
    content = "/".join(f"{answer.key}:{answer.state.value}:{answer.content}" for answer in answers)
    return Seen(
        project=task.project,
        annotation=arrival.annotation,
        state=verdict.state,
        key=arrival.key,
        task=arrival.task,
        user=arrival.user,
        coder=whose.coder,
        why=verdict.why,
        made=arrival.made,
        changed=arrival.changed,
        content=hashlib.sha256(content.encode()).hexdigest() if answers else "",
        told=JudgedAnnotation(arrival, CoderDecision()),
    )


def _overwritten(known: Seen, why: str) -> Seen:
    return replace(known, state=ArrivalState.OVERWRITTEN, why=why)


def _same_marks(known: Seen, arrival: Arrival) -> bool:
    return known.told is not None and known.told.arrival.result == arrival.result
