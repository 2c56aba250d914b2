"""Exports: everything that can be taken out of the study, made and then taken along with what was left out of it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response, status
from fastapi.responses import FileResponse

from annotations.coding import Condition
from annotations.errors import BadInput
from annotations.moments_shown import moment_shown
from annotations.store.attributes import all_attributes
from annotations.store.coders import names_of_those_who_coded
from annotations.store.jobs import latest_of, retry
from annotations.store.kept_figures import taken_away_by
from annotations.store.study_places import places_in
from service.access.policy import Action
from service.audit import Did, note
from service.looking.wave_progress import JOBS_IN_WORDS
from service.passing_files.folders import folder_of, remove
from service.taking_out.all_exports import KINDS, ExportKind, kind_named
from service.taking_out.asked_exports import about_made
from service.taking_out.export_makers import CASE, CODE, CODER, CONDITION, NARROWED, WAVE, WHERE, Wish
from service.web.form_route import FormRoute
from service.web.pages import Visit, Visited, saved
from service.web.workbench.asked_jobs import latest_job
from service.web.workbench.audit import audit
from service.web.workbench.given import Sent
from service.web.workbench.made_exports import ask_export

PATH = "/exports"
router = APIRouter(include_in_schema=False, route_class=FormRoute)


@router.get(PATH)
def exports(visit: Visited) -> Response:
    """All exports, each with what it is for."""
    visit.must(Action.EXPORT)
    return visit.page("workbench/exports.html", kinds=KINDS)


@router.get(f"{PATH}/of/{{key}}")
def one_export(visit: Visited, key: str) -> Response:
    """What one export can be asked."""
    visit.must(Action.EXPORT)
    return _form(visit, key)


@router.post(f"{PATH}/of/{{key}}")
def make_export(visit: Visited, sent: Sent, key: str) -> Response:
    """Make it, as its command does; it waits on a page until it is taken along."""
    visit.must(Action.EXPORT)
    kind = kind_named(key)
    narrowed = {name: sent.all(name) for name in kind.narrows}
    wish = Wish(narrowed, frozenset(name for name, _ in kind.switches if sent.ticked(name)))
    try:
        return ask_export(visit, kind, sent.text("ending"), wish)
    except BadInput as error:
        return _form(visit, key, fault=str(error), chosen=narrowed)


@router.get(f"{PATH}/made/{{made_id}}")
def made_export(visit: Visited, made_id: UUID) -> Response:
    """What was made: to be taken along, and what is not in it; or how far the worker is who makes it."""
    visit.must(Action.EXPORT)
    folder, about = about_made(visit.parts, made_id)
    if folder is None or about is None:
        return _gone(visit)
    kind = kind_named(about["key"])
    if about["files"] is None:
        return _at_work(visit, kind, made_id)
    files = [(name, (folder / name).stat().st_size) for name in about["files"] if (folder / name).is_file()]
    return visit.page("workbench/export_made.html", about=about, files=files, one=made_id, kind=kind)


@router.get(f"{PATH}/made/{{made_id}}/{{number}}")
def take_along(visit: Visited, made_id: UUID, number: int) -> Response:
    """One of its files."""
    visit.must(Action.EXPORT)
    folder, about = about_made(visit.parts, made_id)
    names = [] if about is None else about["files"] or []
    if folder is None or not 0 <= number < len(names) or not (folder / names[number]).is_file():
        return _gone(visit)
    audit(visit, Did.EXPORTED, names[number], kind="taken along")
    return FileResponse(folder / names[number], filename=names[number], media_type="application/octet-stream")


@router.post(f"{PATH}/made/{{made_id}}/again")
def ask_again(visit: Visited, made_id: UUID) -> Response:
    """Let a worker try once more to make just this file, with all that was chosen for it."""
    visit.must(Action.EXPORT)
    with visit.parts.store.writing() as connection:
        job = latest_of(connection, "export", lambda arguments: arguments.get("export") == str(made_id))
        if job is None:
            raise BadInput(
                "nobody knows any more what was chosen for this file. Choose it anew under Exports."
            )
        retry(connection, job, asked_by=visit.viewer.account)
        note(connection, visit.by, Did.TRIED_AGAIN, JOBS_IN_WORDS[job.kind], job=str(job.id))
    return saved(f"{PATH}/made/{made_id}")


@router.post(f"{PATH}/made/{{made_id}}/delete")
def delete_export(visit: Visited, made_id: UUID) -> Response:
    """Delete what was made from the server."""
    visit.must(Action.EXPORT)
    folder = folder_of(visit.parts, "out", made_id)
    if folder is not None:
        remove(folder)
    return saved(PATH)


def _form(
    visit: Visit, key: str, *, fault: str = "", chosen: dict[str, tuple[str, ...]] | None = None
) -> Response:
    kind = kind_named(key)
    return visit.page(
        "workbench/export.html",
        kind=kind,
        choices=[(name, _TITLES[name], _choices(visit, name)) for name in kind.narrows],
        chosen=chosen or {},
        faults=fault.splitlines(),
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
    )


_TITLES = {
    WAVE: "Waves",
    CASE: "Cases",
    CODER: "Coders",
    CODE: "Codes, with those below them",
    CONDITION: "Coded how",
    WHERE: "Participants and cases with",
}
assert set(_TITLES) == set(NARROWED)  # noqa: S101 (both are ours)


def _choices(visit: Visit, name: str) -> list[tuple[str, str]]:
    parts = visit.parts
    if name == CODE:
        return [(code.path, code.path) for code in visit.request.app.state.in_force.codebook]
    if name == CONDITION:
        return [(condition.value, condition.value) for condition in Condition]
    with parts.store.reading() as connection:
        if name == CODER:
            return [(name, name) for name in names_of_those_who_coded(connection)]
        if name == WHERE:
            known = all_attributes(connection)
            return [
                (f"{name}={value}", f"{name}: {value}")
                for name in known.names
                for value in known.values(name)[:40]
                if ";" not in value
            ]
        return [(place, place or "(none)") for place in places_in(connection)[name] if place]


def _at_work(visit: Visit, kind: ExportKind, made_id: UUID) -> Response:
    with visit.parts.store.reading() as connection:
        job = latest_job(connection, "export", lambda arguments: arguments.get("export") == str(made_id))
    answer = visit.page("workbench/export_at_work.html", kind=kind, one=made_id, job=job)
    if job is not None and job.under_way:
        answer.headers["Refresh"] = "3"
    return answer


def _gone(visit: Visit) -> Response:
    with visit.parts.store.reading() as connection:
        taken = taken_away_by(connection)
    also = ""
    if taken:
        what = f"{taken.what[:1].upper()}{taken.what[1:]} on {moment_shown(taken.created, visit.zone)}"
        also = f" {what} took all that waited then, for it might be of whoever it was about."
    return visit.page(
        "fault.html",
        code=status.HTTP_404_NOT_FOUND,
        title="This file is not here",
        sentence=f"Files wait for a day to be taken along.{also} Make it again: it takes a moment.",
    )
