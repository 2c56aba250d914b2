"""Where a model's files may lie: in a folder of its own directly below ``models``, and nowhere else.

The name comes from the study's database, and a study may come from a stranger: whatever else stands there is refused.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from annotations.errors import TandemError

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class OutsideStudy(TandemError):
    """What the study's records name does not lie where a study keeps it; it was neither read nor deleted."""


class Linked(OutsideStudy):
    """A link stands where files of the study belong; whoever deletes the link mends it."""


def model_folder(models: Path, name: str) -> Path:
    """The folder ``name`` below ``models``, which need not be there. Raises OutsideStudy for anything but a plain name.

    Neither ``models``, nor the folder, nor anything in it may be a link, nor a pipe or device, which would be waited for.
    """
    if not _PLAIN.fullmatch(name):
        raise OutsideStudy(
            f'the study\'s database says that a model lies in "{name[:80]}". Tandem keeps models only in folders with a '
            f"plain name below {models}, so it neither reads nor deletes this one. Look yourself what lies there, and "
            f"ask whoever gave you this study."
        )
    folder = models / name
    odd = next(neither_file_nor_folder(folder), None)
    if odd is not None and not models.is_symlink():
        raise Linked(
            f"{odd} is a pipe, a device or a socket, and no file of a model: reading it might never end. Delete it."
        )
    link = next(links_in(folder), None) if not models.is_symlink() else models
    if link is not None:
        raise Linked(
            f"{link} is a link, and Tandem does not follow links to a model's files: it would read or delete what lies "
            f"elsewhere. Put the files themselves there, or delete the link."
        )
    return folder


def erase_folder(folder: Path) -> None:
    """Delete a folder with all that is in it, and look whether it is gone. What links in it lead to stays.

    Raises OutsideStudy where the folder itself is a link, TandemError where something of it is still there.
    """
    if folder.is_symlink():
        raise Linked(
            f"{folder} is a link, so Tandem did not delete what it leads to. Look yourself what lies there, and delete "
            f"the link."
        )
    why = ""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        pass
    except OSError as error:
        why = f" ({error.strerror or type(error).__name__})"
    if os.path.lexists(folder):
        raise TandemError(f"{folder} could not be deleted{why} and is still there. Delete it yourself.")


def links_in(folder: Path) -> Iterator[Path]:
    """The folder itself if it is a link, else every link in it, at any depth."""
    if folder.is_symlink():
        yield folder
        return
    for here, folders, files in os.walk(folder, followlinks=False):
        for name in (*folders, *files):
            if (path := Path(here) / name).is_symlink():
                yield path


def neither_file_nor_folder(folder: Path) -> Iterator[Path]:
    """Pipes, devices and sockets in a folder, at any depth."""
    for here, _, files in os.walk(folder, followlinks=False):
        for path in (Path(here) / name for name in files):
            if not (path.is_symlink() or path.is_file()):
                yield path
