"""What a model is on disk: its arrays and a manifest, known by the hash of both. Never pickle."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.damaged_zip import DAMAGED_ZIP
from annotations.errors import BadInput, TandemError, kind_of
from models.arrays_file import read_arrays
from models.calibration import Calibration
from models.classifier import DEFAULT, Learnt, Model, TooFew, Weights
from models.classifier_names import classifier_named
from models.cold_start import ColdStart
from models.embedder import EmbedderSource
from models.features import Vocabulary
from models.tuned import load_tuned, save_tuned

LAYOUT = 3
_MODEL = "model.npz"
_MANIFEST = "manifest.json"
_TUNED = "tuned.npz"
_IDF = "idf/"
_OF_PASSAGE = "classifier/"  # what a named classifier has learnt
_LONGEST = 100_000_000  # bytes of a manifest
_NOT_TO_BE_READ = (
    *DAMAGED_ZIP,
    OSError,
    TypeError,
    AttributeError,
)
_OF_COLD_START = ("meanings", "centre", "spread", "thresholds")


class OtherLayout(TandemError):
    """A model was made by another version of Tandem, and this one does not read it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f'the model in {folder} was made by another version of Tandem. Run "tandem train --force".'
        )


def save(model: Model | ColdStart, folder: Path) -> str:
    """Write a model into a new folder and return the SHA-256 over its files.

    It holds numbers, code ids and a vocabulary of terms that at least three groups or the codebook use; no text of
    anybody.
    """
    folder.mkdir(parents=True)
    arrays, manifest = _plain(model)
    if isinstance(model, Model) and model.tuned is not None:
        manifest["tuned"] = save_tuned(model.tuned, folder / _TUNED)
    np.savez(folder / _MODEL, allow_pickle=False, **arrays)
    manifest |= {"layout": LAYOUT, "kind": model.kind, "codes": list(model.codes)}
    (folder / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    return _hash(folder)


def load(folder: Path, sha256: str, encoder: EmbedderSource | None = None) -> Model | ColdStart:
    """Read a model. Raises TandemError if files are missing, or are not those that ``sha256`` stands for.

    ``encoder``: the study's, which stands for the one that was fine-tuned if it is the same, wherever that lay then.
    Only numbers and texts are ever made of the file. Raises OtherLayout if another version of Tandem made it.
    """
    if not (folder / _MODEL).is_file() and (folder / "model.skops").is_file():
        raise OtherLayout(folder)
    try:
        sha256_now = _hash(folder)
        if sha256_now != sha256:
            recorded = sha256[:12] if sha256.isalnum() else "none"
            raise TandemError(
                f"the model in {folder} is not the one that was trained (its hash is {sha256_now[:12]}…, recorded is "
                f'{recorded}…). Put the folder back from your backup, or run "tandem train --force".'
            )
        manifest = _manifest(folder / _MANIFEST)
        arrays = read_arrays(folder / _MODEL)
        tuned = load_tuned(folder / _TUNED, manifest["tuned"], encoder) if "tuned" in manifest else None
        if manifest.get("layout") != LAYOUT:
            raise OtherLayout(folder)
        model = _model(arrays, manifest)
        _refuse_misfits(model)
    except _NOT_TO_BE_READ as error:
        raise TandemError(
            f'the model in {folder} cannot be read ({kind_of(error)}). Run "tandem train --force" to make it anew.'
        ) from error
    return replace(model, tuned=tuned) if isinstance(model, Model) else model


def _plain(model: Model | ColdStart) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    if isinstance(model, ColdStart):
        return {name: getattr(model, name) for name in _OF_COLD_START}, {}
    arrays: dict[str, NDArray[Any]] = {
        **_under(_OF_PASSAGE if model.classifier != DEFAULT else "", model.weights),
        "slopes": model.calibration.slopes,
        "offsets": model.calibration.offsets,
        "thresholds": model.thresholds,
        **{f"{_IDF}{name}": idf for name, idf in model.vocabulary.idf.items()},
    }
    if model.sentences is not None:
        arrays |= _under("sentences/", model.sentences)
    manifest: dict[str, Any] = {
        "terms": {name: list(terms) for name, terms in model.vocabulary.terms.items()},
        "speakers": list(model.vocabulary.speakers),
        "too_few": {code: asdict(why) for code, why in model.too_few.items()},
        "exclusive": [list(names) for names in model.exclusive],
        "classifier": model.classifier,
    }
    return arrays, manifest


def _under(prefix: str, learnt: Learnt) -> dict[str, NDArray[Any]]:
    """The arrays of what was learnt, by names that do not meet others'. Raises TandemError for anything but numbers."""
    named = {f"{prefix}{name}": np.asarray(its) for name, its in learnt.arrays().items()}
    for name, its in named.items():
        if its.dtype.kind not in "biuf":  # a text could be somebody's
            raise TandemError(
                f'what was learnt cannot be kept: "{name.removeprefix(prefix)}" holds {its.dtype}, and a model file holds '
                f"numbers alone. Change the classifier's arrays()."
            )
    return named


def _learnt(plain: dict[str, NDArray[Any]], name: str) -> Learnt:
    """Raises TandemError for a classifier that is not installed here."""
    if name == DEFAULT:
        return Weights(plain["coefficients"], plain["intercepts"])
    own = {key.removeprefix(_OF_PASSAGE): its for key, its in plain.items() if key.startswith(_OF_PASSAGE)}
    try:
        classifier = classifier_named(name)
    except BadInput as error:
        raise TandemError(
            f'a model was made with the classifier "{name}", which this Tandem does not have. Put the classifier '
            'back, or choose another one in study.yaml and run "tandem train".'
        ) from error
    if classifier is None:
        raise KeyError(name)
    return classifier.read(own)


def _model(plain: dict[str, NDArray[Any]], manifest: dict[str, Any]) -> Model | ColdStart:
    codes = tuple(manifest["codes"])
    if manifest["kind"] == ColdStart.kind:
        return ColdStart(codes, *(plain[name] for name in _OF_COLD_START))
    return Model(
        codes=codes,
        vocabulary=Vocabulary(
            {name: tuple(terms) for name, terms in manifest["terms"].items()},
            {name: plain[f"{_IDF}{name}"] for name in manifest["terms"]},
            tuple(manifest["speakers"]),
        ),
        weights=_learnt(plain, str(manifest.get("classifier", DEFAULT))),
        calibration=Calibration(plain["slopes"], plain["offsets"]),
        thresholds=np.asarray(plain["thresholds"]),
        too_few={code: TooFew(**why) for code, why in manifest["too_few"].items()},
        exclusive=tuple(tuple(names) for names in manifest["exclusive"]),
        sentences=Weights(plain["sentences/coefficients"], plain["sentences/intercepts"])
        if "sentences/coefficients" in plain
        else None,
        classifier=str(manifest.get("classifier", DEFAULT)),
    )


def _manifest(file: Path) -> dict[str, Any]:
    if file.stat().st_size > _LONGEST:
        raise ValueError(f"{file.name} has more than {_LONGEST / 1e6:.0f} MB")
    plain = json.loads(file.read_text("utf-8"))
    if not isinstance(plain, dict):
        raise TypeError(f"{file.name} holds no keys")
    return plain


def _refuse_misfits(model: Model | ColdStart) -> None:
    """Raises ValueError unless there is a number for each code, and each number is one."""
    count = len(model.codes)
    by_code: dict[str, NDArray[Any]]
    if isinstance(model, ColdStart):
        by_code = {"meanings": model.meanings, "centre": model.centre, "spread": model.spread}
    else:
        by_code = {"slopes": model.calibration.slopes, "offsets": model.calibration.offsets}
        if isinstance(model.weights, Weights):
            by_code |= {"coefficients": model.weights.coefficients, "intercepts": model.weights.intercepts}
        if model.sentences is not None:
            by_code |= {
                "sentences' coefficients": model.sentences.coefficients,
                "sentences' intercepts": model.sentences.intercepts,
            }
        terms = model.vocabulary.terms
        if any(model.vocabulary.idf[name].shape != (len(its),) for name, its in terms.items()):
            raise ValueError("the vocabulary has other terms than weights")
    for name, numbers in by_code.items():
        wide = name.endswith("coefficients") or name == "meanings"
        if numbers.ndim != 1 + wide or len(numbers) != count or not np.isfinite(numbers).all():
            raise ValueError(f"{name} are not numbers for {count} codes")
    if model.thresholds.shape != (count,) or np.isnan(model.thresholds).any():
        raise ValueError(f"thresholds are not numbers for {count} codes")


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in (_MANIFEST, _MODEL, _TUNED):
        if name == _TUNED and not (folder / name).exists():
            continue
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
