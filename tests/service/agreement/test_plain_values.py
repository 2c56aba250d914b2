"""Figures come back from the database as they went in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from hypothesis import given
from hypothesis import strategies as some

from service.agreement.plain_values import from_plain, to_plain


class Colour(Enum):
    """Two."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Inner:
    """With what JSON has no word for."""

    names: frozenset[str]
    pair: tuple[float, int] | None = None


@dataclass(frozen=True)
class Outer:
    """With all that figures hold."""

    title: str
    inner: tuple[Inner, ...]
    by_name: Mapping[str, Inner | None] = field(default_factory=dict)
    colour: Colour = Colour.RED
    value: float | None = None


inner = some.builds(
    Inner,
    some.frozensets(some.text(max_size=8), max_size=3),
    some.none() | some.tuples(some.floats(allow_nan=False), some.integers()),
)
outer = some.builds(
    Outer,
    some.text(max_size=8),
    some.lists(inner, max_size=3).map(tuple),
    some.dictionaries(some.text(max_size=8), some.none() | inner, max_size=3),
    some.sampled_from(Colour),
    some.none() | some.floats(allow_nan=False),
)


@given(outer)
def test_plain_data_is_the_same_value_again(value: Outer) -> None:
    """Through JSON and back."""
    assert from_plain(Outer, json.loads(json.dumps(to_plain(value)))) == value
