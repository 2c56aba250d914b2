"""Where MLflow would put a run's files: with a store in the study's folder, only below that folder's own place."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from annotations.errors import TandemError


def refuse_elsewhere(uri: str, own: Path) -> None:
    """Raises TandemError unless the address is of a file below ``own``, whatever the store's records say."""
    parts = urlsplit(uri)
    file = Path(unquote(parts.path))
    local = parts.scheme in ("", "file") and not (parts.netloc or parts.query or parts.fragment)
    if (
        own.is_symlink()
        or not local
        or not file.is_absolute()
        or not file.resolve().is_relative_to(own.resolve())
    ):
        raise TandemError(
            f"MLflow's store in this study would put a model's files at {parts.scheme or 'file'}://"
            f"{parts.hostname or ''}{parts.path}, outside {own}, so nothing was put there. Move mlflow.db and mlruns out "
            f"of the study's folder and run \"tandem train --force\": MLflow's records begin anew, the study keeps its own."
        )


def refuse_links(folder: Path) -> None:
    """Raises TandemError if a link lies in a model's folder: what it leads to would be copied as if it were the model's."""
    for file in folder.rglob("*"):
        if file.is_symlink():
            raise TandemError(
                f"{file} is a link, and Tandem would hand on to MLflow what it leads to. Delete it, and ask whoever gave "
                f"you this study why it is there."
            )
