"""Cross-case tables as the server keeps them between two looks: put together anew as soon as anything in them changed."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from sqlalchemy import Connection, func, select

from annotations.store.kept_figures import stamp_of
from annotations.store.tables import (
    attributes,
    chosen_quotes,
    codings,
    distinguishing,
    drawn_segments,
    events,
    label_studio_projects,
    label_studio_tasks,
    member_checks,
    ratings,
    summaries,
    transcripts,
)
from service.access.viewer import Viewer
from service.composition import Parts
from service.results.read_table import table_in
from service.results.seen_codings import sees_whole_tables
from service.results.seen_table import seen_table
from service.results.study_table import StudyTable, WantedTable

_WRITTEN = (ratings, summaries, chosen_quotes, distinguishing, attributes, codings, events, member_checks)
# a table holds what it shows, words included
MOST_KEPT = 8


def results_stamp(connection: Connection, parts: Parts) -> Hashable:
    """What tables, ratings and timelines rest on: it changes whenever they may."""
    written = [
        tuple(
            connection.execute(
                select(func.max(written_table.c.sequence), func.count()).select_from(written_table)
            ).one()
        )
        for written_table in _WRITTEN
    ]
    t = transcripts.c
    consents = select(t.name, t.may_train, t.may_quote, t.visible_to).order_by(t.sequence)
    allowed = hashlib.sha256(str(connection.execute(consents).all()).encode()).hexdigest()[:16]
    # what is handed out may be blind, until its project is done with
    out = [
        connection.execute(select(func.count()).select_from(pushed_table)).scalar_one()
        for pushed_table in (label_studio_tasks, drawn_segments)
    ]
    retired = select(func.count()).where(label_studio_projects.c.retired)
    out.append(connection.execute(retired).scalar_one())
    return (stamp_of(connection, parts.codebook.version, parts.segmentation.version), allowed, *out, *written)


class KeptTables:
    """The tables asked for last. Safe among threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._stamp: Hashable = None
        self._tables: OrderedDict[tuple[WantedTable, Viewer | None], StudyTable] = OrderedDict()

    def of(self, connection: Connection, parts: Parts, wanted: WantedTable, viewer: Viewer) -> StudyTable:
        """The table as it stands now, for this person. Raises BadInput as ``study_table``."""
        with self._turn:
            stamp = results_stamp(connection, parts)
            if stamp != self._stamp:
                self._tables.clear()
                self._stamp = stamp
            whole = self._kept((wanted, None), lambda: table_in(connection, parts, wanted))
            if sees_whole_tables(viewer):
                return whole
            return self._kept((wanted, viewer), lambda: seen_table(connection, parts, viewer, whole))

    def _kept(self, key: tuple[WantedTable, Viewer | None], made: Callable[[], StudyTable]) -> StudyTable:
        if key not in self._tables:
            self._tables[key] = made()
        self._tables.move_to_end(key)
        while len(self._tables) > MOST_KEPT:
            self._tables.popitem(last=False)
        return self._tables[key]
