"""Where in the study's tables something was written: phase, code, and what the column stands for.

The place does not depend on how a table is laid out today: the same cell is found by whatever spelling, and in whatever
order two crossed columns stand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

from annotations.names import folded
from annotations.transcript import Span

Column = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CellPlace:
    """A cell: ``phase`` and ``code`` are ids of the codebook ("" where no phase is stated), ``column`` pairs of a
    column's name and its value, such as (("case", "Esther"), ("wave", "2")).
    """

    phase: str
    code: str
    column: Column = ()

    @cached_property
    def key(self) -> str:
        """Phase, code and column in one form."""
        return place_key(self.phase, self.code, column_key(self.column))

    def row(self) -> dict[str, Any]:
        """Its columns in a row of a table."""
        return {
            "phase": self.phase,
            "code": self.code,
            "column": [list(pair) for pair in self.column],
            "place_key": self.key,
        }


# a table of many thousand cells has few columns
@lru_cache(maxsize=8192)
def column_key(column: Column) -> str:
    """What a column stands for, in one form: in any case and order."""
    return json.dumps(sorted([folded(name), folded(value)] for name, value in column), ensure_ascii=False)


def place_key(phase: str, code: str, column: str) -> str:
    """The key of the cell of a phase, a code and a column's key: a list in JSON, put together by hand for speed.

    >>> place_key("early", "a", '[["case", "E"]]') == json.dumps(["early", "a", '[["case", "E"]]'])
    True
    """
    return f"[{', '.join(map(encode_basestring, (phase, code, column)))}]"


def column_of(plain: Sequence[Sequence[str]]) -> Column:
    """The column that a row holds."""
    return tuple((str(name), str(value)) for name, value in plain)


@dataclass(frozen=True, slots=True)
class RestingPassage:
    """A passage that something rests on; ``span``: None is the whole transcript.

    ``text_hash``: of the text that the span was counted in. Where the transcript has another text by now, nobody knows
    what stands there.
    """

    transcript: UUID
    span: Span | None
    text_hash: str
