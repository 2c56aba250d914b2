"""Timelines of the cases: drawn, as tables, and brought in as a table."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile, status

from annotations.errors import BadInput
from annotations.numbers_shown import counted
from service.access.policy import Action
from service.audit import Did
from service.results.picture_files import as_svg
from service.results.timeline_events import COLUMNS, Dated, import_events, timelines
from service.results.timeline_figure import figures
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visit, saved
from service.web.workbench.audit import audit
from service.web.workbench.in_force import VisitedNow

router = APIRouter(include_in_schema=False, route_class=FormRoute)
PATH = "/results/timeline"


def _date(row: Dated) -> str:
    return f"{row.event.date}{' ~' if row.when.uncertain else ''}"


def _source(row: Dated) -> str:
    return "; ".join(filter(None, (row.event.source, *row.passages))) or "† no source"


_COLUMNS = (
    ListColumn[Dated]("date", "Date", lambda row: row.when.first.isoformat(), text=_date),
    ListColumn[Dated]("case", "Case", lambda row: row.event.case, choice=True),
    ListColumn[Dated]("phase", "Phase", lambda row: row.phase, choice=True),
    ListColumn[Dated]("event", "Event", lambda row: row.event.text),
    ListColumn[Dated]("who", "Actor or place", lambda row: ", ".join(filter(None, (row.event.actor, row.event.place)))),
    ListColumn[Dated]("source", "Source", _source),
)  # fmt: skip


@router.get(PATH)
def timeline(visit: VisitedNow) -> Response:
    """The picture, and the events below it."""
    return _page(visit)


@router.get(f"{PATH}.svg")
def picture(visit: VisitedNow) -> Response:
    """The picture alone."""
    visit.must(Action.SEE_FIGURES)
    case = visit.request.query_params.get("case") or None
    (figure,) = figures(timelines(visit.parts, case=case, viewer=visit.viewer))
    drawn = as_svg(figure, f"{visit.parts.study.config.name}: timeline")
    return Response(drawn, media_type="image/svg+xml")


@router.post(PATH)
def bring_in(
    visit: VisitedNow,
    events: Annotated[UploadFile, File()],
    really: Annotated[str, Form()] = "",
) -> Response:
    """As "tandem timeline FILE" does; without "keep" it says what would change."""
    visit.must(Action.BRING_IN)
    name = Path(events.filename or "events.csv").name
    if not events.size:
        return _page(visit, fault="choose a file with events. Nothing was kept.")
    with tempfile.TemporaryDirectory(prefix="tandem-") as folder:
        file = Path(folder) / f"events{Path(name).suffix.casefold()[:8]}"
        file.write_bytes(events.file.read())
        try:
            with visit.parts.alone("timeline"):
                kept = import_events(visit.parts, file, dry_run=not really)
        except BadInput as error:
            return _page(visit, fault=str(error).replace(str(file), name))
    if really:
        audit(visit, Did.IMPORTED, name, kind="events")
        return saved(PATH, form="events")
    said = (
        f"{name} holds {counted(len(kept.new), 'new event')}, {len(kept.changed)} changed, {kept.unchanged} as before; "
        f"{len(kept.removed)} would be taken away. Nothing was kept yet: choose it again and tick “keep it”."
    )
    return _page(visit, said=said)


def _page(visit: Visit, fault: str = "", said: str = "") -> Response:
    visit.must(Action.SEE_FIGURES)
    drawn = timelines(visit.parts, viewer=visit.viewer)
    cases = [timeline.case for timeline in drawn]
    case = visit.request.query_params.get("case", "")
    events = [event for timeline in drawn if case in ("", timeline.case) for event in timeline.events]
    shown = ShownList(
        events,
        _COLUMNS,
        asked_of(visit.request.query_params),
        path=PATH,
        noun="event",
        empty="No events are kept yet. Bring in a table with the columns case, date and event.",
    )
    if shown.asked.take:
        return visit.takes(shown, "timeline")
    return visit.page(
        "workbench/timeline.html",
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
        list=shown,
        cases=cases,
        case=case,
        drawn=bool(events),
        fault=[fault] if fault else [],
        said=said,
        columns=", ".join(COLUMNS),
    )
