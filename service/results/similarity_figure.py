"""How alike codes or cases are, as a picture: a square a pair, the darker the more alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import TYPE_CHECKING

from annotations.patterns.similarity import Similarity
from service.results.grid_figure import INK, QUIET, WIDTH, text
from service.results.picture_files import TextMeasure, empty_picture, rectangle

if TYPE_CHECKING:
    from matplotlib.figure import Figure


MOST = 40  # a picture of more is read by nobody
_SIZE, _LINE = 7.5, 0.135
_LABELS = 2.7


def similarity_figures(similarity: Similarity, label: Callable[[str], str]) -> Sequence[Figure]:
    """The picture; of more than 40 those of most passages or sources. None where there is nothing to compare."""
    chosen = shown_of(similarity)
    if len(chosen) < 2:
        return ()
    measure = TextMeasure(_SIZE)
    lines = [
        measure.lines(f"{number}  {label(similarity.names[at])}", _LABELS - 0.2)
        for number, at in enumerate(chosen, start=1)
    ]
    side = min(0.42, (WIDTH - _LABELS - 0.15) / len(chosen))
    tall = [max(side, len(its) * _LINE + 0.04) for its in lines]
    head = 0.3
    figure, axes = empty_picture(WIDTH, head + sum(tall) + 0.55)
    y = head
    for row, at in enumerate(chosen):
        for line, words in enumerate(lines[row]):
            text(axes, 0.1, y + tall[row] / 2 + (line - (len(lines[row]) - 1) / 2) * _LINE, words)
        for column, other in enumerate(chosen[: row + 1]):
            value = float(similarity.values[at, other])
            own = row == column
            grey = "#ffffff" if own else _grey(value)
            axes.add_patch(
                rectangle((_LABELS + side * column, y), side, tall[row], facecolor=grey, edgecolor="#bbbbbb",
                          linewidth=0.5)
            )  # fmt: skip
            middle = _LABELS + side * (column + 0.5)
            if own:
                text(
                    axes,
                    middle,
                    y + tall[row] / 2,
                    str(row + 1),
                    align="center",
                    colour=QUIET,
                    size=_SIZE - 1,
                )
            elif side >= 0.28:
                ink = "#ffffff" if value > 0.3 else INK
                text(
                    axes, middle, y + tall[row] / 2, _short(value), align="center", colour=ink, size=_SIZE - 1
                )
        y += tall[row]
    _key(axes, y + 0.25)
    return (figure,)


def shown_of(similarity: Similarity) -> list[int]:
    """Which of them the picture shows, in their order."""
    if len(similarity.names) <= MOST:
        return list(range(len(similarity.names)))
    largest = sorted(range(len(similarity.names)), key=lambda at: -similarity.sizes[at])[:MOST]
    return sorted(largest)


def _grey(value: float) -> str:
    # most values are small: the root tells them apart
    level = round(255 * (1 - 0.85 * sqrt(min(1.0, value))))
    return f"#{level:02x}{level:02x}{level:02x}"


def _short(value: float) -> str:
    """ ".25", "1", "0"."""
    said = f"{value:.2f}"
    return "1" if said == "1.00" else "0" if said == "0.00" else said[1:]


def _key(axes: object, y: float) -> None:
    text(axes, _LABELS - 0.1, y, "0: nothing shared", align="right", colour=QUIET)
    for step in range(11):
        axes.add_patch(  # type: ignore[attr-defined]
            rectangle((_LABELS + 0.2 * step, y - 0.07), 0.2, 0.14, facecolor=_grey(step / 10), edgecolor="#bbbbbb",
                      linewidth=0.5)
        )  # fmt: skip
    text(axes, _LABELS + 2.3, y, "1: the same", colour=QUIET)
