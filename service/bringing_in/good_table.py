"""What a look says of a table or project that can come in as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from service.page_words import for_pages


def good_table(
    counts: Mapping[str, int],
    notes: Iterable[str],
    groups: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """As plain data; counts of nothing are left away."""
    return {
        "ready": True,
        "counts": {name: count for name, count in counts.items() if count},
        "notes": [for_pages(sentence) for sentence in notes],
        "groups": groups or [],
        "faults": [],
        **more,
    }
