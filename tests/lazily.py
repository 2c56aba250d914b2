"""Libraries that few tests compare with: loaded when the first of them asks, not by every process that collects."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Lazily:
    """Stands for a module, and loads it when something of it is asked for.

    What begins with an underscore is not of it: pytest asks every name of a module for such things while it collects.
    """

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(import_module(self._module), name)
