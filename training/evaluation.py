"""What "tandem evaluate" shows: a cross-validation of what everybody has coded so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.errors import BadInput
from annotations.groups import GroupBy
from annotations.progress import Progress
from annotations.store.model_versions import Serving, champion
from models.corpus import read_corpus
from training.collect import Collected, collect
from training.cross_validation import cross_validate, folds_with, lacking_codes
from training.dataset import Dataset, OutOfFold
from training.evaluation_results import Figures, NotMeasured
from training.figures import evaluate
from training.fit_and_measure import dataset_of
from training.folds import FOLDS, folds_of
from training.held_out import HeldOut
from training.measure import measure, measured_alike
from training.same_model_again import unchanged
from training.training_parts import TrainingParts


@dataclass(frozen=True)
class Evaluated:
    """The figures of an evaluation, what they rest on, and the predictions that they were made of.

    ``held_out``: None where no figure could be measured, and where figures that were measured before stand.
    """

    figures: dict[str, Any]
    collected: Collected
    held_out: HeldOut | None = None


def evaluation(
    parts: TrainingParts, *, group_by: GroupBy, progress: Progress, anew: bool = False
) -> Evaluated:
    """The figures of a cross-validation of what everybody has coded so far, the judge set included.

    Where the model that serves learnt from exactly that and was measured so, its own figures stand. Where some
    reviews saw suggestions, ``without_assisted`` holds the figures of models that learnt nothing from those.
    ``serving``: what a judge set said of the version that serves, never mixed with the rest; None without one.
    ``repeated``: how many segments stand word for word in another group too. ``random_split``: what the same model would
    have claimed with passages dealt out at random; None where ``random_split_reason`` says why. ``anew``: measure
    whatever was measured before, so that there are predictions to show. Raises BadInput where no
    transcript has been imported.
    """
    asked = _asked(parts, group_by)
    if isinstance(asked, Evaluated):
        return asked
    serving = asked.serving
    if group_by == "participant" and serving is not None and not asked.with_assisted and not anew:
        figures = dict(serving.model.figures)
        if (
            unchanged(parts, asked.collected, serving.model)
            and figures.pop("measured_on", "") == "cross-validation"
            and measured_alike(parts, asked.dataset, figures)
        ):
            beside, _ = _random_split(parts, asked.dataset, progress)
            return Evaluated(figures | asked.known | beside, asked.collected)
    return _measured_anew(parts, asked, progress)


@dataclass(frozen=True)
class _Asked:
    """What is to be evaluated. ``known``: what is said of it without measuring anything."""

    collected: Collected
    dataset: Dataset
    bare: Dataset
    serving: Serving | None

    @property
    def with_assisted(self) -> bool:
        return len(self.bare.judgements) < len(self.dataset.judgements)

    @property
    def known(self) -> dict[str, Any]:
        return {"serving": _measured_apart(self.serving), "repeated": repeated_elsewhere(self.dataset)}


def _asked(parts: TrainingParts, group_by: GroupBy) -> _Asked | Evaluated:
    """What is to be evaluated; the answer itself where nobody has coded anything."""
    corpus = read_corpus(parts.store, parts.segmentation)
    if not len(corpus):
        raise BadInput(
            'there is nothing to evaluate: no transcript has been imported. Run "tandem import" first.'
        )
    codes = tuple(code.id for code in parts.codebook.applicable)
    collected = collect(parts.store, corpus, codes)
    if not collected.learnable:
        nothing = {"serving": None, "repeated": 0, **_no_random_split("nobody has coded anything yet")}
        return Evaluated(_nothing_coded() | nothing, collected)
    dataset = dataset_of(parts, collected, codes, group_by)
    with parts.store.reading() as connection:
        serving = champion(connection)
    return _Asked(collected, dataset, dataset.without_assisted(), serving)


def _measured_anew(parts: TrainingParts, asked: _Asked, progress: Progress) -> Evaluated:
    dataset, of = asked.dataset, 3 if asked.with_assisted else 2

    def part(at: int) -> Progress:
        return lambda done, total: progress(done + at * total, of * total)

    figures, predictions = _cross_validated(parts, dataset, dataset, part(0))
    beside, at_random = _random_split(parts, dataset, part(1))
    figures |= asked.known | beside
    if asked.with_assisted:
        without, _ = _cross_validated(parts, asked.bare, dataset, part(2))
        figures["without_assisted"] = {key: without[key] for key in ("overall", "spotting", "labelling")}
    measured = figures["overall"]["n_segments"] and predictions is not None
    held_out = HeldOut(dataset, predictions, at_random) if measured and predictions is not None else None
    return Evaluated(figures, asked.collected, held_out)


def repeated_elsewhere(dataset: Dataset) -> int:
    """How many segments stand word for word in another group too, so that a model had seen their words after all."""
    said: dict[str, set[str]] = {}
    texts = [" ".join(unit.text.split()).casefold() for unit in dataset.units]
    for text, group in zip(texts, dataset.groups, strict=True):
        said.setdefault(text, set()).add(group)
    return sum(len(said[text]) > 1 for text in texts)


def _random_split(
    parts: TrainingParts, dataset: Dataset, progress: Progress
) -> tuple[dict[str, Any], OutOfFold | None]:
    """What others report: the same model, with each passage in a fold by chance, its participant on both sides.

    The vocabulary still knows who said what, so that only the split differs.
    """
    if parts.encoder_for(dataset) is not None:
        return _no_random_split("tuning the encoder once more for each fold would take as long again"), None
    dealt = np.random.default_rng(0).permutation(len(dataset)) % FOLDS
    if len(dataset) < FOLDS:
        return _no_random_split("there are too few passages"), None
    validated = cross_validate(
        dataset,
        exclusive=parts.exclusive_sets,
        fold=dealt,
        aim=parts.aim,
        classifier=parts.classifier,
        progress=progress,
    )
    if validated.out_of_fold is None:
        return _no_random_split(validated.reason or "nothing is known of passages that were left out"), None
    by_chance = evaluate(
        dataset,
        validated.out_of_fold,
        codebook=parts.codebook,
        lacking=lacking_codes(dataset),
        reason=validated.reason,
    ).to_json()
    keys = ("micro_f1", "macro_f1", "macro_ap", "kappa", "brier_skill", "calibration_error")
    overall = {key: by_chance["overall"].get(key) for key in keys}
    codes = [
        {
            key: row[key]
            for key in ("code_id", "precision", "recall", "f1", "kappa", "average_precision", "brier_skill")
        }
        for row in by_chance["codes"]
    ]
    kept = {"overall": overall, "codes": codes, **{key: by_chance[key] for key in ("spotting", "labelling")}}
    return {"random_split": kept, "random_split_reason": None}, validated.out_of_fold


def _no_random_split(reason: str) -> dict[str, Any]:
    return {"random_split": None, "random_split_reason": reason}


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
) -> tuple[dict[str, Any], OutOfFold | None]:
    """Figures of a cross-validation in the folds of ``whole``, so that two can be compared, and the predictions."""
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
        classifier=parts.classifier,
        progress=progress,
    )
    figures = measure(
        parts,
        dataset,
        validated.out_of_fold,
        lacking=lacking_codes(dataset),
        reason=validated.reason,
    )
    return figures.to_json(), validated.out_of_fold
