"""What is there already: versions that a training would make again, and what a killed training has left."""

from __future__ import annotations

import shutil
from uuid import UUID

from annotations.errors import TandemError
from annotations.groups import groups_of
from annotations.store.model_versions import ModelVersion, all_models
from models.artifact import load
from training.collect import Collected
from training.lineage import numbered_groups, read_snapshot
from training.workshop import Workshop


def unchanged(shop: Workshop, collected: Collected, model: ModelVersion) -> bool:
    """Would a training make this model again, and are its files as they were made?

    The groups must be the same too: once two transcripts are known to be one person's, what held-out models said of
    the one after learning from the other is no figure on somebody unseen.
    """
    same = (
        model.kind == "trained"
        and model.reviews_hash == collected.reviews_hash
        and model.codebook_version == shop.codebook.version
        and model.segmentation == shop.segmentation.version
        and model.embedder == shop.embedder
        and model.recipe == shop.recipe
    )
    if not same:
        return False
    kept = collected.corpus.transcripts
    groups = dict(zip((one.id for one in kept), groups_of([one.transcript for one in kept]), strict=True))
    try:
        load(shop.folder / model.folder, model.sha256)
        snapshot = read_snapshot(shop.folder / model.folder)
    except TandemError:
        return False
    return snapshot.groups == numbered_groups(collected, groups)


def sweep(shop: Workshop) -> None:
    """Remove what a training that was killed has left: folders that the database does not name."""
    if not shop.folder.is_dir():
        return
    with shop.store.reading() as connection:
        known = {model.folder for model in all_models(connection)}
    for folder in shop.folder.iterdir():
        if folder.is_dir() and folder.name not in known and _is_ours(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


def _is_ours(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
