"""A model version with all that it was made of, and when it served; and the list of all versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from annotations.store.model_versions import (
    ModelVersion,
    all_models,
    champion,
    erased_versions,
    model_by_id,
    serving_history,
)
from service.composition import Parts

_OVERALL = (
    "micro_f1",
    "kappa",
    "kappa_interval",
    "kappa_interval_reason",
    "few_transcripts",
    "groups",
    "reason",
)


@dataclass(frozen=True, slots=True)
class ServingSpell:
    """One time that a version was put to serve: when, by which verdict, why, and by whom (None: by the rule)."""

    since: str
    how: str
    why: str
    by: str | None


@dataclass(frozen=True, slots=True)
class ModelChain:
    """What a version was made of: reviews, codebook, segmentation, encoder, recipe, files, run; and what became of it.

    ``parent``: the version that served then; ``codes``: how many it can suggest; ``overall``: its main figures.
    """

    version: str
    kind: str
    created: str | None
    verdict: str | None
    reason: str | None
    comparison: Mapping[str, Any] | None
    served: tuple[ServingSpell, ...]
    parent: str | None
    run_id: str | None
    mlflow: str
    recipe: str
    embedder: str
    segmentation: str
    codebook_version: str
    sha256: str
    erased: bool
    files: str
    reviews: int
    reviews_hash: str
    codes: int
    measured_on: str | None
    overall: Mapping[str, Any]

    @property
    def why_not_measured(self) -> str:
        """Where nothing was measured: the reason."""
        if self.kind == "cold start":
            return "it knows only the codebook's words, and no reviews taught it"
        return str(
            self.overall.get("reason") or "too few participants were coded for a figure on unseen ones"
        )

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A version in the list: does it serve, has it ever (``served``), and what was it measured to be worth."""

    version: str
    serves: bool
    erased: bool
    served: bool
    kind: str
    created: str
    verdict: str | None
    reason: str | None
    reviews: int
    codes: int
    measured_on: str | None
    f1: float | None
    kappa: float | None
    run_id: str | None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def model_chain(parts: Parts, connection: Connection, model: ModelVersion) -> ModelChain:
    """A version with all that it was made of, and when it served."""
    parent = None if model.parent is None else model_by_id(connection, model.parent)
    served = [spell for spell in serving_history(connection) if spell.model.id == model.id]
    overall = model.figures.get("overall") or {}
    return ModelChain(
        version=model.version,
        kind=model.kind,
        created=model.created.isoformat() if model.created else None,
        verdict=model.verdict,
        reason=model.reason,
        comparison=model.comparison,
        served=tuple(
            ServingSpell(spell.created.isoformat(), spell.verdict, spell.reason, spell.by)
            for spell in reversed(served)
        ),
        parent=parent.version if parent else None,
        run_id=model.run_id,
        mlflow=parts.settings.tracking_uri or f"sqlite:///{parts.study.tracking_file}",
        recipe=model.recipe,
        embedder=model.embedder,
        segmentation=model.segmentation,
        codebook_version=model.codebook_version,
        sha256=model.sha256,
        erased=model.version in erased_versions(connection),
        files=str(parts.study.models_folder / model.folder),
        reviews=model.reviews,
        reviews_hash=model.reviews_hash,
        codes=_can_suggest(model),
        measured_on=_measured_on(model),
        overall={key: overall.get(key) for key in _OVERALL},
    )


def listed_models(connection: Connection) -> tuple[ListedModel, ...]:
    """Every version, oldest first."""
    served, serving = serving_history(connection), champion(connection)
    erased = erased_versions(connection)
    once = {spell.model.id for spell in served}
    return tuple(
        ListedModel(
            version=model.version,
            serves=serving is not None and serving.model.id == model.id,
            erased=model.version in erased,
            served=model.id in once,
            kind=model.kind,
            created=model.created.isoformat() if model.created else "",
            verdict=model.verdict,
            reason=model.reason,
            reviews=model.reviews,
            codes=_can_suggest(model),
            measured_on=_measured_on(model),
            f1=(model.figures.get("overall") or {}).get("micro_f1"),
            kappa=(model.figures.get("overall") or {}).get("kappa"),
            run_id=model.run_id,
        )
        for model in all_models(connection)
    )


def _can_suggest(model: ModelVersion) -> int:
    return sum(cut is not None for cut in model.thresholds.values())


def _measured_on(model: ModelVersion) -> str | None:
    """The way that gave its figures; None where it gave none, however it was tried."""
    overall = model.figures.get("overall") or {}
    # where nobody gave a code, F1 is undefined, and not for want of passages
    return model.figures.get("measured_on") if overall.get("n_segments") else None
