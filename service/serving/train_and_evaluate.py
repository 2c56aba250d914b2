"""Training and evaluation of a study: the work behind "tandem train" and "tandem evaluate"."""

from __future__ import annotations

from collections.abc import Sequence

from annotations.arrays import Floats32
from annotations.groups import GroupBy
from annotations.progress import Progress, quiet
from annotations.transcript import Span
from models.calibration import Aim
from models.classifier_names import classifier_named
from models.kept_tunings import FOLDER
from models.languages import plain_language
from models.segmenter import sentences_in
from service.composition import Parts
from service.serving.kept_evaluation import keep_evaluation, stamp_now
from training.evaluation import Evaluated, evaluation
from training.mlflow_mirror import deliver, owed
from training.reproduce import Reproduced
from training.reproduce import reproduce as reproduce_model
from training.sweep_leftovers import sweep
from training.tracking import Tracking
from training.train import Trained, can_learn
from training.train import train as train_model
from training.training_parts import TrainingParts


def tracking_of(parts: Parts) -> Tracking:
    """MLflow as configured: a server, or a store in the study's folder."""
    uri = parts.settings.tracking_uri
    if uri is not None:
        return Tracking(uri, parts.slug)
    return Tracking.in_study(parts.study.tracking_file, parts.study.runs_folder, parts.slug)


def train(
    parts: Parts,
    *,
    force: bool = False,
    unwatched: bool = False,
    embedding: Progress = quiet,
    fitting: Progress = quiet,
) -> Trained:
    """Train on what people have coded so far, and promote by the written rule. ``unwatched``: in a worker.

    What belongs to no living run or model is swept first; what a killed training has done of tuning encoders stays, for
    this one goes on with it.
    """
    sweep(parts.store, parts.study, spared=frozenset({parts.study.models_folder / FOLDER}))
    with_parts = training_parts_of(parts, embedding)
    with with_parts.tunings_kept():
        return train_model(with_parts, force=force, progress=fitting, unwatched=unwatched)


def something_teaches(parts: Parts) -> bool:
    """Is there anything that people have coded and a model may learn from?"""
    return can_learn(training_parts_of(parts))


def reproduce(
    parts: Parts, run: str, *, embedding: Progress = quiet, fitting: Progress = quiet
) -> Reproduced:
    """Make the model of an MLflow run (or of a version) again from its snapshot, and compare every digit."""
    with_parts = training_parts_of(parts, embedding)
    with with_parts.tunings_kept():
        return reproduce_model(with_parts, run, progress=fitting)


def catch_up(parts: Parts) -> str | None:
    """Give MLflow what it lacks: runs, versions, aliases. A sentence if it does not take it; nothing is lost by that."""
    if not owed(parts.store):
        return None
    return deliver(parts.store, tracking_of(parts), parts.study.models_folder)


def evaluate(
    parts: Parts,
    *,
    group_by: GroupBy,
    anew: bool = False,
    embedding: Progress = quiet,
    fitting: Progress = quiet,
) -> Evaluated:
    """Cross-validation by group, beside how far people agree. ``anew``: with the predictions that figures are made of."""
    with_parts = training_parts_of(parts, embedding)
    with with_parts.tunings_kept():
        return evaluation(with_parts, group_by=group_by, progress=fitting, anew=anew)


def evaluate_and_keep(parts: Parts, group_by: GroupBy, *, progress: Progress = quiet) -> None:
    """Evaluate anew, and keep it for the page that shows it."""
    with parts.store.reading() as connection:
        # before it is computed: what comes meanwhile makes it old
        stamp = stamp_now(connection, parts)
    evaluated = evaluate(parts, group_by=group_by, embedding=progress, fitting=progress)
    with parts.store.writing() as connection:
        keep_evaluation(connection, group_by, stamp, evaluated.figures)


def training_parts_of(parts: Parts, embedding: Progress = quiet) -> TrainingParts:
    """What a training of this study works with."""

    def embed(texts: Sequence[str]) -> Floats32:
        return parts.cache.embed(parts.embedder, texts, embedding).vectors

    def sentences(texts: Sequence[str]) -> Sequence[Sequence[Span]]:
        pipeline = parts.segmentation.pipeline
        return parts.cache.sentences(texts, pipeline, lambda text: sentences_in(text, pipeline))

    return TrainingParts(
        store=parts.store,
        codebook=parts.codebook,
        segmentation=parts.segmentation,
        embed=embed,
        sentences=sentences,
        embedder=parts.embedder.fingerprint,
        embedder_name=parts.embedder.name,
        folder=parts.study.models_folder,
        tracking=tracking_of(parts),
        aim=Aim(parts.study.config.aim.precision),
        least_precision=parts.study.config.aim.least_precision,
        fine_tune=parts.embedder if parts.study.config.embedder.fine_tune else None,
        classifier=classifier_named(parts.study.config.classifier),
        taught=None
        if parts.embedder.taught is None
        else frozenset(map(plain_language, parts.embedder.taught)),
    )
