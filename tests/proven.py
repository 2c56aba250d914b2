"""Figures of a model whose ticks were right on held-out passages, so that its suggestions come ticked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def proven(codes: Iterable[str]) -> dict[str, Any]:
    """Figures in which each of these codes was ticked 40 times, 32 of them rightly."""
    ticks = {"ticked": 40, "ticked_right": 32}
    return {"codes": [{"framework": "", "code": code, "code_id": code, **ticks} for code in codes]}
