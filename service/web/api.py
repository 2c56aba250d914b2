"""The versioned JSON API: what the study holds, for other programs. Everything needs a token, or the session key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from annotations.errors import unknown
from annotations.lots import lots
from annotations.names import folded
from annotations.store.jobs import Job, all_jobs, ask_for
from annotations.store.model_versions import all_models, champion
from annotations.store.segments import segments_in
from annotations.store.suggestions import suggestions_on
from annotations.store.transcripts import KeptTranscript, all_transcripts, same_name
from service.access.policy import Action, may, must
from service.access.transcript_access import must_read, sees
from service.access.viewer import Viewer
from service.audit import Did, note, saw
from service.looking.seen_passages import SeenPassages
from service.looking.seen_progress import progress_seen
from service.web.dependencies import Served
from service.web.pages import page_for
from service.web.schemas import (
    JobAsked,
    JobShown,
    ModelShown,
    ReviewShown,
    SegmentShown,
    SuggestionShown,
    TranscriptShown,
)
from service.web.signed_in import AskedBy, Needs

router = APIRouter(prefix="/api/v1")
Name = Annotated[str, Query(description="The transcript's id, in any case.")]
Figures = Annotated[Viewer, Depends(Needs(Action.SEE_FIGURES))]
Judging = Annotated[Viewer, Depends(Needs(Action.SEE_MODELS))]
Reading = Annotated[Viewer, Depends(Needs(Action.READ_TEXT))]
Where = Annotated[
    Sequence[str], Query(description='Only of those with this attribute, such as "role=leader".')
]


@router.get("/status")
def study_status(request: Request, parts: Served, viewer: Figures, where: Where = ()) -> dict[str, Any]:
    """How far each wave is, as "tandem status --json" prints it; of your sites alone if you are limited to some."""
    kept = request.app.state
    progress = progress_seen(
        parts, viewer, where, judged=kept.judged, pushed=kept.pushed, suggested=kept.suggested
    )
    return progress.to_json()


@router.get("/transcripts")
def transcripts(parts: Served, viewer: Figures, wave: str | None = None) -> list[TranscriptShown]:
    """Every transcript that you may see, or those of one wave, without their words."""
    with parts.store.reading() as connection:
        kept_ones = all_transcripts(connection, wave=wave)
        return [TranscriptShown.of(kept) for kept in kept_ones if sees(viewer, kept.transcript)]


@router.get("/segments")
def segments(parts: Served, viewer: Reading, by: AskedBy, transcript: Name) -> list[SegmentShown]:
    """A transcript's segments under the segmentation in force, with their words, in reading order."""
    with parts.store.reading() as connection:
        kept = _seen(connection, viewer, transcript)
        must_read(viewer, kept.transcript)
        cut = segments_in(connection, parts.segmentation.version, [kept.id]).get(kept.id, ())
    saw(parts.store, by, kept.transcript.name)
    return [SegmentShown.of(segment, kept.transcript) for segment in cut]


@router.get("/suggestions")
def suggestions(
    parts: Served, viewer: Figures, transcript: Name, suggested_only: bool = False
) -> list[SuggestionShown]:
    """What the serving model says of a transcript, with evidence by reference.

    Segments that a coder is to judge without a suggestion are left out until that review is in. To a coder, only those
    that she has reviewed are shown, without evidence.
    """
    with parts.store.reading() as connection:
        kept = _seen(connection, viewer, transcript)
        serving = champion(connection)
        if serving is None:
            return []
        model = serving.model
        seen = SeenPassages.now(connection, viewer, kept)
        cut = segments_in(connection, model.segmentation, [kept.id]).get(kept.id, ())
        shown = [
            segment.id for segment in cut if segment.id is not None and seen.shows_suggestion(segment.span)
        ]
        suggestions_there: dict[UUID, Any] = {}
        for some in lots(shown, 400):
            suggestions_there |= suggestions_on(connection, model, some)
    # it points at passages that somebody coded so, which would tell a coder of those that she has still to judge
    with_evidence = may(viewer, Action.SEE_OTHERS_CODES)
    return [
        SuggestionShown.of(suggestion, kept.transcript.name, with_evidence=with_evidence)
        for segment in shown
        if segment in suggestions_there
        for suggestion in suggestions_there[segment].one_by_one(model)
        if suggestion.suggested or not suggested_only
    ]


@router.get("/reviews")
def reviews(parts: Served, viewer: Figures, transcript: Name) -> list[ReviewShown]:
    """The reviews of a transcript that stand now and that you may see; "tandem history" shows the past ones too."""
    with parts.store.reading() as connection:
        kept = _seen(connection, viewer, transcript)
        seen = SeenPassages.now(connection, viewer, kept)
        return [ReviewShown.of(review, kept.transcript.name) for review in seen.reviews if seen.shows(review)]


@router.get("/models")
def models(parts: Served, _viewer: Judging) -> list[ModelShown]:
    """Every model version, oldest first, and which of them serves."""
    with parts.store.reading() as connection:
        serving = champion(connection)
        now = serving.model.id if serving else None
        return [ModelShown.of(model, serves=model.id == now) for model in all_models(connection)]


@router.get("/jobs")
def jobs(parts: Served, viewer: Figures) -> list[JobShown]:
    """The latest jobs, newest first; what came of them for whoever may see the page of jobs: it names participants."""
    whole = may(viewer, Action.CHANGE_MODELS)
    with parts.store.reading() as connection:
        jobs_shown = [_shown(job) for job in all_jobs(connection)]
    return (
        jobs_shown
        if whole
        else [job.model_copy(update={"result": None, "error": None}) for job in jobs_shown]
    )


@router.post("/jobs", status_code=202)
def ask(
    parts: Served, viewer: Annotated[Viewer, Depends(Needs(Action.HAND_OUT))], by: AskedBy, asked: JobAsked
) -> JobShown:
    """Ask a worker for a training or for suggestions; one of a kind waits at most."""
    must(viewer, Action.CHANGE_MODELS if asked.kind == "train" else Action.HAND_OUT)
    with parts.store.writing() as connection:
        if asked.wave:
            _refuse_no_wave(connection, viewer, asked.wave)
        arguments = {"wave": asked.wave} if asked.wave else {}
        new = ask_for(connection, asked.kind, arguments, asked_by=viewer.account)
        note(connection, by, Did.ASKED, asked.kind)
        return next(_shown(job) for job in all_jobs(connection) if job.id == new)


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request, _viewer: Figures) -> Mapping[str, Any]:
    """This API, described for programs."""
    described: Mapping[str, Any] = request.app.openapi()
    return described


@router.get("/docs", include_in_schema=False, response_class=HTMLResponse)
def docs(request: Request, viewer: Figures) -> HTMLResponse:
    """This API, described for people; needs nothing from outside."""
    return page_for(request, viewer, "api.html", calls=list(_calls(request.app.openapi())))


def _seen(connection: Connection, viewer: Viewer, transcript: str) -> KeptTranscript:
    """The transcript; where there is none, the answer is 404 and names no other than this person may know of."""
    kept = same_name(connection, transcript)
    if kept is None or not sees(viewer, kept.transcript):
        known = [
            transcript.transcript.name
            for transcript in all_transcripts(connection)
            if sees(viewer, transcript.transcript)
        ]
        raise HTTPException(404, str(unknown("transcript", transcript, known)))
    return kept


def _refuse_no_wave(connection: Connection, viewer: Viewer, wave: str) -> None:
    """A job for a wave that nobody has would wait, and then fail where its asker does not look."""
    waves = {
        kept.transcript.wave
        for kept in all_transcripts(connection)
        if kept.transcript.wave and sees(viewer, kept.transcript)
    }
    if folded(wave) not in map(folded, waves):
        raise unknown("wave", wave, sorted(waves))


def _calls(described: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            answer: dict[str, Any] = next(
                (answer for code, answer in call["responses"].items() if code.startswith("2")), {}
            )
            schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
            name = (schema.get("items") or schema).get("$ref", "").rsplit("/", 1)[-1]
            fields = described.get("components", {}).get("schemas", {}).get(name, {}).get("properties", {})
            yield {
                "method": method.upper(),
                "path": path,
                "says": call.get("description", ""),
                "asks": [
                    parameter["name"] + (" (needed)" if parameter["required"] else "")
                    for parameter in call.get("parameters", ())
                ],
                "fields": list(fields),
                "many": "items" in schema,
            }


def _shown(job: Job) -> JobShown:
    return JobShown(
        id=job.id,
        kind=job.kind,
        state=job.state,
        created=job.created,
        started=job.started,
        finished=job.finished,
        result=None if job.result is None else dict(job.result),
        error=job.error,
    )
