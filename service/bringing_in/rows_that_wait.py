"""Rows of a table about transcripts that were sent together with it: they wait for these, and nobody has to mend them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotations.names import folded


def rows_that_wait(groups: list[dict[str, Any]], found: Mapping[str, Any] | None) -> dict[str, Any]:
    """The groups that somebody has to mend, and apart from them the transcripts that come in together with the table.

    A table names transcripts that the study does not have as long as both only wait: that is no fault of the table.
    """
    coming = {folded(one["transcript"]) for one in found["files"]} if found else set()
    later = [
        one
        for one in groups
        if one["column"] == "transcript" and one["value"] is not None and folded(one["value"]) in coming
    ]
    return {
        "groups": [one for one in groups if one not in later],
        "with_transcripts": sorted(one["value"] for one in later),
        "rows_with_transcripts": sum(one["count"] for one in later),
    }
