"""A training from the store to a model version: collect, cross-validate, fit, log, judge, promote."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from annotations.agreement import tables_of
from annotations.codebook import Codebook
from annotations.errors import BadInput, TandemError
from annotations.groups import GroupBy
from annotations.segment import Segmentation
from annotations.store.database import Store
from annotations.store.models import (
    ModelVersion,
    Serving,
    add_model,
    champion,
    mark_mirrored,
    next_version,
    promote,
)
from annotations.store.reviews import keep_codebook
from annotations.store.segments import keep_segmentation
from models.artifact import save
from models.calibration import BEST_F1, Aim
from models.classifier import Model, TooFew
from models.cold_start import ColdStart, from_codebook
from models.corpus import Corpus, read_corpus
from training.collect import Collected, collect
from training.cross_validation import CrossValidated, cross_validate, fit_final, lacking_codes
from training.dataset import Dataset, Described, OutOfFold
from training.evaluate import evaluate
from training.promote import Verdict, first, judge
from training.tracking import Tracking, TrainingRun

RECIPE = "linear-3"  # changes when the same reviews would give another model
Progress = Callable[[int, int], None]
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True)
class Workshop:
    """What a training works with. ``embed`` gives unit vectors of texts, from the cache where it can.

    ``aim``: what the thresholds are for.
    """

    store: Store
    codebook: Codebook
    segmentation: Segmentation
    embed: Embed
    embedder: str
    folder: Path
    tracking: Tracking
    aim: Aim = BEST_F1


@dataclass(frozen=True)
class Trained:
    """What came of a training: the version, whether it serves and why, and what it learnt from."""

    model: ModelVersion
    verdict: Verdict
    seconds: float
    notes: tuple[str, ...]
    figures: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "model_version": self.model.version,
            "kind": self.model.kind,
            "promoted": self.verdict.promoted,
            "verdict": self.verdict.verdict,
            "reason": self.verdict.reason,
            "reviews": self.model.reviews,
            "run_id": self.model.run_id,
            "seconds": round(self.seconds, 2),
            "codes": sum(cut is not None for cut in self.model.thresholds.values()),
            "too_few": [{"code": code, **why} for code, why in self.model.too_few.items()],
            "notes": list(self.notes),
            "overall": self.figures.get("overall"),
        }


def exclusive_sets(codebook: Codebook) -> tuple[tuple[str, ...], ...]:
    """The codes of each framework of which one code may apply."""
    return tuple(
        tuple(code.id for code in codebook.of_framework(framework.id) if code.applicable)
        for framework in codebook.frameworks
        if framework.select == "one"
    )


def train(shop: Workshop, *, force: bool, progress: Progress) -> Trained:
    """Train, unless nothing has changed since the model that serves (``force`` trains all the same)."""
    start = time.perf_counter()
    corpus = read_corpus(shop.store, shop.segmentation)
    if not len(corpus):
        raise BadInput(
            'there is nothing to learn from: no transcript has been imported. Run "tandem import" first.'
        )
    codes = tuple(code.id for code in shop.codebook.applicable)
    collected = collect(shop.store, corpus, codes)
    with shop.store.reading() as connection:
        serving = champion(connection)
    if serving is not None and not force and _unchanged(shop, collected, serving.model):
        mirror(shop.store, shop.tracking)
        verdict = Verdict(
            "not worse", False, f"nothing has changed since {serving.model.version} was trained"
        )
        return Trained(serving.model, verdict, time.perf_counter() - start, (), serving.model.figures)
    if any(labels.complete for labels in collected.labels) and collected.learnable:
        made = _trained(shop, collected, codes, progress)
    else:
        made = _cold(shop, corpus, codes)
    return _keep(shop, collected, serving, made, start)


def evaluation(shop: Workshop, *, group_by: GroupBy, progress: Progress) -> tuple[dict[str, Any], Collected]:
    """The figures of a cross-validation of what people have coded so far.

    Where the model that serves learnt from exactly that, its own figures stand: they were made in the same way.
    """
    corpus = read_corpus(shop.store, shop.segmentation)
    codes = tuple(code.id for code in shop.codebook.applicable)
    collected = collect(shop.store, corpus, codes)
    with shop.store.reading() as connection:
        serving = champion(connection)
    if group_by == "participant" and serving is not None and _unchanged(shop, collected, serving.model):
        return {
            key: value for key, value in serving.model.figures.items() if key not in ("recipe", "aim")
        }, collected
    dataset = _dataset(shop, collected, codes, group_by)
    validated = cross_validate(
        dataset, exclusive=exclusive_sets(shop.codebook), aim=shop.aim, progress=progress
    )
    figures = evaluate(
        dataset,
        validated.out_of_fold,
        codebook=shop.codebook,
        lacking=lacking_codes(dataset),
        reason=validated.reason,
    )
    return figures, collected


def mirror(store: Store, tracking: Tracking) -> str | None:
    """Let MLflow's alias say what the database says; a sentence if that failed (it is tried again next time)."""
    with store.reading() as connection:
        serving = champion(connection)
    if serving is None or serving.mirrored or serving.model.run_id is None:
        return None
    try:
        tracking.mirror(serving.model.run_id)
    except TandemError as error:
        return str(error)
    with store.writing() as connection:
        mark_mirrored(connection, serving.sequence)
    return None


@dataclass(frozen=True)
class _Made:
    model: Model | ColdStart
    figures: dict[str, Any]
    notes: tuple[str, ...] = ()
    dataset: Dataset | None = None
    out_of_fold: OutOfFold | None = None
    rows: tuple[UUID, ...] = ()


def _trained(shop: Workshop, collected: Collected, codes: tuple[str, ...], progress: Progress) -> _Made:
    dataset = _dataset(shop, collected, codes, "participant")
    exclusive = exclusive_sets(shop.codebook)
    validated: CrossValidated = cross_validate(dataset, exclusive=exclusive, aim=shop.aim, progress=progress)
    model, _ = fit_final(dataset, validated, exclusive=exclusive, aim=shop.aim)
    figures = evaluate(
        dataset,
        validated.out_of_fold,
        codebook=shop.codebook,
        lacking=dict(model.too_few),
        reason=validated.reason,
    )
    ids = collected.corpus.ids
    rows = tuple(ids[unit] for unit in collected.learnable)
    return _Made(model, figures, _notes(collected, model), dataset, validated.out_of_fold, rows)


def _cold(shop: Workshop, corpus: Corpus, codes: tuple[str, ...]) -> _Made:
    embeddings = shop.embed([corpus.text(unit) for unit in range(len(corpus))])
    model = from_codebook([shop.codebook[code] for code in codes], shop.embed, embeddings)
    note = (
        "no review says what people found, so the suggestions come from the codebook's definitions and examples "
        "alone. Expect little of them; their numbers rank passages and are no probabilities."
    )
    return _Made(model, {}, (note,))


def _dataset(shop: Workshop, collected: Collected, codes: tuple[str, ...], group_by: GroupBy) -> Dataset:
    texts = [collected.corpus.text(unit) for unit in collected.learnable]
    words = [shop.codebook[code].meaning for code in codes]
    described = map(Described, codes, words, shop.embed(words))
    return replace(collected.dataset(codes, shop.embed(texts), group_by), described=tuple(described))


def _keep(
    shop: Workshop, collected: Collected, serving: Serving | None, made: _Made, start: float
) -> Trained:
    new = uuid4()
    folder = shop.folder / str(new)
    try:
        sha256 = save(made.model, folder)
        _save_held_out(made, folder)
        with shop.store.reading() as connection:
            name = next_version(connection)
        run_id, _ = shop.tracking.log(_run(shop, collected, made, name, folder, sha256))
        model = _version(shop, collected, made, new, name, sha256, run_id)
        verdict = _verdict(shop, collected, serving, made, model)
        with shop.store.writing() as connection:
            keep_codebook(connection, shop.codebook)
            keep_segmentation(connection, shop.segmentation)
            add_model(connection, model, collected.items if made.model.kind == "trained" else ())
            if verdict.promoted:
                promote(connection, model.id, verdict=verdict.verdict, reason=verdict.reason)
    except BaseException:
        # a folder that no row of the database names would lie there for ever
        shutil.rmtree(folder, ignore_errors=True)
        raise
    failed = mirror(shop.store, shop.tracking)
    notes = (*made.notes, *([f"MLflow's alias will follow later: {failed}"] if failed else ()))
    return Trained(model, verdict, time.perf_counter() - start, notes, made.figures)


def _version(
    shop: Workshop, collected: Collected, made: _Made, new: UUID, name: str, sha256: str, run_id: str
) -> ModelVersion:
    model = made.model
    too_few = model.too_few if isinstance(model, Model) else {}
    return ModelVersion(
        id=new,
        version=name,
        kind=model.kind,
        folder=str(new),
        sha256=sha256,
        codebook_version=shop.codebook.version,
        segmentation=shop.segmentation.version,
        embedder=shop.embedder,
        reviews_hash=collected.reviews_hash,
        reviews=collected.reviews,
        codes=model.codes,
        thresholds={
            code: float(cut) if np.isfinite(cut) else None
            for code, cut in zip(model.codes, model.thresholds, strict=True)
        },
        too_few={code: _plain(why) for code, why in too_few.items()},
        figures=made.figures | {"recipe": RECIPE, "aim": str(shop.aim)},
        run_id=run_id,
    )


def _run(
    shop: Workshop, collected: Collected, made: _Made, name: str, folder: Path, sha256: str
) -> TrainingRun:
    params: dict[str, str | int | float | bool] = {
        "recipe": RECIPE,
        "kind": made.model.kind,
        "embedder": shop.embedder,
        "codebook_version": shop.codebook.version,
        "segmentation": shop.segmentation.version,
        "unit": shop.segmentation.unit,
        "reviews": collected.reviews,
        "segments": len(collected.learnable),
        "codes_judged": len(made.model.judged),
    }
    tags = {
        "model_version": name,
        "reviews_hash": collected.reviews_hash,
        "codebook_version": shop.codebook.version,
        "embedder": shop.embedder,
        "artifact_sha256": sha256,
    }
    return TrainingRun(name, params, _metrics(made.figures), tags, folder)


def _metrics(figures: Mapping[str, Any]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for key, value in figures.get("overall", {}).items():
        if isinstance(value, int | float):
            found[key] = float(value)
    for key, value in figures.get("spotting", {}).items():
        found[f"spotting_{key}"] = value
    found["labelling_micro_f1"] = figures.get("labelling", {}).get("micro_f1")
    for row in figures.get("codes", ()):
        for key in ("n", "precision", "recall", "f1", "average_precision", "kappa"):
            found[f"{key}/{row['code_id']}"] = row[key]
    return found


def _verdict(
    shop: Workshop, collected: Collected, serving: Serving | None, made: _Made, model: ModelVersion
) -> Verdict:
    if serving is None:
        return first("it is the first model")
    before = serving.model
    if before.kind != "trained" and not made.model.judged:
        why = f"no code has enough examples yet, so {before.version} stays"
        return Verdict("cannot tell", False, why)
    if before.kind != "trained":
        return first(f"{before.version} knew only the codebook's words")
    if made.model.kind != "trained" or made.dataset is None:
        return Verdict(
            "worse", False, f"there are no reviews to learn from any more, so {before.version} stays"
        )
    held_out = _read_held_out(shop.folder / before.folder)
    if held_out is None or made.out_of_fold is None:
        return first(f"there are no held-out predictions to compare with {before.version}")
    compared = _tables(made, held_out)
    if compared is None:
        return first(f"{before.version} was trained on other segments or other codes")
    more = collected.reviews > before.reviews or model.codebook_version != before.codebook_version
    return judge(*compared, more_to_learn_from=more)


def _tables(made: _Made, before: dict[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Both models' tables against the coders, on common segments with independent reviews and common codes."""
    dataset, found = made.dataset, made.out_of_fold
    if dataset is None or found is None:
        return None
    old_row = {segment: at for at, segment in enumerate(before["segments"])}
    codes = [code for code in dataset.codes if code in before["codes"]]
    new_columns = [dataset.codes.index(code) for code in codes]
    old_columns = [before["codes"].index(code) for code in codes]
    tables: list[NDArray[np.float64]] = []
    names: list[tuple[str, ...]] = []
    for judgement in dataset.judgements:
        rows = [row for row in judgement.rows.tolist() if str(made.rows[row]) in old_row]
        if not judgement.gold or not rows or not codes:
            continue
        person = judgement.labels[np.searchsorted(judgement.rows, rows)][:, new_columns] > 0.5
        groups = [dataset.groups[row] for row in rows]
        old = before["decided"][[old_row[str(made.rows[row])] for row in rows]][:, old_columns]
        new_tables, its = tables_of(found.decided[rows][:, new_columns], person, groups)
        old_tables, _ = tables_of(old, person, groups)
        tables.append(np.stack([new_tables, old_tables]))
        names.append(its)
    if not tables:
        return None
    every = list(dict.fromkeys(name for its in names for name in its))
    total = np.zeros((2, len(every), len(codes), 4))
    for own, its in zip(tables, names, strict=True):
        total[:, [every.index(name) for name in its]] += own
    return total[0], total[1]


def _save_held_out(made: _Made, folder: Path) -> None:
    """Held-out decisions beside the model, so that a later one can be compared on the same segments."""
    if made.out_of_fold is None or made.dataset is None:
        return
    np.savez_compressed(
        folder / "held_out.npz",
        segments=np.array([str(segment) for segment in made.rows]),
        codes=np.array(made.dataset.codes),
        decided=made.out_of_fold.decided,
        probabilities=made.out_of_fold.probabilities.astype(np.float32),
    )


def _read_held_out(folder: Path) -> dict[str, Any] | None:
    file = folder / "held_out.npz"
    if not file.is_file():
        return None
    with np.load(file, allow_pickle=False) as found:
        return {
            "segments": found["segments"].tolist(),
            "codes": found["codes"].tolist(),
            "decided": found["decided"],
        }


def _unchanged(shop: Workshop, collected: Collected, model: ModelVersion) -> bool:
    return (
        model.reviews_hash == collected.reviews_hash
        and model.codebook_version == shop.codebook.version
        and model.segmentation == shop.segmentation.version
        and model.embedder == shop.embedder
        and model.figures.get("recipe") == RECIPE
        and model.figures.get("aim") == str(shop.aim)
        and (shop.folder / model.folder).is_dir()
        and model.kind == "trained"
    )


def _notes(collected: Collected, model: Model) -> tuple[str, ...]:
    notes = []
    if collected.withheld:
        notes.append(f"{len(collected.withheld)} transcripts may not be learnt from and were left out.")
    if collected.foreign:
        codes = ", ".join(f"{code} ({count})" for code, count in list(collected.foreign.items())[:8])
        notes.append(f"codings with codes that codebook.yaml no longer holds were not learnt from: {codes}.")
    if not model.judged:
        notes.append("no code has enough examples yet, so nothing will be suggested.")
    return tuple(notes)


def _plain(why: TooFew) -> dict[str, Any]:
    return {"examples": why.examples, "groups": why.groups, "reason": why.reason}
