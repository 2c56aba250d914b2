"""What a model is on disk: one skops file and a manifest, known by the hash of both. Never pickle."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from skops import io as skops_io

from annotations.errors import TandemError
from models.calibration import Calibration
from models.classifier import Model, TooFew, Weights
from models.cold_start import ColdStart
from models.features import Vocabulary

LAYOUT = 1
_MODEL = "model.skops"
_MANIFEST = "manifest.json"


def save(model: Model | ColdStart, folder: Path) -> str:
    """Write a model into a new folder and return the SHA-256 over its files.

    It holds numbers, code ids and a vocabulary of terms that at least three groups use; no text of anybody.
    """
    folder.mkdir(parents=True)
    plain, manifest = _plain(model)
    skops_io.dump(plain, folder / _MODEL)
    manifest |= {"layout": LAYOUT, "kind": model.kind, "codes": list(model.codes)}
    (folder / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    return _hash(folder)


def load(folder: Path, sha256: str) -> Model | ColdStart:
    """Read a model. Raises TandemError if files are missing, or are not those that ``sha256`` stands for.

    Only numbers, texts, lists and dictionaries are ever made of the file.
    """
    try:
        found = _hash(folder)
        if found != sha256:
            raise TandemError(
                f"the model in {folder} is not the one that was trained (its hash is {found[:12]}…, recorded is "
                f'{sha256[:12]}…). Put the folder back from your backup, or run "tandem train --force".'
            )
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        plain = skops_io.load(folder / _MODEL, trusted=[])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, TypeError) as error:
        raise TandemError(
            f'the model in {folder} cannot be read ({error}). Run "tandem train --force" to make it anew.'
        ) from error
    if manifest["layout"] != LAYOUT:
        raise TandemError(
            f'the model in {folder} was made by another version of Tandem. Run "tandem train --force".'
        )
    return _model(plain, manifest)


def _plain(model: Model | ColdStart) -> tuple[dict[str, Any], dict[str, Any]]:
    if isinstance(model, ColdStart):
        return {"meanings": model.meanings, "centre": model.centre, "thresholds": model.thresholds}, {}
    arrays = {
        "coefficients": model.weights.coefficients,
        "intercepts": model.weights.intercepts,
        "slopes": model.calibration.slopes,
        "offsets": model.calibration.offsets,
        "thresholds": model.thresholds,
        "idf": dict(model.vocabulary.idf),
    }
    manifest = {
        "terms": {name: list(terms) for name, terms in model.vocabulary.terms.items()},
        "speakers": list(model.vocabulary.speakers),
        "too_few": {code: asdict(why) for code, why in model.too_few.items()},
        "exclusive": [list(names) for names in model.exclusive],
    }
    return arrays, manifest


def _model(plain: dict[str, Any], manifest: dict[str, Any]) -> Model | ColdStart:
    codes = tuple(manifest["codes"])
    if manifest["kind"] == ColdStart.kind:
        return ColdStart(codes, plain["meanings"], plain["centre"], plain["thresholds"])
    return Model(
        codes=codes,
        vocabulary=Vocabulary(
            {name: tuple(terms) for name, terms in manifest["terms"].items()},
            plain["idf"],
            tuple(manifest["speakers"]),
        ),
        weights=Weights(plain["coefficients"], plain["intercepts"]),
        calibration=Calibration(plain["slopes"], plain["offsets"]),
        thresholds=np.asarray(plain["thresholds"]),
        too_few={code: TooFew(**why) for code, why in manifest["too_few"].items()},
        exclusive=tuple(tuple(names) for names in manifest["exclusive"]),
    )


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in (_MANIFEST, _MODEL):
        digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return digest.hexdigest()
