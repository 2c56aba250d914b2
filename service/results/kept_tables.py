"""Cross-case tables as the server keeps them between two looks: put together anew as soon as anything in them changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from sqlalchemy import Connection, func, select

from annotations.store.kept_figures import stamp_of
from annotations.store.tables import (
    attributes,
    chosen_quotes,
    codings,
    distinguishing,
    events,
    ratings,
    summaries,
)
from service.composition import Parts
from service.results.read_table import table_in
from service.results.study_table import StudyTable, WantedTable

_WRITTEN = (ratings, summaries, chosen_quotes, distinguishing, attributes, codings, events)
# a table holds what it shows, words included
MOST_KEPT = 4


def results_stamp(connection: Connection, parts: Parts) -> Hashable:
    """What tables, ratings and timelines rest on: it changes whenever they may."""
    written = [
        tuple(connection.execute(select(func.max(one.c.sequence), func.count()).select_from(one)).one())
        for one in _WRITTEN
    ]
    return (stamp_of(connection, parts.codebook.version, parts.segmentation.version), *written)


class KeptTables:
    """The tables asked for last. Safe among threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._stamp: Hashable = None
        self._tables: OrderedDict[WantedTable, StudyTable] = OrderedDict()

    def of(self, connection: Connection, parts: Parts, wanted: WantedTable) -> StudyTable:
        """The table as it stands now. Raises BadInput as ``study_table``."""
        with self._turn:
            stamp = results_stamp(connection, parts)
            if stamp != self._stamp:
                self._tables.clear()
                self._stamp = stamp
            if wanted not in self._tables:
                self._tables[wanted] = table_in(connection, parts, wanted)
            self._tables.move_to_end(wanted)
            while len(self._tables) > MOST_KEPT:
                self._tables.popitem(last=False)
            return self._tables[wanted]
