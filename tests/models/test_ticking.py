"""Which codes come ticked: those that held-out passages have shown to be right often enough."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored_model import a_measured_model

from models.ticking import measured_ticks, shown_right, tick_cuts


@pytest.mark.parametrize(
    ("ticked", "right", "shown"),
    [
        (4, 4, False),
        (5, 4, True),
        (5, 2, False),
        (27, 8, False),
        (27, 12, True),
        (400, 132, True),
        (400, 120, False),
    ],
)
def test_few_ticks_show_little(ticked: int, right: int, shown: bool) -> None:
    """The same share is enough where there are many, and not where there are few."""
    assert shown_right(ticked, right, 0.3) is shown


@settings(max_examples=50)
@given(st.integers(0, 200), st.data())
def test_more_right_ticks_never_take_a_tick_away(ticked: int, data: st.DataObject) -> None:
    """And what is shown is never below the share that was seen."""
    right = data.draw(st.integers(0, ticked))
    if shown_right(ticked, right, 0.3):
        assert right / ticked >= 0.3
        assert all(shown_right(ticked, more, 0.3) for more in range(right, ticked + 1))


def test_a_code_comes_ticked_from_its_threshold_on_and_from_the_least_precision() -> None:
    """Whichever is higher; a code that was not measured, not judged or not shown to be right is missing."""
    rows = [{"code_id": code, "ticked": 40, "ticked_right": 30} for code in ("low", "high", "unjudged")]
    rows += [{"code_id": "wrong", "ticked": 40, "ticked_right": 4}, {"code_id": "old"}]
    thresholds = {"low": 0.1, "high": 0.6, "unjudged": None, "wrong": 0.1, "old": 0.1}
    model = a_measured_model(rows, thresholds)
    assert tick_cuts(model) == {"low": 0.3, "high": 0.6}
    assert tick_cuts(model, 0.8) == {}
    assert measured_ticks(model)


def test_nothing_comes_ticked_below_what_was_counted() -> None:
    """Whoever lowers the least precision has ticks counted from there by the next training; until then it stays."""
    model = a_measured_model([{"code_id": "low", "ticked": 40, "ticked_right": 30}], {"low": 0.1})
    assert tick_cuts(model, 0.2) == {"low": 0.3}


def test_a_model_without_such_figures_ticks_nothing() -> None:
    """It knows only the codebook's words, or was made before they were taken."""
    model = a_measured_model([], {"low": 0.1})
    assert tick_cuts(model) == {}
    assert not measured_ticks(model)
