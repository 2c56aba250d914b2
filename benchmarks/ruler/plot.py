"""One picture: macro average precision by number of labelled segments, and reliability at full size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes

mpl.use("Agg")
import matplotlib.pyplot as plt

COLOURS = {
    "Tandem": "#0b6e4f",
    "TF-IDF + LR": "#c1666b",
    "TF-IDF + SVC": "#d4a24c",
    "MiniLM + LR": "#4a6fa5",
    "nearest neighbours": "#8e7cc3",
    "nearest name": "#999999",
    "SetFit": "#e07a5f",
}


def draw(figures: dict[str, Any], file: Path) -> None:
    """Two rows: learning curves and reliability, a column for each set."""
    sets = {name: its for name, its in figures["sets"].items() if any(its["sizes"].values())}
    if not sets:
        return
    fig, grid = plt.subplots(2, len(sets), figsize=(3.6 * len(sets), 6.4), squeeze=False)
    for at, (name, its) in enumerate(sets.items()):
        _curves(grid[0][at], name, its)
        _reliability(grid[1][at], its)
    grid[0][0].set_ylabel("macro average precision")
    grid[1][0].set_ylabel("share that people coded so")
    shown = {method for its in sets.values() for rows in its["sizes"].values() for method in rows}
    handles = [
        plt.Line2D([], [], color=colour, marker="o", label=name)
        for name, colour in COLOURS.items()
        if name in shown
    ]
    fig.legend(handles=handles, loc="lower center", ncols=len(handles), frameon=False, fontsize=8)
    fig.tight_layout(rect=(0, 0.05, 1, 1))
    fig.savefig(file, dpi=110)
    plt.close(fig)


def _curves(axes: Axes, name: str, its: dict[str, Any]) -> None:
    for method, colour in COLOURS.items():
        points = [
            (its["units"] * 0.8 if size == "all" else max(int(size), 2), rows[method]["macro_ap"])
            for size, rows in its["sizes"].items()
            if method in rows
        ]
        if points:
            wide = 2.4 if method == "Tandem" else 1.2
            axes.plot(*zip(*points, strict=True), color=colour, marker="o", markersize=4, linewidth=wide)
    axes.set_xscale("log")
    axes.set_title(name, fontsize=10)
    axes.set_xlabel("labelled segments", fontsize=8)
    axes.grid(alpha=0.25)


def _reliability(axes: Axes, its: dict[str, Any]) -> None:
    axes.plot([0, 1], [0, 1], color="#bbbbbb", linestyle="--", linewidth=1)
    for method, row in its["sizes"].get("all", {}).items():
        bins = [one for one in row.get("reliability", ()) if one[2] >= 20]
        if bins and method != "nearest name":
            wide = 2.4 if method == "Tandem" else 1.0
            axes.plot(*zip(*[one[:2] for one in bins], strict=True), color=COLOURS[method], linewidth=wide)
    axes.set_xlabel("probability", fontsize=8)
    axes.grid(alpha=0.25)
