"""Reading a file of arrays (.npz) that a stranger may have made: numbers and texts only, of the size that they claim."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

# what compresses best of ours (yes and no, rarely yes) stays below this; a file made to fill the memory does not
_MOST_PACKED = 200
_ALWAYS = 16_000_000  # bytes


def read_arrays(file: Path) -> dict[str, NDArray[Any]]:
    """All arrays by name. Raises ValueError, OSError, BadZipFile for a file that is none or claims more than it holds."""
    with zipfile.ZipFile(file) as packed:
        members = packed.infolist()
        size = sum(member.file_size for member in members)
        if size > _ALWAYS + _MOST_PACKED * file.stat().st_size:
            raise ValueError(f"it would unpack to {size / 1e9:.1f} GB")
        for member in members:
            _refuse_false_header(packed, member)
    with np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _refuse_false_header(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """NumPy makes room for what a header claims before it reads."""
    with packed.open(member) as opened:
        version = npy.read_magic(opened)  # type: ignore[no-untyped-call] # NumPy types neither
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, kind = read(opened)  # type: ignore[no-untyped-call]
        claimed = kind.itemsize
        for length in shape:
            claimed *= length  # Python's own numbers do not overflow
        if kind.hasobject or min(shape, default=0) < 0 or opened.tell() + claimed != member.file_size:
            raise ValueError(f"{member.filename} does not hold what it claims")
