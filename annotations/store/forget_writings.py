"""What people wrote of somebody who withdraws: it goes with the passages it rests on, or where it names or quotes them.

A summary is words about words: if one of its passages is erased, nobody can tell which of its words came from there, so
all of it goes, earlier wordings too. A memo or a question about a passage goes with its answers. An event goes if nothing
else supports it, and loses the source otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import Connection, Table, delete, select

from annotations.attributes import Owner
from annotations.names import folded
from annotations.store.cell_place import column_of
from annotations.store.erasing import texts_of
from annotations.store.forget_copies import ERASED, forget_copies
from annotations.store.quoted_words import Quoting, either
from annotations.store.tables import (
    distinguishing,
    doubt_answers,
    doubts,
    event_passages,
    events,
    member_checks,
    ratings,
    summaries,
    summary_passages,
)
from annotations.store.transcripts import KeptTranscript, all_transcripts


def writings_to_erase(
    connection: Connection, theirs: Sequence[KeptTranscript], participant: str
) -> dict[Table, set[UUID]]:
    """The summaries and events that go with a participant, by table. Remarks that name or quote them are blanked here."""
    ids = {kept.id for kept in theirs}
    names = {participant, *(kept.transcript.participant for kept in theirs)}
    # a transcript may be called "meeting"; such a word names nobody
    names |= {kept.transcript.name for kept in theirs if any(map(str.isdigit, kept.transcript.name))}
    others = [kept.transcript.text for kept in all_transcripts(connection) if kept.id not in ids]
    quotes = Quoting(texts_of(connection, theirs), others)
    of_them = either(naming(names), quotes)
    _forget_remarks(connection, names, of_them)
    forget_copies(connection, ids, names, quotes)
    return {
        summaries: _summaries(connection, ids, names, of_them),
        events: _events(connection, ids, of_them),
        doubts: _doubts(connection, ids, of_them),
        member_checks: _answers(connection, names, of_them),
    }


def _answers(connection: Connection, names: Collection[str], named: Callable[[str], bool]) -> set[UUID]:
    """What they answered, for themselves or for their case; what others said of them is blanked here."""
    keys = {folded(name) for name in names if name.strip()}
    answers = set()
    for row in connection.execute(select(member_checks)).all():
        of_them = row.of == Owner.PARTICIPANT.value and row.owner_key in keys
        if of_them or folded(row.answered_by) in keys or named(row.answered_by):
            answers.add(row.id)
        elif named(row.words):
            connection.execute(
                member_checks.update().where(member_checks.c.id == row.id).values(words=ERASED)
            )
    return answers


def count_of_answers(connection: Connection, participant: str) -> int:
    """How many answers are kept of a participant."""
    rows = connection.execute(
        select(member_checks.c.of, member_checks.c.owner_key, member_checks.c.answered_by)
    )
    wanted = folded(participant)
    return sum(
        (of == Owner.PARTICIPANT.value and owner == wanted) or folded(who) == wanted
        for of, owner, who in rows
    )


def _summaries(
    connection: Connection,
    transcripts: Collection[UUID],
    names: Collection[str],
    named: Callable[[str], bool],
) -> set[UUID]:
    """The summaries that rest on these transcripts, or that name or quote their participant or transcripts."""
    rests = select(summary_passages.c.summary_id, summary_passages.c.transcript_id)
    summary_ids = {summary for summary, transcript in connection.execute(rests) if transcript in transcripts}
    rows = connection.execute(select(summaries)).all()
    summary_ids |= {row.id for row in rows if named(row.text) or _column_names(row.column, names)}
    # every wording of a cell by the same author: an earlier one may rest on it without saying so
    cells = {(row.place_key, row.author_id) for row in rows if row.id in summary_ids}
    return {row.id for row in rows if (row.place_key, row.author_id) in cells}


def _events(connection: Connection, transcripts: Collection[UUID], named: Callable[[str], bool]) -> set[UUID]:
    """The events that nothing else supports, or that name or quote the participant or their transcripts."""
    rests: dict[UUID, set[bool]] = {}
    for event, transcript in connection.execute(
        select(event_passages.c.event_id, event_passages.c.transcript_id)
    ):
        rests.setdefault(event, set()).add(transcript in transcripts)
    event_ids = set()
    for row in connection.execute(select(events)):
        alone = rests.get(row.id) == {True} and not row.source
        if alone or any(named(words) for words in (row.text, row.actor, row.place, row.source)):
            event_ids.add(row.id)
    return event_ids


def _doubts(connection: Connection, transcripts: Collection[UUID], named: Callable[[str], bool]) -> set[UUID]:
    """The memos and questions about passages of these transcripts, or that name or quote the participant or these."""
    return {
        row.id
        for row in connection.execute(select(doubts.c.id, doubts.c.transcript_id, doubts.c.text))
        if row.transcript_id in transcripts or named(row.text)
    }


def _forget_remarks(connection: Connection, names: Collection[str], named: Callable[[str], bool]) -> None:
    """Blank the rationales and other remarks that name or quote a participant or their transcripts."""
    for column in (ratings.c.rationale, distinguishing.c.words, doubt_answers.c.text):
        table = column.table
        for row, words in connection.execute(select(table.c.id, column)).all():
            if named(words):
                connection.execute(table.update().where(table.c.id == row).values({column.name: ERASED}))
    for row in connection.execute(select(ratings.c.id, ratings.c.column)).all():
        if _column_names(row.column, names):
            connection.execute(delete(ratings).where(ratings.c.id == row.id))


def blank_writings(connection: Connection, transcript: UUID, blanked: Callable[[str], str]) -> int:
    """Take words out of the summaries, events and doubts that rest on a transcript; how many of them held any.

    ``blanked``: a text without these words.
    """
    count = 0
    rests = select(summary_passages.c.summary_id).where(summary_passages.c.transcript_id == transcript)
    for row in connection.execute(select(summaries).where(summaries.c.id.in_(rests))).all():
        if blanked(row.text) != row.text:
            count += 1
            this = summaries.c.id == row.id
            connection.execute(summaries.update().where(this).values(text=blanked(row.text)))
    rests = select(event_passages.c.event_id).where(event_passages.c.transcript_id == transcript)
    for row in connection.execute(select(events).where(events.c.id.in_(rests))).all():
        said = {name: blanked(row._mapping[name]) for name in ("text", "actor", "place")}
        if any(row._mapping[name] != words for name, words in said.items()):
            count += 1
            # the key held the words; two events may say the same by now, and both stay
            key = str(row.id)
            connection.execute(events.update().where(events.c.id == row.id).values(**said, event_key=key))
    mine = select(doubts.c.id).where(doubts.c.transcript_id == transcript)
    for table, which in ((doubts, doubts.c.id), (doubt_answers, doubt_answers.c.doubt_id)):
        for row in connection.execute(select(table.c.id, table.c.text).where(which.in_(mine))).all():
            if blanked(row.text) != row.text:
                count += 1
                connection.execute(table.update().where(table.c.id == row.id).values(text=blanked(row.text)))
    for row in connection.execute(select(member_checks)).all():
        if blanked(row.words) != row.words:
            count += 1
            this = member_checks.c.id == row.id
            connection.execute(member_checks.update().where(this).values(words=blanked(row.words)))
    return count


def naming(names: Iterable[str]) -> Callable[[str], bool]:
    """Says whether words name one of these, as a whole word: "P-1" is not named by "P-10" or "P-1-FL"."""
    wanted = sorted({folded(name) for name in names if name.strip()}, key=len, reverse=True)
    if not wanted:
        return lambda _: False
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, wanted))})(?![\w]|-\w)")
    return lambda words: bool(words) and pattern.search(folded(words)) is not None


def _column_names(column: list[list[str]], names: Collection[str]) -> bool:
    wanted = {folded(name) for name in names if name.strip()}
    return any(name == "participant" and folded(value) in wanted for name, value in column_of(column))
