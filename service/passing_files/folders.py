"""Where passing files lie: a folder of its own for each upload and each export, named by an id of ours."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

from annotations.store.tombstones import study_id
from service.composition import Parts

# an upload that nobody has brought in, and an export that nobody has taken along, go after this long
KEPT_S = 24 * 3600.0
Kind = Literal["in", "out"]


def passing_folder(parts: Parts) -> Path:
    """The study's own place for passing files, made where it is not there."""
    with parts.store.reading() as connection:
        own = study_id(connection)
    folder = parts.settings.state / "passing" / own.hex
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.parent.chmod(0o700)
    folder.chmod(0o700)
    return folder


def new_folder(parts: Parts, kind: Kind) -> tuple[UUID, Path]:
    """An empty folder for one upload ("in") or one export ("out"); what has waited too long is swept first."""
    place = passing_folder(parts)
    sweep(parts)
    made = uuid4()
    folder = place / f"{kind}-{made}"
    folder.mkdir(mode=0o700)
    return made, folder


def folder_of(parts: Parts, kind: Kind, passing_id: UUID) -> Path | None:
    """The folder with this id, or None where it is gone."""
    folder = passing_folder(parts) / f"{kind}-{passing_id}"
    return folder if folder.is_dir() and not folder.is_symlink() else None


def folders(parts: Parts, kind: Kind) -> Iterator[tuple[UUID, Path]]:
    """All of one kind, the oldest first."""
    folders_there = [
        folder_there
        for folder_there in passing_folder(parts).glob(f"{kind}-*")
        if folder_there.is_dir() and not folder_there.is_symlink()
    ]
    for folder in sorted(folders_there, key=lambda folder_there: folder_there.stat().st_mtime):
        try:
            yield UUID(folder.name.removeprefix(f"{kind}-")), folder
        except ValueError:
            continue


def sweep(parts: Parts, *, older_than: float = KEPT_S) -> int:
    """Delete what has not been touched for so many seconds; how many folders that were."""
    gone = 0
    kinds: tuple[Kind, ...] = ("in", "out")
    for kind in kinds:
        for _, folder in list(folders(parts, kind)):
            if time.time() - _touched(folder) > older_than:
                remove(folder)
                gone += 1
    return gone


def make_private(folder: Path, below: Path) -> None:
    """Make a folder and those above it, up to one that is there, each for its owner alone."""
    for place in (*reversed([above for above in folder.parents if above.is_relative_to(below)]), folder):
        place.mkdir(mode=0o700, exist_ok=True)


def remove(folder: Path) -> None:
    """Delete a folder with all that lies in it."""
    shutil.rmtree(folder, ignore_errors=True)


def write_plain(file: Path, plain: Mapping[str, Any]) -> None:
    """Plain data into a file for its owner alone, whole or not at all."""
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}.new")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(plain, out, ensure_ascii=False)
    unfinished.replace(file)


def read_plain(file: Path) -> dict[str, Any] | None:
    """What was written so, or None where it is not there or was cut off."""
    try:
        plain = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return plain if isinstance(plain, dict) else None


def _touched(folder: Path) -> float:
    times = [folder.stat().st_mtime]
    times += [file.stat().st_mtime for file in folder.glob("*.json")]
    return max(times)
