"""Plots are sound SVG that says what its table says."""

from __future__ import annotations

from defusedxml.ElementTree import fromstring
from hypothesis import example, given
from hypothesis import strategies as st

from service.agreement.svg_plots import PlotLine, PlotMark, Reference, curves, whiskers

VALUES = st.floats(-1, 1, allow_nan=False)


@example([("a", 0.0, 0.0, 5e-324)])  # an interval with next to no width
@given(st.lists(st.tuples(st.text(max_size=60), VALUES, VALUES, VALUES), min_size=1, max_size=8))
def test_any_values_and_labels_make_sound_svg(rows: list[tuple[str, float, float, float]]) -> None:
    """Markup in labels is only text, and every mark lies inside the picture."""
    printable = [(("".join(c for c in label if c.isprintable())), *values) for label, *values in rows]
    lines = [PlotLine(str(label), (PlotMark(sorted(v)[1], (min(v), max(v))),)) for label, *v in printable]
    drawn = fromstring(whiskers("A title", lines, references=(Reference(0, "none"),)))
    width = float(drawn.attrib["viewBox"].split()[2])
    for circle in drawn.iter("{http://www.w3.org/2000/svg}circle"):
        assert 0 <= float(circle.attrib["cx"]) <= width


def test_nothing_to_draw_is_an_empty_text() -> None:
    """No value, or one point of a curve: no picture rather than an empty frame."""
    assert whiskers("t", [PlotLine("a", (PlotMark(None),))]) == ""
    assert curves("t", [("a", [(1.0, 0.5)])], "x") == ""


def test_a_curve_has_a_point_for_each_training() -> None:
    """Two codes over three trainings: two lines, six points."""
    svg = curves(
        "t", [("a", [(1, 0.1), (2, 0.2), (3, 0.3)]), ("b", [(1, 0.1), (2, 0.2), (3, 0.3)])], "reviews"
    )
    assert svg.count("<polyline") == 2
    assert svg.count("<circle") == 6
