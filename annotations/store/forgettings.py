"""Words that were taken out of transcripts for good, as a name that was blanked: what had learnt from them is erased."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, delete, func, select, update

from annotations.coding import Draw
from annotations.lots import lots
from annotations.store.erasing import (
    AT_A_TIME,
    cascade,
    forget_errors,
    forget_evidence,
    forget_webhooks,
    learnt_by,
    not_mirrored,
)
from annotations.store.forget_writings import blank_writings
from annotations.store.interviews import forget_interviews
from annotations.store.kept_figures import forget_figures
from annotations.store.pushed_tasks import task_key
from annotations.store.tables import (
    codings,
    forgettings,
    label_studio_annotations,
    label_studio_tasks,
    model_versions,
    now,
    reviews,
    segments,
    shown_models,
    transcript_versions,
    transcripts,
)
from annotations.store.tasks_to_erase import Pending, interviews_with, pending_in, pending_of, pending_to_json
from annotations.store.transcript_versions import REPLACED, versions_of
from annotations.taken_out import BLANKED
from annotations.text_changes import words_only_in


@dataclass(frozen=True, slots=True)
class Forgetting:
    """That words were taken out of a transcript. ``state``: "erasing" until that has been done everywhere, then "done"."""

    id: UUID
    transcript: UUID
    name: str
    by: str
    models: tuple[str, ...]
    pending: tuple[Pending, ...]
    state: str
    created: datetime

    @property
    def what(self) -> str:
        """What is erased, in words."""
        return f"the words that were taken out of {self.name}"


@dataclass(frozen=True, slots=True)
class ForgottenRows:
    """What went from the database: earlier texts, passages with what was suggested there, memos that were blanked."""

    forgetting: Forgetting
    versions: int
    segments: int
    memos: int


def all_forgettings(connection: Connection) -> tuple[Forgetting, ...]:
    """Every one, oldest first."""
    return tuple(_forgetting(row) for row in connection.execute(_wanted()))


def forgettings_of(connection: Connection, among: Collection[UUID]) -> tuple[Forgetting, ...]:
    """Those of these transcripts, oldest first."""
    return tuple(
        _forgetting(row)
        for some in lots(list(among), AT_A_TIME)
        for row in connection.execute(_wanted().where(forgettings.c.transcript_id.in_(some)))
    )


def forgotten_words(connection: Connection, transcript: UUID) -> tuple[str, ...]:
    """The words of every passage whose words stand in the text no more, under every segmentation."""
    words: dict[str, None] = {}
    for version in versions_of(connection, transcript):
        for row in connection.execute(_put_aside(transcript, version.number)):
            if version.text is not None:
                words.setdefault(version.text[row.start : row.end])
    return tuple(words)


def forget(connection: Connection, transcript: UUID, *, by: str, again: UUID | None = None) -> ForgottenRows:
    """Take the words of a transcript's earlier versions out of the database, within one writing transaction.

    Their texts go, the passages whose words changed with all that hangs on them, and these words in memos. Models that
    had learnt from the transcript before its newest version serve no more. What is left to do elsewhere is kept.
    ``again``: under which id it is known outside the study.
    """
    earlier = versions_of(connection, transcript)
    gone = {row.id for older in earlier for row in connection.execute(_put_aside(transcript, older.number))}
    here = select(segments.c.id).where(segments.c.transcript_id == transcript)
    stays = set(connection.execute(here).scalars()) - gone
    models = _learnt_before(
        connection, transcript, [older.replaced for older in earlier if older.text is not None]
    )
    quoting = forget_evidence(connection, gone)
    pending = pending_in(connection, gone, quoting, stays)
    forget_errors(connection)
    forget_figures(connection)
    not_mirrored(connection, models)
    memos = _blank_memos(connection, transcript, [older.text for older in earlier if older.text is not None])
    forget_interviews(connection, interviews_with(connection, gone))
    _forget_tasks(connection, gone)
    _show_anew(connection, stays)
    cascade(connection, {segments: gone})
    own = transcript_versions.c.transcript_id == transcript
    connection.execute(transcript_versions.update().where(own).values(text=None, turns=None))
    new = again or uuid4()
    connection.execute(
        forgettings.insert().values(
            id=new,
            transcript_id=transcript,
            by=by,
            models=list(models),
            pending=[pending_to_json(pending_task) for pending_task in pending],
            state="erasing",
            created=now(),
        )
    )
    (made,) = (forgetting for forgetting in forgettings_of(connection, [transcript]) if forgetting.id == new)
    return ForgottenRows(made, sum(older.text is not None for older in earlier), len(gone), memos)


def still_to_forget(connection: Connection, forgetting: UUID, pending: Sequence[Pending]) -> None:
    """Note what has yet to be erased in Label Studio."""
    this = forgettings.c.id == forgetting
    plain = [pending_to_json(pending_task) for pending_task in pending]
    connection.execute(update(forgettings).where(this).values(pending=plain))


def finish_forgetting(connection: Connection, forgetting: UUID) -> None:
    """Everything has been erased everywhere."""
    this = forgettings.c.id == forgetting
    connection.execute(update(forgettings).where(this).values(state="done", pending=[]))


def earlier_texts_left(connection: Connection, transcript: UUID) -> int:
    """How many earlier texts of a transcript the database still holds."""
    v = transcript_versions
    wanted = select(func.count()).select_from(v).where(v.c.transcript_id == transcript, v.c.text.is_not(None))
    return int(connection.execute(wanted).scalar_one())


def _put_aside(transcript: UUID, version: int) -> Any:
    s = segments
    this = (s.c.transcript_id == transcript) & (s.c.segmentation == f"{REPLACED}{version}")
    return select(s.c.id, s.c.start, s.c.end).where(this)


def _learnt_before(connection: Connection, transcript: UUID, moments: Sequence[datetime]) -> tuple[str, ...]:
    """The versions that learnt from the transcript while it still had the words."""
    if not moments:
        return ()
    items: set[UUID] = set()
    for table in (reviews, codings):
        items |= set(
            connection.execute(select(table.c.id).where(table.c.transcript_id == transcript)).scalars()
        )
    wanted = select(model_versions.c.version).where(model_versions.c.created < max(moments))
    before = set(connection.execute(wanted).scalars())
    return tuple(version for version in learnt_by(connection, items) if version in before)


def _blank_memos(connection: Connection, transcript: UUID, texts: Iterable[str]) -> int:
    """Take words that stand in the text no more out of memos on it, summaries and events; how many of these there were."""
    after = connection.execute(select(transcripts.c.text).where(transcripts.c.id == transcript)).scalar_one()
    words = frozenset[str]().union(*(words_only_in(text, after) for text in texts))
    if not words:
        return 0

    def blanked(memo: str) -> str:
        return re.sub(
            r"\w+", lambda match: BLANKED if match.group().casefold() in words else match.group(), memo
        )

    count = 0
    own = select(codings.c.id, codings.c.memo).where(codings.c.transcript_id == transcript)
    for coding, memo in connection.execute(own).all():
        if memo and blanked(memo) != memo:
            count += 1
            connection.execute(codings.update().where(codings.c.id == coding).values(memo=blanked(memo)))
    said = select(reviews.c.id, reviews.c.origin).where(reviews.c.transcript_id == transcript)
    for review, origin in connection.execute(said).all():
        memo = str(origin.get("memo", ""))
        if memo and blanked(memo) != memo:
            changed = {**origin, "memo": blanked(memo)}
            connection.execute(reviews.update().where(reviews.c.id == review).values(origin=changed))
    return count + blank_writings(connection, transcript, blanked)


def _forget_tasks(connection: Connection, gone: Collection[UUID]) -> None:
    keys = set(gone) | {task_key(segment, Draw.REPEAT) for segment in gone}
    for table in (shown_models, label_studio_annotations):
        for some in lots(list(keys), AT_A_TIME):
            connection.execute(delete(table).where(table.c.key.in_(some)))
    forget_webhooks(connection, keys)


def _show_anew(connection: Connection, stays: Collection[UUID]) -> None:
    """What these tasks show is changed in Label Studio, so the next push must look at them again."""
    t = label_studio_tasks
    for some in lots(list(stays), AT_A_TIME):
        connection.execute(t.update().where(t.c.segment_id.in_(some)).values(data_hash=""))


def _wanted() -> Any:
    f = forgettings
    joined = select(f, transcripts.c.name).join(transcripts, transcripts.c.id == f.c.transcript_id)
    return joined.order_by(f.c.sequence)


def _forgetting(row: Row[Any]) -> Forgetting:
    return Forgetting(
        id=row.id,
        transcript=row.transcript_id,
        name=row.name,
        by=row.by,
        models=tuple(row.models),
        pending=tuple(map(pending_of, row.pending)),
        state=row.state,
        created=row.created,
    )
