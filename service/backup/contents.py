"""What of a study's folder goes into a backup, and what does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from annotations.study.config import FILE, Study
from service.backup.archive import refuse_name
from service.trust.named import database_file_named

CODEBOOK = "codebook.yaml"
DATABASE = "tandem.db"
DUMP = "database.sql"
EMBEDDINGS = "embeddings.db"
TRACKING = "mlflow.db"
FOLDERS = ("models", "mlruns", "receipts")
WORK = ".tandem-backup-"
LOCK = ".tandem-backup.lock"
_OURS = (".tandem", DATABASE, EMBEDDINGS, TRACKING)
_MOST_NAMED = 8


def plain_files(study: Study) -> Iterator[tuple[str, Path]]:
    """The files that are copied as they are: study.yaml, the codebook, models, MLflow's files, an encoder of its own."""
    for name in (FILE, CODEBOOK):
        if _is_plain(study.folder / name):
            yield name, study.folder / name
    for top in (*FOLDERS, *_encoder(study)):
        for folder, below, files in os.walk(study.folder / top):
            below.sort()
            for name in sorted(files):
                file = Path(folder) / name
                if _is_plain(file):
                    yield file.relative_to(study.folder).as_posix(), file


def left_out(study: Study) -> list[str]:
    """Sentences about what lies in the study's folder and is no part of a backup."""
    own = database_file_named(study)
    taken = {
        FILE,
        CODEBOOK,
        *FOLDERS,
        *(own.relative_to(study.folder).parts[:1] if own else ()),
        *(path.split("/")[0] for path in _encoder(study)),
    }
    others = sorted(
        entry.name
        for entry in study.folder.iterdir()
        if entry.name not in taken and not entry.name.startswith((*_OURS, *([own.name] if own else ())))
    )
    links = sorted({file.relative_to(study.folder).parts[0] for file in _links(study)})
    said = []
    if others:
        more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
        said.append(f"not Tandem's own, so not in the backup: {', '.join(others[:_MOST_NAMED])}{more}")
    if links:
        said.append(f"links are not followed, so not in the backup: links in {', '.join(links)}")
    return said


def _encoder(study: Study) -> tuple[str, ...]:
    """The folder of an encoder that lies within the study, as a name below it."""
    named = Path(study.config.embedder.model)
    folder = study.folder / named
    if named.is_absolute() or not folder.is_dir() or not folder.resolve().is_relative_to(study.folder):
        return ()
    name = named.as_posix().removeprefix("./").rstrip("/")
    if not name or name == "." or ".." in named.parts or name.split("/")[0] in FOLDERS:
        return ()
    refuse_name(name, FILE)
    return (name,)


def _is_plain(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _links(study: Study) -> Iterator[Path]:
    for top in FOLDERS:
        if (study.folder / top).is_symlink():
            yield study.folder / top
        for folder, below, files in os.walk(study.folder / top):
            yield from (
                Path(folder) / name for name in (*below, *files) if (Path(folder) / name).is_symlink()
            )
