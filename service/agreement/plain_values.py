"""Frozen dataclasses as plain data and back, by their declared types: how figures are kept in the database."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """As lists, dicts, texts and numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(to_plain(item) for item in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type[T], plain: Any) -> T:
    """The value of this type that ``to_plain`` made plain data of."""
    made: T = _value(kind, plain)
    return made


def _value(kind: Any, plain: Any) -> Any:
    if plain is None or kind is Any:
        return plain
    origin = typing.get_origin(kind)
    if origin in (Union, types.UnionType):
        return _value(
            next(argument for argument in typing.get_args(kind) if argument is not type(None)), plain
        )
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _value(hints[name], item) for name, item in plain.items()})
    arguments = typing.get_args(kind)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return tuple(_value(arguments[0], item) for item in plain)
        return tuple(_value(own, item) for own, item in zip(arguments, plain, strict=True))
    if origin is frozenset:
        return frozenset(_value(arguments[0], item) for item in plain)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _value(arguments[1], item) for key, item in plain.items()}
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return [_value(arguments[0], item) for item in plain]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    return plain


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
