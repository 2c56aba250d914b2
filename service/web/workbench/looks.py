"""A look at files that were sent: at once where they are few, else as a job that goes on when the browser is closed."""

from __future__ import annotations

from uuid import UUID

from fastapi import HTTPException, status

from annotations.store.jobs import ask_for
from service.bringing_in.look import look_at
from service.bringing_in.rests_on import rests_on
from service.bringing_in.uploads import Upload, UploadGone, open_upload
from service.web.pages import Visit

FEW_FILES, FEW_BYTES = 15, 3_000_000


def opened(visit: Visit, upload_id: UUID) -> Upload:
    """The upload with this id, or a page that says that it is gone."""
    try:
        return open_upload(visit.parts, upload_id)
    except UploadGone as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, str(error)) from error


def is_small(upload: Upload) -> bool:
    """Is it so little that nobody waits long?"""
    return len(upload.files) <= FEW_FILES and upload.bytes <= FEW_BYTES


def still_holds(visit: Visit, upload: Upload) -> bool:
    """Has somebody looked at what was sent as it is now, in a study that is as it was then?"""
    seen = upload.seen
    return seen is not None and seen.get("rests_on") == rests_on(visit.parts.read_again())


def look(visit: Visit, upload: Upload) -> None:
    """Look at what was sent."""
    if is_small(upload):
        look_at(visit.parts, upload.id)
        return
    with visit.parts.store.writing() as connection:
        # the version keeps two looks at other states of the files apart
        arguments = {"upload": str(upload.id), "version": upload.version}
        job = ask_for(connection, "look", arguments, asked_by=visit.viewer.account)
    upload.keep_job(str(job))
