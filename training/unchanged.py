"""Would a training make again the model that is there already?"""

from __future__ import annotations

from annotations.errors import TandemError
from annotations.groups import groups_of
from annotations.store.model_versions import ModelVersion
from models.artifact import load
from models.model_folder import model_folder
from training.collect import Collected
from training.lineage import numbered_groups, read_snapshot
from training.recipe import Workshop


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
        folder = model_folder(shop.folder, model.folder)
        load(folder, model.sha256)
        snapshot = read_snapshot(folder)
    except TandemError:
        return False
    return snapshot.groups == numbered_groups(collected, groups)
