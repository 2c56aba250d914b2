"""Is a model version stale: has what it was made with changed since?"""

from __future__ import annotations

from typing import Literal

from annotations.store.model_versions import ModelVersion

Changed = Literal["codebook", "segmentation", "encoder"]


def changed_since(
    model: ModelVersion, *, codebook: str, segmentation: str, embedder: str | None = None
) -> Changed | None:
    """What has changed since this version was trained, so that it can suggest nothing now; None if nothing has.

    ``codebook``, ``segmentation``: the versions in force. ``embedder``: the encoder's fingerprint; None leaves it
    out, for whoever cannot wait until the weights have been read.
    """
    if model.codebook_version != codebook:
        return "codebook"
    if model.segmentation != segmentation:
        return "segmentation"
    if embedder is not None and model.embedder != embedder:
        return "encoder"
    return None
