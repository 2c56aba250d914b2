"""What a model was made of, written beside it: the snapshot to make it again, and the run that MLflow gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

from annotations.errors import TandemError, kind_of
from training.collect import WEIGHTS, Collected
from training.evaluation_results import Figures
from training.judge_set import Split
from training.measured_model import MeasuredModel
from training.promote import PromotionVerdict
from training.tracking import TrainingRun
from training.training_parts import TrainingParts

SNAPSHOT = "snapshot.json"
RUN = "run.json"
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "sentence-transformers", "torch", "spacy", "mlflow")


@dataclass(frozen=True)
class Snapshot:
    """What a model learnt from, by ids alone, and what it was made with.

    ``learn``, ``judge``: reviews and loose codings. ``groups``: the group of each transcript, as a number, since a
    group's name is a participant's. ``judging``: the transcripts that only judge.
    """

    recipe: str
    codebook_version: str
    segmentation: str
    embedder: str
    reviews_hash: str
    embeddings: str
    learn: tuple[str, ...]
    judge: tuple[str, ...]
    groups: Mapping[str, int]
    judging: tuple[str, ...]
    libraries: Mapping[str, str]

    @property
    def split(self) -> Split:
        """Who taught and who judged, under the groups' numbers."""
        groups = {UUID(transcript): f"participant {number}" for transcript, number in self.groups.items()}
        return Split(groups, frozenset(groups[UUID(transcript_id)] for transcript_id in self.judging))

    @property
    def items(self) -> frozenset[UUID]:
        """All reviews and loose codings."""
        return frozenset(UUID(item) for item in (*self.learn, *self.judge))


def snapshot_of(parts: TrainingParts, collected: Collected, made: MeasuredModel, split: Split) -> Snapshot:
    """What this model is made of."""
    groups = numbered_groups(collected, split.groups)
    judge = tuple(str(item) for item in collected.items if split.judges(collected.transcript_of[item]))
    return Snapshot(
        recipe=parts.recipe,
        codebook_version=parts.codebook.version,
        segmentation=parts.segmentation.version,
        embedder=parts.embedder,
        reviews_hash=collected.reviews_hash,
        embeddings=made.embeddings,
        learn=tuple(str(item) for item in collected.items if str(item) not in set(judge)),
        judge=judge,
        groups=groups,
        judging=tuple(transcript for transcript in groups if split.judges(UUID(transcript))),
        libraries=libraries(),
    )


def numbered_groups(collected: Collected, groups: Mapping[UUID, str]) -> dict[str, int]:
    """The group of each transcript that something is learnt or measured from, as a number."""
    used = {collected.transcript_of[item] for item in collected.items}
    numbers: dict[str, int] = {}
    return {
        str(kept.id): numbers.setdefault(groups[kept.id], len(numbers))
        for kept in collected.corpus.transcripts
        if kept.id in used
    }


def libraries() -> dict[str, str]:
    """The versions of what a model is computed with."""
    return {name: version(name) for name in _LIBRARIES}


def read_snapshot(folder: Path) -> Snapshot:
    """The snapshot beside a model; raises TandemError if it is missing or damaged."""
    try:
        plain = json.loads((folder / SNAPSHOT).read_text("utf-8"))
        return Snapshot(**plain | {key: tuple(plain[key]) for key in ("learn", "judge", "judging")})
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise TandemError(
            f"what the model in {folder} learnt from cannot be read ({kind_of(error)}). Put the folder back from your "
            f"backup."
        ) from error


def write_lineage(snapshot: Snapshot, run: TrainingRun, folder: Path) -> None:
    """Write both beside the model."""
    (folder / SNAPSHOT).write_text(json.dumps(asdict(snapshot)), "utf-8")
    plain = {"name": run.name, "params": run.params, "metrics": run.metrics, "tags": run.tags}
    (folder / RUN).write_text(json.dumps(plain, ensure_ascii=False), "utf-8")


def read_run(folder: Path) -> TrainingRun | None:
    """The run that MLflow shall get of the model in this folder; None if nothing is there to give."""
    try:
        plain = json.loads((folder / RUN).read_text("utf-8"))
        return TrainingRun(
            str(plain["name"]), dict(plain["params"]), _numbers(plain["metrics"]), dict(plain["tags"]), folder
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def run_of(
    snapshot: Snapshot,
    parts: TrainingParts,
    collected: Collected,
    made: MeasuredModel,
    verdict: PromotionVerdict,
    **names: str,
) -> TrainingRun:
    """The run as MLflow gets it. ``names``: model_id, model_version, parent_version, artifact_sha256."""
    params: dict[str, str | int | float | bool] = {
        "recipe": snapshot.recipe,
        "kind": made.model.kind,
        "embedder_name": parts.embedder_name,
        "embedder": parts.embedder,
        "codebook_version": parts.codebook.version,
        "segmentation": parts.segmentation.version,
        "unit": parts.segmentation.unit,
        "pipeline": parts.segmentation.pipeline,
        "max_words": str(parts.segmentation.max_words),
        "reviews": collected.reviews,
        "segments": len(collected.learnable),
        "codes_judged": len(made.model.judged),
        "measured_on": made.measured_on,
        "groups": len(set(snapshot.groups.values())),
        "groups_that_judge": len({snapshot.groups[transcript_id] for transcript_id in snapshot.judging}),
        **{f"weight_{condition.value}": weight for condition, weight in WEIGHTS.items()},
        **{f"library/{name}": number for name, number in snapshot.libraries.items()},
    }
    tags = {
        **names,
        "reviews_hash": snapshot.reviews_hash,
        "codebook_version": parts.codebook.version,
        "segmentation": parts.segmentation.version,
        "embedder": parts.embedder,
        "verdict": verdict.verdict,
        "promoted": str(verdict.promoted).lower(),
        "verdict_reason": verdict.reason[:4000],
    }
    return TrainingRun(names["model_version"], params, _metrics(made.figures, verdict), tags)


def _metrics(figures: Figures | None, verdict: PromotionVerdict) -> dict[str, float | None]:
    metrics: dict[str, float | None] = {}
    plain = {} if figures is None else figures.model.to_json()
    metrics |= _numbers(plain.get("overall", {}))
    metrics |= {f"spotting_{key}": value for key, value in _numbers(plain.get("spotting", {})).items()}
    metrics["labelling_micro_f1"] = plain.get("labelling", {}).get("micro_f1")
    for row in plain.get("codes", ()):
        for key in ("n", "precision", "recall", "f1", "average_precision", "kappa"):
            metrics[f"{key}/{row['code_id']}"] = row[key]
    for key in ("challenger", "champion", "difference", "groups", "codes"):
        if key in verdict.figures:
            metrics[f"comparison_{key}"] = verdict.figures[key]
    if verdict.figures.get("interval"):
        metrics["comparison_low"], metrics["comparison_high"] = verdict.figures["interval"]
    return metrics


def _numbers(figures: Mapping[str, object]) -> dict[str, float | None]:
    """Those that MLflow takes: numbers, and what is undefined. A sentence that stands beside them is none."""
    return {
        key: None if value is None else float(value)
        for key, value in figures.items()
        if value is None or isinstance(value, int | float)
    }
