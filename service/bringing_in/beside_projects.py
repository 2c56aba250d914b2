"""Which project the file NAME.tandem.json belongs to, of those that were sent with it: the one of the same name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from sqlalchemy import Connection

from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.refi.beside import ENDING, stem_of
from annotations.store.brought_in import all_brought_in
from service.bringing_in.uploads import SentFile, Upload

ALONE = "projects_alone"
_LATEST = 200


@dataclass
class Pairs:
    """``of``: the file beside a project, by the project's number; ``faults``: why a file waits, by its number."""

    of: dict[int, SentFile] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)

    def project_of(self, second: SentFile) -> int | None:
        """The number of the project that is read with this file."""
        return next((number for number, file in self.of.items() if file is second), None)


def pairs_in(upload: Upload, came_alone: Collection[str]) -> Pairs:
    """Each file beside a project with its project, or why it has none.

    ``came_alone``: names of projects that came in without such a file, as ``projects_that_came_alone`` gives them.
    """
    projects = upload.of_kind("project")
    claims: dict[int, list[SentFile]] = {}
    pairs = Pairs()
    for second in upload.of_kind("beside"):
        its, fault = _project_for(second, projects, came_alone)
        if its is None:
            pairs.faults[second.number] = fault
        else:
            claims.setdefault(its.number, []).append(second)
    for number, seconds in claims.items():
        if len(seconds) == 1:
            pairs.of[number] = seconds[0]
            continue
        name = upload.file(number).short
        several = f"{counted(len(seconds), 'file')} of this name belong to {name}. Leave out all but that of its export."
        pairs.faults |= dict.fromkeys([number, *(second.number for second in seconds)], several)
    left = [second for second in upload.of_kind("beside") if pairs.project_of(second) is None]
    for project in projects:
        if left and project.number not in claims:
            pairs.faults[project.number] = (
                f"This project waits, since {left[0].short} was sent too and may belong to it. If it does, give both the "
                f"same name ({_stem(project)}.qdpx and {_stem(project)}{ENDING}) and send them again; else leave "
                f"{left[0].short} out."
            )
    return pairs


def projects_that_came_alone(connection: Connection) -> frozenset[str]:
    """Names of projects, folded and without ending, that came in here without the file beside them and are not undone."""
    return frozenset(
        folded(name)
        for record in all_brought_in(connection, latest=_LATEST)
        if record.undone is None
        for name in record.what.get(ALONE, ())
    )


def names_alone(projects: Sequence[SentFile], pairs: Pairs) -> list[str]:
    """The names to keep of projects that come in without the file beside them."""
    return [_stem(project) for project in projects if project.number not in pairs.of]


def _project_for(
    second: SentFile, projects: Sequence[SentFile], came_alone: Collection[str]
) -> tuple[SentFile | None, str]:
    stem = stem_of(second.short)
    if stem is None:
        return None, (
            f"What Tandem writes beside a project is called as the project, with {ENDING} at its end. Give this file that "
            f"name, and send both together."
        )
    same = [project for project in projects if folded(_stem(project)) == folded(stem)]
    same = [project for project in same if _folder(project) == _folder(second)] or same
    if len(same) == 1:
        return same[0], ""
    if same:
        return None, (
            f"{len(same)} of these projects are called {stem}, and nobody can tell to which of them this file belongs. Send "
            f"one of them at a time, together with its own file."
        )
    if folded(stem) in came_alone:
        return None, (
            f"{stem}.qdpx came in earlier without this file, and alone this file adds nothing. Undo that first: it stands "
            f'on the page "Bring in". Then send both together.'
        )
    return None, (
        f"{stem}.qdpx, the project to which this file belongs, is not among these files, and alone this file adds nothing. "
        f"Send both together. If the project came in earlier, undo that first, where it can be undone."
    )


def _stem(file: SentFile) -> str:
    return PurePosixPath(file.short).stem


def _folder(file: SentFile) -> str:
    return file.name.rpartition("/")[0]
