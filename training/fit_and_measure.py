"""From what people have found to a model, measured on participants that it has not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from annotations.codebook.codes import Codebook
from annotations.groups import GroupBy, groups_of
from annotations.numbers_shown import counted
from annotations.progress import Progress
from models.calibration import FEW_POSITIVES
from models.classifier import Model, suggested
from models.cold_start import from_codebook
from models.corpus import Corpus
from models.passage_parts import parts_of
from models.quoted_definitions import quoted_in, without_quotations
from models.tuned import LEAST_GROUPS, LEAST_SEGMENTS
from training.collect import Collected
from training.cross_validation import cross_validate, fit_final, left_out_once
from training.dataset import Dataset, DescribedCode, OutOfFold
from training.judge_set import Split
from training.measure import measure
from training.measured_model import MeasuredModel
from training.training_parts import TrainingParts

MANY_GROUPS = (
    100  # from here on two thirds of the groups teach nearly as well as four fifths, in half of the time
)


def learn(
    parts: TrainingParts, collected: Collected, codes: tuple[str, ...], split: Split, progress: Progress
) -> MeasuredModel:
    """Fit a model on the groups that teach, and measure it on those that judge, else by cross-validation."""
    dataset = dataset_of(parts, collected, codes, "participant")
    judging = np.array([group in split.judging for group in dataset.groups], dtype=np.bool_)
    gold = dataset.targets(gold=True)[1].any(axis=1)
    learning = dataset.only(~judging) if judging.any() else dataset
    segments = np.array([str(collected.corpus.ids[unit]) for unit in collected.learnable], dtype=object)
    made = (
        _with_judges(parts, learning, dataset.only(judging), segments[judging], progress)
        if (judging & gold).any()
        else _cross_validated(parts, learning, segments[~judging], progress)
    )
    return MeasuredModel(
        made.model,
        made.figures,
        made.measured_on,
        _notes(parts, collected, made.model, dataset, learning) if isinstance(made.model, Model) else (),
        made.dataset,
        made.segments,
        made.unseen,
        hashlib.sha256(np.ascontiguousarray(learning.embeddings).tobytes()).hexdigest(),
    )


def learn_from_codebook(
    parts: TrainingParts, corpus: Corpus, codes: tuple[str, ...], *, why: str
) -> MeasuredModel:
    """The model of a study in which nobody has said yet what they found, or too little to teach any code.

    ``why``: a half sentence.
    """
    texts = _texts(corpus)
    known = [without_quotations(parts.codebook[code], texts) for code in codes]
    model = from_codebook(known, parts.embed, parts.embed(texts))
    note = (
        f"{why}, so the suggestions come from the codebook's definitions and examples "
        "alone. Expect little of them; their numbers rank passages and are no probabilities."
    )
    return MeasuredModel(model, None, "cross-validation", (note,))


def dataset_of(
    parts: TrainingParts, collected: Collected, codes: tuple[str, ...], group_by: GroupBy
) -> Dataset:
    """The data set of everything that may be learnt from."""
    texts = [collected.corpus.text(unit) for unit in collected.learnable]
    words = [parts.codebook[code].meaning for code in codes]
    groups = groups_of([kept.transcript for kept in collected.corpus.transcripts], group_by)
    quotes = [
        frozenset(groups[collected.corpus.at[unit][0]] for unit in its)
        for its in quoted_in(_texts(collected.corpus), words)
    ]
    described = map(DescribedCode, codes, words, parts.embed(words), quotes)
    dataset = collected.dataset(codes, parts.embed(texts), group_by)
    pieces = parts_of(dataset.units, dataset.embeddings, parts.embed, parts.sentences)
    # nobody asks which language it is where the encoder's are not known
    spoken = () if parts.taught is None else collected.corpus.languages
    languages = tuple(spoken[collected.corpus.at[unit][0]] for unit in collected.learnable) if spoken else ()
    return replace(dataset, described=tuple(described), parts=pieces, languages=languages)


def _texts(corpus: Corpus) -> list[str]:
    return [corpus.text(unit) for unit in range(len(corpus))]


def asked(model: Model, dataset: Dataset) -> OutOfFold:
    """What a model says of segments that it has not learnt from, in the columns of the data set's codes."""
    said = model.probabilities(dataset.units, dataset.embeddings, dataset.parts)
    chosen = suggested(said, model.thresholds, model.codes, model.exclusive)
    probabilities = np.full((len(dataset), len(dataset.codes)), np.nan)
    decided = np.zeros(probabilities.shape, dtype=np.bool_)
    for at, code in enumerate(model.codes):
        if code in dataset.codes:
            probabilities[:, dataset.codes.index(code)] = said[:, at]
            decided[:, dataset.codes.index(code)] = chosen[:, at]
    return OutOfFold(probabilities, decided, np.zeros(len(dataset), dtype=np.intp))


def _with_judges(
    parts: TrainingParts,
    learning: Dataset,
    judging: Dataset,
    segments: NDArray[np.object_],
    progress: Progress,
) -> MeasuredModel:
    """Six models instead of the sixteen of a nested cross-validation, or four: other groups give the figure."""
    exclusive = parts.exclusive_sets
    folds = 3 if len(set(learning.groups)) >= MANY_GROUPS else 5
    encoder = parts.encoder_for(learning)
    validated = left_out_once(
        learning, folds=folds, encoder=encoder, classifier=parts.classifier, progress=progress
    )
    model, _ = fit_final(learning, validated, exclusive=exclusive, aim=parts.aim)
    unseen = asked(model, judging)
    figures = measure(parts, judging, unseen, lacking=dict(model.too_few), reason=None)
    return MeasuredModel(model, figures, "judge set", (), judging, tuple(segments), unseen)


def _cross_validated(
    parts: TrainingParts, dataset: Dataset, segments: NDArray[np.object_], progress: Progress
) -> MeasuredModel:
    exclusive = parts.exclusive_sets
    validated = cross_validate(
        dataset,
        exclusive=exclusive,
        aim=parts.aim,
        encoder=parts.encoder_for(dataset),
        classifier=parts.classifier,
        progress=progress,
    )
    model, _ = fit_final(dataset, validated, exclusive=exclusive, aim=parts.aim)
    figures = measure(
        parts,
        dataset,
        validated.out_of_fold,
        lacking=dict(model.too_few),
        reason=validated.reason,
    )
    return MeasuredModel(
        model, figures, "cross-validation", (), dataset, tuple(segments), validated.out_of_fold
    )


def _with_few_examples(parts: TrainingParts, model: Model, dataset: Dataset) -> list[str]:
    """The codes that are suggested all the same."""
    labels, weights = dataset.targets(gold=False)
    examples = ((labels >= 0.5) & (weights > 0)).sum(axis=0)
    judged = set(model.judged)
    return [
        parts.codebook.label(code)
        for code, its in zip(dataset.codes, examples, strict=True)
        if code in judged and its < FEW_POSITIVES
    ]


def _notes(
    parts: TrainingParts, collected: Collected, model: Model, dataset: Dataset, learning: Dataset
) -> tuple[str, ...]:
    """``learning``: what the model learnt from, without those who only judge."""
    notes = []
    quoting = [
        parts.codebook.label(code_described.code)
        for code_described in dataset.described
        if code_described.quotes
    ]
    if quoting:
        notes.append(
            f"what the codebook says of {', '.join(quoting[:8])}{' and others' if len(quoting) > 8 else ''} quotes "
            f"transcripts word for word. No model learns that while it is tested on whoever said it; an invented "
            f"example serves better."
        )
    looked_at = dataset.targets(gold=False)
    given = bool(((looked_at[0] > 0) & (looked_at[1] > 0)).any())
    if not given:
        notes.append(
            f"nobody has given a code yet on the {counted(len(dataset), 'passage')} that people looked at. What is "
            f"suggested comes from the codebook's words, and the figures say nothing before somebody gives a code."
        )
    elif parts.aim.precision is None and (few := _with_few_examples(parts, model, dataset)):
        notes.append(
            f"{counted(len(few), 'code has', 'codes have')} fewer than {FEW_POSITIVES} examples and "
            f"{'is' if len(few) == 1 else 'are'} suggested on the few passages that are nearest to what the codebook says "
            f"and to what was learnt: {', '.join(few[:8])}{' and others' if len(few) > 8 else ''}."
        )
    if len(set(dataset.groups)) == 1:
        notes.append(
            "all coded passages are one participant's. What is typical of that person and what is typical of a code "
            "cannot be told apart yet, and nothing shows how good the suggestions are: code a second and a third one."
        )
    if len(set(dataset.groups)) == 2:
        notes.append(
            "the coded passages are two participants'. Nothing shows yet how good the suggestions are: a figure on people "
            "whom the model has not seen needs a third."
        )
    if collected.withheld:
        notes.append(
            f"{counted(len(collected.withheld), 'transcript')} may not be learnt from, and so not taken."
        )
    notes += codes_left_out(collected.foreign, parts.codebook)
    if model.tuned is not None:
        notes.append(
            "a copy of the encoder was tuned on these codings too; its word counts as much as the rest's."
        )
    if parts.fine_tune is not None and model.tuned is None:
        coded = int(learning.targets(gold=False)[1].any(axis=1).sum())
        notes.append(
            f"embedder.fine_tune is set in study.yaml, but there is too little to tune the encoder on: it needs "
            f"{LEAST_SEGMENTS:,} coded passages of {LEAST_GROUPS} participants, without those who only judge, and there "
            f"{'is' if coded == 1 else 'are'} {coded:,} of {len(set(learning.groups))}. The model is the usual one."
        )
    return tuple(notes)


def codes_left_out(foreign: Mapping[str, int], codebook: Codebook) -> list[str]:
    """Which codings no model learns from: of codes that were retired, and of codes that are gone."""
    retired = {codebook.label(code): count for code, count in foreign.items() if code in codebook.by_id}
    gone = {code: count for code, count in foreign.items() if code not in codebook.by_id}
    said = (
        (retired, "codings with codes that may not be applied (applicable: false in codebook.yaml)"),
        (gone, "codings with codes that codebook.yaml no longer holds"),
    )
    return [
        f"{what} were not learnt from: {', '.join(f'{code} ({count})' for code, count in list(codes.items())[:8])}."
        for codes, what in said
        if codes
    ]
