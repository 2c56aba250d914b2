"""What people write into cells: summaries with the passages they rest on, quotes chosen, how codes distinguish cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, select

from annotations.coding import Coder
from annotations.store.cell_place import CellPlace, Passage, column_of
from annotations.store.coders import coder_names, keep_coder
from annotations.store.tables import chosen_quotes, distinguishing, now, summaries, summary_passages
from annotations.transcript import Span


@dataclass(frozen=True, slots=True)
class Summary:
    """What somebody wrote of a cell, and the passages it rests on; an empty text takes the author's own back."""

    place: CellPlace
    author: str
    text: str
    passages: tuple[Passage, ...] = ()
    created: datetime | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ChosenQuote:
    """A passage that somebody chose to stand for a code; ``chosen`` False: it no longer does."""

    code: str
    passage: Passage
    by: str
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class Distinguishing:
    """What somebody says of how a code distinguishes the cases; empty words take it back."""

    phase: str
    code: str
    words: str
    by: str
    created: datetime | None = None


def add_summary(connection: Connection, one: Summary) -> UUID:
    """Keep a summary; the author's earlier one of the cell holds no more and stays on record."""
    new = uuid4()
    author = keep_coder(connection, Coder(one.author))
    values = {
        **one.place.row(),
        "id": new,
        "author_id": author,
        "text": one.text,
        "created": one.created or now(),
    }
    connection.execute(summaries.insert().values(**values))
    rows = [
        {
            "summary_id": new,
            "transcript_id": passage.transcript,
            "start": passage.span.start,
            "end": passage.span.end,
            "text_hash": passage.text_hash,
        }
        for passage in dict.fromkeys(one.passages)
        if passage.span is not None
    ]
    if rows:
        connection.execute(summary_passages.insert(), rows)
    return new


def current_summaries(connection: Connection) -> tuple[Summary, ...]:
    """The newest summary of each author and cell, but those taken back, in the order in which they came."""
    newest: dict[tuple[str, str], Summary] = {}
    for one in all_summaries(connection):
        key = (one.place.key, one.author)
        newest.pop(key, None)
        newest[key] = one
    return tuple(one for one in newest.values() if one.text)


def all_summaries(connection: Connection) -> tuple[Summary, ...]:
    """Every summary that was ever written, in the order in which they came."""
    names = coder_names(connection)
    passages: dict[UUID, list[Passage]] = {}
    ordered = select(summary_passages).order_by(summary_passages.c.transcript_id, summary_passages.c.start)
    for row in connection.execute(ordered):
        passages.setdefault(row.summary_id, []).append(
            Passage(row.transcript_id, Span(row.start, row.end), row.text_hash)
        )
    return tuple(
        Summary(
            CellPlace(row.phase, row.code, column_of(row.column)),
            names[row.author_id],
            row.text,
            tuple(passages.get(row.id, ())),
            row.created,
            row.id,
        )
        for row in connection.execute(select(summaries).order_by(summaries.c.sequence))
    )


def add_chosen_quotes(connection: Connection, found: Sequence[ChosenQuote]) -> None:
    """Keep which passages are quotes, in the order given."""
    rows = [
        {
            "id": uuid4(),
            "code": one.code,
            "transcript_id": one.passage.transcript,
            "start": one.passage.span.start,
            "end": one.passage.span.end,
            "text_hash": one.passage.text_hash,
            "chosen": one.chosen,
            "by_id": keep_coder(connection, Coder(one.by)),
            "created": now(),
        }
        for one in found
        if one.passage.span is not None
    ]
    if rows:
        connection.execute(chosen_quotes.insert(), rows)


def current_quotes(connection: Connection) -> tuple[ChosenQuote, ...]:
    """The passages that are chosen now, in the order in which they were."""
    names = coder_names(connection)
    newest: dict[tuple[str, Passage], ChosenQuote] = {}
    for row in connection.execute(select(chosen_quotes).order_by(chosen_quotes.c.sequence)):
        passage = Passage(row.transcript_id, Span(row.start, row.end), row.text_hash)
        newest[(row.code, passage)] = ChosenQuote(row.code, passage, names[row.by_id], row.chosen)
    return tuple(one for one in newest.values() if one.chosen)


def add_distinguishing(connection: Connection, found: Iterable[Distinguishing]) -> None:
    """Keep what people say of codes across cases, in the order given."""
    for one in found:
        values = {"id": uuid4(), "phase": one.phase, "code": one.code, "words": one.words}
        by = keep_coder(connection, Coder(one.by))
        connection.execute(distinguishing.insert().values(**values, by_id=by, created=one.created or now()))


def current_distinguishing(connection: Connection) -> dict[tuple[str, str], Distinguishing]:
    """The newest word on each phase and code, but those taken back."""
    names = coder_names(connection)
    rows = connection.execute(select(distinguishing).order_by(distinguishing.c.sequence))
    newest = {
        (row.phase, row.code): Distinguishing(row.phase, row.code, row.words, names[row.by_id], row.created)
        for row in rows
    }
    return {place: one for place, one in newest.items() if one.words}
