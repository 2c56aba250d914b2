"""The files that came in, kept for a day with all that was said of them: after an undo their preview is there again."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Sequence
from uuid import UUID

from service.bringing_in.uploads import SEEN, SentFile, Upload, uploads_there
from service.composition import Parts
from service.passing_files.folders import folder_of, make_private, new_folder, read_plain


def keep_way_back(parts: Parts, upload: Upload, came: Sequence[SentFile], record: UUID | None) -> None:
    """Put the files that came in out of an upload; under ``record`` they are kept, without one they are deleted."""
    if record is None:
        for file in came:
            upload.leave_out(file)
        if not upload.files:
            upload.remove()
            return
    elif len(came) == len(upload.files):
        upload.brought = str(record)
    elif came:
        _moved(parts, upload, came, brought=str(record))
    upload.job = ""
    upload.save()


def back_to_preview(parts: Parts, record: UUID, only: str = "") -> Upload | None:
    """The upload of what came in under this record, to be looked at again, where it is still there.

    ``only``: the name of a transcript that alone was undone; its file is then an upload of its own.
    """
    upload = next((kept for kept in uploads_there(parts) if kept.brought == str(record)), None)
    if upload is None:
        return None
    if only:
        seen = read_plain(upload.folder / SEEN) or {}
        files = (seen.get("transcripts") or {}).get("files", [])
        numbers = {file_plain["number"] for file_plain in files if file_plain["transcript"] == only}
        its = [file for file in upload.files if file.number in numbers]
        if not its:
            return None
        if len(its) < len(upload.files):
            return _moved(parts, upload, its, brought="")
    upload.brought = ""
    upload.save()
    return upload


def record_of(parts: Parts, upload_id: UUID) -> str:
    """Under which record the files of an upload came in, "" where they did not or are gone."""
    if folder_of(parts, "in", upload_id) is None:
        return ""
    return next((kept.brought for kept in uploads_there(parts) if kept.id == upload_id), "")


def _moved(parts: Parts, upload: Upload, files: Sequence[SentFile], *, brought: str) -> Upload:
    """Files of an upload as one of their own, with all that was said of them."""
    new, folder = new_folder(parts, "in")
    moved = Upload(new, folder, upload.by, upload.created, said=copy.deepcopy(upload.said), brought=brought)
    for file in files:
        target = folder / file.place
        make_private(target.parent, folder)
        upload.path(file).replace(target)
        moved.files.append(file)
        upload.files.remove(file)
    if (upload.folder / SEEN).is_file():
        shutil.copy2(upload.folder / SEEN, folder / SEEN)
    moved.save()
    upload.save()
    return moved
