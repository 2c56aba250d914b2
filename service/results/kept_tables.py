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
from service.results.seen_table import refuse_unseen_names, seen_table
from service.results.study_table import StudyTable, WantedTable

_WRITTEN = (ratings, summaries, chosen_quotes, distinguishing, codings, member_checks)
# a new value takes the place of the one before, so their newest row says nothing
_WRITTEN_OVER = (attributes, events)
# a table holds what it shows, words included
MOST_KEPT = 8


def results_stamp(connection: Connection, parts: Parts) -> Hashable:
    """What tables, ratings and timelines rest on: it changes whenever they may."""
    config = parts.study.config
    listed = (config.name, *config.cases.items(), config.waves)
    over = [connection.execute(select(rows).order_by(rows.c.sequence)).all() for rows in _WRITTEN_OVER]
    t = transcripts.c
    # saturation goes by dates, and a table may have a column for each kind
    described = connection.execute(select(t.kind, t.session, t.date).order_by(t.sequence)).all()
    written = [
        tuple(
            connection.execute(
                select(func.max(written_table.c.sequence), func.count()).select_from(written_table)
            ).one()
        )
        for written_table in _WRITTEN
    ]
    stands = stamp_of(connection, parts.codebook.version, parts.segmentation.version)
    return (stands, _hashed([listed, described, *over]), sight_stamp(connection), *written)


def sight_stamp(connection: Connection) -> Hashable:
    """What decides who may see which coding, besides accounts: consents, and what is handed out."""
    t = transcripts.c
    consents = select(t.name, t.site, t.may_train, t.may_quote, t.visible_to).order_by(t.sequence)
    # what is handed out may be blind, until its project is done with
    out = [
        connection.execute(select(func.count()).select_from(pushed_table)).scalar_one()
        for pushed_table in (label_studio_tasks, drawn_segments)
    ]
    retired = select(func.count()).where(label_studio_projects.c.retired)
    out.append(connection.execute(retired).scalar_one())
    return (_hashed(connection.execute(consents).all()), *out)


def _hashed(what: object) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]


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
            refuse_unseen_names(connection, viewer, wanted)
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
