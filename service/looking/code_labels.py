"""Codes by their names, in what commands tell of them: results hold ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from annotations.codebook.codes import Codebook


def labelled(rows: Iterable[Mapping[str, Any]], codebook: Codebook) -> list[dict[str, Any]]:
    """Rows with the name of their ``code``; its id moves to ``code_id``."""
    return [{**row, "code": codebook.label(row["code"]), "code_id": row["code"]} for row in rows]


def counts_labelled(counts: Mapping[str, int], codebook: Codebook) -> dict[str, int]:
    """Counts by the names of codes."""
    return {codebook.label(code): count for code, count in counts.items()}
