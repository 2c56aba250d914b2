"""What people write into cells: summaries with the passages they rest on, quotes chosen, how codes distinguish cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, select

from annotations.coding import Coder
from annotations.store.cell_place import CellPlace, RestingPassage, column_of
from annotations.store.coders import coder_names, keep_coder
from annotations.store.tables import chosen_quotes, distinguishing, now, summaries, summary_passages
from annotations.transcript import Span


@dataclass(frozen=True, slots=True)
class Summary:
    """What somebody wrote of a cell, and the passages it rests on; an empty text takes the author's own back."""

    place: CellPlace
    author: str
    text: str
    passages: tuple[RestingPassage, ...] = ()
    created: datetime | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ChosenQuote:
    """A passage that somebody chose to stand for a code; ``chosen`` False: it no longer does."""

    code: str
    passage: RestingPassage
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


def add_summary(connection: Connection, summary: Summary) -> UUID:
    """Keep a summary; the author's earlier one of the cell holds no more and stays on record."""
    new = uuid4()
    author = keep_coder(connection, Coder(summary.author))
    values = {
        **summary.place.row(),
        "id": new,
        "author_id": author,
        "text": summary.text,
        "created": summary.created or now(),
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
        for passage in dict.fromkeys(summary.passages)
        if passage.span is not None
    ]
    if rows:
        connection.execute(summary_passages.insert(), rows)
    return new


def current_summaries(connection: Connection) -> tuple[Summary, ...]:
    """The newest summary of each author and cell, but those taken back, in the order in which they came."""
    newest: dict[tuple[str, str], Summary] = {}
    for summary in all_summaries(connection):
        key = (summary.place.key, summary.author)
        newest.pop(key, None)
        newest[key] = summary
    return tuple(summary for summary in newest.values() if summary.text)


def all_summaries(connection: Connection) -> tuple[Summary, ...]:
    """Every summary that was ever written, in the order in which they came."""
    names = coder_names(connection)
    passages: dict[UUID, list[RestingPassage]] = {}
    ordered = select(summary_passages).order_by(summary_passages.c.transcript_id, summary_passages.c.start)
    for row in connection.execute(ordered):
        passages.setdefault(row.summary_id, []).append(
            RestingPassage(row.transcript_id, Span(row.start, row.end), row.text_hash)
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


def add_chosen_quotes(connection: Connection, quotes: Sequence[ChosenQuote]) -> None:
    """Keep which passages are quotes, in the order given."""
    rows = [
        {
            "id": uuid4(),
            "code": quote.code,
            "transcript_id": quote.passage.transcript,
            "start": quote.passage.span.start,
            "end": quote.passage.span.end,
            "text_hash": quote.passage.text_hash,
            "chosen": quote.chosen,
            "by_id": keep_coder(connection, Coder(quote.by)),
            "created": now(),
        }
        for quote in quotes
        if quote.passage.span is not None
    ]
    if rows:
        connection.execute(chosen_quotes.insert(), rows)


def current_quotes(connection: Connection) -> tuple[ChosenQuote, ...]:
    """The passages that are chosen now, in the order in which they were."""
    names = coder_names(connection)
    newest: dict[tuple[str, RestingPassage], ChosenQuote] = {}
    for row in connection.execute(select(chosen_quotes).order_by(chosen_quotes.c.sequence)):
        passage = RestingPassage(row.transcript_id, Span(row.start, row.end), row.text_hash)
        newest[(row.code, passage)] = ChosenQuote(row.code, passage, names[row.by_id], row.chosen)
    return tuple(quote for quote in newest.values() if quote.chosen)


def add_distinguishing(connection: Connection, given: Iterable[Distinguishing]) -> None:
    """Keep what people say of codes across cases, in the order given."""
    for distinguishing_words in given:
        values = {
            "id": uuid4(),
            "phase": distinguishing_words.phase,
            "code": distinguishing_words.code,
            "words": distinguishing_words.words,
        }
        by = keep_coder(connection, Coder(distinguishing_words.by))
        connection.execute(
            distinguishing.insert().values(**values, by_id=by, created=distinguishing_words.created or now())
        )


def current_distinguishing(connection: Connection) -> dict[tuple[str, str], Distinguishing]:
    """The newest word on each phase and code, but those taken back."""
    names = coder_names(connection)
    rows = connection.execute(select(distinguishing).order_by(distinguishing.c.sequence))
    newest = {
        (row.phase, row.code): Distinguishing(row.phase, row.code, row.words, names[row.by_id], row.created)
        for row in rows
    }
    return {place: words_kept for place, words_kept in newest.items() if words_kept.words}
