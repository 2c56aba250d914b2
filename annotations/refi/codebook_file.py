"""A codebook out of a .qdc file, or out of a whole project, for a new study."""

from __future__ import annotations

from pathlib import Path

from annotations.codebook.codes import Codebook
from annotations.refi.codebook_of import codebook_of
from annotations.refi.container import open_container
from annotations.refi.read import read_project


def read_refi_codebook(file: Path) -> Codebook:
    """The codebook of a .qdc, .qde or .qdpx file. Raises BadInput for a file that is none, or holds no codes."""
    container = open_container(file)
    try:
        project = read_project(container.xml, str(file), lambda _: "")
    finally:
        container.close()
    name = " ".join(project.name.split())[:200] or file.stem
    used = {c.target for source in project.sources for s in source.selections for c in s.codings}
    return codebook_of(project.codes, name=name, used=used, file=str(file)).codebook
