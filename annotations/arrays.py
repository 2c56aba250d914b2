"""Arrays by name, so that nobody takes the one kind of floating-point numbers for the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Counts, coefficients, probabilities, and everything that is added up."""
Floats32 = NDArray[np.float32]
"""Embeddings, weights and what is stored: half the memory, about seven digits."""
Bools = NDArray[np.bool_]
"""Decisions, and which rows or decisions are meant."""
Ints = NDArray[np.int64]
"""Numbers of things, and places."""
