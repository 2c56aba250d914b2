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
from annotations.problems import Problem, Problems, problem_of
from annotations.progress import Progress, quiet
from annotations.refi.map_file import WHATS
from service.bringing_in.corrections import study_as_said, write_manifest
from service.bringing_in.mend_cells import TABLES, alike
from service.bringing_in.new_codebook import look_at_codebook
from service.bringing_in.page_words import for_pages
from service.bringing_in.rows_that_wait import rows_that_wait
from service.bringing_in.uploads import SentFile, Upload, open_upload
from service.composition import Parts
from service.importing.import_codings import import_codings
from service.importing.import_outcome import Imported, Read
from service.importing.import_project import Wishes, import_project
from service.importing.import_transcripts import preview_transcripts
from service.importing.participants import import_attributes
from service.importing.preview_page import shown_file

MOST_GROUPS = 60
MOST_CELLS = 40


def look_at(parts: Parts, one: UUID, progress: Progress = quiet) -> dict[str, Any]:
    """Look at an upload and keep what was found. Raises Gone."""
    upload = open_upload(parts, one)
    now = parts.read_again()
    now.take_up(study_as_said(now.study, upload))
    seen: dict[str, Any] = {"transcripts": None, "tables": {}, "faults": []}
    if upload.of_kind("transcript"):
        seen["transcripts"] = _transcripts(now, upload, progress)
    for file in upload.of_kind("codings", "participants", "codebook", "project"):
        table = _guarded(now, upload, file)
        if file.kind == "codings":
            table |= rows_that_wait(table["groups"], seen["transcripts"])
        seen["tables"][str(file.number)] = table
    seen["ready"] = _ready(seen)
    upload.keep_seen(seen)
    return seen


def _ready(seen: Mapping[str, Any]) -> bool:
    """Can something of it come in as it is?"""
    found = seen["transcripts"]
    read = bool(found and found["files"] and not found["fault"])
    return read or any(one["ready"] for one in seen["tables"].values())


def _transcripts(parts: Parts, upload: Upload, progress: Progress) -> dict[str, Any]:
    folder = upload.folder / "transcripts"
    try:
        found = preview_transcripts(
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
            "fault": _ours(upload, str(error)),
        }
    return {
        "files": _files(upload, found),
        "refused": _refused(upload, found),
        "not_read": [{"file": one.file, "why": for_pages(one.why)} for one in found.not_read],
        "speakers": _speakers(upload, found),
        # speakers and files that were not read stand on the page by themselves
        "notes": [_ours(upload, one) for one in found.attributes.notes],
        "fault": "",
    }


def _files(upload: Upload, found: Imported) -> list[dict[str, Any]]:
    by_path = {str(upload.path(one)): one for one in upload.of_kind("transcript")}
    return [
        _file(upload, by_path[one.file], at, one) for at, one in enumerate(found.read) if one.file in by_path
    ]


def _file(upload: Upload, sent: SentFile, at: int, one: Read) -> dict[str, Any]:
    t = one.transcript
    shown = shown_file(at, one)
    account = one.account
    shown |= {
        "account": {"words_in": account.words_in, "words_left_out": account.words_left_out},
        "near": [asdict(near) for near in account.near[:40]],
        "left_out": [asdict(left) for left in account.left_out[:40]],
        "look": list(one.suspicion.sentences),
        "warnings": [_ours(upload, warning) for warning in one.warnings],
        "speakers": [
            {"label": s.label, "coded": s.role.is_coded, "known": s.known, "asks": s.asks, "turns": s.turns}
            for s in one.speakers
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


def _refused(upload: Upload, found: Imported) -> list[dict[str, Any]]:
    by_path = {str(upload.path(one)): one for one in upload.of_kind("transcript")}
    said = []
    for one in found.refused:
        sent = by_path.get(one.file)
        reason = _ours(upload, one.reason)
        said.append(
            {
                "number": sent.number if sent else None,
                "file": sent.name if sent else Path(one.file).name,
                "row": one.row,
                "reason": reason[:1].upper() + reason[1:],
            }
        )
    return said


def _speakers(upload: Upload, found: Imported) -> list[dict[str, Any]]:
    """Speakers of whom somebody has to say whether they ask, and those of whom somebody here has said it."""
    rows = [
        {
            "label": one.label,
            "turns": one.turns,
            "questions": one.questions,
            "files": len(one.files),
            "first": Path(one.files[0]).name if one.files else "",
            "guess": "interviewer" if one.asks else "participant",
            "counted": one.counted and len(one.files) > 1,
            "said": "",
        }
        for one in found.unknown_speakers
    ]
    spoken: dict[str, int] = {}
    for read in found.read:
        for speaker in read.speakers:
            spoken[speaker.label] = spoken.get(speaker.label, 0) + speaker.turns
    return rows + [
        {"label": label, "turns": spoken.get(label, 0), "questions": None, "files": None, "first": "", "guess": role,
         "counted": False, "said": role}
        for label, role in upload.said.roles.items()
    ]  # fmt: skip


def _guarded(parts: Parts, upload: Upload, file: SentFile) -> dict[str, Any]:
    """What one table or project would bring; what is wrong with it, in groups that can be mended."""
    path = upload.path(file)
    try:
        return _table(parts, upload, file, path)
    except Problems as error:
        groups = _groups(error.problems, path)
        return {
            "ready": False,
            "groups": groups,
            "faults": [_ours(upload, one) for one in error.more] if not groups else [],
        }
    except TandemError as error:
        return {
            "ready": False,
            "groups": [],
            "faults": [_ours(upload, line) for line in str(error).splitlines()],
        }


def _table(parts: Parts, upload: Upload, file: SentFile, path: Path) -> dict[str, Any]:
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
        who = f"{', '.join(sorted(kept.coders))} in {len(kept.transcripts)} transcripts"
        return _good(counts, (who, *coded.notes), groups, program=coded.program, complete=coded.complete)
    if file.kind == "participants":
        known = import_attributes(parts, path, dry_run=True)
        changes = known.changes
        counts = {
            "rows read": known.rows,
            "attributes that are new": len(changes.new),
            "attributes that change": len(changes.changed),
            "attributes that are taken away": len(changes.removed),
        }
        return _good(counts, known.notes)
    if file.kind == "codebook":
        book = look_at_codebook(parts, path)
        counts = {
            "codes": len(book.codebook.codes),
            "codes that are new": len(book.new),
            "codes that would be gone (nobody applied them)": len(book.gone),
            "codes that say something else": len(book.changed),
        }
        notes = [f"New: {', '.join(book.new[:12])}"] if book.new else []
        notes += [f"Gone: {', '.join(book.gone[:12])}"] if book.gone else []
        return _good(counts, (*notes, *book.notes))
    return _project(parts, upload, file, path, asked)


def _project(
    parts: Parts, upload: Upload, file: SentFile, path: Path, asked: Mapping[str, Any]
) -> dict[str, Any]:
    found = import_project(parts, path, project_wishes(upload, file, asked, dry_run=True), quiet)
    kept = found.kept
    counts = {
        "sources": len(found.sources),
        "codes": len(found.codes),
        "codings that would come in": kept.codings,
        "codings that are there already": kept.unchanged,
        "attributes new or changed": found.attributes,
    }
    seen = _good(counts, (*found.notes, *(f"Left out: {line}" for line in found.left_in_words)))
    names = [
        ("code", one.theirs, found.labels.get(one.ours or "", ""), one.by, one.nearest or "")
        for one in found.codes
    ]
    names += [(one.what, one.theirs, one.ours, one.by, "") for one in found.understood if one.what in WHATS]
    names += [("coder", theirs, ours, "the name rule", "") for theirs, ours in found.coders.items()]
    seen["names"] = [list(one) for one in names]
    seen["sources"] = [asdict(one) for one in found.sources]
    seen["faults"] = [_ours(upload, one) for one in (*found.refused, *found.remedies)]
    seen["ready"] = not found.refused
    return seen


def _good(
    counts: Mapping[str, int],
    notes: Any,
    groups: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    return {
        "ready": True,
        "counts": {name: count for name, count in counts.items() if count},
        "notes": [for_pages(one) for one in notes],
        "groups": groups or [],
        "faults": [],
        **more,
    }


def _groups(problems: Any, path: Path) -> list[dict[str, Any]]:
    told: list[Problem] = [
        one if isinstance(one, Problem) else problem_of(path, str(one)) for one in problems
    ]
    found = alike(told, path)[:MOST_GROUPS]
    can = path.suffix.lower() in TABLES
    return [
        {
            **one.to_json(),
            "reason": for_pages(one.reason).rstrip("."),
            "meant": _meant(one.reason),
            "cells": [list(cell) for cell in one.cells[:MOST_CELLS]],
            "count": len(one.rows) or 1,
            "can_mend": can,
        }
        for one in found
    ]


def _meant(reason: str) -> str:
    """The name that a sentence proposes, "" where it proposes none."""
    found = re.search(r'[Dd]id you mean "([^"]+)"', reason)
    return found[1] if found else ""


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


def project_wishes(upload: Upload, file: SentFile, asked: Mapping[str, Any], *, dry_run: bool) -> Wishes:
    """What was asked of a project, as its import takes it; names that people corrected stand in a map of ours."""
    names: Mapping[str, str] = asked.get("names", {})
    map_file = None
    if names:
        import csv

        map_file = upload.folder / f"names-{file.number}.csv"
        map_file.unlink(missing_ok=True)
        map_file.touch(0o600)
        with map_file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(("what", "theirs", "ours"))
            for key, ours in names.items():
                what, _, theirs = key.partition(":")
                writer.writerow((what, theirs, ours))
    return Wishes(map_file, (), asked.get("complete") or "none", bool(asked.get("add_codes")), dry_run)


def _ours(upload: Upload, sentence: str) -> str:
    """A sentence without the folders in which the files lie here, and with what a page calls things."""
    for one in upload.files:
        sentence = sentence.replace(str(upload.path(one)), one.short)
    plain = sentence.replace(f"{upload.folder}/transcripts/", "").replace(f"{upload.folder}/", "")
    return for_pages(plain)
