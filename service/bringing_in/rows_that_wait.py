"""Rows of a table about transcripts that were sent together with it: they wait for these, and nobody has to mend them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotations.names import folded


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
    later = [
        group
        for group in groups
        if group["column"] == "transcript" and group["value"] is not None and folded(group["value"]) in coming
    ]
    return {
        "groups": [group for group in groups if group not in later],
        "with_transcripts": sorted(group["value"] for group in later),
        "rows_with_transcripts": sum(group["count"] for group in later),
    }
