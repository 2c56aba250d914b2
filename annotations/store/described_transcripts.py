"""What is said of transcripts, without a word of their text: quick for lists, however long the interviews are."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.store.tables import transcripts
from annotations.transcript import Consents


@dataclass(frozen=True, slots=True)
class DescribedTranscript:
    """A transcript's place, whose it is, and what may be done with it. ``text_hash`` changes when its words do."""

    id: UUID
    name: str
    case: str
    site: str
    wave: str
    participant: str
    session: str
    kind: str
    consents: Consents
    text_hash: str = ""


def described_transcripts(connection: Connection) -> tuple[DescribedTranscript, ...]:
    """All transcripts, in the order of import."""
    t = transcripts.c
    wanted = select(
        t.id,
        t.name,
        t.case,
        t.site,
        t.wave,
        t.participant,
        t.session,
        t.kind,
        t.may_train,
        t.may_quote,
        t.visible_to,
        t.text_hash,
    )
    return tuple(
        DescribedTranscript(
            row.id,
            row.name,
            row.case,
            row.site,
            row.wave,
            row.participant,
            row.session,
            row.kind,
            Consents(row.may_train, row.may_quote, None if row.visible_to is None else tuple(row.visible_to)),
            row.text_hash,
        )
        for row in connection.execute(wanted.order_by(t.sequence))
    )
