"""Patterns, saturation, triangulation and change: a form, the tables, the pictures, and files to take along."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response, status
from sqlalchemy import Connection

from annotations.errors import BadInput
from annotations.store.jobs import all_jobs, latest_of
from service.access.policy import Action
from service.access.viewer import Viewer
from service.audit import Did
from service.results.asked_fields import OWN, PART
from service.results.kept_results import KeptResult, KeptResults, ShownTable, fields_of, plain_viewer
from service.results.named_results import NamedResult, result_named
from service.results.result_parts import words_of
from service.results.seen_codings import ONLY_SEEN, sees_whole_tables, waits_for_own
from service.taking_out.all_exports import kind_named
from service.taking_out.export_makers import Wish
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visit
from service.web.workbench.asked_jobs import ask_job, latest_job
from service.web.workbench.audit import audit
from service.web.workbench.given import Sent
from service.web.workbench.in_force import VisitedNow
from service.web.workbench.made_exports import ask_export
from service.web.workbench.result_choices import choices_for

router = APIRouter(include_in_schema=False, route_class=FormRoute)
# so many rows stand on the page; all are one click away
FEW_ROWS = 12
_FEW_VALUES = 30
# whoever may see figures may ask; nobody keeps a training waiting
MOST_WAITING = 6
READ_BY_YOU = "A source counts as read once you have read something of it yourself."
Row = tuple[Any, ...]


@router.get("/results/{name}")
def finding(visit: VisitedNow, name: str) -> Response:
    """The result, or what it takes to have it worked out."""
    visit.must(Action.SEE_FIGURES)
    return _page(visit, name)


@router.get("/results/{name}/picture/{which}")
def picture(visit: VisitedNow, name: str, which: str) -> Response:
    """A sheet of a picture: "0-1" is the second sheet of the first."""
    visit.must(Action.SEE_FIGURES)
    kept: KeptResults = visit.request.app.state.results
    asked = result_named(name).name
    with visit.parts.store.reading() as connection:
        drawn = kept.drawing(
            connection, visit.parts, asked, _fields(visit, asked), visit.viewer, which.replace("-", " ", 1)
        )
    if drawn is None:
        return Response(status_code=status.HTTP_404_NOT_FOUND)
    return Response(drawn, media_type="image/svg+xml")


@router.post("/results/{name}/count")
def count(visit: VisitedNow, name: str) -> Response:
    """Let a worker work it out: a large study takes it some seconds."""
    visit.must(Action.SEE_FIGURES)
    fields = _fields(visit, name)
    with visit.parts.store.reading() as connection:
        waiting = sum(
            job.kind == "count" and job.state == "waiting" for job in all_jobs(connection, latest=200)
        )
    if waiting >= MOST_WAITING:
        return _page(
            visit, name, fault=f"{waiting} results wait for the worker already. Look again in a minute."
        )
    audit(visit, Did.ASKED, name, kind="a result")
    return ask_job(visit, "count", _job(name, fields, visit.viewer), back=_address(name, fields))


@router.post("/results/{name}/files")
def take_along(visit: VisitedNow, sent: Sent, name: str) -> Response:
    """The same as a file."""
    visit.must(Action.EXPORT)
    kind, fields = kind_named(result_named(name).name), _fields(visit, name)
    try:
        return ask_export(
            visit, kind, sent.text("ending"), Wish({key: tuple(its) for key, its in fields.items()})
        )
    except BadInput as error:
        return _page(visit, name, fault=str(error))


def _page(visit: Visit, name: str, fault: str = "") -> Response:
    its, fields = result_named(name), _fields(visit, name)
    store: KeptResults = visit.request.app.state.results
    kept: KeptResult | None = None
    with visit.parts.store.reading() as connection:
        choices = choices_for(visit, connection, _names(its), fields)
        if not fault:
            try:
                kept = store.of(connection, visit.parts, name, fields, visit.viewer)
            except BadInput as error:
                fault = str(error)
        known: dict[str, Any] = {"job": None, "live": False}
        if kept is None or kept.is_old:
            known = _at_work(connection, visit, name, fields)
    query = visit.request.query_params
    table = query.get("table", "")
    if kept and table.isdecimal() and int(table) < len(kept.result.tables):
        return _one_table(visit, its, fields, kept.result.tables[int(table)], table)
    code = status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK
    answer = visit.page(
        "workbench/finding.html",
        code=code,
        its=its,
        path=f"/results/{name}",
        here=_address(name, fields),
        said=urlencode(_flat(fields)),
        choices=choices,
        kept=kept,
        few=FEW_ROWS,
        words_of=words_of,
        limits=_limits(visit.viewer),
        faults=fault.splitlines(),
        endings=kind_named(name).endings,
        **known,
    )
    job = known.get("job")
    if job is not None and job.under_way and not known["live"]:
        answer.headers["Refresh"] = "3"
    return answer


def _one_table(
    visit: Visit, its: NamedResult, fields: dict[str, list[str]], table: ShownTable, number: str
) -> Response:
    shown = ShownList(
        table.rows,
        [_column(at, title, table) for at, title in enumerate(table.columns)],
        asked_of(visit.request.query_params),
        path=f"/results/{its.name}",
        noun="row",
        empty="There is nothing to show.",
        also={**_flat(fields), "table": number},
    )
    if shown.asked.take:
        return visit.takes(shown, f"{its.name}-{table.name}")
    return visit.page(
        "workbench/finding_table.html",
        its=its,
        path=f"/results/{its.name}",
        here=_address(its.name, fields),
        table=table,
        list=shown,
        limits=_limits(visit.viewer),
    )


def _column(at: int, title: str, table: ShownTable) -> ListColumn[Row]:
    values = {row[at] for row in table.rows[:5000]}
    few = 1 < len(values) <= _FEW_VALUES and all(
        isinstance(value, str) and len(value) < 60 for value in values
    )
    return ListColumn(
        f"c{at}", title.strip() or "Name", lambda row: row[at], text=lambda row: words_of(row[at]), choice=few
    )


def _at_work(connection: Connection, visit: Visit, name: str, fields: dict[str, list[str]]) -> dict[str, Any]:
    """The job that works it out, if one does; and whether whoever looks may follow it live."""
    wanted = _job(name, fields, visit.viewer)
    if latest_of(connection, "count") is None:
        return {"job": None, "live": False}
    job = latest_job(connection, "count", lambda arguments: dict(arguments) == wanted)
    return {"job": job, "live": visit.may(Action.CHANGE_MODELS)}


def _job(name: str, fields: dict[str, list[str]], viewer: Viewer) -> dict[str, Any]:
    return {"result": name, "fields": fields, "viewer": plain_viewer(viewer)}


def _limits(viewer: Viewer) -> list[str]:
    """What is to be said to whoever does not see everything."""
    if sees_whole_tables(viewer):
        return []
    return [ONLY_SEEN, *([READ_BY_YOU] if waits_for_own(viewer) else [])]


def _names(its: NamedResult) -> list[str]:
    own = [
        field_name
        for field_name in OWN
        if ("crossed_with" if field_name == "with" else field_name) in its.asks
    ]
    return [*own, *(field_name for field_name in PART if its.by_wave or field_name != "wave")]


def _fields(visit: Visit, name: str) -> dict[str, list[str]]:
    query = visit.request.query_params
    return fields_of(name, {key: query.getlist(key) for key in query})


def _flat(fields: dict[str, list[str]]) -> dict[str, str]:
    return {key: values[0] for key, values in fields.items()}


def _address(name: str, fields: dict[str, list[str]]) -> str:
    said = urlencode(fields, doseq=True)
    return f"/results/{name}?{said}" if said else f"/results/{name}"
