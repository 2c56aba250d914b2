"""Much work in small pieces leaves a process as it was."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from models.long_runs import in_small_pieces


def _threads() -> set[int]:
    """Those that OpenBLAS uses."""
    return {its["num_threads"] for its in threadpool_info() if its["internal_api"] == "openblas"}


def test_products_use_one_thread_and_then_as_many_as_before() -> None:
    """Also where what was done fails."""
    assert np.ones((2, 2)).sum() == 4  # NumPy is loaded, and its library with it
    before, often = _threads(), gc.get_threshold()
    if not before:
        pytest.skip("this NumPy does not use OpenBLAS")

    def fails() -> None:
        with in_small_pieces():
            assert _threads() == {1}
            assert gc.get_threshold()[0] > often[0]
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert _threads() == before
    assert gc.get_threshold() == often
