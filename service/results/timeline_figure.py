"""A timeline as a figure: phases as bands over the events, a row an event, so that no label can cover another.

Everything is laid out in inches on one sheet: dates as people wrote them, the chart, what happened. It is read without
colour: phases differ in brightness and hatching, and what is uncertain is drawn open and broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotations.errors import BadInput
from annotations.timeline.when import When
from service.results.picture_files import (
    FAMILY,
    TALLEST,
    TextMeasure,
    empty_figure,
    polygon,
    rectangle,
    stroke,
)
from service.results.timeline_events import Dated, Timeline
from service.results.timeline_scale import TimeScale

if TYPE_CHECKING:
    from matplotlib.figure import Figure


WIDTH = 7.4  # inches, what a page has between its margins
_DATES, _STRIP, _CHART, _WORDS = (0.08, 1.24), (1.28, 1.34), (1.42, 4.12), (4.3, 7.26)
_SIZE, _LINE, _GAP = 7.5, 0.135, 0.075
_BAND, _HEAD, _FOOT = 0.2, 0.52, 0.62
# from light to dark, so that they differ in grey too (ColorBrewer's Blues, safe for the colour-blind)
_FILLS = (
    ("#f0f0f0", ""),
    ("#b5d4e9", "////"),
    ("#5c9fce", ""),
    ("#123f73", ""),
    ("#ffffff", "...."),
    ("#d9d9d9", "xxxx"),
)
_NO_PHASE = ("#ffffff", "")
_INK, _QUIET, _FAINT = "#111111", "#666666", "#dddddd"


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """An event with its lines of text."""

    dated: Dated
    dates: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def height(self) -> float:
        """In inches."""
        return max(len(self.dates), len(self.words), 1) * _LINE + _GAP


def figures(drawn: Sequence[Timeline], *, tallest: float = TALLEST) -> Iterator[Figure]:
    """The timelines under one axis, on as many sheets as ``tallest`` inches ask for. Raises BadInput for none."""
    if not any(timeline.events for timeline in drawn):
        raise BadInput(
            'there are no events to draw. Bring them in: "tandem timeline FILE" (columns case, date, event).'
        )
    scale = TimeScale.over([event.when for timeline in drawn for event in timeline.events], _CHART)
    measure = TextMeasure(_SIZE)
    sheet: list[tuple[Timeline, list[TimelineRow], bool]] = []
    room = tallest - _FOOT
    for timeline in drawn:
        head = _HEAD + _BAND * len(_bands(timeline)) + 0.12
        rows: list[TimelineRow] = []
        again = False
        left = room - sum(_height(row, its) for row, its, _ in sheet) - head
        for row in (_row_of(measure, event) for event in timeline.events):
            if row.height > left and (rows or sheet):
                if rows:
                    sheet.append((timeline, rows, again))
                yield _drawn(sheet, scale)
                sheet, rows, again, left = [], [], bool(rows) or again, room - head
            rows.append(row)
            left -= row.height
        sheet.append((timeline, rows, again))
    yield _drawn(sheet, scale)


def _row_of(measure: TextMeasure, dated: Dated) -> TimelineRow:
    return TimelineRow(
        dated,
        measure.lines(dated.event.date, _DATES[1] - _DATES[0]),
        measure.lines(_said(dated), _WORDS[1] - _WORDS[0]),
    )


def _said(dated: Dated) -> str:
    event = dated.event
    where = ", ".join(filter(None, (event.actor, event.place)))
    words = f"{event.text}{f' ({where})' if where else ''}{'' if event.has_source else ' †'}"
    return "".join(letter for letter in words if letter.isprintable())


def _bands(timeline: Timeline) -> list[tuple[str, list[When]]]:
    """The phases that any event of the case has, in order, with the dates of these."""
    spans: dict[str, list[When]] = {}
    for event in timeline.events:
        if event.phase:
            spans.setdefault(event.phase, []).append(event.when)
    known = [phase for phase in timeline.phases if phase in spans]
    return [(phase, spans[phase]) for phase in [*known, *(phase for phase in spans if phase not in known)]]


def _fill(timeline: Timeline, phase: str) -> tuple[str, str]:
    if not phase:
        return _NO_PHASE
    order = [*timeline.phases, *(name for name, _ in _bands(timeline) if name not in timeline.phases)]
    return _FILLS[order.index(phase) % len(_FILLS)]


def _height(timeline: Timeline, rows: Sequence[TimelineRow]) -> float:
    return _HEAD + _BAND * len(_bands(timeline)) + 0.12 + sum(row.height for row in rows)


def _drawn(sheet: Sequence[tuple[Timeline, list[TimelineRow], bool]], scale: TimeScale) -> Figure:
    height = sum(_height(timeline, rows) for timeline, rows, _ in sheet) + _FOOT
    figure = empty_figure(WIDTH, height)
    drawing = _Drawing(figure, height, scale)
    for timeline, rows, again in sheet:
        drawing.case(timeline, rows, again=again)
    drawing.key()
    return figure


class _Drawing:
    """Draws from the top down; ``y`` is how far it has come, in inches."""

    def __init__(self, figure: Figure, height: float, scale: TimeScale) -> None:
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(height, 0)
        axes.axis("off")
        self._axes = axes
        self._scale = scale
        self._measure = TextMeasure(_SIZE)
        self._y = 0.0

    def case(self, timeline: Timeline, rows: Sequence[TimelineRow], *, again: bool) -> None:
        """A case: its name, the years, the bands, and its events."""
        more = " (continued)" if again else ""
        top = self._y + _HEAD
        bands = _bands(timeline)
        bottom = self._y + _height(timeline, rows)
        self._text(_DATES[0], self._y + 0.2, f"{timeline.case}{more}", weight="bold", size=_SIZE + 1.5)
        for at, label in self._scale.ticks():
            self._line((at, at), (top - 0.04, bottom - 0.02), colour=_FAINT, width=0.6)
            self._text(at, top - 0.1, label, size=_SIZE - 0.5, align="center", colour=_QUIET)
        self._y = top
        for phase, spans in bands:
            self._band(timeline, phase, spans)
        self._y += 0.12
        for number, row in enumerate(rows):
            self._row(timeline, row, shaded=number % 2 == 0)

    def _band(self, timeline: Timeline, phase: str, spans: Sequence[When]) -> None:
        """From the first day of any of its events to the last; broken where that event is uncertain.

        "By 2018" says that it was there then, and not that it began with the first year of the figure.
        """
        first, last = min(spans, key=lambda span: span.first), max(spans, key=lambda span: span.last)
        start = self._scale.at(first.first)
        end = self._scale.right if any(span.no_end for span in spans) else self._scale.at(last.last)
        open_ends = first.uncertain or last.uncertain or any(span.no_end for span in spans)
        colour, hatch = _fill(timeline, phase)
        width = max(end - start, 0.05)
        self._axes.add_patch(
            rectangle((start, self._y + 0.02), width, _BAND - 0.05, facecolor=colour, hatch=hatch, edgecolor=_INK,
                      linewidth=0.7, linestyle=(0, (3, 2)) if open_ends else "solid", gid=f"band-{phase}")
        )  # fmt: skip
        lines = self._measure.lines(phase, _DATES[1] - _DATES[0])
        shown = phase if len(lines) == 1 else f"{lines[0]} …"
        self._text(_DATES[0], self._y + _BAND / 2 + 0.03, shown, size=_SIZE - 0.5)
        self._y += _BAND

    def _row(self, timeline: Timeline, row: TimelineRow, *, shaded: bool) -> None:
        middle = self._y + _GAP / 2 + _LINE / 2
        if shaded:
            self._axes.add_patch(
                rectangle(
                    (0.04, self._y),
                    WIDTH - 0.08,
                    row.height,
                    facecolor="#f7f7f7",
                    edgecolor="none",
                    zorder=-5,
                )
            )
        colour, hatch = _fill(timeline, row.dated.phase)
        if row.dated.phase:
            self._axes.add_patch(
                rectangle((_STRIP[0], self._y + 0.02), _STRIP[1] - _STRIP[0], row.height - 0.04, facecolor=colour,
                          hatch=hatch, edgecolor=_INK, linewidth=0.5)
            )  # fmt: skip
        mark_end = self._mark(row.dated, _fill(timeline, row.dated.phase), middle)
        self._line(
            (mark_end + 0.05, _WORDS[0] - 0.05),
            (middle, middle),
            colour="#bbbbbb",
            width=0.5,
            style=(0, (1, 2)),
        )
        for column, lines in ((_DATES, row.dates), (_WORDS, row.words)):
            for at, line in enumerate(lines):
                self._text(column[0], middle + at * _LINE, line)
        self._y += row.height

    def _mark(self, dated: Dated, fill: tuple[str, str], y: float) -> float:
        """A bar for what lasted, a dot for what happened once; open and broken where it is uncertain. Where it ends."""
        when, scale = dated.when, self._scale
        start, end = scale.at(when.first), scale.at(when.last)
        gid = f"{'uncertain' if when.uncertain else 'certain'}-event"
        broken: Any = (0, (2, 1.5))
        if when.no_start:
            self._line((scale.left, end), (y, y), colour=_INK, width=1, style=broken, gid=gid)
            self._arrow(scale.left, y, -1)
            self._dot(end, y, fill, open_=True)
            return end
        if when.no_end:
            self._line((start, scale.right), (y, y), colour=_INK, width=1, style=broken, gid=gid)
            self._arrow(scale.right, y, 1)
            self._dot(start, y, fill, open_=when.about)
            return scale.right + 0.06
        if when.lasted:
            width = max(end - start, 0.06)
            self._axes.add_patch(
                rectangle((start, y - 0.04), width, 0.08, facecolor="white" if when.about else fill[0],
                          hatch=fill[1], edgecolor=_INK, linewidth=0.8, linestyle=broken if when.about else "solid",
                          gid=gid)
            )  # fmt: skip
            return start + width
        if when.uncertain:
            self._line((start, end), (y, y), colour=_INK, width=0.9, style=broken, gid=gid)
            for at in (start, end):
                self._line((at, at), (y - 0.035, y + 0.035), colour=_INK, width=0.9)
            self._dot((start + end) / 2, y, fill, open_=True)
            return end
        self._dot((start + end) / 2, y, fill, open_=False, gid=gid)
        return (start + end) / 2

    def _dot(self, x: float, y: float, fill: tuple[str, str], *, open_: bool, gid: str | None = None) -> None:
        colour = fill[0] if not open_ else "white"
        marker = stroke([x], [y], marker="o" if open_ else "D", markersize=4.6 if open_ else 4.4, markeredgecolor=_INK,
                        markerfacecolor=colour, markeredgewidth=0.9, linestyle="none", gid=gid)  # fmt: skip
        self._axes.add_line(marker)

    def _arrow(self, x: float, y: float, way: int) -> None:
        points = [(x + way * 0.06, y), (x, y - 0.035), (x, y + 0.035)]
        self._axes.add_patch(polygon(points, closed=True, facecolor=_INK, edgecolor=_INK, linewidth=0.5))

    def key(self) -> None:
        """What the signs mean."""
        self._y += 0.1
        self._line((_DATES[0], _WORDS[1]), (self._y, self._y), colour=_FAINT, width=0.8)
        at = self._y + 0.15
        plain = _NO_PHASE
        self._dot(0.16, at, ("#5c9fce", ""), open_=False)
        self._text(0.28, at, "known to the month or day")
        self._line((1.98, 2.34), (at, at), colour=_INK, width=0.9, style=(0, (2, 1.5)))
        for x in (1.98, 2.34):
            self._line((x, x), (at - 0.035, at + 0.035), colour=_INK, width=0.9)
        self._dot(2.16, at, plain, open_=True)
        self._text(2.44, at, "some time within, or about")
        self._axes.add_patch(
            rectangle((4.2, at - 0.04), 0.34, 0.08, facecolor="#5c9fce", edgecolor=_INK, linewidth=0.8)
        )
        self._text(4.62, at, "lasted")
        self._line((5.22, 5.52), (at, at), colour=_INK, width=1, style=(0, (2, 1.5)))
        self._arrow(5.22, at, -1)
        self._text(5.6, at, "start or end unknown")
        self._text(
            0.08,
            at + 0.2,
            "† no source is given. The strip before an event is that of its phase; bands run from first to last event.",
        )

    def _text(self, x: float, y: float, words: str, *, size: float = _SIZE, weight: str = "normal", align: str = "left",
              colour: str = _INK) -> None:  # fmt: skip
        self._axes.text(x, y, words, fontsize=size, fontweight=weight, ha=align, va="center", color=colour,
                        family=FAMILY, parse_math=False)  # fmt: skip

    def _line(self, xs: tuple[float, float], ys: tuple[float, float], *, colour: str, width: float, style: Any = "solid",
              gid: str | None = None) -> None:  # fmt: skip
        self._axes.add_line(
            stroke(
                xs,
                ys,
                color=colour,
                linewidth=width,
                linestyle=style,
                gid=gid,
                zorder=-1 if colour == _FAINT else 1,
            )
        )
