"""Backups: which there are on this machine, where they go, and one more at the press of a button."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path

from fastapi import APIRouter, Response

from annotations.errors import BadInput
from service.access.policy import Action
from service.audit import Did
from service.backup.kept import Good, destination, kept_for, size_said
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.moment_column import moment_column
from service.web.pages import Visit, Visited
from service.web.workbench.asked_jobs import ask_job, latest_job
from service.web.workbench.audit import audit

PATH = "/backups"
router = APIRouter(include_in_schema=False, route_class=FormRoute)


def _columns(zone: tzinfo) -> tuple[ListColumn[Good], ...]:
    return (
        moment_column("made", "Made", lambda row: row.moment, zone),
        ListColumn[Good]("file", "File", lambda row: Path(row.file).name),
        ListColumn[Good]("size", "Size", lambda row: row.bytes, text=lambda row: size_said(row.bytes)),
        ListColumn[Good](
            "there", "Still there", lambda row: "yes" if row.is_there else "gone or changed", choice=True
        ),
        ListColumn[Good]("folder", "Folder", lambda row: str(Path(row.file).parent)),
    )


@router.get(PATH)
def backups(visit: Visited) -> Response:
    """The backups that were opened and found whole, newest first."""
    visit.must(Action.CHANGE_STUDY)
    return _page(visit)


@router.post(PATH)
def make_one(visit: Visited) -> Response:
    """Ask a worker for one, as "tandem backup" makes it."""
    visit.must(Action.CHANGE_STUDY)
    audit(visit, Did.ASKED, kind="a backup")
    return ask_job(visit, "backup", {"by": visit.by.who}, back=PATH)


def _page(visit: Visit) -> Response:
    now = visit.parts.read_again()
    good = tuple(reversed(kept_for(now.settings, now.study).good))
    with visit.parts.store.reading() as connection:
        job = latest_job(connection, "backup")
    shown = ShownList(
        good,
        _columns(visit.zone),
        asked_of(visit.request.query_params),
        path=PATH,
        noun="backup",
        empty="No backup has been made on this machine.",
    )
    if shown.asked.take:
        return visit.takes(shown, "backups")
    where, fault = "", ""
    try:
        where = str(destination(now.settings, now.study, None)[0])
    except BadInput as error:
        fault = str(error)
    return visit.page(
        "workbench/backups.html",
        list=shown,
        job=job if job is not None and (job.under_way or job.state == "failed") else None,
        last=good[0] if good else None,
        where=where,
        faults=[fault] if fault else [],
        config=now.study.config.backup,
        encrypted=now.settings.backup_password_file is not None,
    )
