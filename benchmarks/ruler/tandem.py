"""Tandem itself on rows of a labelled set, through the same functions as "tandem train"."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from ruler.peers import Learnt
from ruler.sets import LabelledSet, name_of

from annotations.codebook.codes import Code
from models.classifier import suggested
from models.cold_start import from_codebook
from training.cross_validation import cross_validate, fit_final, left_out_once
from training.dataset import Dataset, DescribedCode, Judgement

Rows = NDArray[np.intp]


def tandem(data: LabelledSet, train: Rows, test: Rows) -> Learnt:
    """Fit on ``train``, calibrated and with thresholds from its own folds, and judge ``test``."""
    dataset = dataset_of(data, train)
    model, _ = fit_final(dataset, left_out_once(dataset))
    column = [data.codes.index(code) for code in model.codes]
    # a code with too few examples is not judged: it ranks nothing and is never suggested
    probabilities = np.zeros((len(test), len(data.codes)))
    decided = np.zeros(probabilities.shape, dtype=bool)
    parts = data.parts.only(test)
    found = model.probabilities([data.units[row] for row in test], data.embeddings[test], parts)
    probabilities[:, column] = found
    decided[:, column] = suggested(found, model.thresholds, model.codes, ())
    return Learnt(probabilities, decided)


def tandem_unlabelled(data: LabelledSet, train: Rows, test: Rows) -> Learnt:
    """What the codebook's words alone suggest, before anybody has coded: ranks, no probabilities."""
    codes = [Code(code, name_of(code), "f", code) for code in data.codes]
    # it asks for the vectors of what the codebook says of each code, in their order
    model = from_codebook(codes, lambda _: data.described, data.embeddings[train])
    found = model.probabilities([data.units[row] for row in test], data.embeddings[test])
    return Learnt(found, found >= model.thresholds)


def tandem_whole(data: LabelledSet) -> Learnt:
    """The nested cross-validation and the final model of "tandem train" on the whole set, whose folds are the ruler's.

    Gives the held-out predictions of every unit; the work is all that a retraining does.
    """
    dataset = dataset_of(data, np.arange(len(data.units)))
    validated = cross_validate(dataset)
    fit_final(dataset, validated)
    found = validated.out_of_fold
    if found is None or (found.folds != data.folds).any():
        raise ValueError(f"{data.name}: cross-validation and the ruler have different folds")
    return Learnt(np.nan_to_num(found.probabilities), found.decided)


def dataset_of(data: LabelledSet, rows: Rows) -> Dataset:
    """Some rows as a study's data set, coded by one person."""
    judgement = Judgement("gold", np.arange(len(rows)), data.labels[rows].astype(float))
    return Dataset(
        units=tuple(data.units[row] for row in rows),
        embeddings=data.embeddings[rows],
        groups=tuple(data.groups[row] for row in rows),
        quotable=np.zeros(len(rows), dtype=bool),
        codes=data.codes,
        judgements=(judgement,),
        described=tuple(
            DescribedCode(code, meaning, vector)
            for code, meaning, vector in zip(data.codes, data.meanings, data.described, strict=True)
            if meaning
        ),
        parts=data.parts.only(rows),
    )
