"""Figures of a data set as a study reports them: of all of it, and apart where the encoder was not taught a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from models.classifier import TooFew
from training.dataset import Dataset, OutOfFold
from training.evaluation_results import ByLanguage, Figures, InLanguages, Measured, NotMeasured
from training.figures import evaluate
from training.training_parts import TrainingParts


def measure(
    parts: TrainingParts,
    dataset: Dataset,
    out_of_fold: OutOfFold | None,
    *,
    lacking: Mapping[str, TooFew],
    reason: str | None,
) -> Figures:
    """``training.figures.evaluate`` under a study's codebook and aim, and the same by language."""

    def figures(some: Dataset, held_out: OutOfFold | None) -> Figures:
        return evaluate(
            some,
            held_out,
            codebook=parts.codebook,
            lacking=lacking,
            reason=reason,
            least_precision=parts.least_precision,
        )

    def alone(languages: tuple[str, ...]) -> InLanguages:
        kept = np.isin(np.array(dataset.languages, dtype=str), languages)
        some = dataset.only(kept)
        measured = figures(some, None if out_of_fold is None else out_of_fold.only(kept)).model
        why = measured.reason if isinstance(measured, NotMeasured) else None
        model = measured if isinstance(measured, Measured) else None
        return InLanguages(languages, len(some), len(set(some.groups)), model, why)

    whole = figures(dataset, out_of_fold)
    known, others = _apart(parts, dataset)
    if not others:
        return whole
    return replace(
        whole, languages=ByLanguage(alone(known), tuple(alone((language,)) for language in others))
    )


def measured_alike(parts: TrainingParts, dataset: Dataset, figures: Mapping[str, Any]) -> bool:
    """Were figures that are kept measured by the same languages apart, or does study.yaml name others since?"""
    known, others = _apart(parts, dataset)
    apart = figures.get("languages")
    before = (
        (apart["taught"]["languages"], [other["languages"] for other in apart["others"]])
        if apart
        else ([], [])
    )
    now = (list(known), [[language] for language in others]) if others else ([], [])
    return before == now


def _apart(parts: TrainingParts, dataset: Dataset) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The languages here that the encoder was taught, and the others."""
    here = sorted(set(dataset.languages))
    others = (
        () if parts.taught is None else tuple(language for language in here if language not in parts.taught)
    )
    return tuple(language for language in here if language not in others), others
