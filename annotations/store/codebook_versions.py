"""Every version of the codebook that was ever in force, kept for the reviews that name it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Text, cast, select

from annotations.codebook.codes import Codebook
from annotations.store.tables import codebook_versions


def keep_codebook(connection: Connection, codebook: Codebook) -> str:
    """Record this version of the codebook, once, and return its version."""
    known = select(codebook_versions.c.version).where(codebook_versions.c.version == codebook.version)
    if connection.execute(known).first() is None:
        values = {"version": codebook.version, "content": codebook.content()}
        connection.execute(codebook_versions.insert().values(**values))
    return codebook.version


def codebook_content(connection: Connection, version: str) -> Mapping[str, Any]:
    """What this version of the codebook said, as plain data; every version that a review names is kept."""
    wanted = select(codebook_versions.c.content).where(codebook_versions.c.version == version)
    content: Mapping[str, Any] = connection.execute(wanted).scalar_one()
    return content


def codes_by_version(connection: Connection) -> Mapping[str, frozenset[str]]:
    """For each version of the codebook, the codes that could be applied under it."""
    wanted = select(codebook_versions.c.version, cast(codebook_versions.c.content, Text).label("content"))
    return {row.version: _codes_in(row.content) for row in connection.execute(wanted)}


@lru_cache(maxsize=256)
def _codes_in(text: str) -> frozenset[str]:
    """The codes that could be applied in a codebook, from its content as text (a version is never changed)."""
    ids: set[str] = set()
    todo = [code for framework in json.loads(text)["frameworks"] for code in framework["codes"]]
    while todo:
        code = todo.pop()
        if code.get("applicable", True):
            ids.add(code["id"])
        todo += code.get("codes", [])
    return frozenset(ids)
