"""The page Audit: who saw, took, brought in and changed what. Taken along as XLSX or CSV."""

from __future__ import annotations

import csv
import io
from datetime import tzinfo
from urllib.parse import quote

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from annotations.store.audit_log import AuditRow, rows_of
from annotations.store.database import Store
from service.access.policy import Action
from service.audit import COLUMNS, Did, as_cells, detail_said, noted
from service.exported_file import safe_cell
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.moment_column import moment_column
from service.web.pages import Visited
from service.web.signed_in import AskedBy

PATH = "/audit"
# what is shown and searched on the page; taken along is all of it
MOST_SHOWN = 5_000
router = APIRouter(include_in_schema=False, route_class=FormRoute)


def _columns(zone: tzinfo) -> tuple[ListColumn[AuditRow], ...]:
    return (
        ListColumn[AuditRow]("number", "Number", lambda row: row.number),
        moment_column("when", "When", lambda row: row.created, zone, seconds=True),
        ListColumn[AuditRow]("who", "Who", lambda row: row.who, choice=True),
        ListColumn[AuditRow]("did", "Did what", lambda row: row.did, choice=True),
        # why a version was put to serve may name somebody, so it stands with the version, which an erasure reaches
        ListColumn[AuditRow](
            "about",
            "About",
            lambda row: row.about,
            address=lambda row: (
                f"/models/{quote(row.about)}" if row.did == Did.PROMOTED and row.about else None
            ),
        ),
        ListColumn[AuditRow]("detail", "More", detail_said),
        ListColumn[AuditRow]("how", "Came in by", lambda row: row.how, choice=True),
        ListColumn[AuditRow]("from", "From", lambda row: row.address),
    )


@router.get(PATH)
async def audit(visit: Visited, by: AskedBy) -> Response:
    """The log, newest first."""
    visit.must(Action.SEE_AUDIT)
    asked = asked_of(visit.request.query_params)
    rows = await run_in_threadpool(_rows, visit.parts.store, None if asked.take else MOST_SHOWN)
    shown = ShownList(
        rows, _columns(visit.zone), asked, path=PATH, noun="row", empty="Nothing has been written down yet."
    )
    if asked.take:
        await run_in_threadpool(noted, visit.parts.store, by, Did.SAW_AUDIT, taken="XLSX")
        return shown.workbook_answer("audit")
    return visit.page("audit.html", list=shown, most=MOST_SHOWN)


@router.get(f"{PATH}.csv")
async def as_csv(visit: Visited, by: AskedBy) -> Response:
    """All of it."""
    visit.must(Action.SEE_AUDIT)
    rows = await run_in_threadpool(_rows, visit.parts.store, None)
    await run_in_threadpool(noted, visit.parts.store, by, Did.SAW_AUDIT, taken="CSV")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(cell) for cell in as_cells(row).values()] for row in rows)
    head = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(out.getvalue().encode("utf-8-sig"), media_type="text/csv", headers=head)


def _rows(store: Store, most: int | None) -> tuple[AuditRow, ...]:
    with store.reading() as connection:
        return rows_of(connection, most=most)
