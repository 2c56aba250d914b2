"""Transcripts and their turns, in the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, Select, and_, delete, exists, func, or_, select

from annotations.errors import BadInput, UnknownName, unknown
from annotations.names import folded
from annotations.store.bulk_insert import insert_rows
from annotations.store.many_values import in_lots
from annotations.store.tables import codings, reviews, segments, suggestions, transcripts, turns
from annotations.transcript import Consents, Kind, Role, Span, Transcript, Turn


@dataclass(frozen=True, slots=True)
class KeptTranscript:
    """A transcript as kept: its id in the store beside it."""

    id: UUID
    transcript: Transcript


def add_transcript(connection: Connection, transcript: Transcript) -> UUID:
    """Keep a new transcript; its name must be free (see ``same_name``)."""
    new = uuid4()
    connection.execute(
        transcripts.insert().values(
            id=new, name=transcript.name, name_key=folded(transcript.name), **columns_of(transcript)
        )
    )
    put_turns(connection, new, transcript.turns)
    return new


def replace_transcript(connection: Connection, old: UUID, transcript: Transcript) -> None:
    """Put the same words in other turns under the same id. Raises BadInput once anybody has coded or reviewed it."""
    if coded(connection, old):
        raise BadInput(
            f'transcript "{transcript.name}": people have coded it, and their codings point at its words, so it '
            f"cannot be replaced. Import the new text under another name."
        )
    own = select(segments.c.id).where(segments.c.transcript_id == old)
    if connection.execute(select(exists().where(suggestions.c.segment_id.in_(own)))).scalar():
        raise BadInput(
            f'transcript "{transcript.name}": suggestions have been made for it already, and they point at its '
            f"words, so it cannot be replaced. Import the new text under another name."
        )
    connection.execute(delete(segments).where(segments.c.transcript_id == old))
    connection.execute(delete(turns).where(turns.c.transcript_id == old))
    connection.execute(transcripts.update().where(transcripts.c.id == old).values(**columns_of(transcript)))
    put_turns(connection, old, transcript.turns)


def redescribe_transcript(connection: Connection, old: UUID, transcript: Transcript) -> None:
    """Change where a transcript belongs and what may be done with it; its text stays."""
    columns = columns_of(transcript)
    for fixed in ("text", "text_hash", "source"):
        del columns[fixed]
    connection.execute(transcripts.update().where(transcripts.c.id == old).values(**columns))


def coded(connection: Connection, transcript: UUID) -> bool:
    """Has anybody coded or reviewed it?"""
    for table in (reviews, codings):
        if connection.execute(select(exists().where(table.c.transcript_id == transcript))).scalar():
            return True
    return False


def same_name(connection: Connection, name: str) -> KeptTranscript | None:
    """The transcript of this name, in any case, or None."""
    row = connection.execute(select(transcripts).where(transcripts.c.name_key == folded(name))).first()
    return None if row is None else _kept(row, _turns(connection, [row.id]).get(row.id, ()))


def same_text(connection: Connection, text_hash: str) -> tuple[str, ...]:
    """The names of the transcripts with exactly this text."""
    query = select(transcripts.c.name).where(transcripts.c.text_hash == text_hash)
    return tuple(connection.execute(query.order_by(transcripts.c.sequence)).scalars())


def get_transcript(connection: Connection, name: str) -> KeptTranscript:
    """The transcript of this name; raises UnknownName with the nearest one."""
    transcript_there = same_name(connection, name)
    if transcript_there is None:
        raise unknown_transcript(connection, name)
    return transcript_there


def transcript_by_id(connection: Connection, transcript: UUID) -> KeptTranscript | None:
    """The transcript with this id, or None."""
    row = connection.execute(select(transcripts).where(transcripts.c.id == transcript)).first()
    return None if row is None else _kept(row, _turns(connection, [row.id]).get(row.id, ()))


def unknown_transcript(connection: Connection, name: str) -> UnknownName:
    """The error for a transcript that is not there."""
    known = transcript_names(connection)
    remedy = 'List them with "tandem status", or import it first.'
    return unknown("transcript", name, known, remedy=remedy)


def transcript_names(connection: Connection) -> tuple[str, ...]:
    """All names, in the order of their import."""
    return tuple(connection.execute(select(transcripts.c.name).order_by(transcripts.c.sequence)).scalars())


def all_transcripts(connection: Connection, *, wave: str | None = None) -> tuple[KeptTranscript, ...]:
    """Every transcript with its turns, in the order of import; ``wave``: only those of one wave."""
    wanted = select(transcripts).order_by(transcripts.c.sequence)
    if wave is not None:
        wanted = wanted.where(transcripts.c.wave == wave)
    rows = connection.execute(wanted).all()
    # the database knows which these are: a wave may have more than it takes by name
    its = None if wave is None else select(transcripts.c.id).where(transcripts.c.wave == wave)
    by_transcript = _turns(connection, its)
    return tuple(_kept(row, by_transcript.get(row.id, ())) for row in rows)


def all_texts(connection: Connection) -> tuple[KeptTranscript, ...]:
    """Every transcript without its turns, in the order of import: all that the segments are read from."""
    rows = connection.execute(select(transcripts).order_by(transcripts.c.sequence))
    return tuple(_kept(row, ()) for row in rows)


def texts_by_id(connection: Connection, transcript_ids: Collection[UUID]) -> tuple[KeptTranscript, ...]:
    """Those with these ids that are there, without their turns, in the order of import."""
    rows = [
        row
        for some in in_lots(transcript_ids)
        for row in connection.execute(select(transcripts).where(transcripts.c.id.in_(some)))
    ]
    return tuple(_kept(row, ()) for row in sorted(rows, key=lambda text_row: text_row.sequence))


def turns_at(connection: Connection, places: Collection[tuple[UUID, Span]]) -> dict[tuple[UUID, Span], int]:
    """For each of these spans of transcripts the turn (from 0) in which it begins; one that begins in none is left out."""
    starts: dict[tuple[UUID, int], list[tuple[UUID, Span]]] = {}
    for place in places:
        starts.setdefault((place[0], place[1].start), []).append(place)
    turn_numbers: dict[tuple[UUID, Span], int] = {}
    index, begins, ends = turns.c["index"], turns.c.start, turns.c.end
    for some in in_lots(starts):
        holds = [
            and_(turns.c.transcript_id == transcript, begins <= at, ends > at) for transcript, at in some
        ]
        for transcript, turn, start, end in connection.execute(
            select(turns.c.transcript_id, index, begins, ends).where(or_(*holds))
        ):
            for (its_transcript, at), its in starts.items():
                if its_transcript == transcript and start <= at < end:
                    turn_numbers |= dict.fromkeys(its, turn)
    return turn_numbers


def count_coded_turns(connection: Connection, *, but: Collection[UUID] = ()) -> dict[UUID, int]:
    """How many turns of each transcript are to be coded; ``but``: these are left out."""
    roles = [role.value for role in Role if role.is_coded]
    coded_turns: dict[UUID, int] = {}
    others = [
        scalar for scalar in connection.execute(select(transcripts.c.id)).scalars() if scalar not in but
    ]
    for some in in_lots(others):
        rows = select(turns.c.transcript_id, func.count()).where(
            turns.c.transcript_id.in_(some), turns.c.role.in_(roles)
        )
        coded_turns |= {row[0]: row[1] for row in connection.execute(rows.group_by(turns.c.transcript_id))}
    return coded_turns


def columns_of(transcript: Transcript) -> dict[str, Any]:
    """What the table keeps of a transcript, its name aside."""
    consents = transcript.consents
    return {
        "text": transcript.text,
        "text_hash": transcript.text_hash,
        "kind": transcript.kind.value,
        "case": transcript.case,
        "site": transcript.site,
        "wave": transcript.wave,
        "participant": transcript.participant,
        "session": transcript.session,
        "language": transcript.language,
        "date": transcript.date,
        "may_train": consents.may_train,
        "may_quote": consents.may_quote,
        "visible_to": None if consents.visible_to is None else list(consents.visible_to),
        "source": transcript.source,
    }


def put_turns(connection: Connection, transcript: UUID, turns_given: Iterable[Turn]) -> None:
    """Keep the turns of a transcript that has none."""
    rows = [
        {
            "transcript_id": transcript,
            "index": turn.index,
            "speaker": turn.speaker,
            "role": turn.role.value,
            "start": turn.span.start,
            "end": turn.span.end,
            "begins": turn.begins,
            "ends": turn.ends,
        }
        for turn in turns_given
    ]
    if rows:
        insert_rows(connection, turns, rows)


def _turns(
    connection: Connection, only: Sequence[UUID] | Select[tuple[UUID]] | None
) -> dict[UUID, tuple[Turn, ...]]:
    wanted = select(turns).order_by(turns.c.transcript_id, turns.c.index)
    if only is not None:
        wanted = wanted.where(turns.c.transcript_id.in_(only))
    turns_by_transcript: dict[UUID, list[Turn]] = {}
    for row in connection.execute(wanted):
        turn = Turn(
            row._mapping["index"], row.speaker, Role(row.role), Span(row.start, row.end), row.begins, row.ends
        )
        turns_by_transcript.setdefault(row.transcript_id, []).append(turn)
    return {transcript: tuple(its) for transcript, its in turns_by_transcript.items()}


def _kept(row: Row[Any], its_turns: tuple[Turn, ...]) -> KeptTranscript:
    visible = None if row.visible_to is None else tuple(row.visible_to)
    transcript = Transcript(
        name=row.name,
        text=row.text,
        turns=its_turns,
        kind=Kind(row.kind),
        case=row.case,
        site=row.site,
        wave=row.wave,
        participant=row.participant,
        session=row.session,
        language=row.language,
        date=row.date,
        consents=Consents(row.may_train, row.may_quote, visible),
        source=row.source,
    )
    return KeptTranscript(row.id, transcript)
