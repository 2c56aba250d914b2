"""The versioned JSON API: what the study holds, for other programs. Everything needs the session key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from annotations.lots import lots
from annotations.store.jobs import Job, all_jobs, ask_for
from annotations.store.model_versions import all_models, champion
from annotations.store.reviews import current_reviews
from annotations.store.segments import segments_of
from annotations.store.suggestions import suggestions_on
from annotations.store.transcripts import all_transcripts, get_transcript
from service.access.doors import reader, writer
from service.looking.hidden_spans import Hidden
from service.looking.wave_progress import progress_of
from service.web.dependencies import Served
from service.web.pages import rendered
from service.web.schemas import (
    JobAsked,
    JobShown,
    ModelShown,
    ReviewShown,
    SegmentShown,
    SuggestionShown,
    TranscriptShown,
)

router = APIRouter(prefix="/api/v1")
_READ = [Depends(reader)]
Name = Annotated[str, Query(description="The transcript's id, in any case.")]
Where = Annotated[
    Sequence[str], Query(description='Only of those with this attribute, such as "role=leader".')
]


@router.get("/status", dependencies=_READ)
def study_status(parts: Served, where: Where = ()) -> dict[str, Any]:
    """How far each wave is, as "tandem status --json" prints it."""
    return progress_of(parts, where).to_json()


@router.get("/transcripts", dependencies=_READ)
def transcripts(parts: Served, wave: str | None = None) -> list[TranscriptShown]:
    """Every transcript, or those of one wave, without their words."""
    with parts.store.reading() as connection:
        return [TranscriptShown.of(kept) for kept in all_transcripts(connection, wave=wave)]


@router.get("/segments", dependencies=_READ)
def segments(parts: Served, transcript: Name) -> list[SegmentShown]:
    """A transcript's segments under the segmentation in force, with their words, in reading order."""
    with parts.store.reading() as connection:
        kept = get_transcript(connection, transcript)
        cut = segments_of(connection, parts.segmentation.version).get(kept.id, ())
    return [SegmentShown.of(segment, kept.transcript) for segment in cut]


@router.get("/suggestions", dependencies=_READ)
def suggestions(parts: Served, transcript: Name, suggested_only: bool = False) -> list[SuggestionShown]:
    """What the serving model says of a transcript, with evidence by reference.

    Segments that a coder is to judge without a suggestion are left out until that review is in.
    """
    with parts.store.reading() as connection:
        kept = get_transcript(connection, transcript)
        serving = champion(connection)
        if serving is None:
            return []
        model = serving.model
        hidden = Hidden.now(connection)
        cut = segments_of(connection, model.segmentation).get(kept.id, ())
        shown = [one.id for one in cut if one.id is not None and not hidden.hides(kept.id, one.span)]
        found: dict[UUID, Any] = {}
        for some in lots(shown, 400):
            found |= suggestions_on(connection, model, some)
    return [
        SuggestionShown.of(one, kept.transcript.name)
        for segment in shown
        if segment in found
        for one in found[segment].one_by_one(model)
        if one.suggested or not suggested_only
    ]


@router.get("/reviews", dependencies=_READ)
def reviews(parts: Served, transcript: Name) -> list[ReviewShown]:
    """The reviews of a transcript that stand now; "tandem history" shows the past ones too."""
    with parts.store.reading() as connection:
        kept = get_transcript(connection, transcript)
        return [
            ReviewShown.of(one, kept.transcript.name)
            for one in current_reviews(connection, transcript=kept.id)
        ]


@router.get("/models", dependencies=_READ)
def models(parts: Served) -> list[ModelShown]:
    """Every model version, oldest first, and which of them serves."""
    with parts.store.reading() as connection:
        serving = champion(connection)
        now = serving.model.id if serving else None
        return [ModelShown.of(model, serves=model.id == now) for model in all_models(connection)]


@router.get("/jobs", dependencies=_READ)
def jobs(parts: Served) -> list[JobShown]:
    """The latest jobs, newest first."""
    with parts.store.reading() as connection:
        return [_shown(job) for job in all_jobs(connection)]


@router.post("/jobs", dependencies=[Depends(writer)], status_code=202)
def ask(parts: Served, asked: JobAsked) -> JobShown:
    """Ask a worker for a training or for suggestions; one of a kind waits at most."""
    with parts.store.writing() as connection:
        new = ask_for(connection, asked.kind, {"wave": asked.wave} if asked.wave else {})
        return next(_shown(job) for job in all_jobs(connection) if job.id == new)


@router.get("/openapi.json", dependencies=_READ, include_in_schema=False)
def openapi(request: Request) -> Mapping[str, Any]:
    """This API, described for programs."""
    described: Mapping[str, Any] = request.app.openapi()
    return described


@router.get("/docs", dependencies=_READ, include_in_schema=False, response_class=HTMLResponse)
def docs(request: Request) -> str:
    """This API, described for people; needs nothing from outside."""
    return rendered("api.html", calls=list(_calls(request.app.openapi())))


def _calls(described: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            answer: dict[str, Any] = next(
                (one for code, one in call["responses"].items() if code.startswith("2")), {}
            )
            schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
            name = (schema.get("items") or schema).get("$ref", "").rsplit("/", 1)[-1]
            fields = described.get("components", {}).get("schemas", {}).get(name, {}).get("properties", {})
            yield {
                "method": method.upper(),
                "path": path,
                "says": call.get("description", ""),
                "asks": [
                    one["name"] + (" (needed)" if one["required"] else "")
                    for one in call.get("parameters", ())
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
