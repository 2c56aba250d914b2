"""A look at files that were sent: what would come in, by the dry run of each import; nothing is changed.

What is found is kept beside the files as plain data, so that a page shows it at once, whoever has looked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from annotations.errors import BadInput, TandemError
from annotations.numbers_shown import counted
from annotations.problems import Problem, Problems, problem_of
from annotations.progress import Progress, quiet
from service.bringing_in.beside_projects import Pairs, pairs_in, projects_that_came_alone
from service.bringing_in.corrections import study_as_said, write_manifest
from service.bringing_in.good_table import good_table
from service.bringing_in.mend_cells import TABLES, alike
from service.bringing_in.new_codebook import look_at_codebook
from service.bringing_in.projects import beside_table, project_table
from service.bringing_in.refused_files import page_sentence, refused_files
from service.bringing_in.rests_on import rests_on
from service.bringing_in.rows_that_wait import rows_that_wait
from service.bringing_in.uploads import SentFile, Upload, open_upload
from service.composition import Parts
from service.importing.import_codings import import_codings
from service.importing.import_outcome import Imported, ImportedTranscript
from service.importing.import_transcripts import preview_transcripts
from service.importing.participants import import_attributes
from service.importing.preview_page import shown_file
from service.page_words import for_pages

MOST_GROUPS = 60
MOST_CELLS = 40
MOST_CHANGES = 200


def look_at(parts: Parts, upload_id: UUID, progress: Progress = quiet) -> dict[str, Any]:
    """Look at an upload and keep what was found. Raises Gone."""
    upload = open_upload(parts, upload_id)
    now = parts.read_again()
    # before the look: what changes while it lasts is looked at by the next one
    seen: dict[str, Any] = {"transcripts": None, "tables": {}, "faults": [], "rests_on": rests_on(now)}
    now.take_up(study_as_said(now.study, upload))
    if upload.of_kind("transcript"):
        seen["transcripts"] = _transcripts(now, upload, progress)
    with now.store.reading() as connection:
        pairs = pairs_in(upload, projects_that_came_alone(connection))
    for file in upload.of_kind("codings", "participants", "codebook", "project"):
        table = _guarded(now, upload, file, pairs)
        if file.kind == "codings":
            table |= rows_that_wait(table["groups"], seen["transcripts"])
        groups = table["groups"][:MOST_GROUPS]
        table["groups"] = [{**group, "cells": group["cells"][:MOST_CELLS]} for group in groups]
        seen["tables"][str(file.number)] = table
    for file in upload.of_kind("beside"):
        seen["tables"][str(file.number)] = beside_table(upload, file, pairs, seen["tables"])
    seen["ready"] = _ready(seen)
    upload.keep_seen(seen)
    return seen


def _ready(seen: Mapping[str, Any]) -> bool:
    """Can something of it come in as it is?"""
    transcripts_seen = seen["transcripts"]
    read = bool(transcripts_seen and transcripts_seen["files"] and not transcripts_seen["fault"])
    return read or any(table_seen["ready"] for table_seen in seen["tables"].values())


def _transcripts(parts: Parts, upload: Upload, progress: Progress) -> dict[str, Any]:
    folder = upload.folder / "transcripts"
    try:
        imported = preview_transcripts(
            parts,
            [folder],
            manifest=write_manifest(upload),
            described={},
            replace=upload.said.replace,
            progress=progress,
        )
    except BadInput as error:
        return {
            "files": [],
            "refused": [],
            "not_read": [],
            "speakers": [],
            "notes": [],
            "fault": page_sentence(upload, str(error)),
        }
    return {
        "files": _files(upload, imported),
        "refused": refused_files(upload, imported),
        "not_read": [{"file": unread.file, "why": for_pages(unread.why)} for unread in imported.not_read],
        "speakers": _speakers(upload, imported),
        # speakers and files that were not read stand on the page by themselves
        "notes": [page_sentence(upload, sentence) for sentence in imported.about_participants],
        "fault": "",
    }


def _files(upload: Upload, imported: Imported) -> list[dict[str, Any]]:
    by_path = {str(upload.path(sent)): sent for sent in upload.of_kind("transcript")}
    return [
        _file(upload, by_path[read.file], at, read)
        for at, read in enumerate(imported.read)
        if read.file in by_path
    ]


def _file(upload: Upload, sent: SentFile, at: int, read: ImportedTranscript) -> dict[str, Any]:
    t = read.transcript
    shown = shown_file(at, read)
    account = read.account
    shown |= {
        "account": {"words_in": account.words_in, "words_left_out": account.words_left_out},
        "near": [asdict(near) for near in account.near[:40]],
        "left_out": [asdict(left) for left in account.left_out[:40]],
        "look": list(read.suspicion.sentences),
        "warnings": [page_sentence(upload, warning) for warning in read.warnings],
        "speakers": [
            {"label": s.label, "coded": s.role.is_coded, "known": s.known, "asks": s.asks, "turns": s.turns}
            for s in read.speakers
        ],
    }
    return {
        **shown,
        "number": sent.number,
        "file": sent.name,
        "transcript": t.name,
        "kind": t.kind.value,
        "participant": t.participant,
        "case": t.case,
        "site": t.site,
        "wave": t.wave,
        "session": t.session,
        "language": t.language,
        "date": t.date.isoformat() if t.date else "",
        "may_train": t.consents.may_train,
        "may_quote": t.consents.may_quote,
        "visible_to": None if t.consents.visible_to is None else list(t.consents.visible_to),
        "coded_turns": len(t.participants_turns),
    }


def _speakers(upload: Upload, imported: Imported) -> list[dict[str, Any]]:
    """Speakers of whom somebody has to say whether they ask, and those of whom somebody here has said it."""
    rows = [
        {
            "label": speaker.label,
            "turns": speaker.turns,
            "questions": speaker.questions,
            "files": len(speaker.files),
            "first": Path(speaker.files[0]).name if speaker.files else "",
            "guess": "interviewer" if speaker.asks else "participant",
            "counted": speaker.counted and len(speaker.files) > 1,
            "said": "",
            "same": "",
        }
        for speaker in imported.unknown_speakers
    ]
    spoken: dict[str, int] = {}
    for read in imported.read:
        for speaker in read.speakers:
            spoken[speaker.label] = spoken.get(speaker.label, 0) + speaker.turns
    return rows + [
        {"label": label, "turns": spoken.get(label, 0), "questions": None, "files": None, "first": "", "guess": role,
         "counted": False, "said": role, "same": ""}
        for label, role in upload.said.roles.items()
    ] + [
        {"label": label, "turns": 0, "questions": None, "files": None, "first": "", "guess": "", "counted": False,
         "said": "", "same": meant}
        for label, meant in upload.said.same.items()
    ]  # fmt: skip


def _guarded(parts: Parts, upload: Upload, file: SentFile, pairs: Pairs) -> dict[str, Any]:
    """What one table or project would bring; what is wrong with it, in groups that can be mended."""
    path = upload.path(file)
    try:
        return _table(parts, upload, file, pairs)
    except Problems as error:
        groups = _groups(error.problems, path)
        return {
            "ready": False,
            "groups": groups,
            "faults": [page_sentence(upload, fault) for fault in error.more] if not groups else [],
        }
    except TandemError as error:
        return {
            "ready": False,
            "groups": [],
            "faults": [page_sentence(upload, line) for line in str(error).splitlines()],
        }


def _table(parts: Parts, upload: Upload, file: SentFile, pairs: Pairs) -> dict[str, Any]:
    path = upload.path(file)
    asked = upload.said.asked.get(str(file.number), {})
    if file.kind == "codings":
        coded = import_codings(parts, path, dry_run=True, **codings_asked(asked))
        kept = coded.kept
        counts = {
            "rows read": coded.rows,
            "codings that would come in": kept.codings,
            "reviews made of them": kept.reviews,
            "of these empty: looked, nothing applies": kept.empty_reviews,
            "codings that are there already": kept.unchanged,
            "reviews that would replace an earlier one": kept.superseded,
        }
        groups = _groups([fault.problem for fault in coded.faults], path)
        who = f"{', '.join(sorted(kept.coders))} in {counted(len(kept.transcripts), 'transcript')}"
        return good_table(counts, (who, *coded.notes), groups, program=coded.program, complete=coded.complete)
    if file.kind == "participants":
        known = import_attributes(parts, path, dry_run=True)
        changes = known.changes
        counts = {
            "rows read": known.rows,
            "attributes that are new": len(changes.new),
            "attributes that change": len(changes.changed),
            "attributes that are taken away": len(changes.removed),
        }
        return good_table(counts, known.notes)
    if file.kind == "codebook":
        book = look_at_codebook(parts, path)
        counts = {
            "codes": len(book.codebook.codes),
            "codes that are new": len(book.new),
            "codes that would be gone (nobody applied them)": len(book.gone),
            "codes that say something else": len(book.changed),
        }
        told = [change.to_json() for change in book.changes[:MOST_CHANGES]]
        return good_table(counts, book.notes, changes=told, more_changes=len(book.changes) - len(told))
    return project_table(parts, upload, file, pairs)


def _groups(problems: Any, path: Path) -> list[dict[str, Any]]:
    told: list[Problem] = [
        problem if isinstance(problem, Problem) else problem_of(path, str(problem)) for problem in problems
    ]
    alike_problems = alike(told, path)
    can = path.suffix.lower() in TABLES
    return [
        {
            **group.to_json(),
            "reason": for_pages(group.reason).rstrip("."),
            "meant": _meant(group.reason),
            "cells": [list(cell) for cell in group.cells],
            "count": len(group.rows) or 1,
            "can_mend": can,
        }
        for group in alike_problems
    ]


def _meant(reason: str) -> str:
    """The name that a sentence proposes, "" where it proposes none."""
    match = re.search(r'[Dd]id you mean "([^"]+)"', reason)
    return match[1] if match else ""


def codings_asked(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked of a file of codings, as its import takes it."""
    return {
        "complete": asked.get("complete") or None,
        "only": tuple(asked.get("only", ())),
        "skip_bad_rows": bool(asked.get("skip")),
        "coder": asked.get("coder", ""),
        "transcript": asked.get("transcript", ""),
        "columns": dict(asked.get("columns", {})),
    }
