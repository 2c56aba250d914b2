"""Saturation as a picture: new codes of each interview as bars, codes known by then as a line, a panel a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from annotations.lots import lots
from annotations.patterns.saturation import Saturation
from service.results.grid_figure import FAINT, INK, QUIET, WIDTH, line_, text
from service.results.picture_files import empty_picture, rectangle, stroke

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_PANEL, _FOOT = 2.0, 0.5  # inches
_LEFT, _RIGHT = 0.6, WIDTH - 0.2
_TOP, _BOTTOM = 0.42, 1.65  # of the chart within a panel
_MOST_LABELS = 30


def saturation_figures(saturation: Sequence[Saturation], *, tallest: float) -> Iterator[Figure]:
    """The panels of all cases with interviews, on as many sheets as ``tallest`` inches ask for."""
    shown = [saturation_one for saturation_one in saturation if saturation_one.steps]
    for some in lots(shown, max(1, int((tallest - _FOOT) / _PANEL))):
        figure, axes = empty_picture(WIDTH, _PANEL * len(some) + _FOOT)
        for at, reached in enumerate(some):
            _panel(axes, reached, at * _PANEL)
        _key(axes, _PANEL * len(some) + 0.12)
        yield figure


def _panel(axes: Any, saturation: Saturation, top: float) -> None:
    text(axes, 0.1, top + 0.2, saturation.column or "(case not stated)", weight="bold", size=8.5)
    text(axes, _RIGHT, top + 0.2, _result(saturation), align="right", colour=QUIET)
    most = max(saturation.steps[-1].known, 1)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000) if most / s <= 4)
    high = -(-most // step) * step

    def y_at(count: float) -> float:
        return top + _BOTTOM - (_BOTTOM - _TOP) * count / high

    for count in range(0, high + 1, step):
        line_(axes, (_LEFT, _RIGHT), (y_at(count), y_at(count)), FAINT, 0.6)
        text(axes, _LEFT - 0.08, y_at(count), str(count), align="right", colour=QUIET)
    wide = (_RIGHT - _LEFT) / len(saturation.steps)
    every = -(-len(saturation.steps) // _MOST_LABELS)
    for at, its in enumerate(saturation.steps):
        middle = _LEFT + wide * (at + 0.5)
        bar = min(wide * 0.6, 0.4)
        axes.add_patch(
            rectangle((middle - bar / 2, y_at(len(its.new))), bar, y_at(0) - y_at(len(its.new)), edgecolor=INK,
                      facecolor="#d0d0d0", hatch="////" if its.number <= saturation.base else "", linewidth=0.7)
        )  # fmt: skip
        if at % every == 0:
            text(axes, middle, top + _BOTTOM + 0.1, str(its.number), align="center", colour=QUIET)
    xs = [_LEFT + wide * (at + 0.5) for at in range(len(saturation.steps))]
    ys = [y_at(its.known) for its in saturation.steps]
    axes.add_line(
        stroke(
            xs, ys, color=INK, linewidth=1.1, marker="o", markersize=3.6, markerfacecolor="white", zorder=3
        )
    )
    if saturation.at is not None:
        x = _LEFT + wide * saturation.at
        axes.add_line(
            stroke((x, x), (top + _TOP - 0.08, top + _BOTTOM), color=INK, linewidth=1, linestyle=(0, (4, 3)))
        )


def _result(saturation: Saturation) -> str:
    return f"saturation at {saturation.said}" if saturation.at is not None else saturation.said


def _key(axes: Any, y: float) -> None:
    axes.add_patch(
        rectangle((0.1, y), 0.24, 0.12, facecolor="#d0d0d0", edgecolor=INK, hatch="////", linewidth=0.7)
    )
    text(axes, 0.42, y + 0.06, "new codes, base")
    axes.add_patch(rectangle((1.6, y), 0.24, 0.12, facecolor="#d0d0d0", edgecolor=INK, linewidth=0.7))
    text(axes, 1.92, y + 0.06, "new codes")
    axes.add_line(
        stroke((2.75, 3.05), (y + 0.06, y + 0.06), color=INK, linewidth=1.1, marker="o", markersize=3.6,
               markerfacecolor="white")
    )  # fmt: skip
    text(axes, 3.13, y + 0.06, "codes known by then")
    axes.add_line(stroke((4.68, 4.68), (y - 0.03, y + 0.15), color=INK, linewidth=1, linestyle=(0, (4, 3))))
    text(axes, 4.78, y + 0.06, "saturation reached after these")
    text(axes, 0.1, y + 0.26, "Across: interviews in their order, as numbered in the table.", colour=QUIET)
