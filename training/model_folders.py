"""What a killed training has left: folders of models that the database does not name."""

from __future__ import annotations

import shutil
from uuid import UUID

from annotations.store.model_versions import all_models
from training.training_parts import TrainingParts


def sweep(parts: TrainingParts) -> None:
    """Remove what a training that was killed has left: folders that the database does not name."""
    if not parts.folder.is_dir():
        return
    with parts.store.reading() as connection:
        known = {model.folder for model in all_models(connection)}
    for folder in parts.folder.iterdir():
        if folder.is_dir() and folder.name not in known and _is_ours(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


def _is_ours(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
