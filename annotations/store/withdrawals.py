"""A participant's right to be erased: the one exception to "nothing is lost".

What remains is a tombstone without content: who, when, by whom, and which models had learnt from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, delete, func, select, update

from annotations.coding import Draw
from annotations.lots import lots
from annotations.names import folded
from annotations.store.attributes import count_of, forget_participants
from annotations.store.erasing import (
    AT_A_TIME,
    cascade,
    forget_errors,
    forget_evidence,
    forget_webhooks,
    learnt_by,
    not_mirrored,
)
from annotations.store.forget_writings import count_of_answers, writings_to_erase
from annotations.store.forgettings import all_forgettings, forgettings_of
from annotations.store.kept_figures import forget_figures
from annotations.store.pushed_tasks import task_key
from annotations.store.tables import (
    codings,
    jobs,
    label_studio_annotations,
    metadata,
    model_versions,
    now,
    reviews,
    segments,
    shown_models,
    transcripts,
    withdrawals,
)
from annotations.store.tasks_to_erase import Pending, interviews_with, pending_in, pending_of, pending_to_json
from annotations.store.tombstones import Tombstone
from annotations.store.transcripts import KeptTranscript, all_transcripts


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A tombstone. ``state``: "erasing" until everything has been done everywhere, then "done"."""

    id: UUID
    participant: str
    by: str
    transcripts: int
    models: tuple[str, ...]
    pending: tuple[Pending, ...]
    state: str
    created: datetime
    transcript_ids: tuple[UUID, ...] = ()

    @property
    def what(self) -> str:
        """Whom it erases."""
        return self.participant


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased from the database."""

    withdrawal: Withdrawal
    reviews: int
    codings: int


def transcripts_of(
    connection: Connection, participant: str, *, ids: Collection[UUID] = ()
) -> tuple[KeptTranscript, ...]:
    """Every transcript of a participant, by any spelling of the code; those with these ids too, whatever their code."""
    wanted = folded(participant)
    return tuple(
        kept
        for kept in all_transcripts(connection)
        if folded(kept.transcript.participant) == wanted or kept.id in ids
    )


def same_session(connection: Connection, theirs: Sequence[KeptTranscript]) -> tuple[str, ...]:
    """Transcripts of other people that share a session with these, and so may hold their words too."""
    own = {kept.id for kept in theirs}
    sessions = {kept.transcript.session for kept in theirs if kept.transcript.session}
    return tuple(
        kept.transcript.name
        for kept in all_transcripts(connection)
        if kept.id not in own and kept.transcript.session in sessions
    )


def withdrawal_of(connection: Connection, participant: str) -> Withdrawal | None:
    """The tombstone of this participant, or None."""
    wanted = select(withdrawals).where(withdrawals.c.participant_key == folded(participant))
    row = connection.execute(wanted.order_by(withdrawals.c.sequence.desc())).first()
    return None if row is None else _withdrawal(row)


def all_withdrawals(connection: Connection) -> tuple[Withdrawal, ...]:
    """Every tombstone, oldest first."""
    return tuple(
        _withdrawal(row) for row in connection.execute(select(withdrawals).order_by(withdrawals.c.sequence))
    )


def erase(connection: Connection, participant: str, *, by: str, again: Tombstone | None = None) -> Erased:
    """Erase a participant from the database, within one writing transaction, and leave the tombstone.

    ``again``: the tombstone of an earlier withdrawal, where the database had the person once more; who and when stay.

    Whatever row of whatever table points at one of their transcripts, segments or reviews goes too, and so do the
    participant's attributes and what people wrote of them in summaries, remarks and events; evidence
    that quotes them is taken out of other people's suggestions, and the value of their group out of the figures of
    every model and out of what jobs came to.
    """
    earlier = frozenset(again.transcripts) if again else frozenset()
    theirs = transcripts_of(connection, participant, ids=earlier)
    ids = [kept.id for kept in theirs]
    own_segments = set(
        connection.execute(select(segments.c.id).where(segments.c.transcript_id.in_(ids))).scalars()
    )
    own_reviews = set(
        connection.execute(select(reviews.c.id).where(reviews.c.transcript_id.in_(ids))).scalars()
    )
    own_codings = set(
        connection.execute(select(codings.c.id).where(codings.c.transcript_id.in_(ids))).scalars()
    )
    before = [version for forgetting in forgettings_of(connection, ids) for version in forgetting.models]
    models = tuple(dict.fromkeys((*before, *learnt_by(connection, own_reviews | own_codings))))
    quoting = forget_evidence(connection, own_segments)
    pending = pending_in(connection, own_segments, quoting)
    _forget_values(connection, theirs)
    forget_errors(connection)
    forget_figures(connection)
    forget_participants(connection, {participant, *(kept.transcript.participant for kept in theirs)})
    not_mirrored(connection, models)
    own_tasks = own_segments | {task_key(segment, Draw.REPEAT) for segment in own_segments}
    own_tasks |= {interview.key for interview in interviews_with(connection, own_segments)}
    for table in (shown_models, label_studio_annotations):
        for some in lots(list(own_tasks), AT_A_TIME):
            connection.execute(delete(table).where(table.c.key.in_(some)))
    forget_webhooks(connection, own_tasks)
    writings = writings_to_erase(connection, theirs, participant)
    cascade(connection, {transcripts: set(ids), segments: own_segments, reviews: own_reviews, **writings})
    values = {
        "id": _tombstone_id(connection, again),
        "participant": theirs[0].transcript.participant if theirs and not again else participant,
        "participant_key": folded(participant),
        "by": by,
        "transcripts": len(ids),
        "transcript_ids": sorted({str(transcript_id) for transcript_id in (*ids, *earlier)}),
        "models": list(models),
        "pending": [pending_to_json(pending_task) for pending_task in pending],
        "state": "erasing",
        "created": again.created if again else now(),
    }
    connection.execute(withdrawals.insert().values(**values))
    made = withdrawal_of(connection, participant)
    if made is None:
        raise LookupError("the tombstone that was just made is not there")
    return Erased(made, len(own_reviews), len(own_codings))


def still_pending(connection: Connection, withdrawal: UUID, pending: Sequence[Pending]) -> None:
    """Note what has yet to be erased in Label Studio."""
    this = withdrawals.c.id == withdrawal
    connection.execute(
        update(withdrawals)
        .where(this)
        .values(pending=[pending_to_json(pending_task) for pending_task in pending])
    )


def finish_withdrawal(connection: Connection, withdrawal: UUID) -> None:
    """Everything has been erased everywhere."""
    this = withdrawals.c.id == withdrawal
    connection.execute(update(withdrawals).where(this).values(state="done", pending=[]))


def rows_left(connection: Connection, ids: Collection[UUID], participant: str) -> Mapping[str, int]:
    """How many rows each table still holds of these transcripts or of this participant, by looking; none: empty."""
    rows_there: dict[str, int] = {}
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is transcripts and ids:
                wanted = select(func.count()).select_from(table).where(key.parent.in_(list(ids)))
                rows_there[table.name] = (
                    rows_there.get(table.name, 0) + connection.execute(wanted).scalar_one()
                )
    theirs = transcripts_of(connection, participant, ids=ids)
    rows_there |= {"transcripts": len(theirs), "attributes": count_of(connection, participant)}
    rows_there["member_checks"] = count_of_answers(connection, participant)
    return {name: count for name, count in rows_there.items() if count}


def models_that_learnt(connection: Connection) -> Mapping[str, tuple[str, ...]]:
    """For each model version that learnt from what was erased since: who withdrew, or which words those were."""
    names: dict[str, list[str]] = {}
    for withdrawal in all_withdrawals(connection):
        for version in withdrawal.models:
            names.setdefault(version, []).append(withdrawal.participant)
    for words in all_forgettings(connection):
        for version in words.models:
            names.setdefault(version, []).append(words.what)
    return {version: tuple(dict.fromkeys(who)) for version, who in names.items()}


def _tombstone_id(connection: Connection, again: Tombstone | None) -> UUID:
    """The earlier tombstone's own id, unless the database has it still and the person came back all the same."""
    if again is None:
        return uuid4()
    there = connection.execute(select(withdrawals.c.id).where(withdrawals.c.id == again.id)).first()
    return again.id if there is None else uuid4()


def _forget_values(connection: Connection, theirs: Sequence[KeptTranscript]) -> None:
    """A model measured on few groups keeps a value for each, under a name that is a participant's or a transcript's."""
    names = {folded(f"participant {kept.transcript.participant}") for kept in theirs}
    names |= {folded(f"transcript {kept.transcript.name}") for kept in theirs}
    for column in (model_versions.c.figures, model_versions.c.comparison, jobs.c.result):
        table = column.table
        for row, plain in connection.execute(select(table.c.id, column)).all():
            kept = _without(plain, names)
            if kept != plain:
                connection.execute(update(table).where(table.c.id == row).values({column.name: kept}))


def _without(plain: Any, names: Collection[str]) -> Any:
    """The same data without the entries that go by one of these names."""
    if isinstance(plain, Mapping):
        return {key: _without(value, names) for key, value in plain.items() if folded(key) not in names}
    if isinstance(plain, list):
        return [_without(part, names) for part in plain]
    return plain


def _withdrawal(row: Row[Any]) -> Withdrawal:
    return Withdrawal(
        id=row.id,
        participant=row.participant,
        by=row.by,
        transcripts=row.transcripts,
        models=tuple(row.models),
        pending=tuple(map(pending_of, row.pending)),
        state=row.state,
        created=row.created,
        transcript_ids=tuple(UUID(transcript_id) for transcript_id in row.transcript_ids),
    )
