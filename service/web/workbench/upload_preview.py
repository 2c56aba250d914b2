"""The page of all that was sent: how it would come in, what is missing, and the forms as they were typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Response, status

from annotations.numbers_shown import counted
from annotations.store.coders import coder_names
from annotations.store.study_places import places_in
from annotations.store.transcripts import transcript_names
from service.access.policy import Action
from service.bringing_in.corrections import ALL, DESCRIBED
from service.bringing_in.kinds import NAMES
from service.bringing_in.missing import MissingWord, missing_in, slips_in, used_in
from service.bringing_in.rows_that_wait import must_be_mended, waits_for_transcripts
from service.bringing_in.uploads import KINDS, SentFile, Upload
from service.web.lists import ShownList, asked_of
from service.web.pages import Visit, saved
from service.web.request_limits import UPLOADS as PATH
from service.web.workbench.given import Given
from service.web.workbench.looks import look
from service.web.workbench.place_choices import place_choices
from service.web.workbench.upload_list import columns_of
from service.web.workbench.wanted_waves import wanted_waves


def page(
    visit: Visit,
    upload_shown: Upload,
    *,
    fault: str = "",
    errors: Mapping[str, str] | None = None,
    given: Given | None = None,
) -> Response:
    """The preview of all that was sent.

    ``fault``: a sentence for the top of the page; ``errors``: sentences by the field of "all of them alike"; ``given``:
    what was typed and refused, which stays in every form.
    """
    seen = upload_shown.seen or {"transcripts": None, "tables": {}, "faults": [], "ready": False}
    files = seen["transcripts"]["files"] if seen["transcripts"] else []
    parts = visit.parts.read_again()
    config = parts.study.config
    with parts.store.reading() as connection:
        names = transcript_names(connection) if seen["tables"] else ()
        places = places_in(connection)
        coders = list(
            dict.fromkeys((*(coder.name for coder in config.coders), *coder_names(connection).values()))
        )
    used = used_in(config, places, files)
    missing = missing_in(files, used, config)
    shown = ShownList(
        files,
        columns_of(upload_shown, used, config),
        asked_of(visit.request.query_params),
        path=f"{PATH}/{upload_shown.id}",
        noun="transcript",
        size=25,
    )
    typed = given if given is not None and given.holds_any(DESCRIBED) else None
    refused = bool(fault or errors)
    return visit.page(
        "workbench/upload.html",
        upload=upload_shown,
        seen=seen,
        comes=_comes(upload_shown, seen),
        undone=bool(visit.request.query_params.get("undone")),
        missing=[(word, _address(upload_shown, word)) for word in missing],
        list=shown,
        kinds=[(kind, NAMES[kind]) for kind in KINDS],
        kind_names=NAMES,
        waves=wanted_waves(upload_shown) if visit.may(Action.CHANGE_STUDY) else {},
        everyone=said_of(upload_shown, ALL) if typed is None else described(typed),
        replace=upload_shown.said.replace if typed is None else typed.ticked("replace"),
        typed_roles={} if given is None else roles(given),
        typed_same={} if given is None else same(given),
        speakers=_speakers(files),
        slips={label: meant for file_plain in files for label, meant in slips_in(file_plain, config).items()},
        errors=errors or {},
        places=place_choices(config, places),
        known={
            "transcript": names,
            "coder": coders,
            "code": [code.path for code in visit.request.app.state.in_force.codebook]
            if seen["tables"]
            else [],
        },
        faults=fault.splitlines(),
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if refused else status.HTTP_200_OK,
    )


def anew(visit: Visit, upload_shown: Upload, to: str = "") -> Response:
    """Keep what was said, look again, and go on."""
    upload_shown.save()
    look(visit, upload_shown)
    return saved(to or f"{PATH}/{upload_shown.id}")


def left_out(visit: Visit, upload_shown: Upload, file: SentFile) -> Response:
    """Delete a file of several, or all of it with the last one."""
    upload_shown.leave_out(file)
    if upload_shown.files:
        return anew(visit, upload_shown)
    upload_shown.remove()
    return saved(PATH)


def said_of(upload_said: Upload, key: str) -> dict[str, str]:
    """What is said of a file, "" where nothing is."""
    return dict.fromkeys(DESCRIBED, "") | upload_said.said.described.get(key, {})


def described(sent: Given) -> dict[str, str]:
    """Where a form says that transcripts belong, by field."""
    return {name: sent.text(name) for name in DESCRIBED}


def roles(sent: Given) -> dict[str, str]:
    """Roles by speaker: a label may hold any sign, so it stands in a field of its own."""
    labels = sent.beginning("speaker-")
    return {label: sent.text(f"role-{number}") for number, label in labels.items()}


def same(sent: Given) -> dict[str, str]:
    """Whom each speaker is said to be, "" where it is nobody else; of those whom the form asks about."""
    labels = sent.beginning("speaker-")
    return {
        label: sent.text(f"same-{number}")
        for number, label in labels.items()
        if sent.holds_any((f"same-{number}",))
    }


def _speakers(files: Sequence[Mapping[str, Any]]) -> list[str]:
    """Everybody who speaks in these files, whoever speaks most first."""
    turns: dict[str, int] = {}
    for file_plain in files:
        for speaker in file_plain["speakers"]:
            turns[speaker["label"]] = turns.get(speaker["label"], 0) + speaker["turns"]
    return sorted(filter(None, turns), key=lambda label: -turns[label])


def _address(upload_shown: Upload, word: MissingWord) -> str:
    """Where it is mended: a single file's page, the table of speakers, what is said of all alike, or the list."""
    here = f"{PATH}/{upload_shown.id}"
    if word.what in ("role", "slip"):
        return f"{here}#speakers"
    if len(word.files) == 1:
        return f"{here}/file/{word.files[0]}"
    return f"{here}#{'said' if word.what in ('wave', 'case', 'site') else 'transcripts'}"


def _comes(upload_shown: Upload, seen: Mapping[str, Any]) -> str:
    """What would come in now, what waits for it, and how much is to be mended, in words."""
    transcripts_seen = seen["transcripts"] or {"files": [], "refused": []}
    tables = [(upload_shown.file(int(number)).kind, table) for number, table in seen["tables"].items()]
    new = sum(file_plain["state"] != "already there" for file_plain in transcripts_seen["files"])
    later = sum(waits_for_transcripts(kind, table, seen["transcripts"]) for kind, table in tables)
    mend = len(transcripts_seen["refused"]) + sum(must_be_mended(table) for _, table in tables)
    ready = len(tables) + len(transcripts_seen["refused"]) - later - mend
    said = []
    if transcripts_seen["files"]:
        there = len(transcripts_seen["files"]) - new
        said.append(
            f"{counted(new, 'transcript')} would come in"
            + (f", {counted(there, 'is there already', 'are there already')}" if there else "")
        )
    if ready:
        said.append(f"{counted(ready, 'other file' if transcripts_seen['files'] else 'file')} would come in")
    if later:
        said.append(
            f"{counted(later, 'file waits', 'files wait')} for the transcripts, to be looked at again once they are in"
        )
    if mend:
        said.append(f"{counted(mend, 'file waits', 'files wait')} to be mended")
    return f"{'; '.join(said)}." if said else ""
