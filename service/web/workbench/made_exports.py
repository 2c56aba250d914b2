"""What pages share that let somebody take files along: made at once or by a worker, then on a page of their own."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Response

from annotations.store.jobs import ask_for
from service.audit import Did
from service.passing_files.folders import remove
from service.taking_out.all_exports import ExportKind
from service.taking_out.asked_exports import AskedExport, make_asked, room_for, takes_long
from service.taking_out.export_makers import Wish
from service.web.pages import Visit, saved
from service.web.workbench.audit import audit

MADE = "/exports/made"


def ask_export(visit: Visit, kind: ExportKind, ending: str, wish: Wish) -> Response:
    """Make it, or let a worker do so, and go to its page. Raises BadInput for what cannot be meant; then nothing is kept."""
    asked = AskedExport(kind.key, ending, wish)
    parts = visit.parts.read_again()
    made_id, folder = room_for(parts, asked)
    try:
        with parts.store.reading() as connection:
            long = takes_long(connection, kind.key)
        if long:
            with parts.store.writing() as connection:
                plain = asked.to_plain() | {"export": str(made_id), "by": visit.by.who}
                job = ask_for(connection, "export", plain, asked_by=visit.viewer.account)
            audit(visit, Did.ASKED, kind.key, kind="an export", job=str(job), asked=_asked(wish.narrowed))
        else:
            made = make_asked(parts, made_id, asked)
            names = ", ".join(made["files"])
            audit(visit, Did.EXPORTED, names, kind=kind.key, asked=_asked(wish.narrowed))
    except BaseException:
        remove(folder)
        raise
    return saved(f"{MADE}/{made_id}")


def _asked(narrowed: Mapping[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{name} {', '.join(values)}" for name, values in narrowed.items() if values)
