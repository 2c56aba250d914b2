"""The segments of a study in some 40 bytes each: as objects, a million of them take most of a gigabyte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, overload
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, String, select, type_coerce

from annotations.segment import Segment
from annotations.store.tables import segments
from annotations.transcript import Role, Span

AT_ONCE = 5000
_ID = 16  # bytes


class PackedSegments(Sequence[Segment]):
    """One transcript's segments, each made when it is asked for.

    ``numbers``: shape (n, 5), int32: index, turn, start, end, and the place in ``said_by``, where the speakers of the
    whole study stand with their roles. ``ids``: 16 bytes each.
    """

    __slots__ = ("_ids", "_said_by", "numbers")

    def __init__(
        self, numbers: NDArray[np.int32], said_by: Sequence[tuple[str, Role]], ids: NDArray[np.void]
    ) -> None:
        self.numbers, self._said_by, self._ids = numbers, said_by, ids

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Segment]:
        for row, raw in zip(self.numbers.tolist(), self._ids.tolist(), strict=True):
            yield self._segment(row, raw)

    @overload
    def __getitem__(self, place: int) -> Segment: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Segment, ...]: ...

    def __getitem__(self, place: int | slice) -> Segment | tuple[Segment, ...]:
        if isinstance(place, slice):
            return tuple(PackedSegments(self.numbers[place], self._said_by, self._ids[place]))
        return self._segment(self.numbers[place].tolist(), self._ids[place].tobytes())

    @property
    def ids(self) -> NDArray[np.void]:
        """The bytes of their ids, shape (n,)."""
        return self._ids

    @property
    def spans(self) -> list[list[int]]:
        """Start and end of each."""
        spans: list[list[int]] = self.numbers[:, 2:4].tolist()
        return spans

    @property
    def speakers(self) -> list[tuple[str, Role]]:
        """Who says each, and in which role."""
        said_by = self._said_by
        return [said_by[at] for at in self.numbers[:, 4].tolist()]

    def _segment(self, row: Sequence[int], raw: bytes) -> Segment:
        index, turn, start, end, who = row
        speaker, role = self._said_by[who]
        return Segment(index, turn, speaker, role, Span(start, end), UUID(bytes=raw))


def packed_segments(connection: Connection, segmentation: str) -> Mapping[UUID, PackedSegments]:
    """Every transcript's segments under one segmentation, in order; a few thousand rows are held as rows at a time."""
    s = segments.c
    owner_id, own_id = as_kept(connection, s.transcript_id), as_kept(connection, s.id)
    wanted = (
        select(owner_id, own_id, s["index"], s.turn, s.start, s["end"], s.speaker, s.role)
        .where(s.segmentation == segmentation)
        .order_by(s.transcript_id, s["index"])
    )
    numbers_read, ids_read, owners = [], [], list[tuple[Any, int]]()
    said_by: dict[tuple[str, str], int] = {}
    for rows in connection.execute(wanted.execution_options(yield_per=AT_ONCE)).partitions():
        owner, own, *places, speakers, roles = zip(*rows, strict=True)
        who = [said_by.setdefault(its, len(said_by)) for its in zip(speakers, roles, strict=True)]
        numbers_read.append(np.array([*places, who], dtype=np.int32).T)
        ids_read.append(packed_ids(own))
        owners += [(name, len(list(its))) for name, its in groupby(owner)]
    names = [(speaker, Role(role)) for speaker, role in said_by]
    numbers = np.concatenate(numbers_read) if numbers_read else np.zeros((0, 5), np.int32)
    ids = np.concatenate(ids_read) if ids_read else packed_ids(())
    by_transcript, begin = {}, 0
    # a transcript may lie in several parts of what was read
    for owner, parts in groupby(owners, itemgetter(0)):
        end = begin + sum(count for _, count in parts)
        by_transcript[UUID(bytes=_bytes(owner))] = PackedSegments(numbers[begin:end], names, ids[begin:end])
        begin = end
    return by_transcript


def as_kept(connection: Connection, column: ColumnElement[UUID]) -> ColumnElement[Any]:
    """A column of ids as the driver gives it: SQLite keeps text, and no object is made of each on the way to bytes."""
    return type_coerce(column, String) if connection.dialect.name == "sqlite" else column


def packed_ids(kept: Iterable[Any]) -> NDArray[np.void]:
    """Ids as a driver gives them, 16 bytes each."""
    return np.frombuffer(b"".join(map(_bytes, kept)), dtype=f"V{_ID}")


def _bytes(kept: Any) -> bytes:
    raw: bytes = bytes.fromhex(kept) if isinstance(kept, str) else kept.bytes
    return raw
