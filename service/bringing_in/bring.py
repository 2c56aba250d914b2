"""Bringing in what was sent: each kind by its own import, and what came kept on record, so that it can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from annotations.errors import BadInput
from annotations.numbers_shown import counted
from annotations.problems import in_few_lines
from annotations.progress import Progress, quiet
from annotations.store.brought_in import BroughtItem, keep_brought_in
from annotations.study.list_in_file import set_values
from service.bringing_in.beside_projects import ALONE, names_alone, pairs_in
from service.bringing_in.corrections import lists_as_said, write_manifest
from service.bringing_in.differences import standing, what_came
from service.bringing_in.look import codings_asked, look_at
from service.bringing_in.new_codebook import take_codebook
from service.bringing_in.projects import project_wishes
from service.bringing_in.rows_that_wait import waits_for_transcripts
from service.bringing_in.uploads import SentFile, Upload, open_upload
from service.bringing_in.way_back import keep_way_back
from service.composition import Parts
from service.importing.import_codings import import_codings
from service.importing.import_project import import_project
from service.importing.import_transcripts import import_transcripts
from service.importing.participants import import_attributes
from service.page_words import for_pages


def bring_in(parts: Parts, upload_id: UUID, *, by: str, progress: Progress = quiet) -> dict[str, Any]:
    """Bring in what of an upload can come in as it is; the caller holds the study.

    Transcripts, participants and a codebook come first. Codings and projects that were sent with transcripts wait for
    another look, since they point at these. Raises BadInput where nothing can come in; nothing is changed then.
    """
    upload = open_upload(parts, upload_id)
    seen = upload.seen or look_at(parts, upload_id)
    if not seen["ready"]:
        raise BadInput("nothing of these files can come in as they are: mend what is marked first.")
    now = parts.read_again()
    with now.store.reading() as connection:
        before = standing(connection, now)
    notes: list[str] = []
    done: list[SentFile] = []
    try:
        _first(now, upload, seen, notes, done, progress)
    finally:
        # what came in before something failed is on record too
        alone = names_alone([file for file in done if file.kind == "project"], pairs_in(upload, ()))
        record = _keep(now, before, by, notes, alone)
    left = [file.name for file in upload.files if file not in done]
    keep_way_back(parts, upload, done, record)
    return {"brought_in": str(record) if record else None, "left": left}


def _first(
    parts: Parts,
    upload: Upload,
    seen: dict[str, Any],
    notes: list[str],
    done: list[SentFile],
    progress: Progress,
) -> None:
    tables = seen["tables"]
    ready = [file for file in upload.files if tables.get(str(file.number), {}).get("ready")]
    for file in (sent for sent in ready if sent.kind == "codebook"):
        take_codebook(parts, upload.path(file))
        done.append(file)
    read = seen["transcripts"]
    came = bool(read and read["files"])
    if came:
        _transcripts(parts, upload, read, notes, done, progress)
    for file in (sent for sent in ready if sent.kind == "participants"):
        notes += import_attributes(parts, upload.path(file)).notes
        done.append(file)
    for file in upload.of_kind("codings", "project"):
        table = tables.get(str(file.number))
        if table and waits_for_transcripts(file.kind, table, read):
            notes.append(
                f"{file.short} has waited for the transcripts: look at it again now that they are here."
            )
    pairs = pairs_in(upload, ())
    for file in (sent for sent in ready if sent.kind in ("codings", "project") and not came):
        if file.kind == "codings":
            asked = upload.said.asked.get(str(file.number), {})
            notes += import_codings(parts, upload.path(file), **codings_asked(asked)).notes
        else:
            wishes = project_wishes(upload, file, pairs, dry_run=False)
            imported = import_project(parts, upload.path(file), wishes, progress)
            if imported.refused:
                raise BadInput("\n".join(imported.refused))
            notes += imported.notes
            done += [pairs.of[file.number]] if file.number in pairs.of else []
        done.append(file)


def _transcripts(
    parts: Parts,
    upload: Upload,
    read: dict[str, Any],
    notes: list[str],
    done: list[SentFile],
    progress: Progress,
) -> None:
    lists = lists_as_said(parts.study, upload)
    if lists:
        plain = {key: value if isinstance(value, dict) else list(value) for key, value in lists.items()}
        parts.take_up(set_values(parts.study, plain))
    imported = import_transcripts(
        parts,
        [upload.folder / "transcripts"],
        manifest=write_manifest(upload),
        described={},
        replace=upload.said.replace,
        progress=progress,
    )
    came = {read.file for read in imported.read}
    done += [sent for sent in upload.of_kind("transcript") if str(upload.path(sent)) in came]
    done += upload.of_kind("manifest")
    lines = in_few_lines(imported.refused)
    notes += [line.replace(f"{upload.folder}/transcripts/", "") for line in lines]
    notes += imported.about_participants
    if read["refused"]:
        notes.append(f"{counted(len(read['refused']), 'file waits', 'files wait')} to be mended.")


def _keep(parts: Parts, before: Any, by: str, notes: Sequence[str], alone: Sequence[str]) -> UUID | None:
    again = parts.read_again()
    with again.store.writing() as connection:
        items = list(what_came(before, standing(connection, again)))
        if not items:
            return None
        return keep_brought_in(
            connection,
            by,
            {
                **_counts(items),
                "notes": [for_pages(sentence) for sentence in dict.fromkeys(notes)],
                **({ALONE: list(alone)} if alone else {}),
            },
            items,
        )


def _counts(items: Sequence[BroughtItem]) -> dict[str, Any]:
    counted = Counter(item.kind for item in items)
    return {"counts": dict(counted)}
