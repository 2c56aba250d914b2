"""The codebook of a QualCoder project: its categories and codes, from the database, read without changing it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotations.codings.qualcoder_database import columns_of, opened
from annotations.errors import BadInput
from annotations.refi.codebook_of import ProjectCodebook, codebook_of
from annotations.refi.project import RefiCode

_MOST = 100_000
_DEEPEST = 50
_CODE, _CATEGORY = "code", "category"


def read_qualcoder_codebook(file: Path) -> ProjectCodebook:
    """The codes as a codebook: categories nobody applies, memos are definitions. Raises BadInput."""
    with opened(file) as connection:
        codes = list(_codes(connection, file))
        used = {f"{_CODE} {cid}" for (cid,) in connection.execute("SELECT DISTINCT cid FROM code_text")}
    return codebook_of(
        codes, name=file.stem if file.stem != "data" else file.parent.stem, used=used, file=str(file)
    )


def _codes(connection: sqlite3.Connection, file: Path) -> Iterator[RefiCode]:
    """Parents first; what lies below itself, or below nothing that is there, stands at the top."""
    codes = _listed(connection, file)
    chains = {guid: _chain(guid, codes) for guid in codes}
    for guid in sorted(codes, key=lambda guid: len(chains[guid])):
        code, chain = codes[guid], chains[guid]
        path = tuple(codes[guid].path[0] for guid in chain)
        parent = chain[-2] if len(chain) > 1 else None
        yield RefiCode(guid, path, parent, code.codable, code.color, code.description)


def _chain(guid: str, codes: Mapping[str, RefiCode]) -> list[str]:
    """The codes from the top down to this one; alone where they lie below each other in a circle, or far too deep."""
    chain = [guid]
    while (above := codes[chain[0]].parent) in codes:
        if above is None or above in chain or len(chain) > _DEEPEST:
            return [guid]
        chain.insert(0, above)
    return chain


def _listed(connection: sqlite3.Connection, file: Path) -> dict[str, RefiCode]:
    names, groups = columns_of(connection, "code_name"), columns_of(connection, "code_cat")
    missing = {"cid", "name"} - names or (set() if columns_of(connection, "code_text") else {"code_text"})
    if missing:
        raise BadInput(f"{file} is no database of QualCoder: it lacks {', '.join(sorted(missing))}.")
    codes: dict[str, RefiCode] = {}
    if {"catid", "name"} <= groups:
        for row in _rows(connection, "code_cat", groups, ("catid", "name", "memo", "supercatid")):
            above = None if row["supercatid"] is None else f"{_CATEGORY} {row['supercatid']}"
            guid = f"{_CATEGORY} {row['catid']}"
            codes[guid] = RefiCode(guid, (_text(row["name"]),), above, False, "", _text(row["memo"]))
    for row in _rows(connection, "code_name", names, ("cid", "name", "memo", "catid", "supercid", "color")):
        guid, above = f"{_CODE} {row['cid']}", None
        if row["supercid"] is not None:
            above = f"{_CODE} {row['supercid']}"
        elif row["catid"] is not None:
            above = f"{_CATEGORY} {row['catid']}"
        codes[guid] = RefiCode(
            guid, (_text(row["name"]),), above, True, _text(row["color"]), _text(row["memo"])
        )
    return codes


def _rows(
    connection: sqlite3.Connection, table: str, there: frozenset[str], wanted: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    own = [name for name in wanted if name in there]
    # the names of the table and its columns are ours
    for values in connection.execute(f"SELECT {', '.join(own)} FROM {table} ORDER BY rowid LIMIT {_MOST}"):  # noqa: S608
        yield {**dict.fromkeys(wanted), **dict(zip(own, values, strict=True))}


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
