"""Bring in: files are sent, looked at and brought in; what came in can be undone while nothing rests on it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, HTTPException, Response, status

from annotations.errors import BadInput, Busy
from annotations.store.brought_in import all_brought_in, brought_in_by_id, items_of
from annotations.store.described_transcripts import described_transcripts
from annotations.store.jobs import ask_for
from annotations.store.study_places import places_in
from service.access.page_links import interview_path
from service.access.policy import Action
from service.audit import Did
from service.bringing_in.bring import bring_in
from service.bringing_in.kinds import kind_of
from service.bringing_in.undo import undo, undo_transcript, why_it_stays
from service.bringing_in.uploads import all_uploads, in_words, receive, uploads_there
from service.bringing_in.way_back import back_to_preview
from service.passing_files.folders import sweep
from service.web.form_route import FormRoute
from service.web.pages import Visit, Visited, saved
from service.web.request_limits import UPLOADS
from service.web.workbench import upload_pages, wanted_waves
from service.web.workbench.audit import audit
from service.web.workbench.describe_page import unplaced
from service.web.workbench.given import Sent
from service.web.workbench.looks import is_small, look, opened
from service.web.workbench.upload_preview import page

PATH = UPLOADS
router = APIRouter(include_in_schema=False, route_class=FormRoute)
router.include_router(upload_pages.router)
router.include_router(wanted_waves.router)

_COUNTS = {
    "transcript": ("transcript", "transcripts"),
    "described": ("transcript described anew", "transcripts described anew"),
    "replaced": ("corrected transcript", "corrected transcripts"),
    "review": ("review", "reviews"),
    "coding": ("coding", "codings"),
    "adopted": ("coding that became part of a review", "codings that became part of a review"),
    "attribute": ("attribute", "attributes"),
    "settings": ("list of who asks and who answers", "lists of who asks and who answers"),
    "codebook": ("codebook", "codebooks"),
}


@router.get(PATH)
def start(visit: Visited) -> Response:
    """Where files are dropped, what waits, and what came in."""
    visit.must(Action.BRING_IN)
    return _start(visit)


@router.post(PATH)
def send(visit: Visited, sent: Sent) -> Response:
    """Take files; nothing of them is in the study yet."""
    visit.must(Action.BRING_IN)
    files = [
        (sent_file.filename or "", sent_file.file)
        for sent_file in (*sent.files("files"), *sent.files("folder"))
    ]
    try:
        upload = receive(visit.parts, files, by=visit.viewer.name, kind_of=kind_of)
    except BadInput as error:
        return _start(visit, fault=str(error))
    manifests = upload.of_kind("manifest")
    notes = [note for manifest in manifests for note in upload_pages.taken(upload, manifest)]
    upload.save()
    audit(visit, Did.SENT, str(upload.id), files=len(upload.files))
    look(visit, upload)
    return saved(f"{PATH}/{upload.id}" + ("?notes=1" if notes else ""))


@router.post(f"{PATH}/{{upload_id}}/bring")
def bring(visit: Visited, upload_id: UUID) -> Response:
    """Bring in what can come in as it is."""
    visit.must(Action.BRING_IN)
    parts = visit.parts
    upload = opened(visit, upload_id)
    audit(visit, Did.IMPORTED, in_words(upload), kind="files of a browser", files=len(upload.files))
    if is_small(upload):
        try:
            with parts.alone("bring in"):
                done = bring_in(parts, upload_id, by=visit.viewer.name)
        except Busy:
            pass  # a command or a worker holds the study: a job waits for it
        except BadInput as error:
            return page(visit, upload, fault=str(error))
        else:
            return came(visit, done)
    with parts.store.writing() as connection:
        arguments = {"upload": str(upload_id), "by": visit.viewer.name}
        job = ask_for(connection, "bring in", arguments, asked_by=visit.viewer.account)
    upload.keep_job(str(job))
    return saved(f"{PATH}/{upload_id}")


@router.post(f"{PATH}/{{upload_id}}/look")
def look_again(visit: Visited, upload_id: UUID) -> Response:
    """Look at the files once more."""
    visit.must(Action.BRING_IN)
    upload = opened(visit, upload_id)
    upload.save()
    look(visit, upload)
    return saved(f"{PATH}/{upload_id}")


@router.post(f"{PATH}/{{upload_id}}/leave")
def leave(visit: Visited, upload_id: UUID) -> Response:
    """Delete what was sent: it is not to come in."""
    visit.must(Action.BRING_IN)
    opened(visit, upload_id).remove()
    audit(visit, Did.SENT, str(upload_id), left="yes")
    return saved(PATH)


@router.get(f"{PATH}/came/{{record}}")
def came_in(visit: Visited, record: UUID) -> Response:
    """What came in, and whether it can be undone."""
    visit.must(Action.BRING_IN)
    return _came_in(visit, record)


@router.post(f"{PATH}/came/{{record}}/undo")
def undo_it(visit: Visited, record: UUID) -> Response:
    """Take it back."""
    visit.must(Action.BRING_IN)
    try:
        with visit.parts.alone("undo"):
            undo(visit.parts, record, by=visit.viewer.name)
    except BadInput as error:
        return _came_in(visit, record, fault=str(error))
    audit(visit, Did.UNDID, str(record))
    again = back_to_preview(visit.parts, record)
    return saved(f"{PATH}/{again.id}?undone=yes" if again else f"{PATH}/came/{record}")


@router.post(f"{PATH}/came/{{record}}/undo/{{transcript}}")
def undo_one(visit: Visited, record: UUID, transcript: UUID) -> Response:
    """Take back one transcript of several that came in together."""
    visit.must(Action.BRING_IN)
    try:
        with visit.parts.alone("undo"):
            name = undo_transcript(visit.parts, record, transcript, by=visit.viewer.name)
    except BadInput as error:
        return _came_in(visit, record, fault=str(error))
    audit(visit, Did.UNDID, str(record), transcript=name)
    again = back_to_preview(visit.parts, record, name)
    return saved(f"{PATH}/{again.id}?undone=yes" if again else f"{PATH}/came/{record}")


def came(visit: Visit, done: dict[str, object]) -> Response:
    """Where to go after something came in."""
    if done["brought_in"]:
        return saved(f"{PATH}/came/{done['brought_in']}")
    return _start(visit, note="Everything in these files is in the study already. Nothing was changed.")


def _start(visit: Visit, *, fault: str = "", note: str = "") -> Response:
    sweep(visit.parts)
    with visit.parts.store.reading() as connection:
        brought = all_brought_in(connection, latest=50)
    return visit.page(
        "workbench/bring_in.html",
        waiting=[(upload, in_words(upload)) for upload in all_uploads(visit.parts)],
        brought=[(record, counts_in_words(record.what.get("counts", {}))) for record in brought],
        faults=fault.splitlines(),
        note=note,
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
    )


def counts_in_words(counts: dict[str, int]) -> str:
    """What came in, in words."""
    said = []
    for kind, (single, many) in _COUNTS.items():
        if counts.get(kind):
            said.append(f"{counts[kind]:,} {single if counts[kind] == 1 else many}")
    return ", ".join(said)


def _came_in(visit: Visit, record: UUID, *, fault: str = "") -> Response:
    with visit.parts.store.reading() as connection:
        record_there = brought_in_by_id(connection, record)
        if record_there is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, "Nothing that came in has this number.")
        items = items_of(connection, record)
        reasons = why_it_stays(connection, record_there) if record_there.undone is None else ()
        theirs = {item.transcript for item in items if item.kind in ("transcript", "described", "replaced")}
        there = [transcript for transcript in described_transcripts(connection) if transcript.id in theirs]
        places = places_in(connection)
    missing = {row.id: row for row in unplaced(there, visit.parts.study.config, places)}
    left = [upload for upload in all_uploads(visit.parts) if upload.files]
    return visit.page(
        "workbench/came_in.html",
        found=record_there,
        said=counts_in_words(record_there.what.get("counts", {})),
        notes=record_there.what.get("notes", ()),
        transcripts=there[:300],
        more=max(0, len(there) - 300),
        place=lambda row: interview_path(row.id),
        missing=missing,
        several=len(there) > 1,
        back=any(kept.brought == str(record) for kept in uploads_there(visit.parts)),
        reasons=reasons,
        left=left,
        faults=fault.splitlines(),
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
    )
