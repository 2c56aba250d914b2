"""Long lists in lots."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotations.lots import lots, slices

SIZES = st.integers(1, 12)


@given(st.lists(st.integers(), max_size=60), SIZES)
def test_lots_are_the_items_in_order_each_full_but_the_last(items: list[int], most: int) -> None:
    """Nothing is lost, doubled or moved, and only the last lot may be smaller; without items there is no lot."""
    found = list(lots(items, most))
    assert [one for some in found for one in some] == items
    assert [len(some) for some in found[:-1]] == [most] * (len(found) - 1)
    assert all(0 < len(some) <= most for some in found)


@given(st.integers(0, 60), SIZES)
def test_slices_end_where_the_items_end(count: int, most: int) -> None:
    """Whoever says how far the work is can take the end of a slice as what is done, and it reaches the whole."""
    ends = [0, *(one.stop for one in slices(count, most))]
    assert [one.start for one in slices(count, most)] == ends[:-1]
    assert ends[-1] == count


def test_arrays_are_cut_along_their_first_axis() -> None:
    """A lot of an array is an array, and the others of its axes stay whole."""
    found = list(lots(np.arange(10).reshape(5, 2), 2))
    assert [some.shape for some in found] == [(2, 2), (2, 2), (1, 2)]
