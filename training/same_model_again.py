"""Would a training make again the model that is there already?"""

from __future__ import annotations

from annotations.errors import TandemError
from annotations.groups import groups_of
from annotations.store.model_versions import ModelVersion
from annotations.store.stale_models import changed_since
from models.artifact import load
from models.model_folder import model_folder
from models.ticking import LEAST_PRECISION
from training.collect import Collected
from training.lineage import numbered_groups, read_snapshot
from training.training_parts import TrainingParts


def unchanged(parts: TrainingParts, collected: Collected, model: ModelVersion) -> bool:
    """Would a training make this model again, and are its files as they were made?

    The groups must be the same too: once two transcripts are known to be one person's, what held-out models said of
    the one after learning from the other is no figure on somebody unseen.
    """
    changed = changed_since(
        model,
        codebook=parts.codebook.version,
        segmentation=parts.segmentation.version,
        embedder=parts.embedder,
    )
    same = (
        changed is None
        and model.kind == "trained"
        and model.reviews_hash == collected.reviews_hash
        and model.recipe == parts.recipe
        # its ticks are counted from another probability on
        and (model.figures.get("least_precision") or LEAST_PRECISION) == parts.least_precision
    )
    if not same:
        return False
    kept = collected.corpus.transcripts
    groups = dict(
        zip(
            (kept_one.id for kept_one in kept),
            groups_of([kept_one.transcript for kept_one in kept]),
            strict=True,
        )
    )
    try:
        folder = model_folder(parts.folder, model.folder)
        load(folder, model.sha256)
        snapshot = read_snapshot(folder)
    except TandemError:
        return False
    return snapshot.groups == numbered_groups(collected, groups)
