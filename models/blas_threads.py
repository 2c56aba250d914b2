"""Small matrix products on one thread: OpenBLAS lets its other threads wait busily after each, for longer than it took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Products of NumPy and SciPy use the calling thread alone; an encoder's, which are large, use theirs as before."""
    with _openblas().limit(limits=1):
        yield


@lru_cache(maxsize=1)
def _openblas() -> Any:
    # both load it: only libraries that are loaded are seen
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(internal_api="openblas")
