"""What is left of words in the database, and taking it out: shared by withdrawals and by words taken out of a text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, delete, select, update

from annotations.label_studio.webhook import keys_told_of
from annotations.lots import lots
from annotations.store.database import Store
from annotations.store.tables import (
    jobs,
    learnt_from,
    metadata,
    model_versions,
    segments,
    serving,
    suggestions,
    webhook_events,
)
from annotations.store.transcript_versions import REPLACED, all_versions
from annotations.store.transcripts import KeptTranscript

AT_A_TIME = 500


def words_of(connection: Connection, theirs: Sequence[KeptTranscript]) -> tuple[str, ...]:
    """The words of every segment of these transcripts, under every segmentation: what caches may hold.

    Words of earlier versions of their texts are among them.
    """
    text_of = {kept.id: kept.transcript.text for kept in theirs}
    earlier = {
        (version.transcript, f"{REPLACED}{version.number}"): version.text or ""
        for version in all_versions(connection)
    }
    cut = connection.execute(select(segments).where(segments.c.transcript_id.in_(list(text_of))))
    words = (
        earlier.get((row.transcript_id, row.segmentation), text_of[row.transcript_id])[row.start : row.end]
        for row in cut
    )
    return tuple(dict.fromkeys(filter(None, words)))


def texts_of(connection: Connection, theirs: Sequence[KeptTranscript]) -> tuple[str, ...]:
    """The texts of these transcripts, earlier versions included."""
    own = {kept.id for kept in theirs}
    earlier = (
        version.text for version in all_versions(connection) if version.transcript in own and version.text
    )
    return (*(kept.transcript.text for kept in theirs), *earlier)


def learnt_by(connection: Connection, items: Collection[UUID]) -> tuple[str, ...]:
    """The model versions that learnt from these reviews and codings or were measured by them, oldest first."""
    model_ids: set[UUID] = set()
    for some in lots(list(items), AT_A_TIME):
        wanted = select(learnt_from.c.model_id).where(learnt_from.c.item_id.in_(some)).distinct()
        model_ids |= set(connection.execute(wanted).scalars())
    named = select(model_versions.c.version).where(model_versions.c.id.in_(model_ids))
    return tuple(connection.execute(named.order_by(model_versions.c.sequence)).scalars())


def not_mirrored(connection: Connection, models: Collection[str]) -> None:
    """MLflow's aliases have to follow: the version that they name serves no more."""
    named = select(model_versions.c.id).where(model_versions.c.version.in_(list(models)))
    connection.execute(update(serving).where(serving.c.model_id.in_(named)).values(mirrored=False))


def forget_evidence(connection: Connection, own: Collection[UUID]) -> set[UUID]:
    """Take passages out of the evidence of other segments; returns those segments."""
    gone = {str(segment) for segment in own}
    changed: list[tuple[UUID, UUID, dict[str, Any]]] = []
    wanted = select(suggestions.c.segment_id, suggestions.c.model_id, suggestions.c.evidence)
    for segment, model, evidence in connection.execute(wanted.execution_options(yield_per=2000)):
        kept = {
            code: [passage for passage in its if passage[0] not in gone] for code, its in evidence.items()
        }
        if kept != evidence and segment not in own:
            changed.append((segment, model, kept))
    for segment, model, kept in changed:
        this = (suggestions.c.segment_id == segment) & (suggestions.c.model_id == model)
        connection.execute(suggestions.update().where(this).values(evidence=kept))
    return {segment for segment, _, _ in changed}


def forget_errors(connection: Connection) -> None:
    """Why jobs failed, which earlier versions of Tandem wrote with words in it, and which may name the person."""
    said = "the reason was erased, since it may have held words that had to go"
    connection.execute(update(jobs).where(jobs.c.error.is_not(None)).values(error=said))


def forget_webhooks(connection: Connection, own: Collection[UUID]) -> None:
    """Those that wait hold memos. What such a one told of other people's tasks besides, the next pull finds."""
    e = webhook_events
    for sequence, body in connection.execute(select(e.c.sequence, e.c.body).where(e.c.done.is_(False))).all():
        if not keys_told_of(body or {}).isdisjoint(own):
            this = e.c.sequence == sequence
            connection.execute(update(e).where(this).values(done=True, body=None, outcome="erased"))


def cascade(connection: Connection, doomed: Mapping[Table, set[UUID]]) -> None:
    """Delete these rows and, first, all rows of all tables that refer to them."""
    for table in reversed(metadata.sorted_tables):
        for key in table.foreign_keys:
            target = key.column.table
            if target in doomed and key.column.name == "id":
                for some in lots(list(doomed[target]), AT_A_TIME):
                    connection.execute(delete(table).where(key.parent.in_(some)))
        if table in doomed:
            for some in lots(list(doomed[table]), AT_A_TIME):
                connection.execute(delete(table).where(table.c.id.in_(some)))


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
