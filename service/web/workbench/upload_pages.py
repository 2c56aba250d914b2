"""Files that were sent and are not in the study yet: what a look found, and everything that can be mended in place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response, status

from annotations.errors import BadInput
from annotations.numbers_shown import counted
from annotations.store.coders import coder_names
from annotations.store.jobs import all_jobs
from annotations.store.study_places import places_in
from annotations.store.transcripts import transcript_names
from annotations.transcript import Kind as TranscriptKind
from service.access.policy import Action
from service.audit import saw
from service.bringing_in.corrections import (
    ALL,
    DESCRIBED,
    describe,
    give_attributes,
    give_roles,
    take_lines,
    take_manifest,
)
from service.bringing_in.kinds import NAMES
from service.bringing_in.mend_cells import mend
from service.bringing_in.uploads import KINDS, SentFile, Upload
from service.looking.job_progress import job_progress
from service.passing_files.folders import folder_of
from service.web.lists import ShownList, asked_of
from service.web.pages import Visit, Visited, saved
from service.web.request_limits import UPLOADS as PATH
from service.web.workbench.given import Given, Sent
from service.web.workbench.looks import look, opened
from service.web.workbench.upload_list import columns_of
from service.web.workbench.wanted_waves import wanted_waves

router = APIRouter(include_in_schema=False)


@router.get(f"{PATH}/{{upload_id}}")
def upload(visit: Visited, upload_id: UUID) -> Response:
    """What was sent, as it would come in."""
    visit.must(Action.BRING_IN)
    parts = visit.parts
    came = _came_by_job(visit, upload_id)
    if came:
        return saved(f"{PATH}/came/{came}")
    upload_there = opened(visit, upload_id)
    if upload_there.job:
        with parts.store.reading() as connection:
            job = job_progress(connection, UUID(upload_there.job))
        if job is not None and job.under_way:
            return visit.page("workbench/upload_at_work.html", job=job, upload=upload_there)
        if job is not None and job.error:
            return page(visit, upload_there, fault=job.error)
    if upload_there.seen is None:
        look(visit, upload_there)
        upload_there = opened(visit, upload_id)
        if upload_there.seen is None:
            return saved(f"{PATH}/{upload_id}")
    return page(visit, upload_there)


def _came_by_job(visit: Visit, upload_id: UUID) -> str:
    """What a job brought in of an upload that is not here any more, "" where it is here or was left."""
    if folder_of(visit.parts, "in", upload_id) is not None:
        return ""
    with visit.parts.store.reading() as connection:
        for job in all_jobs(connection, latest=100):
            if job.kind == "bring in" and job.arguments.get("upload") == str(upload_id) and job.result:
                return str(job.result.get("brought_in") or "")
    return ""


@router.get(f"{PATH}/{{upload_id}}/file/{{number}}")
def one_file(visit: Visited, upload_id: UUID, number: int) -> Response:
    """One transcript: its first turns, what to look at, and what is said of it."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    return _file_page(visit, upload_there, upload_there.file(number))


@router.post(f"{PATH}/{{upload_id}}/file/{{number}}")
def correct_file(visit: Visited, sent: Sent, upload_id: UUID, number: int) -> Response:
    """What is said of one transcript."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    file = upload_there.file(number)
    try:
        describe(upload_there, str(number), _described(sent))
        values = sent.beginning("attribute-")
        if sent.text("new_name") or sent.text("new_value"):
            values[sent.text("new_name")] = sent.text("new_value")
        give_attributes(upload_there, str(number), values)
        take_lines(upload_there, file, sent.text("lines"))
        give_roles(upload_there, _roles(sent))
    except BadInput as error:
        return _file_page(visit, opened(visit, upload_id), file, fault=str(error), given=sent)
    return _anew(
        visit,
        upload_there,
        f"{PATH}/{upload_id}/file/{number}" if sent.text("stay") else f"{PATH}/{upload_id}",
    )


@router.post(f"{PATH}/{{upload_id}}/all")
def correct_all(visit: Visited, sent: Sent, upload_id: UUID) -> Response:
    """What is said of all transcripts alike."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    try:
        describe(upload_there, ALL, _described(sent))
        upload_there.said.replace = sent.ticked("replace")
    except BadInput as error:
        return page(visit, opened(visit, upload_id), fault=str(error))
    return _anew(visit, upload_there)


@router.post(f"{PATH}/{{upload_id}}/roles")
def correct_roles(visit: Visited, sent: Sent, upload_id: UUID) -> Response:
    """Who asks and who answers."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    give_roles(upload_there, _roles(sent))
    return _anew(visit, upload_there)


@router.post(f"{PATH}/{{upload_id}}/kind/{{number}}")
def correct_kind(visit: Visited, sent: Sent, upload_id: UUID, number: int) -> Response:
    """What a file is; or that it is not to come in."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    file = upload_there.file(number)
    if sent.text("kind") == "leave":
        upload_there.leave_out(file)
        if not upload_there.files:
            upload_there.remove()
            return saved(PATH)
        return _anew(visit, upload_there)
    kind = sent.text("kind")
    wanted = next((kind_known for kind_known in KINDS if kind_known == kind), None)
    if wanted is None:
        raise BadInput(f'"{kind[:40]}" is no kind of file.')
    upload_there.change_kind(file, wanted)
    if kind == "manifest":
        try:
            take_manifest(upload_there, file)
        except BadInput as error:
            upload_there.change_kind(file, "transcript")
            return page(visit, upload_there, fault=str(error))
    return _anew(visit, upload_there)


@router.post(f"{PATH}/{{upload_id}}/table/{{number}}")
def ask_of_table(visit: Visited, sent: Sent, upload_id: UUID, number: int) -> Response:
    """How a file of codings or a project is to be taken."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    file = upload_there.file(number)
    asked: dict[str, Any] = {
        "complete": sent.text("complete"),
        "coder": sent.text("coder"),
        "transcript": sent.text("transcript"),
        "only": list(sent.all("only")),
        "skip": sent.ticked("skip"),
        "add_codes": sent.ticked("add_codes"),
    }
    names = {key: value for key, value in sent.beginning("name-").items() if value}
    before = upload_there.said.asked.get(str(file.number), {})
    asked["names"] = before.get("names", {}) | names
    if sent.text("columns"):
        pairs = [line.partition("=") for line in sent.text("columns").splitlines() if line.strip()]
        asked["columns"] = {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
    upload_there.said.asked[str(file.number)] = asked
    return _anew(visit, upload_there)


@router.post(f"{PATH}/{{upload_id}}/mend/{{number}}")
def mend_table(visit: Visited, sent: Sent, upload_id: UUID, number: int) -> Response:
    """Other words in cells of a table: in all that say the same, or in single rows."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    file = upload_there.file(number)
    column = sent.text("column")
    same = {(column, sent.text("value")): sent.text("new")} if sent.text("new") else {}
    changes = [
        (int(row), column, value)
        for row, value in sent.beginning("row-").items()
        if row.isdecimal() and value != sent.text(f"was-{row}")
    ]
    try:
        changed = mend(upload_there.path(file), changes, same)
    except BadInput as error:
        return page(visit, upload_there, fault=str(error))
    if not changed:
        return page(visit, upload_there, fault="Nothing was changed: say what is to stand there instead.")
    return _anew(visit, upload_there)


def taken(upload: Upload, file: SentFile) -> list[str]:
    """Take a table of where transcripts belong; sentences about what of it fits nothing, or why it was not taken."""
    try:
        return take_manifest(upload, file)
    except BadInput as error:
        return [str(error)]


def page(visit: Visit, upload_shown: Upload, *, fault: str = "") -> Response:
    """The preview of all that was sent."""
    seen = upload_shown.seen or {"transcripts": None, "tables": {}, "faults": [], "ready": False}
    transcripts = seen["transcripts"]
    parts = visit.parts.read_again()
    with parts.store.reading() as connection:
        names = transcript_names(connection) if seen["tables"] else ()
        places = places_in(connection)
        coders = list(
            dict.fromkeys(
                (*(coder.name for coder in parts.study.config.coders), *coder_names(connection).values())
            )
        )
    shown = ShownList(
        transcripts["files"] if transcripts else [],
        columns_of(upload_shown),
        asked_of(visit.request.query_params),
        path=f"{PATH}/{upload_shown.id}",
        noun="transcript",
        size=25,
    )
    return visit.page(
        "workbench/upload.html",
        upload=upload_shown,
        seen=seen,
        comes=_comes(seen),
        list=shown,
        kinds=[(kind, NAMES[kind]) for kind in KINDS],
        kind_names=NAMES,
        waves=wanted_waves(upload_shown) if visit.may(Action.CHANGE_STUDY) else {},
        everyone=_said_of(upload_shown, ALL),
        listed=_listed(parts.study.config, places),
        known={
            "transcript": names,
            "coder": coders,
            "code": [code.path for code in visit.request.app.state.in_force.codebook]
            if seen["tables"]
            else [],
        },
        faults=fault.splitlines(),
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
    )


def _comes(seen: dict[str, Any]) -> str:
    """What would come in now, and how much waits to be mended, in words."""
    transcripts_seen = seen["transcripts"] or {"files": [], "refused": []}
    tables = seen["tables"].values()
    new = sum(file_plain["state"] != "already there" for file_plain in transcripts_seen["files"])
    ready = sum(table["ready"] for table in tables)
    waits = len(transcripts_seen["refused"]) + sum(not table["ready"] for table in tables)
    said = []
    if transcripts_seen["files"]:
        there = len(transcripts_seen["files"]) - new
        said.append(
            f"{counted(new, 'transcript')} would come in"
            + (f", {there:,} are there already" if there else "")
        )
    if ready:
        said.append(f"{counted(ready, 'other file' if transcripts_seen['files'] else 'file')} would come in")
    if waits:
        said.append(f"{counted(waits, 'file waits', 'files wait')} to be mended")
    if unsaid := sum(not speaker["said"] for speaker in transcripts_seen.get("speakers", [])):
        said.append(
            f"of {counted(unsaid, 'speaker')} nobody has said whether they ask: until then, they answer"
        )
    return f"{'; '.join(said)}." if said else ""


def _listed(config: Any, places: Any) -> dict[str, list[str]]:
    sites = [site for its in config.cases.values() for site in its]
    return {
        "wave": list(dict.fromkeys((*config.waves, *places["wave"]))),
        "case": list(dict.fromkeys((*config.cases, *places["case"]))),
        "site": list(dict.fromkeys((*sites, *places["site"]))),
        "participant": list(places["participant"]),
        "kind": [kind.value for kind in TranscriptKind],
    }


def _said_of(upload_said: Upload, key: str) -> dict[str, str]:
    """What is said of a file, "" where nothing is."""
    return dict.fromkeys(DESCRIBED, "") | upload_said.said.described.get(key, {})


def _described(sent: Given) -> dict[str, str]:
    return {name: sent.text(name) for name in DESCRIBED}


def _roles(sent: Given) -> dict[str, str]:
    """Roles by speaker: a label may hold any sign, so it stands in a field of its own."""
    labels = sent.beginning("speaker-")
    return {label: sent.text(f"role-{number}") for number, label in labels.items()}


def _file_page(
    visit: Visit, upload_shown: Upload, file: SentFile, *, fault: str = "", given: Given | None = None
) -> Response:
    seen = upload_shown.seen or {}
    files = (seen.get("transcripts") or {}).get("files", [])
    its = [file_plain for file_plain in files if file_plain["number"] == file.number]
    for transcript_plain in its:
        # its first turns stand on the page, whether it comes in or not
        saw(visit.parts.store, visit.by, transcript_plain["transcript"], before="it came in")
    own = _said_of(upload_shown, str(file.number))
    values = _described(given) if given is not None else own
    with visit.parts.store.reading() as connection:
        places = places_in(connection)
    numbers = [file_plain["number"] for file_plain in files]
    at = numbers.index(file.number) if file.number in numbers else -1
    return visit.page(
        "workbench/upload_file.html",
        upload=upload_shown,
        file=file,
        its=its,
        wrong=[
            refusal["reason"]
            for refusal in (seen.get("transcripts") or {}).get("refused", [])
            if refusal["number"] == file.number
        ],
        values=values,
        everyone=_said_of(upload_shown, ALL),
        attributes=upload_shown.said.attributes.get(str(file.number), {}),
        lines=upload_shown.said.lines.get(str(file.number), ""),
        roles=upload_shown.said.roles,
        listed=_listed(visit.parts.read_again().study.config, places),
        before=numbers[at - 1] if at > 0 else None,
        after=numbers[at + 1] if 0 <= at < len(numbers) - 1 else None,
        faults=fault.splitlines(),
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
    )


def _anew(visit: Visit, upload_shown: Upload, to: str = "") -> Response:
    """Keep what was said, look again, and go on."""
    upload_shown.save()
    look(visit, upload_shown)
    return saved(to or f"{PATH}/{upload_shown.id}")
