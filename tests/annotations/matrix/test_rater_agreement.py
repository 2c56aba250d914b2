"""What ratings come to, and weighted kappa against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lazily import Lazily

from annotations.matrix.rated_cells import RatedCell, rated_cells
from annotations.matrix.rater_agreement import agreement_of_raters
from annotations.store.cell_place import CellPlace
from annotations.store.ratings import Rating

sklearn_metrics = Lazily("sklearn.metrics")


def _place(case: str = "E", code: str = "money") -> CellPlace:
    return CellPlace("", code, (("case", case),))


def _cells(*said: tuple[str, str, bool]) -> RatedCell:
    found = rated_cells(Rating(_place(), rater, value, consensus=agreed) for rater, value, agreed in said)
    return found[_place().key]


def test_a_cell_stands_by_consensus_or_by_raters_who_agree() -> None:
    """Where raters differ it has no value yet; the newest word of each holds."""
    assert (_cells(("Ada", "1", False)).value, _cells(("Ada", "1", False)).status) == ("1", "one rater")
    differ = _cells(("Ada", "1", False), ("Ben", "2", False))
    assert (differ.value, differ.status) == (None, "raters differ")
    alike = _cells(("Ada", "1", False), ("Ben", "2", False), ("Ada", "2", False))
    assert (alike.value, alike.status, len(alike.history)) == ("2", "raters agree", 3)
    agreed = _cells(("Ada", "1", False), ("Ben", "2", False), ("Ben", "1", True))
    assert (agreed.value, agreed.status) == ("1", "consensus")


def test_what_was_taken_back_holds_no_more() -> None:
    """A rating and a consensus alike; both stay on record."""
    back = _cells(("Ada", "1", False), ("Ada", "", False))
    assert (back.value, back.status, back.newest, len(back.history)) == (None, "", (), 2)
    cell = _cells(("Ada", "1", False), ("Ben", "2", False), ("Ben", "1", True), ("Ben", "", True))
    assert cell.status == "raters differ"


def test_ratings_after_a_consensus_are_not_independent() -> None:
    """Only what was said before is compared."""
    cell = _cells(("Ada", "1", False), ("Ben", "2", False), ("Ben", "1", True), ("Ben", "1", False))
    assert cell.independent == {"Ada": "1", "Ben": "2"}


RATED = st.lists(
    st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(0, 7)), min_size=2, max_size=40
)


@settings(max_examples=40, deadline=None)
@given(RATED)
def test_weighted_kappa_is_that_of_scikit_learn(said: list[tuple[int, int, int]]) -> None:
    """With linear weights over the whole scale; undefined where scikit-learn's is; the interval holds the value."""
    cells = {}
    for at, (one, other, case) in enumerate(said):
        place = _place(f"case {case}", f"code {at}")
        cells |= rated_cells([Rating(place, "Ada", str(one)), Rating(place, "Ben", str(other))])
    (found,) = agreement_of_raters(cells)
    ones, others = [one for one, _, _ in said], [other for _, other, _ in said]
    if len({*ones, *others}) == 1:
        assert found.kappa is None
        assert found.reason is not None
        assert "same value" in found.reason
        return
    expected = sklearn_metrics.cohen_kappa_score(ones, others, labels=[-2, -1, 0, 1, 2], weights="linear")
    assert found.kappa == pytest.approx(expected)
    assert (found.interval is None) != (found.interval_reason is None)
    if found.interval is not None:
        assert found.groups >= 5
        assert found.interval[0] <= found.kappa <= found.interval[1]
        assert found.few


def test_few_cases_have_no_interval_but_their_own_values() -> None:
    """Three cases: the reason is said in their words."""
    random = np.random.default_rng(1)
    cells = {}
    for case in "EMC":
        for code in range(8):
            value = int(random.integers(-2, 3))
            place = _place(case, f"code {code}")
            cells |= rated_cells(
                [Rating(place, "Ada", str(value)), Rating(place, "Ben", str(min(2, value + code % 2)))]
            )
    (found,) = agreement_of_raters(cells)
    assert found.interval is None
    assert found.interval_reason == "an interval needs at least 5 cases or sites, and there are 3"
    assert set(found.by_group) == set("EMC")


def test_missing_and_mixed() -> None:
    """Mixed is nought on the scale and not the same as 0; what one calls missing is compared with nothing."""
    cells = {}
    for code, (one, other) in enumerate(
        [("mixed", "0"), ("missing", "1"), ("missing", "missing"), ("2", "2")]
    ):
        place = _place(code=f"code {code}")
        cells |= rated_cells([Rating(place, "Ada", one), Rating(place, "Ben", other)])
    (found,) = agreement_of_raters(cells)
    assert (found.cells, found.unlike, found.kappa, found.same, found.mixed) == (2, 1, 1.0, 0.5, 1)
