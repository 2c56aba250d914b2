"""A training from the store to a model version: collect, draw, fit, measure, judge, keep, promote, deliver.

A killed training leaves either nothing that the database knows of (its folder is swept up by the next one) or the
version with its verdict, and its promotion if it earned it: these are one transaction. MLflow comes after that.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from annotations.errors import BadInput
from annotations.groups import groups_of
from annotations.progress import Progress
from annotations.store.codebook_versions import keep_codebook
from annotations.store.judge_draws import drawn_so_far, keep_draws
from annotations.store.model_versions import (
    ModelVersion,
    Serving,
    add_model,
    all_models,
    champion,
    last_served,
    learnt_transcripts,
    next_version,
    rolled_back,
    serving_model,
)
from annotations.store.put_to_serve import put_to_serve
from annotations.store.segments import keep_segmentation
from models.artifact import save
from models.classifier import Model, TooFew
from models.corpus import Corpus, read_corpus
from models.languages import InOtherLanguage, in_other_languages
from training.collect import Collected, collect
from training.compare import compare, save_held_out
from training.fit_and_measure import learn, learn_from_codebook
from training.judge_set import Split, draw, judging_groups
from training.language_notes import language_notes
from training.lineage import run_of, snapshot_of, write_lineage
from training.measured_model import MeasuredModel
from training.mlflow_mirror import deliver
from training.promote import PromotionVerdict, first, waiting
from training.same_model_again import unchanged
from training.training_parts import TrainingParts
from training.what_teaches import teaches, why_nothing_is_learnt


@dataclass(frozen=True)
class Trained:
    """What came of a training: the version, whether it serves and why, and what it learnt from.

    ``other_languages``: the transcripts in a language that the encoder was not taught.
    """

    model: ModelVersion
    verdict: PromotionVerdict
    seconds: float
    notes: tuple[str, ...]
    figures: Mapping[str, Any]
    new: bool = True
    other_languages: tuple[InOtherLanguage, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "model_version": self.model.version,
            "kind": self.model.kind,
            "new": self.new,
            "promoted": self.verdict.promoted,
            "verdict": self.verdict.verdict,
            "reason": self.verdict.reason,
            "comparison": self.verdict.figures or None,
            "reviews": self.model.reviews,
            "run_id": self.model.run_id,
            "seconds": round(self.seconds, 2),
            "codes": sum(cut is not None for cut in self.model.thresholds.values()),
            "too_few": [{"code": code, **why} for code, why in self.model.too_few.items()],
            "notes": list(self.notes),
            "measured_on": self.figures.get("measured_on"),
            "overall": self.figures.get("overall"),
            "languages": self.figures.get("languages"),
            "other_languages": [asdict(language) for language in self.other_languages],
        }


def train(parts: TrainingParts, *, force: bool, progress: Progress, unwatched: bool = False) -> Trained:
    """Train, unless nothing has changed since the newest model (``force`` trains all the same).

    ``unwatched``: a worker does it, so that after a rollback a person has to say whether the new model serves.
    """
    start = time.perf_counter()
    corpus = read_corpus(parts.store, parts.segmentation)
    if not len(corpus):
        raise BadInput(
            'there is nothing to learn from: no transcript has been imported. Run "tandem import" first.'
        )
    trained = _train(parts, corpus, start, force=force, progress=progress, unwatched=unwatched)
    if parts.taught is None:
        return trained
    texts = [kept.transcript for kept in corpus.transcripts]
    others = in_other_languages(texts, corpus.languages, parts.taught)
    notes = language_notes(others, parts.codebook.applicable, parts.embedder_name, parts.taught)
    return replace(trained, notes=(*trained.notes, *notes), other_languages=others)


def _train(
    parts: TrainingParts, corpus: Corpus, start: float, *, force: bool, progress: Progress, unwatched: bool
) -> Trained:
    codes = tuple(code.id for code in parts.codebook.applicable)
    collected = collect(parts.store, corpus, codes)
    with parts.store.reading() as connection:
        serving = champion(connection)
        newest = next(reversed(all_models(connection)), None)
    for known in (serving.model if serving else None, newest):
        if known is not None and not force and unchanged(parts, collected, known):
            return _nothing_new(parts, known, serving, start)
    split = _split(parts, collected)
    made = learn(parts, collected, codes, split, progress) if teaches(collected) else None
    if made is None or not made.model.judged:
        # a few codings that teach no code yet must not take away what the codebook's words suggest
        made = learn_from_codebook(parts, corpus, codes, why=why_nothing_is_learnt(collected))
    return _keep(parts, collected, serving, made, split, start, unwatched=unwatched)


def can_learn(parts: TrainingParts) -> bool:
    """Have people coded enough that may teach? Else a model could only know the codebook's words."""
    corpus = read_corpus(parts.store, parts.segmentation)
    if not len(corpus):
        return False
    return teaches(collect(parts.store, corpus, tuple(code.id for code in parts.codebook.applicable)))


def _split(parts: TrainingParts, collected: Collected) -> Split:
    """Who teaches and who judges by now; draws what has not been drawn, and keeps it before anything is fitted."""
    kept = collected.corpus.transcripts
    with parts.store.writing() as connection:
        so_far = drawn_so_far(connection)
        new = draw(
            [kept_one for kept_one in kept if kept_one.transcript.consents.may_train],
            reviewed=frozenset(collected.transcript_of.values()),
            with_gold=collected.with_gold,
            so_far=so_far,
        )
        keep_draws(connection, new)
    groups = dict(
        zip(
            (kept_one.id for kept_one in kept),
            groups_of([kept_one.transcript for kept_one in kept]),
            strict=True,
        )
    )
    drawn = {**so_far, **{draw.transcript: draw.purpose for draw in new}}
    return Split(groups, judging_groups(groups, drawn))


def _nothing_new(parts: TrainingParts, known: ModelVersion, serving: Serving | None, start: float) -> Trained:
    failed = deliver(parts.store, parts.tracking, parts.folder)
    reason = f"nothing has changed since {known.version} was trained"
    if serving is not None and known.id != serving.model.id:
        reason += f", which did not stay in service ({serving.model.version} serves)"
    verdict = PromotionVerdict("not worse", False, reason)
    return Trained(known, verdict, time.perf_counter() - start, _later(failed), known.figures, new=False)


def _keep(
    parts: TrainingParts,
    collected: Collected,
    serving: Serving | None,
    made: MeasuredModel,
    split: Split,
    start: float,
    *,
    unwatched: bool,
) -> Trained:
    new = uuid4()
    folder = parts.folder / str(new)
    try:
        sha256 = save(made.model, folder)
        save_held_out(made, folder)
        _draw(made, folder)
        verdict = _verdict(parts, made, serving, split)
        if unwatched:
            verdict = _unless_rolled_back(parts, verdict)
        model = _version(parts, collected, made, serving, verdict, new, sha256)
        _write_lineage(parts, collected, made, split, verdict, model, folder)
        with parts.store.writing() as connection:
            keep_codebook(connection, parts.codebook)
            keep_segmentation(connection, parts.segmentation)
            learnt, judged = _used(collected, split) if made.model.kind == "trained" else ((), ())
            add_model(connection, model, learnt, judged)
            if verdict.promoted:
                put_to_serve(connection, model.id, verdict=verdict.verdict, reason=verdict.reason)
    except BaseException:
        # a folder that no row of the database names would lie there for ever
        shutil.rmtree(folder, ignore_errors=True)
        raise
    failed = deliver(parts.store, parts.tracking, parts.folder)
    with parts.store.reading() as connection:
        model = next(model for model in reversed(all_models(connection)) if model.id == new)
    return Trained(model, verdict, time.perf_counter() - start, (*made.notes, *_later(failed)), model.figures)


def _used(collected: Collected, split: Split) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """The reviews and loose codings that taught, and those that judged."""
    judged = {item for item in collected.items if split.judges(collected.transcript_of[item])}
    return tuple(item for item in collected.items if item not in judged), tuple(judged)


def _verdict(
    parts: TrainingParts, made: MeasuredModel, serving: Serving | None, split: Split
) -> PromotionVerdict:
    learnt: frozenset[UUID] = frozenset()
    with parts.store.reading() as connection:
        if serving is not None:
            learnt = learnt_transcripts(connection, serving.model.id)
        elif last_served(connection) is not None:
            return first("no other model serves: the one before had learnt from somebody who withdrew")
    return compare(
        made,
        serving,
        learnt=learnt,
        split=split,
        folder=parts.folder,
        embedder=parts.embedder,
        recipe=parts.recipe,
        encoder=parts.fine_tune,
    )


def _unless_rolled_back(parts: TrainingParts, verdict: PromotionVerdict) -> PromotionVerdict:
    with parts.store.reading() as connection:
        back = rolled_back(connection)
    if back is None:
        return verdict
    return waiting(verdict, version=back.model.version, by=back.by or "somebody", why=back.reason)


def _draw(made: MeasuredModel, folder: Path) -> None:
    if made.dataset is not None and made.unseen is not None:
        # imported here: drawing takes a second to load, and most commands draw nothing
        from training.model_plots import draw_pictures

        draw_pictures(made.dataset, made.unseen, made.measured_on, folder)


def _write_lineage(
    parts: TrainingParts,
    collected: Collected,
    made: MeasuredModel,
    split: Split,
    verdict: PromotionVerdict,
    model: ModelVersion,
    folder: Path,
) -> None:
    snapshot = snapshot_of(parts, collected, made, split)
    with parts.store.reading() as connection:
        parent = "" if model.parent is None else serving_model(connection).version
    run = run_of(
        snapshot,
        parts,
        collected,
        made,
        verdict,
        model_id=str(model.id),
        model_version=model.version,
        parent_version=parent,
        artifact_sha256=model.sha256,
    )
    write_lineage(snapshot, run, folder)


def _version(
    parts: TrainingParts,
    collected: Collected,
    made: MeasuredModel,
    serving: Serving | None,
    verdict: PromotionVerdict,
    new: UUID,
    sha256: str,
) -> ModelVersion:
    model = made.model
    too_few = model.too_few if isinstance(model, Model) else {}
    with parts.store.reading() as connection:
        name = next_version(connection)
    return ModelVersion(
        id=new,
        version=name,
        kind=model.kind,
        folder=str(new),
        sha256=sha256,
        codebook_version=parts.codebook.version,
        segmentation=parts.segmentation.version,
        embedder=parts.embedder,
        reviews_hash=collected.reviews_hash,
        reviews=collected.reviews,
        codes=model.codes,
        thresholds={
            code: float(cut) if isfinite(cut) else None
            for code, cut in zip(model.codes, model.thresholds, strict=True)
        },
        too_few={code: _plain(why) for code, why in too_few.items()},
        figures=(made.figures.to_json() if made.figures else {}) | {"measured_on": made.measured_on},
        recipe=parts.recipe,
        parent=serving.model.id if serving else None,
        verdict=verdict.verdict,
        reason=verdict.reason,
        comparison=verdict.figures or None,
        last_review=collected.last_review,
    )


def _later(failed: str | None) -> tuple[str, ...]:
    return (f"MLflow will get it later: {failed}",) if failed else ()


def _plain(why: TooFew) -> dict[str, Any]:
    return {"examples": why.examples, "groups": why.groups, "reason": why.reason}
