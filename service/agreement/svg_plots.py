"""Plots as SVG text, for pages that open offline. Every plot stands beside the table that it draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, RIGHT, ROW, TOP = 430, 60, 24, 16
LETTER = 6.9  # pixels, on average, at 12 px
NO_WIDTH = 1e-9  # ends that are no further apart stand in one place
# classes of the stylesheet, which has a colour for each in light and in dark
COLOURS = tuple(f"series-{at}" for at in range(6))
SHAPES = ("circle", "square", "diamond")


@dataclass(frozen=True, slots=True)
class PlotMark:
    """A value with its interval, of one series."""

    value: float | None
    interval: tuple[float, float] | None = None
    series: int = 0


@dataclass(frozen=True, slots=True)
class PlotLine:
    """One row of a plot: its label, and a mark for each series."""

    label: str
    marks: tuple[PlotMark, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A vertical line that values are read against."""

    at: float
    label: str


def whiskers(
    title: str,
    lines: Sequence[PlotLine],
    *,
    series: Sequence[str] = (),
    references: Sequence[Reference] = (),
    span: tuple[float, float] | None = None,
) -> str:
    """Values with intervals, a row each; several series share a row. Empty where there is nothing to draw."""
    lines = [line for line in lines if any(mark.value is not None for mark in line.marks)]
    if not lines:
        return ""
    low, high = span or _span(lines, references)
    label = 20 + LETTER * max(len(_short(line.label)) for line in lines)
    scale = _Scale(low, high, label)
    height = TOP + ROW * len(lines) + 40
    head = 22 if len(series) > 1 else 0
    parts = [_legend(series, label)] if head else []
    parts.append(f'<g transform="translate(0,{head})">')
    parts += [_tick(scale, at, height) for at in _ticks(low, high)]
    parts += [_reference(scale, reference, height) for reference in references if low <= reference.at <= high]
    for row, line in enumerate(lines):
        y = TOP + ROW * row + ROW / 2
        parts.append(
            f'<text x="{label - 10:.0f}" y="{y + 4:.1f}" text-anchor="end">{escape(_short(line.label))}</text>'
        )
        shift = 0.0 if len(line.marks) < 2 else 5.0
        for at, mark in enumerate(line.marks):
            parts.append(_mark(scale, mark, y + shift * (2 * at - len(line.marks) + 1) / 1.4))
    parts.append("</g>")
    return _svg(title, label + WIDTH + RIGHT, height + head, parts)


def curves(title: str, lines: Sequence[tuple[str, Sequence[tuple[float, float]]]], x_label: str) -> str:
    """Values over a count, a line each; at most six, each with its name at its end. Empty without two points."""
    drawn = [(name, points) for name, points in lines if len(points) > 1][: len(COLOURS)]
    if not drawn:
        return ""
    most = max(x for _, points in drawn for x, _ in points)
    low = min(0.0, *(y for _, points in drawn for _, y in points))
    left, width, height = 50, 470, 260

    def at(x: float, y: float) -> tuple[float, float]:
        return left + width * x / most, 20 + (height - 60) * (1 - (y - low) / (1 - low))

    parts = []
    for tick in _ticks(low, 1.0):
        _, y = at(0, tick)
        parts.append(f'<line class="grid" x1="{left}" x2="{left + width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="quiet" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    taken: list[float] = []
    for number, (name, points) in enumerate(drawn):
        places = [at(x, y) for x, y in points]
        colour = COLOURS[number]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline class="{colour} drawn" points="{path}" fill="none" stroke-width="2"/>')
        parts += [f'<circle class="{colour}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in places]
        end = places[-1][1]
        while any(abs(end - other) < 15 for other in taken):
            end += 15
        taken.append(end)
        parts.append(
            f'<text class="{colour}" x="{left + width + 8}" y="{end + 4:.1f}">{escape(_short(name, 26))}</text>'
        )
    parts.append(
        f'<text class="quiet" x="{left + width / 2}" y="{height - 6}" text-anchor="middle">{escape(x_label)}</text>'
    )
    parts += [
        f'<text class="quiet" x="{at(x, 0)[0]:.1f}" y="{height - 24}" text-anchor="middle">{x:,.0f}</text>'
        for x in (0.0, most)
    ]
    return _svg(title, left + width + 200, height, parts)


class _Scale:
    def __init__(self, low: float, high: float, left: float) -> None:
        self.low, self.high, self.left = low, high, left

    def __call__(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return self.left + WIDTH * (inside - self.low) / (self.high - self.low)


def _span(lines: Sequence[PlotLine], references: Sequence[Reference]) -> tuple[float, float]:
    marks = [mark for line in lines for mark in line.marks if mark.value is not None]
    ends = [end for mark in marks for end in (mark.interval or (mark.value, mark.value)) if end is not None]
    ends += [reference.at for reference in references]
    low, high = min(ends), max(ends)
    one_place = high - low < NO_WIDTH
    step = _step(0.1 if one_place else high - low)
    return math.floor(low / step) * step, math.ceil(high / step) * step + (step if one_place else 0)


def _step(width: float) -> float:
    rough = width / 5
    power = 10 ** math.floor(math.log10(rough))
    return float(next(m for m in (1, 2, 5, 10) if m * power >= rough) * power)


def _ticks(low: float, high: float) -> list[float]:
    step = _step(high - low)
    first = math.ceil(low / step - 1e-9)
    return [round(at * step, 10) for at in range(first, math.floor(high / step + 1e-9) + 1)]


def _tick(scale: _Scale, at: float, height: float) -> str:
    x = scale(at)
    said = f"{at:g}".replace("-", "−")
    return (
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - 34}"/>'
        f'<text class="quiet" x="{x:.1f}" y="{height - 18}" text-anchor="middle">{said}</text>'
    )


def _reference(scale: _Scale, reference: Reference, height: float) -> str:
    x = scale(reference.at)
    return (
        f'<line class="reference" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - 34}"/>'
        f'<text class="quiet" x="{x:.1f}" y="{height - 3}" text-anchor="middle">{escape(reference.label)}</text>'
    )


def _mark(scale: _Scale, mark: PlotMark, y: float) -> str:
    if mark.value is None:
        return ""
    colour = COLOURS[mark.series % len(COLOURS)]
    x = scale(mark.value)
    bar = ""
    if mark.interval is not None:
        x1, x2 = scale(mark.interval[0]), scale(mark.interval[1])
        bar = f'<line class="{colour} drawn" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke-width="2"/>'
    return bar + _shape(SHAPES[mark.series % len(SHAPES)], x, y, colour)


def _shape(shape: str, x: float, y: float, colour: str) -> str:
    if shape == "circle":
        return f'<circle class="{colour}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    turned = f' transform="rotate(45 {x:.1f} {y:.1f})"' if shape == "diamond" else ""
    return f'<rect class="{colour}" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"{turned}/>'


def _legend(series: Sequence[str], left: float) -> str:
    parts, x = [], left
    for at, name in enumerate(series):
        parts.append(_shape(SHAPES[at % len(SHAPES)], x, 12, COLOURS[at % len(COLOURS)]))
        parts.append(f'<text x="{x + 10:.1f}" y="16">{escape(name)}</text>')
        x += 30 + 7.2 * len(name)
    return "".join(parts)


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg role="img" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _short(label: str, most: int = 56) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"
