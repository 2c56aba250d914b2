"""A model made again from its snapshot, and compared with what was kept, to the last digit."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from annotations.codebook.files import read_codebook
from annotations.errors import TandemError, unknown
from annotations.progress import Progress
from annotations.store.codebook_versions import codebook_content
from annotations.store.model_versions import ModelVersion, all_models
from annotations.store.reviews import snapshot as reviews_of
from annotations.store.segments import segmentation_of
from models.artifact import load
from models.classifier import Learnt, Model
from models.cold_start import ColdStart
from models.corpus import read_corpus
from models.model_folder import model_folder
from training.collect import Collected, collected_from
from training.fit_and_measure import learn
from training.lineage import Snapshot, libraries, read_snapshot
from training.training_parts import TrainingParts


@dataclass(frozen=True)
class Reproduced:
    """A version made again. ``differs``: the parts that are not the same to the last digit; ``notes``: why, perhaps."""

    model: ModelVersion
    differs: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def identical(self) -> bool:
        """Is it the same to the last digit?"""
        return not self.differs

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "reproduces": self.model.version,
            "run_id": self.model.run_id,
            "identical": self.identical,
            "differs": list(self.differs),
            "notes": list(self.notes),
        }


def reproduce(parts: TrainingParts, run: str, *, progress: Progress) -> Reproduced:
    """Make the model of a run (or version) again; nothing is kept. Raises TandemError if its parts are not here."""
    model = version_of(parts, run)
    if model.kind != "trained":
        raise TandemError(
            f"{model.version} learnt from the codebook's words alone; there are no reviews to go by."
        )
    folder = model_folder(parts.folder, model.folder)
    kept = load(folder, model.sha256)
    snapshot = read_snapshot(folder)
    _refuse_other_parts(parts, model, snapshot)
    parts = _as_then(parts, model)
    codes = tuple(code.id for code in parts.codebook.applicable)
    collected = _collected(parts, codes, snapshot, model)
    made = learn(parts, collected, codes, snapshot.split, progress)
    return Reproduced(model, differences(kept, made.model), _notes(snapshot, made.embeddings))


def version_of(parts: TrainingParts, run: str) -> ModelVersion:
    """The version that a run's id (its beginning is enough) or a version's name stands for."""
    with parts.store.reading() as connection:
        models = all_models(connection)
    named = [
        model for model in models if run and (model.version == run or (model.run_id or "").startswith(run))
    ]
    if len(named) != 1:
        names = [name for model in models for name in (model.version, model.run_id or "") if name]
        raise unknown("run", run, names, remedy='See them with "tandem models list".')
    return named[0]


def differences(model: Model | ColdStart, other: Model | ColdStart) -> tuple[str, ...]:
    """The parts of two models that differ in any digit."""
    if not isinstance(model, Model) or not isinstance(other, Model):
        return ("kind",)
    parts = {
        "codes": model.codes == other.codes,
        "vocabulary": model.vocabulary.terms == other.vocabulary.terms
        and model.vocabulary.speakers == other.vocabulary.speakers,
        "inverse document frequencies": all(
            np.array_equal(idf, other.vocabulary.idf.get(name, np.array([])))
            for name, idf in model.vocabulary.idf.items()
        ),
        "classifier": model.classifier == other.classifier,
        **_same_by_name(model.weights, other.weights),
        "sentences": _same(model.sentences, other.sentences),
        "calibration": np.array_equal(model.calibration.slopes, other.calibration.slopes)
        and np.array_equal(model.calibration.offsets, other.calibration.offsets),
        "thresholds": np.array_equal(model.thresholds, other.thresholds),
        "fine-tuned encoder": model.tuned is other.tuned
        or (model.tuned is not None and other.tuned is not None and model.tuned.same_as(other.tuned)),
    }
    return tuple(name for name, same in parts.items() if not same)


def _same(learnt: Learnt | None, other: Learnt | None) -> bool:
    if learnt is None or other is None:
        return learnt is other
    return all(_same_by_name(learnt, other).values())


def _same_by_name(learnt: Learnt, other: Learnt) -> dict[str, bool]:
    """Which of the arrays of two are the same to the last digit."""
    its, theirs = learnt.arrays(), other.arrays()
    return {
        name: name in its and name in theirs and np.array_equal(its[name], theirs[name])
        for name in (*its, *(name for name in theirs if name not in its))
    }


def _refuse_other_parts(parts: TrainingParts, model: ModelVersion, snapshot: Snapshot) -> None:
    for what, then, present, remedy in (
        ("recipe", snapshot.recipe, parts.recipe, "Install the Tandem that made it."),
        ("encoder", snapshot.embedder, parts.embedder, "Set embedder in study.yaml back."),
    ):
        if then != present:
            raise TandemError(
                f"{model.version} was made with another {what} ({then}) than the present one ({present}). {remedy}"
            )


def _as_then(parts: TrainingParts, model: ModelVersion) -> TrainingParts:
    """The parts with the codebook and the segmentation that the version was made with."""
    with parts.store.reading() as connection:
        content = codebook_content(connection, model.codebook_version)
        segmentation = segmentation_of(connection, model.segmentation)
    codebook = parts.codebook
    if codebook.version != model.codebook_version:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "codebook.yaml"
            file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
            codebook = read_codebook(file)
    if codebook.version != model.codebook_version or segmentation.version != model.segmentation:
        raise TandemError(
            f"the codebook or the segmentation of {model.version} cannot be read back as it was. Put the codebook.yaml "
            f"of version {model.codebook_version} back and try again."
        )
    return replace(parts, codebook=codebook, segmentation=segmentation)


def _collected(
    parts: TrainingParts, codes: tuple[str, ...], snapshot: Snapshot, model: ModelVersion
) -> Collected:
    """The reviews of the snapshot, as they are kept; raises TandemError if they are not what they were."""
    corpus = read_corpus(parts.store, parts.segmentation)
    with parts.store.reading() as connection:
        reviews, loose = reviews_of(connection, snapshot.items)
        collected = collected_from(connection, corpus, codes, reviews, loose)
    if collected.reviews_hash != snapshot.reviews_hash:
        raise TandemError(
            f"what {model.version} learnt from is no longer all here: reviews were erased or added to, or a consent "
            f"was taken back. It cannot be made again."
        )
    # the groups as they were then, whoever has been joined since
    transcripts = tuple(
        replace(
            kept,
            transcript=replace(
                kept.transcript, participant=str(snapshot.groups.get(str(kept.id), "")), session=""
            ),
        )
        for kept in corpus.transcripts
    )
    return replace(collected, corpus=replace(corpus, transcripts=transcripts))


def _notes(snapshot: Snapshot, embeddings: str) -> tuple[str, ...]:
    notes = []
    if embeddings != snapshot.embeddings:
        notes.append("the embeddings were computed anew and differ in their last digits.")
    present = libraries()
    other = [
        f"{name} {was} then, {present[name]} now"
        for name, was in snapshot.libraries.items()
        if present.get(name) != was
    ]
    if other:
        notes.append(f"other libraries: {'; '.join(other)}.")
    return tuple(notes)
