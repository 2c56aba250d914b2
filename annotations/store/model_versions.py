"""Model versions, what they learnt from, and which of them serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from annotations.errors import TandemError, unknown
from annotations.store.judge_draws import Purpose
from annotations.store.tables import (
    codings,
    forgettings,
    learnt_from,
    model_versions,
    reviews,
    serving,
    withdrawals,
)

# what put a version to serve, where it was not the rule of promotion
BY_HAND = "by hand"
ROLLED_BACK = "rolled back"
DAMAGED = "files damaged"
# the verdict on a version that a person has to put to serve
WAITS: Literal["waits"] = "waits"


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A model as the study knows it: its files and their hash, and all that it was made from.

    ``kind``: "trained", or "cold start" where only the codebook's words were there to learn from. ``codes``: in
    the order of the packed probabilities. ``thresholds``: None for a code that is not judged. ``too_few``: why a
    code is not judged. ``figures``: what it was measured to be worth, on participants it had not seen. ``recipe``:
    how it was made; another recipe makes another model of the same reviews. ``parent``: the version that served
    then. ``verdict``, ``reason``, ``comparison``: what the rule of promotion said of the two. ``last_review``: the
    sequence of the newest review that there was. ``run_id``: None until MLflow has it.
    """

    id: UUID
    version: str
    kind: str
    folder: str
    sha256: str
    codebook_version: str
    segmentation: str
    embedder: str
    reviews_hash: str
    reviews: int
    codes: tuple[str, ...]
    thresholds: Mapping[str, float | None]
    too_few: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    run_id: str | None = None
    recipe: str = ""
    parent: UUID | None = None
    verdict: str | None = None
    reason: str | None = None
    comparison: Mapping[str, Any] | None = None
    last_review: int = 0
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Serving:
    """A model version put to serve: when, by which verdict, and whether MLflow's aliases say so too.

    ``by``: who decided it by hand; None where the written rule did.
    """

    model: ModelVersion
    verdict: str
    reason: str
    mirrored: bool
    created: datetime
    sequence: int
    by: str | None = None


def next_version(connection: Connection) -> str:
    """The name of the next model version: "v1", "v2", …"""
    made = connection.execute(select(func.max(model_versions.c.sequence))).scalar()
    return f"v{(made or 0) + 1}"


def add_model(
    connection: Connection, model: ModelVersion, learnt: Iterable[UUID], judged: Iterable[UUID] = ()
) -> None:
    """Keep a model version, the reviews and loose codings that it learnt from, and those that only judged it."""
    connection.execute(
        model_versions.insert().values(
            id=model.id,
            version=model.version,
            kind=model.kind,
            folder=model.folder,
            sha256=model.sha256,
            codebook_version=model.codebook_version,
            segmentation=model.segmentation,
            embedder=model.embedder,
            reviews_hash=model.reviews_hash,
            reviews=model.reviews,
            codes=list(model.codes),
            thresholds=dict(model.thresholds),
            too_few=dict(model.too_few),
            figures=dict(model.figures),
            run_id=model.run_id,
            recipe=model.recipe,
            parent=model.parent,
            verdict=model.verdict,
            reason=model.reason,
            comparison=None if model.comparison is None else dict(model.comparison),
            last_review=model.last_review,
        )
    )
    rows = [
        {"model_id": model.id, "item_id": item, "purpose": purpose}
        for purpose, items in (("learn", learnt), ("judge", judged))
        for item in items
    ]
    if rows:
        connection.execute(learnt_from.insert(), rows)


def promote(connection: Connection, model: UUID, *, verdict: str, reason: str, by: str | None = None) -> None:
    """Let this version serve from now on, by the rule or by hand. MLflow's aliases follow (see ``mark_mirrored``)."""
    connection.execute(
        serving.insert().values(model_id=model, verdict=verdict, reason=reason, mirrored=False, decided_by=by)
    )


def mark_mirrored(connection: Connection, sequence: int) -> None:
    """MLflow's aliases now say the same as this row."""
    connection.execute(serving.update().where(serving.c.sequence == sequence).values(mirrored=True))


def set_run(connection: Connection, model: UUID, run_id: str) -> None:
    """MLflow has this version now, under this run."""
    connection.execute(model_versions.update().where(model_versions.c.id == model).values(run_id=run_id))


def not_in_mlflow(connection: Connection) -> tuple[ModelVersion, ...]:
    """The versions that MLflow does not have yet, oldest first."""
    return tuple(model for model in all_models(connection) if model.run_id is None)


def champion(connection: Connection) -> Serving | None:
    """The version that serves; None before the first training, and where the last one learnt from whoever withdrew."""
    last = last_served(connection)
    return None if last is None or last.model.version in erased_versions(connection) else last


def last_served(connection: Connection) -> Serving | None:
    """What was put to serve last, whether or not it was erased since."""
    return next(iter(serving_history(connection, latest=1)), None)


def erased_versions(connection: Connection) -> frozenset[str]:
    """The names of the versions that had learnt from what was erased since: their files are gone, none serves again."""
    named = (
        models
        for table in (withdrawals, forgettings)
        for models in connection.execute(select(table.c.models)).scalars()
    )
    return frozenset(version for models in named for version in models)


def erased_models(connection: Connection) -> frozenset[UUID]:
    """The ids of these versions."""
    named = erased_versions(connection)
    if not named:
        return frozenset()
    wanted = select(model_versions.c.id).where(model_versions.c.version.in_(named))
    return frozenset(connection.execute(wanted).scalars())


def why_nothing_serves(connection: Connection) -> str | None:
    """A sentence with the remedy; None while a version serves."""
    last = last_served(connection)
    if last is None:
        return 'no model has been trained yet. Run "tandem train" first.'
    if last.model.version not in erased_versions(connection):
        return None
    people = connection.execute(select(withdrawals.c.models)).scalars()
    whom = (
        "somebody who withdrew"
        if any(last.model.version in person for person in people)
        else "words taken out since"
    )
    return (
        f"no model serves: {last.model.version}, which did, had learnt from {whom}, so it was erased. "
        f'"tandem train" makes another one of what people have coded.'
    )


def serving_history(connection: Connection, *, latest: int | None = None) -> tuple[Serving, ...]:
    """What has served and why, newest first."""
    wanted = select(serving).order_by(serving.c.sequence.desc())
    rows = connection.execute(wanted if latest is None else wanted.limit(latest)).all()
    chosen = select(model_versions).where(model_versions.c.id.in_({row.model_id for row in rows}))
    models = {row.id: _model(row) for row in connection.execute(chosen)}
    return tuple(
        Serving(
            models[row.model_id],
            row.verdict,
            row.reason,
            row.mirrored,
            row.created,
            row.sequence,
            row.decided_by,
        )
        for row in rows
    )


def previous_champion(connection: Connection) -> ModelVersion | None:
    """The version that served before the one that serves, or None."""
    served, erased = serving_history(connection), erased_versions(connection)
    return next(
        (
            spell.model
            for spell in served
            if spell.model.id != served[0].model.id and spell.model.version not in erased
        ),
        None,
    )


def rolled_back(connection: Connection) -> Serving | None:
    """A person's step back, if no version has been put to serve since but where files were damaged; else None.

    It holds no longer once the version that it chose was erased.
    """
    if champion(connection) is None:
        return None
    since = (spell for spell in serving_history(connection) if spell.verdict != DAMAGED)
    latest = next(since, None)
    return latest if latest is not None and latest.verdict == ROLLED_BACK else None


def waiting_model(connection: Connection) -> ModelVersion | None:
    """The newest version that waits for a person to put it to serve, after a rollback; None where none does."""
    if rolled_back(connection) is None:
        return None
    served = select(serving.c.model_id)
    wanted = select(model_versions).where(
        model_versions.c.verdict == WAITS, model_versions.c.id.not_in(served)
    )
    row = connection.execute(wanted.order_by(model_versions.c.sequence.desc()).limit(1)).first()
    return None if row is None else _model(row)


def learnt_items(connection: Connection, model: UUID) -> Mapping[UUID, Purpose]:
    """The reviews and loose codings that a version learnt from ("learn") or was measured by ("judge")."""
    rows = connection.execute(select(learnt_from).where(learnt_from.c.model_id == model))
    return {row.item_id: row.purpose for row in rows}


def learnt_transcripts(connection: Connection, model: UUID) -> frozenset[UUID]:
    """The transcripts that a version learnt from."""
    mine = (learnt_from.c.model_id == model) & (learnt_from.c.purpose == "learn")
    transcript_ids: set[UUID] = set()
    for table in (reviews, codings):
        wanted = select(table.c.transcript_id).join(learnt_from, learnt_from.c.item_id == table.c.id)
        transcript_ids |= set(connection.execute(wanted.where(mine).distinct()).scalars())
    return frozenset(transcript_ids)


def versions_with(connection: Connection, item: UUID) -> tuple[tuple[ModelVersion, Purpose], ...]:
    """The versions that learnt from a review or loose coding, or were measured by it, oldest first."""
    wanted = (
        select(model_versions, learnt_from.c.purpose)
        .join(learnt_from, learnt_from.c.model_id == model_versions.c.id)
        .where(learnt_from.c.item_id == item)
        .order_by(model_versions.c.sequence)
    )
    return tuple((_model(row), row.purpose) for row in connection.execute(wanted))


def serving_model(connection: Connection) -> ModelVersion:
    """The version that serves; raises TandemError with the remedy if there is none."""
    serving = champion(connection)
    if serving is None:
        raise TandemError(why_nothing_serves(connection) or "no model serves.")
    return serving.model


def all_models(connection: Connection) -> tuple[ModelVersion, ...]:
    """Every version, oldest first."""
    rows = connection.execute(select(model_versions).order_by(model_versions.c.sequence))
    return tuple(_model(row) for row in rows)


def newest_kept(connection: Connection) -> ModelVersion | None:
    """The newest version that was not erased; None where there is none. What came after it no model has learnt.

    An erased version took what it had learnt with it, so the reviews that it alone had learnt wait for a training again.
    """
    erased = erased_versions(connection)
    return next((model for model in reversed(all_models(connection)) if model.version not in erased), None)


def get_model(connection: Connection, version: str) -> ModelVersion:
    """The version of this name; raises UnknownName."""
    row = connection.execute(select(model_versions).where(model_versions.c.version == version)).first()
    if row is None:
        known = [model.version for model in all_models(connection)]
        remedy = "" if known else 'No model has been trained yet. Run "tandem train".'
        raise unknown("model version", version, known, remedy=remedy)
    return _model(row)


def model_by_id(connection: Connection, model: UUID) -> ModelVersion | None:
    """The version with this id, or None."""
    row = connection.execute(select(model_versions).where(model_versions.c.id == model)).first()
    return None if row is None else _model(row)


def _model(row: Row[Any]) -> ModelVersion:
    return ModelVersion(
        id=row.id,
        version=row.version,
        kind=row.kind,
        folder=row.folder,
        sha256=row.sha256,
        codebook_version=row.codebook_version,
        segmentation=row.segmentation,
        embedder=row.embedder,
        reviews_hash=row.reviews_hash,
        reviews=row.reviews,
        codes=tuple(row.codes),
        thresholds=row.thresholds,
        too_few=row.too_few,
        figures=row.figures,
        run_id=row.run_id,
        recipe=row.recipe,
        parent=row.parent,
        verdict=row.verdict,
        reason=row.reason,
        comparison=row.comparison,
        last_review=row.last_review,
        created=row.created,
    )
