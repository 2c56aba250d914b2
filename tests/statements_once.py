"""Statements are made into SQL once for all studies of a run: each has an engine, and would do it anew."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from annotations.store import database

MOST = 4000


class _OfItsKind(MutableMapping[Any, Any]):
    """What SQLAlchemy keeps of an engine's statements, shared by all engines of one kind of database.

    Its keys begin with the engine's dialect: here the kind stands in its place, for our engines differ in nothing else.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._kept = _kept()

    def _key(self, key: Any) -> Any:
        return (self._kind, *key[1:])

    def __getitem__(self, key: Any) -> Any:
        return self._kept[self._key(key)]

    def get(self, key: Any, default: Any = None) -> Any:
        return self._kept.get(self._key(key), default)

    def __setitem__(self, key: Any, made: Any) -> None:
        self._kept[self._key(key)] = made

    def __delitem__(self, key: Any) -> None:
        del self._kept[self._key(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


@cache
def _kept() -> LRUCache[Any, Any]:
    return LRUCache(MOST)


@contextmanager
def statements_made_once() -> Iterator[None]:
    """While it lasts, an engine of a study takes over what others of its kind have made of their statements."""
    make = database.create_engine

    def sharing(*given: Any, **named: Any) -> Engine:
        engine = make(*given, **named)
        engine._compiled_cache = _OfItsKind(engine.dialect.name)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", sharing)
        yield
