"""Transcripts of participants and cases with certain attributes: what --where means, wherever a command takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.attributes import filters_of
from annotations.errors import BadInput
from annotations.store.attributes import all_attributes
from annotations.store.tables import transcripts
from annotations.store.transcripts import Kept


def with_attributes(connection: Connection, kept: Sequence[Kept], where: Sequence[str]) -> list[Kept]:
    """The transcripts whose participant or case has every one of these, such as "role=leader;provider".

    Raises UnknownName for an attribute or value that nobody has, BadInput where none of these transcripts is left.
    """
    if not where:
        return list(kept)
    known = all_attributes(connection)
    filters = filters_of(where, known)
    transcripts = [
        transcript
        for transcript in kept
        if all(
            each.keeps(
                known.of(participant=transcript.transcript.participant, case=transcript.transcript.case)
            )
            for each in filters
        )
    ]
    if not transcripts:
        raise BadInput(
            f"no transcript that was asked about is of somebody with {' and '.join(where)}. See who has which attribute "
            f'with "tandem participants".'
        )
    return transcripts


def known_by_transcript(connection: Connection) -> tuple[tuple[str, ...], dict[UUID, Mapping[str, str]]]:
    """The names of the study's attributes, and for each transcript what is known of its participant and case."""
    known = all_attributes(connection)
    t = transcripts
    rows = connection.execute(select(t.c.id, t.c.participant, t.c.case)) if known.names else ()
    return known.names, {
        row.id: known.of(participant=row.participant or "", case=row.case or "") for row in rows
    }
