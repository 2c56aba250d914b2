"""What is known of each transcript besides its words: for lists and counts that need no text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, func, select

from annotations.store.tables import transcripts, turns
from annotations.transcript import Role


@dataclass(frozen=True, slots=True)
class Described:
    """A transcript without its text and turns. ``text_hash``: changes when its words do."""

    id: UUID
    name: str
    participant: str
    case: str
    site: str
    wave: str
    text_hash: str
    may_quote: bool
    visible_to: tuple[str, ...] | None


def described_transcripts(connection: Connection) -> tuple[Described, ...]:
    """Every transcript, in the order of import."""
    t = transcripts.c
    wanted = select(
        t.id, t.name, t.participant, t.case, t.site, t.wave, t.text_hash, t.may_quote, t.visible_to
    ).order_by(t.sequence)
    return tuple(
        Described(*row[:8], None if row.visible_to is None else tuple(row.visible_to))
        for row in connection.execute(wanted)
    )


def coded_turns(connection: Connection, among: Collection[UUID]) -> Mapping[UUID, int]:
    """How many turns of each of these transcripts are to be coded: as good as passages, until they are cut."""
    roles = [role.value for role in Role if role.is_coded]
    found: dict[UUID, int] = {}
    for one in among:
        wanted = select(func.count()).where(turns.c.transcript_id == one, turns.c.role.in_(roles))
        found[one] = int(connection.execute(wanted).scalar_one())
    return found
