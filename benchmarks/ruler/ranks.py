"""Tandem's rank beside every peer in every cell: how often it is first, and by how much, in the mean and at worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from ruler.sets import LONGER_HALVES

SIZES = ("0", "5", "20", "50", "200", "1000", "all")
NEAR = 0.01  # of the first: as good as first
EARLY = ("0", "5", "20", "50")
LONG = ("scrum", *LONGER_HALVES)  # sets of long answers, also summed up apart


def ranks(figures: Mapping[str, Any]) -> list[str]:
    """Tandem's rank by macro average precision in every set and size, and the cell in which it does worst."""
    rows = []
    for name, its in figures["sets"].items():
        for size in SIZES:
            its_rows = its["sizes"].get(size, {})
            found = {
                method: row["macro_ap"]
                for method, row in its_rows.items()
                if row["macro_ap"] and not np.isnan(row["macro_ap"])
            }
            own = found.pop("Tandem", None)
            if own is None or not found:
                continue
            best = max(found, key=lambda method: float(found[method]))
            rank = 1 + sum(value > own for value in found.values())
            earlier = its_rows["Tandem"].get("recipe")
            said = number(own) + (f" ({earlier})" if earlier else "")
            rows.append((own - found[best], name, size, said, rank, len(found) + 1, best, found[best]))
    if not rows:
        return []
    long = [row for row in rows if row[1] in LONG]
    early = [row for row in rows if row[2] in EARLY]
    return [
        "",
        "## In short",
        "",
        _summed_up("all", rows),
        *([_summed_up("long answers", long)] if long else []),
        *([_summed_up("at most 50 labelled", early)] if early else []),
        "",
        "| | labelled | Tandem | rank | best of the others |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {size} | {said} | {rank} of {of} | {number(value)}, {best} |"
            for _, name, size, said, rank, of, best, value in rows
        ),
    ]


def _summed_up(what: str, rows: Sequence[tuple[float, str, str, str, int, int, str, float]]) -> str:
    """How often Tandem is first, and by how much it is ahead in the mean and in the worst cell."""
    worst, mean = min(rows), sum(row[0] for row in rows) / len(rows)
    first = sum(row[4] == 1 for row in rows)
    near = sum(row[0] >= -NEAR for row in rows)
    return (
        f"- **{what}**: of {len(rows)} cells Tandem is first in {first}, and first or within {NEAR:.2f} of the first in "
        f"{near}; beside the best of the others it has {signed(mean)} in the mean and {signed(worst[0])} in the worst "
        f"({worst[1]}, {worst[2]} labelled)."
    )


def number(value: float) -> str:
    """Three digits without a leading nought; a dash where there is no number."""
    return "–" if value is None or np.isnan(value) else f"{value:.3f}".replace("0.", ".", 1)


def signed(value: float) -> str:
    """The same with its sign."""
    return f"{value:+.3f}".replace("0.", ".", 1)
