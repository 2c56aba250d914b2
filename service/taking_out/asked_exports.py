"""An export that somebody asked for on a page: made at once where that is quick, else by a worker, and kept for a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from annotations.errors import BadInput
from annotations.store.tables import codings, suggestions
from service.composition import Parts
from service.passing_files.folders import folder_of, new_folder, read_plain, write_plain
from service.taking_out.all_exports import kind_named, make_export
from service.taking_out.export_makers import Wish

ABOUT = "about.json"
# what takes about 0.2 s to read, draw and write; a worker does what takes longer
MOST_CODINGS, MOST_SUGGESTED = 500, 1_000


@dataclass(frozen=True)
class AskedExport:
    """Which export, as what, and what of it; as plain data the arguments of a job."""

    key: str
    ending: str
    wish: Wish

    def to_plain(self) -> dict[str, Any]:
        """For a job."""
        narrowed = {name: list(values) for name, values in self.wish.narrowed.items() if values}
        return {
            "key": self.key,
            "ending": self.ending,
            "narrowed": narrowed,
            "ticked": sorted(self.wish.ticked),
        }

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> AskedExport:
        """From a job."""
        narrowed = {str(name): tuple(map(str, values)) for name, values in plain["narrowed"].items()}
        return cls(
            str(plain["key"]), str(plain["ending"]), Wish(narrowed, frozenset(map(str, plain["ticked"])))
        )


def takes_long(connection: Connection, key: str) -> bool:
    """Is a worker to make it? Agreement is measured anew whatever the study's size."""
    if kind_named(key).measures:
        return True
    coded = connection.execute(select(func.count()).select_from(codings)).scalar_one()
    suggested = connection.execute(select(func.count()).select_from(suggestions)).scalar_one()
    return coded > MOST_CODINGS or suggested > MOST_SUGGESTED


def refuse_unmeant(asked: AskedExport) -> None:
    """Raises BadInput for an ending that this export does not have."""
    kind = kind_named(asked.key)
    if asked.ending not in kind.endings:
        raise BadInput(
            f'"{asked.ending}" is no ending of this export; it is one of {", ".join(kind.endings)}.'
        )


def room_for(parts: Parts, asked: AskedExport) -> tuple[UUID, Path]:
    """A folder in which it will lie, and its id."""
    refuse_unmeant(asked)
    made_id, folder = new_folder(parts, "out")
    write_plain(folder / ABOUT, asked.to_plain() | {"files": None})
    return made_id, folder


def make_asked(parts: Parts, made_id: UUID, asked: AskedExport) -> dict[str, Any]:
    """Make it into its folder; what was made, as plain data. Raises BadInput, in sentences without our folders."""
    folder = folder_of(parts, "out", made_id)
    if folder is None:
        raise BadInput("the place for this file is gone: it waited for more than a day. Ask for it again.")
    try:
        made = make_export(parts, asked.key, asked.ending, folder, asked.wish)
    except BadInput as error:
        raise BadInput(str(error).replace(f"{folder}/", "")) from error
    for file in made.files:
        file.chmod(0o600)
    plain = made.to_json() | asked.to_plain() | {"files": [file.name for file in made.files]}
    write_plain(folder / ABOUT, plain)
    return plain


def about_made(parts: Parts, made_id: UUID) -> tuple[Path | None, dict[str, Any] | None]:
    """The folder of an export, and what is known of it (``files`` None: not made yet); None where it is gone."""
    folder = folder_of(parts, "out", made_id)
    return folder, None if folder is None else read_plain(folder / ABOUT)
