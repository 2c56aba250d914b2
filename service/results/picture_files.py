"""Pictures as files, SVG and PNG at 300 dots an inch, what is drawn in them, and how wide words are there.

matplotlib is loaded when something is drawn: a server that shows pages starts half a second sooner.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from annotations.errors import BadInput

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Polygon, Rectangle

FAMILY = "DejaVu Sans"  # comes with matplotlib
DPI = 300
TALLEST = 200  # inches: 60,000 pixels, more than programs open


def as_svg(figure: Figure, title: str) -> bytes:
    """The picture as SVG; its words stay words, which can be searched and read aloud."""
    from matplotlib import rc_context

    out = io.BytesIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "tandem"}):
        figure.savefig(out, format="svg", metadata={"Title": title, "Date": None, "Creator": "Tandem"})
    # where a machine lacks the font, one that is about as wide takes its place
    own = b"'DejaVu Sans'"
    return out.getvalue().replace(own, own + b", Verdana, sans-serif")


def as_png(figure: Figure) -> bytes:
    """The picture as PNG at 300 dots an inch. Raises BadInput where it would be taller than programs open."""
    if figure.get_figheight() > TALLEST:
        raise BadInput("so much makes a picture that no program opens. Draw one case: --case CASE.")
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=DPI)
    return out.getvalue()


def rectangle(corner: tuple[float, float], width: float, height: float, **look: Any) -> Rectangle:
    """A rectangle from its corner on, to be put into a picture; ``look`` is matplotlib's."""
    from matplotlib.patches import Rectangle

    return Rectangle(corner, width, height, **look)


def polygon(points: Sequence[tuple[float, float]], **look: Any) -> Polygon:
    """A polygon of points, shape (n, 2), to be put into a picture; ``look`` is matplotlib's."""
    from matplotlib.patches import Polygon

    return Polygon(points, **look)


def stroke(xs: Sequence[float], ys: Sequence[float], **look: Any) -> Line2D:
    """A line through points, or marks on them, to be put into a picture; ``look`` is matplotlib's."""
    from matplotlib.lines import Line2D

    return Line2D(xs, ys, **look)


def empty_figure(width: float, height: float) -> Figure:
    """A white sheet, in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=100, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def empty_picture(width: float, height: float) -> tuple[Figure, Any]:
    """A sheet and its axes, laid out in inches from the top left corner."""
    figure = empty_figure(width, height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.axis("off")
    return figure, axes


class TextMeasure:
    """How wide words of a size are, and how they fit a column."""

    def __init__(self, size: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.font_manager import FontProperties

        canvas: Any = FigureCanvasAgg(Figure(dpi=DPI))
        self._renderer = canvas.get_renderer()
        self._font = FontProperties(family=FAMILY, size=size)

    def width(self, words: str) -> float:
        """In inches."""
        return float(self._renderer.get_text_width_height_descent(words, self._font, False)[0]) / DPI

    def lines(self, words: str, room: float) -> tuple[str, ...]:
        """The words in lines of at most ``room`` inches; a word that is too long is parted."""
        lines: list[str] = []
        line = ""
        for word in words.split():
            joined = f"{line} {word}".strip()
            if self.width(joined) <= room:
                line = joined
                continue
            if line:
                lines.append(line)
            while self.width(word) > room:
                cut = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or self.width(word[:n]) <= room)
                lines.append(word[:cut])
                word = word[cut:]
            line = word
        return tuple([*lines, line] if line else lines)
