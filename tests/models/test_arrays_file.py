"""A model's files may come from a stranger: only numbers and texts are made of them, and no more than they hold."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from annotations.errors import TandemError
from models.arrays_file import read_arrays
from models.artifact import _hash, load, save
from models.cold_start import ColdStart


class _Runs:
    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.file,)


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    """Packed or not; numbers, texts and none at all."""
    arrays = {
        "a": np.arange(6.0).reshape(2, 3),
        "b": np.array(["x", "yz"]),
        "c": np.zeros((0, 4)),
        "d": np.array(3),
    }
    for write in (np.savez, np.savez_compressed):
        write(tmp_path / "a.npz", **arrays)
        found = read_arrays(tmp_path / "a.npz")
        assert {name: its.tolist() for name, its in found.items()} == {
            name: its.tolist() for name, its in arrays.items()
        }


def test_a_pickle_in_it_is_not_read(tmp_path: Path) -> None:
    """NumPy would run it where it is allowed to."""
    mark, file = tmp_path / "ran", tmp_path / "a.npz"
    np.savez(file, a=np.array([_Runs(mark)], dtype=object))
    with pytest.raises(ValueError, match="does not hold what it claims"):
        read_arrays(file)
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.npy", pickle.dumps(_Runs(mark)))
    with pytest.raises(ValueError, match="magic"):
        read_arrays(file)
    assert not mark.exists()


def test_a_file_made_to_fill_the_memory_is_refused(tmp_path: Path) -> None:
    """A few kilobytes that unpack to gigabytes."""
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.npy", _header((40_000_000,)) + b"\0" * 40_000_000)
    with pytest.raises(ValueError, match="would unpack to"):
        read_arrays(tmp_path / "a.npz")


@pytest.mark.parametrize("shape", [(10**12,), (2**40, 2**40), (3,), (-1,), (5, -1)])
def test_a_header_that_claims_more_than_there_is_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    """NumPy would make room for it first."""
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as packed:
        packed.writestr("a.npy", _header(shape) + b"\0" * 16)
    with pytest.raises(ValueError, match="claims"):
        read_arrays(tmp_path / "a.npz")


def _header(shape: tuple[int, ...]) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return out.getvalue()


def _model(folder: Path) -> None:
    ones = np.ones(2)
    save(ColdStart(("a", "b"), np.eye(2, 4, dtype=np.float32), ones, ones, ones / 2), folder)


@pytest.mark.parametrize(
    ("array", "value"),
    [("meanings", np.eye(3, 4)), ("meanings", np.ones(2)), ("centre", np.ones(3)), ("spread", np.array([1.0, np.nan])),
     ("thresholds", np.ones((2, 2))), ("thresholds", np.array(["a", "b"])), ("centre", None)],
)  # fmt: skip
def test_numbers_that_do_not_fit_the_codes_are_a_sentence(
    tmp_path: Path, array: str, value: np.ndarray | None
) -> None:
    """Also where the study's database vouches for the file: whoever made one made the other."""
    folder = tmp_path / "model"
    _model(folder)
    arrays = read_arrays(folder / "model.npz") | ({} if value is None else {array: value})
    if value is None:
        del arrays[array]
    np.savez(folder / "model.npz", **arrays)
    with pytest.raises(TandemError, match="cannot be read"):
        load(folder, _hash(folder))


@pytest.mark.parametrize("text", ["[]", "{}", '{"layout": 2}', '{"layout": 3, "kind": "trained", "codes": 3}', "[" * 100_000,
                                  '{"layout": 3, "kind": "cold start", "codes": ["a"]}', "null"])  # fmt: skip
def test_a_manifest_that_is_none_is_a_sentence(tmp_path: Path, text: str) -> None:
    """Whatever JSON stands there."""
    folder = tmp_path / "model"
    _model(folder)
    (folder / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(TandemError):
        load(folder, _hash(folder))


def test_a_sound_model_is_read(tmp_path: Path) -> None:
    """The checks refuse nothing of ours."""
    folder = tmp_path / "model"
    _model(folder)
    assert load(folder, _hash(folder)).codes == ("a", "b")
    assert json.loads((folder / "manifest.json").read_text())["layout"] == 3
