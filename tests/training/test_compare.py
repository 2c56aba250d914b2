"""What a champion said when it was made, read back from its folder."""

from __future__ import annotations

import pickle
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from training.compare import HELD_OUT, _held_out

SEGMENT = uuid4()
ATTACKED = Path(tempfile.gettempdir()) / "attacked-by-held-out"


def _made() -> Any:
    return SimpleNamespace(
        dataset=SimpleNamespace(codes=("money", "people"), groups=("A", "B")),
        segments=(str(SEGMENT), "other"),
    )


def test_held_out_words_come_back(tmp_path: Path) -> None:
    """By segment and code; of a segment that it was not asked about nothing is known."""
    decided = np.array([[True, False]])
    np.savez_compressed(
        tmp_path / HELD_OUT, segments=[str(SEGMENT)], codes=["people", "gone"], decided=decided
    )
    found = _held_out(_made(), tmp_path)
    assert found is not None
    assert found.decided.tolist() == [[False, True], [False, False]]
    assert found.known.tolist() == [True, False]


class _Evil:
    def __reduce__(self) -> Any:
        return (Path.touch, (ATTACKED,))


@pytest.mark.parametrize(
    "arrays",
    [
        {"segments": ["a"], "codes": ["money"]},
        {"segments": ["a"], "codes": ["money"], "decided": np.zeros((3, 1), bool)},
        {"segments": ["a"], "codes": ["money"], "decided": np.zeros((1, 1))},
        {"segments": ["a"], "codes": ["money"], "decided": np.array([[_Evil()]], dtype=object)},
        None,
    ],
)
def test_a_file_that_is_none_counts_as_missing(tmp_path: Path, arrays: dict[str, Any] | None) -> None:
    """Nothing is unpickled, nothing fails: the comparison then says that it cannot tell."""
    if arrays is None:
        (tmp_path / HELD_OUT).write_bytes(pickle.dumps(_Evil()))
    else:
        np.savez_compressed(tmp_path / HELD_OUT, **arrays)
    assert _held_out(_made(), tmp_path) is None
    assert not ATTACKED.exists()
