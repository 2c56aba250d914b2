"""One transcript that was sent: its first turns, what to look at, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Response, status

from annotations.errors import BadInput
from annotations.store.study_places import places_in
from service.access.policy import Action
from service.audit import Did, saw
from service.bringing_in.corrections import ALL, describe, give_attributes, give_roles, take_lines
from service.bringing_in.kinds import kind_of
from service.bringing_in.missing import lacks, used_in
from service.bringing_in.uploads import SentFile, Upload, put_instead
from service.importing.description_checked import DescriptionFaults
from service.web.form_route import FormRoute
from service.web.pages import Visit, Visited
from service.web.request_limits import UPLOADS as PATH
from service.web.workbench.audit import audit
from service.web.workbench.given import Given, Sent
from service.web.workbench.looks import is_small, look, opened, still_holds
from service.web.workbench.place_choices import place_choices
from service.web.workbench.upload_preview import anew, described, left_out, roles, said_of

router = APIRouter(include_in_schema=False, route_class=FormRoute)


@router.get(f"{PATH}/{{upload_id}}/file/{{number}}")
def one_file(visit: Visited, upload_id: UUID, number: int) -> Response:
    """One transcript: its first turns, what to look at, and what is said of it."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    if is_small(upload_there) and not still_holds(visit, upload_there):
        look(visit, upload_there)
        upload_there = opened(visit, upload_id)
    return _file_page(visit, upload_there, upload_there.file(number))


@router.post(f"{PATH}/{{upload_id}}/file/{{number}}")
def correct_file(visit: Visited, sent: Sent, upload_id: UUID, number: int) -> Response:
    """What is said of one transcript."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    file = upload_there.file(number)
    try:
        describe(upload_there, str(number), described(sent), visit.parts.read_again().study.config)
        values = sent.beginning("attribute-")
        if sent.text("new_name") or sent.text("new_value"):
            values[sent.text("new_name")] = sent.text("new_value")
        give_attributes(upload_there, str(number), values)
        take_lines(upload_there, file, sent.text("lines"))
        give_roles(upload_there, roles(sent))
    except DescriptionFaults as error:
        return _file_page(visit, opened(visit, upload_id), file, errors=error.fields, given=sent)
    except BadInput as error:
        return _file_page(visit, opened(visit, upload_id), file, fault=str(error), given=sent)
    here = f"{PATH}/{upload_id}"
    return anew(visit, upload_there, f"{here}/file/{number}" if sent.text("stay") else here)


@router.post(f"{PATH}/{{upload_id}}/file/{{number}}/leave")
def leave_file(visit: Visited, upload_id: UUID, number: int) -> Response:
    """Delete one file: it is not to come in."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    return left_out(visit, upload_there, upload_there.file(number))


@router.post(f"{PATH}/{{upload_id}}/file/{{number}}/instead")
def send_instead(visit: Visited, sent: Sent, upload_id: UUID, number: int) -> Response:
    """Take another file in the place of one that is no interview; what is said of it stays."""
    visit.must(Action.BRING_IN)
    upload_there = opened(visit, upload_id)
    file = upload_there.file(number)
    arrived = sent.files("instead")
    if not arrived:
        return _file_page(visit, upload_there, file, fault="No file was sent. Choose one, then send it.")
    try:
        put_instead(upload_there, file, arrived[0].filename or "", arrived[0].file, kind_of)
    except BadInput as error:
        return _file_page(visit, opened(visit, upload_id), file, fault=str(error))
    audit(visit, Did.SENT, str(upload_id), files=1, instead="yes")
    return anew(visit, upload_there)


def _file_page(
    visit: Visit,
    upload_shown: Upload,
    file: SentFile,
    *,
    fault: str = "",
    errors: Mapping[str, str] | None = None,
    given: Given | None = None,
) -> Response:
    """Its page; ``given``: what was typed and refused, which stays."""
    seen = upload_shown.seen or {}
    files = (seen.get("transcripts") or {}).get("files", [])
    its = [file_plain for file_plain in files if file_plain["number"] == file.number]
    for transcript_plain in its:
        # its first turns stand on the page, whether it comes in or not
        saw(visit.parts.store, visit.by, transcript_plain["transcript"], before="it came in")
    said, key = upload_shown.said, str(file.number)
    with visit.parts.store.reading() as connection:
        places = places_in(connection)
    config = visit.parts.read_again().study.config
    used = used_in(config, places, files)
    refused = [
        refusal
        for refusal in (seen.get("transcripts") or {}).get("refused", [])
        if refusal["number"] == file.number
    ]
    numbers = [file_plain["number"] for file_plain in files]
    at = numbers.index(file.number) if file.number in numbers else -1
    return visit.page(
        "workbench/upload_file.html",
        upload=upload_shown,
        file=file,
        its=its,
        lacks=list(dict.fromkeys(what for its_plain in its for what in lacks(its_plain, used, config))),
        wrong=[refusal["reason"] for refusal in refused],
        unreadable=any(refusal["unreadable"] for refusal in refused),
        values=said_of(upload_shown, key) if given is None else described(given),
        everyone=said_of(upload_shown, ALL),
        attributes=said.attributes.get(key, {}) if given is None else given.beginning("attribute-"),
        new=("", "") if given is None else (given.text("new_name"), given.text("new_value")),
        lines=said.lines.get(key, "") if given is None else given.text("lines"),
        roles=said.roles | ({} if given is None else roles(given)),
        errors=errors or {},
        places=place_choices(config, places),
        before=numbers[at - 1] if at > 0 else None,
        after=numbers[at + 1] if 0 <= at < len(numbers) - 1 else None,
        faults=fault.splitlines(),
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault or errors else status.HTTP_200_OK,
    )
