"""Which construct of CFIR 2009 became which of CFIR 2022, each row with how far it can be relied on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast, get_args

from annotations.codebook.codes import Code, Codebook
from annotations.codebook.files import shipped_codebook
from annotations.errors import BadInput
from annotations.sheets.sheet import read_sheet

OLD, NEW = "cfir-2009", "cfir-2022"
Relation = Literal["same", "renamed", "split", "merged", "removed", "new"]
Status = Literal["published", "unchecked", "proposal"]
STATUSES: dict[str, str] = {
    "published": "seen in a published crosswalk",
    "unchecked": "from general knowledge of the published crosswalk; look it up before you rely on it",
    "proposal": "Tandem's proposal, where nothing published is known",
}


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """One step from a construct of 2009 to one of 2022; ``old`` is None for a new one, ``new`` for a removed one."""

    old: Code | None
    new: Code | None
    relation: Relation
    status: Status
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As plain data, with the constructs' ids and names."""
        plain: dict[str, Any] = {"relation": self.relation, "status": self.status, "note": self.note}
        for key, code in (("old", self.old), ("new", self.new)):
            plain[key] = None if code is None else {"id": code.id, "name": code.name, "path": code.path}
        return plain


@dataclass(frozen=True)
class Crosswalk:
    """The rows in the order of 2009, and last what is new in 2022."""

    rows: tuple[CrosswalkRow, ...]

    @cached_property
    def _by_code(self) -> dict[str, list[CrosswalkRow]]:
        by_code: dict[str, list[CrosswalkRow]] = {}
        for row in self.rows:
            for code in (row.old, row.new):
                if code is not None:
                    by_code.setdefault(code.id, []).append(row)
        return by_code

    def of(self, code_id: str) -> tuple[CrosswalkRow, ...]:
        """The rows that speak of a construct of either year."""
        return tuple(self._by_code.get(code_id, ()))

    def concerns(self, codebook: Codebook) -> bool:
        """Does any row speak of a code of this codebook?"""
        return any(code.id in self._by_code for code in codebook)


def shipped_crosswalk() -> Crosswalk:
    """The crosswalk that comes with Tandem. Raises BadInput for a row whose construct does not exist."""
    file = Path(str(files("annotations") / "codebook" / "shipped" / "cfir-2009-to-2022.csv"))
    sheet = read_sheet(file, required=("from", "to", "relation", "status"), optional=("note",))
    old, new = shipped_codebook(OLD), shipped_codebook(NEW)
    rows = []
    for row in sheet.rows:
        where = f"{file.name}, row {row.number}"
        for column, known in (("relation", get_args(Relation)), ("status", get_args(Status))):
            if row[column] not in known:
                raise BadInput(f'{where}: {column} "{row[column]}" is not one of {", ".join(known)}.')
        rows.append(
            CrosswalkRow(
                _code(old, row["from"], where),
                _code(new, row["to"], where),
                cast("Relation", row["relation"]),
                cast("Status", row["status"]),
                row["note"],
            )
        )
    return Crosswalk(tuple(rows))


def _code(codebook: Codebook, code_id: str, where: str) -> Code | None:
    if not code_id:
        return None
    if code_id not in codebook.by_id:
        raise BadInput(f'{where}: {codebook.name} has no construct with the id "{code_id}". Correct the id.')
    return codebook[code_id]
