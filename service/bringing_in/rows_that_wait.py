"""What points at transcripts that were sent together with it: it waits for these, and nobody has to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from annotations.names import folded
from service.bringing_in.uploads import Kind


def rows_that_wait(
    groups: list[dict[str, Any]], transcripts_seen: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The groups that somebody has to mend, and apart from them the transcripts that come in together with the table.

    A table names transcripts that the study does not have as long as both only wait: that is no fault of the table.
    """
    coming = (
        {folded(file_seen["transcript"]) for file_seen in transcripts_seen["files"]}
        if transcripts_seen
        else set()
    )
    stay: list[dict[str, Any]] = []
    waiting: Counter[str] = Counter()
    for group in groups:
        # rows that say the same have one value; rows that are alone with what they say have cells
        cells = (
            [(row, group["value"]) for row in group["rows"]] if group["value"] is not None else group["cells"]
        )
        later = [
            (row, said) for row, said in cells if group["column"] == "transcript" and folded(said) in coming
        ]
        waiting.update(said for _, said in later)
        if not later:
            stay.append(group)
        elif len(later) < len(cells):
            rest = [cell for cell in cells if tuple(cell) not in later]
            stay.append({**group, "cells": rest, "rows": [row for row, _ in rest], "count": len(rest)})
    return {
        "groups": stay,
        "with_transcripts": sorted(waiting),
        "rows_with_transcripts": waiting.total(),
    }


def must_be_mended(table: Mapping[str, Any]) -> bool:
    """Is there anything in the table that somebody has to mend?"""
    if table["ready"]:
        return False
    return bool(table["groups"] or table["faults"]) or not table.get("with_transcripts")


def waits_for_transcripts(
    kind: Kind, table: Mapping[str, Any], transcripts_seen: Mapping[str, Any] | None
) -> bool:
    """Does the table wait for another look, once the transcripts that were sent with it are here?

    Codings and projects point at transcripts. Even one that could come in now may mean something else then.
    """
    coming = bool(transcripts_seen and transcripts_seen["files"])
    return coming and kind in ("codings", "project", "beside") and not must_be_mended(table)
