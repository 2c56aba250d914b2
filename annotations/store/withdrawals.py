"""A participant's right to be erased: the one exception to "nothing is lost".

What remains is a tombstone without content: who, when, by whom, and which models had learnt from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, Table, delete, func, select, update

from annotations.coding import Draw
from annotations.label_studio.webhook import keys_told_of
from annotations.lots import lots
from annotations.names import folded
from annotations.store.attributes import count_of, forget_participants
from annotations.store.database import Store
from annotations.store.pushed_tasks import task_key
from annotations.store.tables import (
    codings,
    jobs,
    label_studio_annotations,
    label_studio_projects,
    label_studio_tasks,
    learnt_from,
    metadata,
    model_versions,
    now,
    reviews,
    segments,
    serving,
    shown_models,
    suggestions,
    transcripts,
    webhook_events,
    withdrawals,
)
from annotations.store.tombstones import Tombstone
from annotations.store.transcripts import Kept, all_transcripts

_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Pending:
    """What still has to be erased in one Label Studio project: tasks by key, and tasks that quote the person."""

    url: str
    project: int
    keys: tuple[str, ...]
    quoting: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased from the database."""

    withdrawal: Withdrawal
    reviews: int
    codings: int


def transcripts_of(
    connection: Connection, participant: str, *, ids: Collection[UUID] = ()
) -> tuple[Kept, ...]:
    """Every transcript of a participant, by any spelling of the code; those with these ids too, whatever their code."""
    wanted = folded(participant)
    return tuple(
        kept
        for kept in all_transcripts(connection)
        if folded(kept.transcript.participant) == wanted or kept.id in ids
    )


def same_session(connection: Connection, theirs: Sequence[Kept]) -> tuple[str, ...]:
    """Transcripts of other people that share a session with these, and so may hold their words too."""
    own = {kept.id for kept in theirs}
    sessions = {kept.transcript.session for kept in theirs if kept.transcript.session}
    return tuple(
        kept.transcript.name
        for kept in all_transcripts(connection)
        if kept.id not in own and kept.transcript.session in sessions
    )


def words_of(connection: Connection, theirs: Sequence[Kept]) -> tuple[str, ...]:
    """The words of every segment of these transcripts, under every segmentation: what caches may hold."""
    text_of = {kept.id: kept.transcript.text for kept in theirs}
    cut = connection.execute(select(segments).where(segments.c.transcript_id.in_(list(text_of))))
    return tuple(dict.fromkeys(text_of[row.transcript_id][row.start : row.end] for row in cut))


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
    participant's attributes; evidence
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
    models = _learnt(connection, own_reviews | own_codings)
    quoting = _forget_evidence(connection, own_segments)
    pending = _pending(connection, own_segments, quoting)
    _forget_values(connection, theirs)
    _forget_errors(connection)
    forget_participants(connection, {participant, *(kept.transcript.participant for kept in theirs)})
    _not_mirrored(connection, models)
    own_tasks = own_segments | {task_key(segment, Draw.REPEAT) for segment in own_segments}
    for table in (shown_models, label_studio_annotations):
        for some in lots(list(own_tasks), _AT_A_TIME):
            connection.execute(delete(table).where(table.c.key.in_(some)))
    _forget_webhooks(connection, own_tasks)
    _cascade(connection, {transcripts: set(ids), segments: own_segments, reviews: own_reviews})
    values = {
        "id": _tombstone_id(connection, again),
        "participant": theirs[0].transcript.participant if theirs and not again else participant,
        "participant_key": folded(participant),
        "by": by,
        "transcripts": len(ids),
        "transcript_ids": sorted({str(one) for one in (*ids, *earlier)}),
        "models": list(models),
        "pending": [_plain(one) for one in pending],
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
    connection.execute(update(withdrawals).where(this).values(pending=[_plain(one) for one in pending]))


def finish_withdrawal(connection: Connection, withdrawal: UUID) -> None:
    """Everything has been erased everywhere."""
    this = withdrawals.c.id == withdrawal
    connection.execute(update(withdrawals).where(this).values(state="done", pending=[]))


def rows_left(connection: Connection, ids: Collection[UUID], participant: str) -> Mapping[str, int]:
    """How many rows each table still holds of these transcripts or of this participant, by looking; none: empty."""
    found: dict[str, int] = {}
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is transcripts and ids:
                wanted = select(func.count()).select_from(table).where(key.parent.in_(list(ids)))
                found[table.name] = found.get(table.name, 0) + connection.execute(wanted).scalar_one()
    theirs = transcripts_of(connection, participant, ids=ids)
    found |= {"transcripts": len(theirs), "attributes": count_of(connection, participant)}
    return {name: count for name, count in found.items() if count}


def models_that_learnt(connection: Connection) -> Mapping[str, tuple[str, ...]]:
    """For each model version that learnt from somebody who withdrew: who they are."""
    found: dict[str, list[str]] = {}
    for one in all_withdrawals(connection):
        for version in one.models:
            found.setdefault(version, []).append(one.participant)
    return {version: tuple(who) for version, who in found.items()}


def compact(store: Store) -> None:
    """Give the database's freed pages back, so that no file holds what was erased."""
    engine = store.engine
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        if engine.dialect.name == "sqlite":
            raw = connection.connection.driver_connection
            if raw is not None:
                connection.rollback()
                raw.execute("VACUUM")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f'VACUUM FULL "{table.name}"')


def _tombstone_id(connection: Connection, again: Tombstone | None) -> UUID:
    """The earlier tombstone's own id, unless the database has it still and the person came back all the same."""
    if again is None:
        return uuid4()
    there = connection.execute(select(withdrawals.c.id).where(withdrawals.c.id == again.id)).first()
    return again.id if there is None else uuid4()


def _learnt(connection: Connection, items: Collection[UUID]) -> tuple[str, ...]:
    found: set[UUID] = set()
    for some in lots(list(items), _AT_A_TIME):
        wanted = select(learnt_from.c.model_id).where(learnt_from.c.item_id.in_(some)).distinct()
        found |= set(connection.execute(wanted).scalars())
    named = select(model_versions.c.version).where(model_versions.c.id.in_(found))
    return tuple(connection.execute(named.order_by(model_versions.c.sequence)).scalars())


def _not_mirrored(connection: Connection, models: Collection[str]) -> None:
    """MLflow's aliases have to follow: the version that they name serves no more."""
    named = select(model_versions.c.id).where(model_versions.c.version.in_(list(models)))
    connection.execute(update(serving).where(serving.c.model_id.in_(named)).values(mirrored=False))


def _forget_evidence(connection: Connection, own: Collection[UUID]) -> set[UUID]:
    """Take passages out of the evidence of other segments; returns those segments."""
    gone = {str(one) for one in own}
    changed: list[tuple[UUID, UUID, dict[str, Any]]] = []
    wanted = select(suggestions.c.segment_id, suggestions.c.model_id, suggestions.c.evidence)
    for segment, model, evidence in connection.execute(wanted.execution_options(yield_per=2000)):
        kept = {code: [one for one in its if one[0] not in gone] for code, its in evidence.items()}
        if kept != evidence and segment not in own:
            changed.append((segment, model, kept))
    for segment, model, kept in changed:
        this = (suggestions.c.segment_id == segment) & (suggestions.c.model_id == model)
        connection.execute(suggestions.update().where(this).values(evidence=kept))
    return {segment for segment, _, _ in changed}


def _forget_values(connection: Connection, theirs: Sequence[Kept]) -> None:
    """A model measured on few groups keeps a value for each, under a name that is a participant's or a transcript's."""
    names = {folded(f"participant {kept.transcript.participant}") for kept in theirs}
    names |= {folded(f"transcript {kept.transcript.name}") for kept in theirs}
    for column in (model_versions.c.figures, model_versions.c.comparison, jobs.c.result):
        table = column.table
        for row, plain in connection.execute(select(table.c.id, column)).all():
            kept = _without(plain, names)
            if kept != plain:
                connection.execute(update(table).where(table.c.id == row).values({column.name: kept}))


def _forget_errors(connection: Connection) -> None:
    """Why jobs failed, which earlier versions of Tandem wrote with words in it, and which may name the person."""
    said = "the reason was erased when somebody withdrew"
    connection.execute(update(jobs).where(jobs.c.error.is_not(None)).values(error=said))


def _forget_webhooks(connection: Connection, own: Collection[UUID]) -> None:
    """Those that wait hold memos. What such a one told of other people's tasks besides, the next pull finds."""
    e = webhook_events
    for sequence, body in connection.execute(select(e.c.sequence, e.c.body).where(e.c.done.is_(False))).all():
        if not keys_told_of(body or {}).isdisjoint(own):
            this = e.c.sequence == sequence
            connection.execute(update(e).where(this).values(done=True, body=None, outcome="erased"))


def _without(plain: Any, names: Collection[str]) -> Any:
    """The same data without the entries that go by one of these names."""
    if isinstance(plain, Mapping):
        return {key: _without(value, names) for key, value in plain.items() if folded(key) not in names}
    if isinstance(plain, list):
        return [_without(one, names) for one in plain]
    return plain


def _pending(connection: Connection, own: Collection[UUID], quoting: Collection[UUID]) -> tuple[Pending, ...]:
    p, t = label_studio_projects, label_studio_tasks
    wanted = select(p.c.url, p.c.project_id, t.c.key, t.c.segment_id).join(t, t.c.project_id == p.c.id)
    keys: dict[tuple[str, int], tuple[list[str], list[str]]] = {}
    for url, project, key, segment in connection.execute(wanted):
        if segment in own:
            keys.setdefault((url, project), ([], []))[0].append(str(key))
        elif segment in quoting:
            keys.setdefault((url, project), ([], []))[1].append(str(key))
    return tuple(Pending(url, number, tuple(a), tuple(b)) for (url, number), (a, b) in keys.items())


def _cascade(connection: Connection, doomed: Mapping[Table, set[UUID]]) -> None:
    """Delete these rows and, first, all rows of all tables that refer to them."""
    for table in reversed(metadata.sorted_tables):
        for key in table.foreign_keys:
            target = key.column.table
            if target in doomed and key.column.name == "id":
                for some in lots(list(doomed[target]), _AT_A_TIME):
                    connection.execute(delete(table).where(key.parent.in_(some)))
        if table in doomed:
            for some in lots(list(doomed[table]), _AT_A_TIME):
                connection.execute(delete(table).where(table.c.id.in_(some)))


def _plain(one: Pending) -> dict[str, Any]:
    return {"url": one.url, "project": one.project, "keys": list(one.keys), "quoting": list(one.quoting)}


def _withdrawal(row: Row[Any]) -> Withdrawal:
    return Withdrawal(
        id=row.id,
        participant=row.participant,
        by=row.by,
        transcripts=row.transcripts,
        models=tuple(row.models),
        pending=tuple(
            Pending(one["url"], one["project"], tuple(one["keys"]), tuple(one["quoting"]))
            for one in row.pending
        ),
        state=row.state,
        created=row.created,
        transcript_ids=tuple(UUID(one) for one in row.transcript_ids),
    )
