"""Rows about transcripts that come in together with their table are told apart from what somebody has to mend."""

from __future__ import annotations

from typing import Any

from service.bringing_in.rows_that_wait import must_be_mended, rows_that_wait, waits_for_transcripts

COMING = {"files": [{"transcript": "JKG-01"}, {"transcript": "JKG-02"}]}


def _group(column: str, value: str | None, *cells: tuple[int, str]) -> dict[str, Any]:
    return {
        "column": column,
        "value": value,
        "rows": [row for row, _ in cells],
        "cells": [] if value else [list(cell) for cell in cells],
        "count": len(cells),
    }


def test_single_rows_wait_as_many_alike_do() -> None:
    """What is wrong in the same column besides stays to be mended, with its own rows alone."""
    many = _group("transcript", "jkg-01", (2, "jkg-01"), (3, "jkg-01"))
    single = _group("transcript", None, (4, "JKG-02"), (5, "JKG-99"))
    code = _group("code", None, (6, "JKG-01"))
    told = rows_that_wait([many, single, code], COMING)
    assert (told["with_transcripts"], told["rows_with_transcripts"]) == (["JKG-02", "jkg-01"], 3)
    left, same = told["groups"]
    assert (left["rows"], left["cells"], left["count"]) == ([5], [[5, "JKG-99"]], 1)
    assert same is code
    assert rows_that_wait([many], None)["groups"] == [many]


def test_a_table_waits_comes_in_or_is_to_be_mended() -> None:
    """Nobody mends what waits; without transcripts that come in nothing waits."""
    waits = {
        "ready": False,
        "faults": [],
        **rows_that_wait([_group("transcript", None, (2, "JKG-01"))], COMING),
    }
    ready = {"ready": True, "faults": [], "groups": []}
    wrong = {"ready": False, "faults": ["no column is called code."], "groups": []}
    assert [must_be_mended(table) for table in (waits, ready, wrong)] == [False, False, True]
    assert [waits_for_transcripts("codings", table, COMING) for table in (waits, ready, wrong)] == [
        True,
        True,
        False,
    ]
    assert not waits_for_transcripts("participants", ready, COMING)
    assert not waits_for_transcripts("codings", ready, None)
