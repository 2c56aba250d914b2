"""How a process does much work in small pieces without paying for what it does not need meanwhile."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

# new objects between two looks for cycles: a lot makes some hundred thousand that hold no cycle and go with it
_SELDOM = 100_000


@contextmanager
def in_small_pieces() -> Iterator[None]:
    """Small matrix products on one thread, and cycles of objects sought seldom; afterwards both are as before.

    OpenBLAS lets its other threads wait busily after each product, for longer than a small one takes. An encoder's
    products, which are large and not OpenBLAS's, use their threads as before.
    """
    often = gc.get_threshold()
    gc.set_threshold(_SELDOM, *often[1:])
    try:
        with _openblas().limit(limits=1):
            yield
    finally:
        gc.set_threshold(*often)


@lru_cache(maxsize=1)
def _openblas() -> Any:
    # both load it: only libraries that are loaded are seen
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(internal_api="openblas")
