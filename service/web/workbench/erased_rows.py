"""What a withdrawal would erase, table by table, in words."""

from __future__ import annotations

from annotations.numbers_shown import tallied


def row_in_words(table: str, count: int) -> str:
    """So many rows of a table, in words."""
    what = _TABLES.get(table, table.replace("_", " "))
    return tallied(count, f"{what[:1].upper()}{what[1:]}")


_TABLES = {
    "annotation_reviews": "notes of what became of an answer",
    "attributes": "things noted of them, such as a role",
    "brought_in_items": "notes of how they came in",
    "chosen_quotes": "quotes chosen for tables",
    "codings": "codings of their words",
    "dealt_transcripts": "notes of who was to code them",
    "doubt_answers": "answers to memos and questions about their words",
    "doubts": "memos and questions about their words",
    "drawn_segments": "passages drawn to be coded twice or without suggestions",
    "event_passages": "passages named beside events of a timeline",
    "group_draws": "notes of who judges models",
    "interview_drafts": "interviews that coders have begun and not submitted",
    "kept_figures": "figures on pages, which are measured again when somebody asks",
    "label_studio_annotations": "answers as they came from Label Studio",
    "label_studio_interviews": "interviews as they were handed out",
    "label_studio_read_tasks": "notes of what was read from Label Studio",
    "label_studio_tasks": "passages as they were handed out",
    "learnt_from": "notes of what a model learnt from",
    "member_checks": "answers to summaries for member checking",
    "passage_answers": "answers to whole interviews, by passage",
    "retractions": "notes of reviews taken back",
    "review_sources": "notes of what an agreed decision rests on",
    "reviews": "reviews of their words by people",
    "seen_doubts": "notes of who has seen which answers to these",
    "segments": "passages of their transcripts, the interviewer’s too",
    "shown_models": "notes of what was shown with a passage",
    "suggestions": "suggestions of models for their words",
    "summary_passages": "passages named beside summaries",
    "transcript_versions": "earlier texts of corrected transcripts",
    "turns": "turns of their transcripts, the interviewer’s too",
    "version_passages": "passages that a correction has changed",
}
# these stand above, by name
NAMED = "transcripts"
