"""Transcripts of participants and cases with certain attributes: what --where means, wherever a command takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.attributes import Attributes, filters_of
from annotations.errors import BadInput
from annotations.store.attributes import all_attributes
from annotations.store.described_transcripts import DescribedTranscript
from annotations.store.tables import transcripts
from annotations.store.transcripts import KeptTranscript
from service.access.viewer import Viewer

T = TypeVar("T")


def with_attributes(
    connection: Connection, kept: Sequence[KeptTranscript], where: Sequence[str]
) -> list[KeptTranscript]:
    """The transcripts whose participant or case has every one of these, such as "role=leader;provider".

    Raises UnknownName for an attribute or value that nobody has, BadInput where none of these transcripts is left.
    """
    return _those(connection, kept, where, lambda text: (text.transcript.participant, text.transcript.case))


def described_with_attributes(
    connection: Connection,
    transcripts: Sequence[DescribedTranscript],
    where: Sequence[str],
    viewer: Viewer | None = None,
) -> list[DescribedTranscript]:
    """The same of what is only said of transcripts; ``viewer``: who asks, and may see all of these."""
    known = seen_attributes(connection, viewer, transcripts) if where else None
    return _those(
        connection, transcripts, where, lambda described: (described.participant, described.case), known
    )


def _those(
    connection: Connection,
    given: Sequence[T],
    where: Sequence[str],
    whose: Callable[[T], tuple[str, str]],
    known: Attributes | None = None,
) -> list[T]:
    if not where:
        return list(given)
    known = all_attributes(connection) if known is None else known
    filters = filters_of(where, known)
    left = []
    for transcript in given:
        participant, case = whose(transcript)
        if all(attribute.keeps(known.of(participant=participant, case=case)) for attribute in filters):
            left.append(transcript)
    if not left:
        raise BadInput(
            f"no transcript that was asked about is of somebody with {' and '.join(where)}. See who has which attribute "
            f'with "tandem participants".'
        )
    return left


class _Described(Protocol):
    @property
    def participant(self) -> str: ...

    @property
    def case(self) -> str: ...


def seen_attributes(connection: Connection, viewer: Viewer | None, seen: Iterable[_Described]) -> Attributes:
    """What this person may know of participants and cases: whoever is limited to sites, of those whose transcripts they see.

    ``seen``: the transcripts that they see. A value, even as a choice or in a refusal, tells of somebody.
    """
    known = all_attributes(connection)
    if viewer is None or viewer.sites is None:
        return known
    return known.among((described.participant, described.case) for described in seen)


def known_by_transcript(connection: Connection) -> tuple[tuple[str, ...], dict[UUID, Mapping[str, str]]]:
    """The names of the study's attributes, and for each transcript what is known of its participant and case."""
    known = all_attributes(connection)
    t = transcripts
    rows = connection.execute(select(t.c.id, t.c.participant, t.c.case)) if known.names else ()
    return known.names, {
        row.id: known.of(participant=row.participant or "", case=row.case or "") for row in rows
    }
