"""Model versions, what they learnt from, and which of them serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from annotations.errors import TandemError, unknown
from annotations.store.tables import learnt_from, model_versions, serving


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A model as the study knows it: its files and their hash, and all that it was made from.

    ``kind``: "trained", or "cold start" where only the codebook's words were there to learn from. ``codes``: in
    the order of the packed probabilities. ``thresholds``: None for a code that is not judged. ``too_few``: why a
    code is not judged. ``figures``: those of its own cross-validation.
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
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Serving:
    """A model version put to serve: when, by which verdict, and whether MLflow's alias says so too."""

    model: ModelVersion
    verdict: str
    reason: str
    mirrored: bool
    created: datetime
    sequence: int


def next_version(connection: Connection) -> str:
    """The name of the next model version: "v1", "v2", …"""
    made = connection.execute(select(func.max(model_versions.c.sequence))).scalar()
    return f"v{(made or 0) + 1}"


def add_model(connection: Connection, model: ModelVersion, learnt: Iterable[UUID]) -> None:
    """Keep a model version, and the reviews and loose codings that it learnt from."""
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
        )
    )
    rows = [{"model_id": model.id, "item_id": item} for item in learnt]
    if rows:
        connection.execute(learnt_from.insert(), rows)


def promote(connection: Connection, model: UUID, *, verdict: str, reason: str) -> None:
    """Let this version serve from now on. MLflow's alias follows (see ``mark_mirrored``)."""
    connection.execute(
        serving.insert().values(model_id=model, verdict=verdict, reason=reason, mirrored=False)
    )


def mark_mirrored(connection: Connection, sequence: int) -> None:
    """MLflow's alias now says the same as this row."""
    connection.execute(serving.update().where(serving.c.sequence == sequence).values(mirrored=True))


def champion(connection: Connection) -> Serving | None:
    """The version that serves, or None before the first training."""
    row = connection.execute(select(serving).order_by(serving.c.sequence.desc()).limit(1)).first()
    if row is None:
        return None
    found = connection.execute(select(model_versions).where(model_versions.c.id == row.model_id)).one()
    return Serving(_model(found), row.verdict, row.reason, row.mirrored, row.created, row.sequence)


def serving_model(connection: Connection) -> ModelVersion:
    """The version that serves; raises TandemError with the remedy if there is none."""
    found = champion(connection)
    if found is None:
        raise TandemError('no model has been trained yet. Run "tandem train" first.')
    return found.model


def all_models(connection: Connection) -> tuple[ModelVersion, ...]:
    """Every version, oldest first."""
    rows = connection.execute(select(model_versions).order_by(model_versions.c.sequence))
    return tuple(_model(row) for row in rows)


def get_model(connection: Connection, version: str) -> ModelVersion:
    """The version of this name; raises UnknownName."""
    row = connection.execute(select(model_versions).where(model_versions.c.version == version)).first()
    if row is None:
        raise unknown("model version", version, [model.version for model in all_models(connection)])
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
        created=row.created,
    )
