"""Suggestions for a study: the work behind "tandem precode"."""

from __future__ import annotations

from collections.abc import Callable

from annotations.progress import Progress, quiet
from models.suggester import Precoded, Suggester
from service.composition import Parts
from service.serving.damaged_files import ensure_sound

Tell = Callable[[str], None]


def precode(
    parts: Parts,
    *,
    wave: str | None = None,
    progress: Progress | None = None,
    tell: Tell = lambda _sentence: None,
) -> Precoded:
    """Let the model that serves suggest codes for every segment it has not spoken of yet.

    Where its files are damaged, the version before it serves from now on, and ``tell`` hears so.
    """
    replaced = ensure_sound(parts)
    if replaced is not None:
        tell(replaced)
    suggester = Suggester(
        store=parts.store,
        codebook=parts.codebook,
        segmentation=parts.segmentation,
        source=parts.embedder,
        cache=parts.cache,
        folder=parts.study.models_folder,
    )
    return suggester.precode(wave=wave, progress=progress or quiet)
