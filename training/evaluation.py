"""What "tandem evaluate" shows: a cross-validation of what everybody has coded so far."""

from __future__ import annotations

from typing import Any

from annotations.errors import BadInput
from annotations.groups import GroupBy
from annotations.progress import Progress
from annotations.store.model_versions import Serving, champion
from models.corpus import read_corpus
from training.collect import Collected, collect
from training.cross_validation import cross_validate, folds_with, lacking_codes
from training.dataset import Dataset
from training.evaluation_results import Figures, NotMeasured
from training.figures import evaluate
from training.fit_and_measure import dataset_of
from training.folds import folds_of
from training.same_model_again import unchanged
from training.training_parts import TrainingParts


def evaluation(
    parts: TrainingParts, *, group_by: GroupBy, progress: Progress
) -> tuple[dict[str, Any], Collected]:
    """The figures of a cross-validation of what everybody has coded so far, the judge set included.

    Where the model that serves learnt from exactly that and was measured so, its own figures stand. Where some
    reviews saw suggestions, ``without_assisted`` holds the figures of models that learnt nothing from those.
    ``serving``: what a judge set said of the version that serves, never mixed with the rest; None without one.
    Raises BadInput where no transcript has been imported.
    """
    corpus = read_corpus(parts.store, parts.segmentation)
    if not len(corpus):
        raise BadInput(
            'there is nothing to evaluate: no transcript has been imported. Run "tandem import" first.'
        )
    codes = tuple(code.id for code in parts.codebook.applicable)
    collected = collect(parts.store, corpus, codes)
    if not collected.learnable:
        return _nothing_coded() | {"serving": None}, collected
    dataset = dataset_of(parts, collected, codes, group_by)
    bare = dataset.without_assisted()
    with_assisted = len(bare.judgements) < len(dataset.judgements)
    with parts.store.reading() as connection:
        serving = champion(connection)
    apart = {"serving": _measured_apart(serving)}
    if group_by == "participant" and serving is not None and not with_assisted:
        figures = dict(serving.model.figures)
        if (
            unchanged(parts, collected, serving.model)
            and figures.pop("measured_on", "") == "cross-validation"
        ):
            return figures | apart, collected
    if not with_assisted:
        return _cross_validated(parts, dataset, dataset, progress) | apart, collected

    def halves(part: int) -> Progress:
        return lambda done, total: progress(done + part * total, 2 * total)

    figures = _cross_validated(parts, dataset, dataset, halves(0)) | apart
    without = _cross_validated(parts, bare, dataset, halves(1))
    kept = {key: without[key] for key in ("overall", "spotting", "labelling")}
    return figures | {"without_assisted": kept}, collected


def _nothing_coded() -> dict[str, Any]:
    reason = (
        'nobody has coded anything that may be learnt from; bring codings in with "tandem import-codings"'
    )
    return Figures(NotMeasured(0, reason), None, "nobody has coded anything yet", ()).to_json()


def _measured_apart(serving: Serving | None) -> dict[str, Any] | None:
    """The version that serves, where a judge set measured it: cross-validation says nothing of that one model."""
    if serving is None or serving.model.figures.get("measured_on") != "judge set":
        return None
    overall = serving.model.figures.get("overall") or {}
    keys = ("groups", "micro_f1", "kappa", "kappa_interval", "few_transcripts")
    return {
        "model_version": serving.model.version,
        "measured_on": "judge set",
        "overall": {key: overall.get(key) for key in keys},
    }


def _cross_validated(
    parts: TrainingParts, dataset: Dataset, whole: Dataset, progress: Progress
) -> dict[str, Any]:
    """Figures of a cross-validation in the folds of ``whole``, so that two can be compared."""
    labels, weights = whole.targets(gold=False)
    encoder = parts.encoder_for(whole)
    fold = folds_of(whole.groups, labels * (weights > 0), folds=folds_with(encoder))
    exclusive = parts.exclusive_sets
    validated = cross_validate(
        dataset,
        exclusive=exclusive,
        fold=fold,
        aim=parts.aim,
        encoder=encoder,
        progress=progress,
    )
    return evaluate(
        dataset,
        validated.out_of_fold,
        codebook=parts.codebook,
        lacking=lacking_codes(dataset),
        reason=validated.reason,
        least_precision=parts.least_precision,
    ).to_json()
