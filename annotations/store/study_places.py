"""The waves, cases, sites and participants that transcripts name, read without a word of any text."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from annotations.store.tables import transcripts

PLACES = ("wave", "case", "site", "participant")


def places_in(connection: Connection) -> Mapping[str, tuple[str, ...]]:
    """Every wave, case, site and participant that a transcript names, each once, sorted; "" is left out."""
    places = {}
    for name in PLACES:
        column = transcripts.c[name]
        rows = connection.execute(select(column).distinct().where(column != "")).scalars()
        places[name] = tuple(sorted(rows, key=str.casefold))
    return places
