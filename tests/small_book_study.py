"""A study that holds nothing but a codebook, or not even that."""

from __future__ import annotations

import shutil
from pathlib import Path

from annotations.codebook.codes import Codebook
from annotations.codebook.files import write_codebook
from annotations.study.config import read_study
from service.composition import Parts
from service.settings import read_settings


def made_study(folder: Path, database: Path, codebook: Codebook | None) -> Parts:
    """A new study in ``folder``; ``database``: one with all its tables, which is copied."""
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text("name: Small\n", "utf-8")
    shutil.copy(database, folder / "tandem.db")
    if codebook is not None:
        write_codebook(codebook, folder / "codebook.yaml")
    return opened_study(folder)


def opened_study(folder: Path) -> Parts:
    """The parts of a study, whose state lies beside it."""
    return Parts(read_study(folder), read_settings({"TANDEM_STATE": str(folder.parent / "state")}))
