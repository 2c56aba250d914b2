"""Patterns, saturation, triangulation and change as pages show them: tables of plain cells and drawn pictures.

In a small study they are worked out for whoever looks, and kept until something changes. In a large one a worker does it,
and what it found is kept in the database with what it rests on; the page says where something has come in since.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, select

from annotations.progress import Progress, quiet
from annotations.store.kept_figures import forget_older, keep_figures, kept_part
from annotations.store.tables import codings
from service.access.viewer import Viewer, ViewerRole
from service.composition import Parts
from service.results.asked_fields import OWN, PART, Fields, plain_fields, result_asked
from service.results.kept_tables import results_stamp, sight_stamp
from service.results.named_results import Result, read_result, result_named
from service.results.seen_codings import sees_whole_tables, waits_for_own

# so many codings are counted and drawn within about 0.2 s; a worker counts more
MOST_AT_ONCE = 3_000
MOST_IN_MEMORY, MOST_KEPT = 16, 60
# a sheet that a screen shows at one scroll; the files hold all of them
SHEET_INCHES, MOST_SHEETS = 9.0, 3
_PAGE = "page"
_QUESTION = "result "


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table: ``rows`` of plain cells (words, numbers, None)."""

    name: str
    subject: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A picture in ``sheets``; ``of``: the table that lists what it shows; ``more``: are there sheets that are not drawn?"""

    subject: str
    describes: str
    of: str
    sheets: int
    more: bool


@dataclass(frozen=True, slots=True)
class ShownResult:
    """A result. ``nothing``: why it is empty, "" if it is not; ``drawings``: SVG by figure and sheet, "0 0" the first."""

    nothing: str
    notes: tuple[str, ...]
    tables: tuple[ShownTable, ...]
    figures: tuple[ShownFigure, ...]
    drawings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeptResult:
    """A result with when it was worked out; ``is_old``: has something come in since that it does not know?"""

    result: ShownResult
    made: datetime | None = None
    is_old: bool = False


def plain_viewer(viewer: Viewer) -> dict[str, Any] | None:
    """Whose sight it is worked out for, for a job; None where that is all."""
    if sees_whole_tables(viewer):
        return None
    sites = None if viewer.sites is None else sorted(viewer.sites)
    return {"name": viewer.name, "role": viewer.role.value, "sites": sites, "sees_text": viewer.sees_text}


def viewer_of_plain(plain: Mapping[str, Any] | None) -> Viewer:
    """The same from a job."""
    if plain is None:
        return Viewer(None, "", ViewerRole.LEAD)
    sites = None if plain["sites"] is None else frozenset(map(str, plain["sites"]))
    return Viewer(None, str(plain["name"]), ViewerRole(plain["role"]), sites, bool(plain["sees_text"]))


def is_small(connection: Connection) -> bool:
    """Is a result of this study worked out before somebody tires of waiting?"""
    return connection.execute(select(func.count()).select_from(codings)).scalar_one() <= MOST_AT_ONCE


def fields_of(name: str, given: Fields) -> dict[str, list[str]]:
    """What a result of this name is asked, of all that was given. Raises UnknownName."""
    its = result_named(name)
    own = [
        field_name
        for field_name in OWN
        if ("crossed_with" if field_name == "with" else field_name) in its.asks
    ]
    return plain_fields(
        given, [field_name for field_name in (*PART, *own) if its.by_wave or field_name != "wave"]
    )


def work_out(parts: Parts, name: str, fields: Fields, viewer: Viewer) -> ShownResult:
    """Read and draw it, as this person may see it. Raises BadInput for what cannot be meant."""
    from service.results.changed import OneWave

    try:
        result = read_result(parts, name, result_asked(fields), viewer)
    except OneWave as error:
        # nobody asked wrongly: the study is not so far yet
        said = str(error)
        return ShownResult(f"{said[:1].upper()}{said[1:]}", (), (), (), {})
    return _nothing(result) if result.nothing else _laid_out(result)


def count(
    parts: Parts, name: str, fields: Fields, viewer: Viewer, *, progress: Progress = quiet
) -> ShownResult:
    """Work it out and keep it, as a worker does."""
    progress(0, 2)
    with parts.store.reading() as connection:
        # before it is read: what comes meanwhile makes it old
        stamp = _stamp(connection, parts)
    result = work_out(parts, name, fields, viewer)
    progress(1, 2)
    plain = asdict(result)
    drawings = plain.pop("drawings")
    with parts.store.writing() as connection:
        content = {_PAGE: json.dumps(plain, ensure_ascii=False, separators=(",", ":")), **drawings}
        keep_figures(connection, _question(name, fields, viewer), stamp, content)
        forget_older(connection, _QUESTION, MOST_KEPT)
    progress(2, 2)
    return result


class KeptResults:
    """The results that were looked at last. Safe among threads; one at a time is drawn."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._found: OrderedDict[tuple[str, str], ShownResult] = OrderedDict()

    def of(
        self, connection: Connection, parts: Parts, name: str, fields: Fields, viewer: Viewer
    ) -> KeptResult | None:
        """A result for this person; None where a worker is to work it out first. Raises BadInput as ``work_out``."""
        question, stamp = _question(name, fields, viewer), _stamp(connection, parts)
        with self._turn:
            now = self._kept(question, stamp)
            if now is None and is_small(connection):
                now = self._keep(question, stamp, work_out(parts, name, fields, viewer))
            if now is not None:
                return KeptResult(now)
            kept = kept_part(connection, question, _PAGE)
            if kept is None or not (sees_whole_tables(viewer) or _sight(kept.stamp) == _sight(stamp)):
                # what somebody could see then may be more than she may see now
                return None
            seen = f"{kept.made.isoformat()} {kept.stamp}"
            result_shown = self._kept(question, seen) or self._keep(question, seen, _in_plain(kept.content))
            return KeptResult(result_shown, kept.made, kept.stamp != stamp)

    def drawing(
        self, connection: Connection, parts: Parts, name: str, fields: Fields, viewer: Viewer, which: str
    ) -> str | None:
        """A sheet of a picture as SVG, None where there is none."""
        result_shown = self.of(connection, parts, name, fields, viewer)
        if result_shown is None:
            return None
        if which in result_shown.result.drawings:
            return result_shown.result.drawings[which]
        kept = kept_part(connection, _question(name, fields, viewer), which) if which != _PAGE else None
        return None if kept is None else kept.content

    def _kept(self, question: str, stamp: str) -> ShownResult | None:
        kept_result = self._found.get((question, stamp))
        if kept_result is not None:
            self._found.move_to_end((question, stamp))
        return kept_result

    def _keep(self, question: str, stamp: str, result_shown: ShownResult) -> ShownResult:
        self._found[question, stamp] = result_shown
        while len(self._found) > MOST_IN_MEMORY:
            self._found.popitem(last=False)
        return result_shown


def _question(name: str, fields: Fields, viewer: Viewer) -> str:
    """The name under which it is kept: who sees the same asks the same."""
    if sees_whole_tables(viewer):
        who = "all"
    else:
        sites = None if viewer.sites is None else sorted(viewer.sites)
        who = json.dumps([sites, viewer.name if waits_for_own(viewer) else ""])
    asked = json.dumps(plain_fields(fields, (*PART, *OWN)), sort_keys=True)
    mark = hashlib.sha256(f"{asked} {who}".encode()).hexdigest()[:32]
    return f"{_QUESTION}{name} {mark}"


def _stamp(connection: Connection, parts: Parts) -> str:
    """What it rests on, and what of that decides who may see it, each as a hash."""
    both = (results_stamp(connection, parts), sight_stamp(connection))
    return " ".join(hashlib.sha256(repr(each).encode()).hexdigest() for each in both)


def _sight(stamp: str) -> str:
    return stamp.rpartition(" ")[2]


def _nothing(result: Result) -> ShownResult:
    return ShownResult(result.nothing, (), (), (), {})


def _laid_out(figure: Result) -> ShownResult:
    from service.results.picture_files import as_svg

    its = figure.parts()
    figures, drawings = [], {}
    for at, result in enumerate(its.figures):
        sheets = list(islice(result.draw(SHEET_INCHES), MOST_SHEETS + 1))
        shown = sheets[:MOST_SHEETS]
        for number, sheet in enumerate(shown):
            drawings[f"{at} {number}"] = as_svg(sheet, result.subject).decode("utf-8")
        figures.append(
            ShownFigure(result.subject, result.describes, result.of, len(shown), len(sheets) > len(shown))
        )
    tables = tuple(
        ShownTable(table.name, table.subject, table.columns, table.rows, table.notes) for table in its.tables
    )
    notes = tuple(dict.fromkeys((*figure.notes, *its.notes)))
    return ShownResult("", notes, tables, tuple(figures), drawings)


def _in_plain(content: str) -> ShownResult:
    plain = json.loads(content)
    tables = tuple(
        ShownTable(
            table["name"],
            table["subject"],
            tuple(table["columns"]),
            tuple(map(tuple, table["rows"])),
            tuple(table["notes"]),
        )
        for table in plain["tables"]
    )
    figures = tuple(ShownFigure(**figure) for figure in plain["figures"])
    return ShownResult(plain["nothing"], tuple(plain["notes"]), tables, figures, {})
