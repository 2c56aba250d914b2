"""What few tests compare with does not burden every process that collects."""

from __future__ import annotations

import pytest
from lazily import Lazily


def test_what_pytest_asks_while_it_collects_loads_nothing() -> None:
    """Only what a test asks for loads the module, which here is none."""
    stands_for = Lazily("there_is_no_such_module")
    assert not hasattr(stands_for, "__test__")
    assert not hasattr(stands_for, "_pytestfixturefunction")
    with pytest.raises(ModuleNotFoundError):
        stands_for.kappa  # noqa: B018 - asking is what loads it


def test_collecting_loads_no_library_that_is_slow_to_load(loaded_by_collecting: list[str]) -> None:
    """Neither a test's module nor what it tests loads one before a test runs: each process would, for all files."""
    assert loaded_by_collecting == []
