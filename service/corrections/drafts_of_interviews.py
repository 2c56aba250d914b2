"""How far coders are in interviews that they have begun and not submitted: a draft is no review, but people ask."""

from __future__ import annotations

from annotations.label_studio.interview_answer import furthest
from annotations.label_studio.interview_text import InterviewText
from annotations.label_studio.read_answers import Answers
from annotations.store.database import Store
from annotations.store.interviews import Draft, interviews_of, keep_drafts
from annotations.store.label_studio_projects import ProjectRow
from annotations.store.transcripts import transcript_by_id


def keep_how_far(store: Store, project: ProjectRow, answers: Answers) -> None:
    """Look at the drafts of a project of whole interviews, and keep how far each is."""
    listed = list(answers.drafts(project.project_id))
    with store.reading() as connection:
        tasks = interviews_of(connection, project.id)
        kept = {
            draft.key: transcript_by_id(connection, tasks[draft.key].transcript)
            for draft in listed
            if draft.key in tasks
        }
    drafts: dict[tuple[object, int], Draft] = {}
    for draft_listed in sorted(listed, key=lambda draft: draft.changed):
        transcript = kept.get(draft_listed.key)
        if transcript is None:
            continue
        turns = transcript.transcript.turns
        last, marks = furthest(draft_listed.result, InterviewText(transcript.transcript.text, turns))
        turn = max((at.index for at in turns if last is not None and at.span.start < last.end), default=0)
        drafts[(draft_listed.key, draft_listed.user)] = Draft(
            project.id, draft_listed.key, draft_listed.user, transcript.id, turn, marks, draft_listed.changed
        )
    with store.writing() as connection:
        keep_drafts(connection, project.id, list(tasks), list(drafts.values()))
