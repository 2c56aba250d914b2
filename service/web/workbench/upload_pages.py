"""Files that were sent and are not in the study yet: what a look found, and everything that can be mended in place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from annotations.errors import BadInput
from annotations.store.jobs import all_jobs
from service.access.policy import Action
from service.bringing_in.corrections import ALL, DESCRIBED, describe, give_roles, give_same, take_manifest
from service.bringing_in.mend_cells import mend
from service.bringing_in.uploads import KINDS, SentFile, Upload
from service.bringing_in.way_back import record_of
from service.importing.description_checked import DescriptionFaults
from service.looking.job_progress import job_progress
from service.passing_files.folders import folder_of
from service.web.form_route import FormRoute
from service.web.pages import Visit, Visited, saved
from service.web.request_limits import UPLOADS as PATH
from service.web.workbench import upload_file_pages
from service.web.workbench.given import Given, Sent
from service.web.workbench.looks import is_small, look, opened, still_holds
from service.web.workbench.upload_preview import anew, described, left_out, page, roles, same

router = APIRouter(include_in_schema=False, route_class=FormRoute)
router.include_router(upload_file_pages.router)


@router.get(f"{PATH}/{{upload_id}}")
def upload(visit: Visited, upload_id: UUID) -> Response:
    """What was sent, as it would come in."""
    visit.must(Action.BRING_IN)
    parts = visit.parts
    came = _came_of(visit, upload_id)
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
    if not still_holds(visit, upload_there):
        look(visit, upload_there)
        upload_there = opened(visit, upload_id)
        if not is_small(upload_there):
            return saved(f"{PATH}/{upload_id}")
    return page(visit, upload_there)


def _came_of(visit: Visit, upload_id: UUID) -> str:
    """What was brought in of an upload, also by a job; "" where it waits or was left."""
    if folder_of(visit.parts, "in", upload_id) is not None:
        return record_of(visit.parts, upload_id)
    with visit.parts.store.reading() as connection:
        for job in all_jobs(connection, latest=100):
            if job.kind == "bring in" and job.arguments.get("upload") == str(upload_id) and job.result:
                return str(job.result.get("brought_in") or "")
    return ""


@router.post(f"{PATH}/{{upload_id}}/all")
def correct_all(visit: Visited, sent: Sent, upload_id: UUID) -> Response:
    """What is said of all transcripts alike, and who asks: whichever button of the page sends it, all of it is kept."""
    visit.must(Action.BRING_IN)
    return _take_said(visit, upload_id, sent)


@router.post(f"{PATH}/{{upload_id}}/roles")
def correct_roles(visit: Visited, sent: Sent, upload_id: UUID) -> Response:
    """Who asks and who answers, and what is said of all transcripts alike."""
    visit.must(Action.BRING_IN)
    return _take_said(visit, upload_id, sent)


def _take_said(visit: Visit, upload_id: UUID, sent: Given) -> Response:
    upload_there = opened(visit, upload_id)
    try:
        if sent.holds_any(DESCRIBED):
            describe(upload_there, ALL, described(sent), visit.parts.read_again().study.config)
            upload_there.said.replace = sent.ticked("replace")
        give_roles(upload_there, roles(sent))
        give_same(upload_there, same(sent))
    except DescriptionFaults as error:
        return page(visit, opened(visit, upload_id), errors=error.fields, given=sent)
    except BadInput as error:
        return page(visit, opened(visit, upload_id), fault=str(error), given=sent)
    return anew(visit, upload_there)


@router.post(f"{PATH}/{{upload_id}}/kind/{{number}}")
def correct_kind(visit: Visited, sent: Sent, upload_id: UUID, number: int) -> Response:
    """What a file is; or that it is not to come in."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    file = upload_there.file(number)
    if sent.text("kind") == "leave":
        return left_out(visit, upload_there, file)
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
    return anew(visit, upload_there)


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
    return anew(visit, upload_there)


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
    return anew(visit, upload_there)


def taken(upload: Upload, file: SentFile) -> list[str]:
    """Take a table of where transcripts belong; sentences about what of it fits nothing, or why it was not taken."""
    try:
        return take_manifest(upload, file)
    except BadInput as error:
        return [str(error)]
