"""What a champion said when it was made, read back from its folder."""

from __future__ import annotations

import pickle
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

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
    held_out = _held_out(_made(), tmp_path)
    assert held_out is not None
    assert held_out.decided.tolist() == [[False, True], [False, False]]
    assert held_out.known.tolist() == [True, False]


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
        {"segments": ["a"], "codes": ["money"], "decided": np.array(True)},
        {"segments": [["a"]], "codes": ["money"], "decided": np.zeros((1, 1), bool)},
        {"segments": 3, "codes": ["money"], "decided": np.zeros((1, 1), bool)},
        {"segments": ["a"], "codes": 5, "decided": np.zeros((1, 1), bool)},
        {"segments": ["a"], "codes": ["money"], "decided": np.zeros((1, 1), bool), "groups": 1},
        {"segments": ["a"], "codes": ["money"], "decided": np.zeros((1, 1), bool), "groups": [[1, 2]]},
        {"segments": ["a"], "codes": ["money"], "decided": np.zeros((1, 1), bool), "groups": ["A"]},
        {"segments": ["a"], "codes": ["money"], "decided": np.zeros((1, 1), bool), "groups": [0.5]},
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


@pytest.mark.parametrize(
    "shape", ["(1000000000000000,)", "(999999999, 999999999, 999999999)", "(-1,)", "(1.5,)"]
)
def test_a_matrix_that_says_it_is_huge_counts_as_missing(tmp_path: Path, shape: str) -> None:
    """Its header alone asks for more than any memory, or for what is no size: nothing fails."""
    said = f"{{'descr': '|b1', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    matrix = b"\x93NUMPY\x01\x00" + len(said).to_bytes(2, "little") + said.encode() + b"\x00"
    np.savez(tmp_path / "rest.npz", segments=[str(SEGMENT)], codes=["money"])
    with ZipFile(tmp_path / "rest.npz") as rest, ZipFile(tmp_path / HELD_OUT, "w") as out:
        for name in rest.namelist():
            out.writestr(name, rest.read(name))
        out.writestr("decided.npy", matrix)
    assert _held_out(_made(), tmp_path) is None
