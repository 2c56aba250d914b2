"""Who withdrew, carried to another machine: the work behind "tandem withdraw --tombstones" and "--save-tombstones"."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from annotations.errors import BadInput
from annotations.store.tombstones import concerning, tombstones_from, tombstones_in
from service.composition import Parts
from service.returned_people import Returned, erase_returned, keep_outside, returned
from service.withdrawal.withdraw import withdraw
from service.withdrawal.withdrawn import Withdrawn

Progress = Callable[[int, int], None]


def written(parts: Parts) -> tuple[bytes, int]:
    """The study's tombstones as a file, and how many there are."""
    with parts.store.reading() as connection:
        own = tombstones_in(connection)
    plain = {"study": parts.study.config.name, "tombstones": [one.to_json() for one in own]}
    return (json.dumps(plain, ensure_ascii=False, indent=2) + "\n").encode(), len(own)


def to_bring(parts: Parts, file: Path) -> Returned:
    """Those in a file that this study lacks, or whose people it has. Raises BadInput where none is of this study."""
    given = tombstones_from(file)
    with parts.store.reading() as connection:
        ours = concerning(connection, given)
    if not ours:
        raise BadInput(
            f"{file}: nobody there withdrew from this study or from one that it was copied from. Give the receipt of a "
            f"withdrawal from this study. Nothing was erased."
        )
    return returned(parts.store, parts.tombstones_folder, ours)


def bring(parts: Parts, found: Returned, *, progress: Progress) -> tuple[Withdrawn, ...]:
    """Take the tombstones over, and erase those people everywhere whom the study holds. The caller holds the lock."""
    erase_returned(parts.store, parts.study, found, forget=parts.forget)
    failed = keep_outside(parts.store, parts.tombstones_folder)
    came = tuple(
        withdraw(parts, one.participant, by=one.by, progress=progress)
        for one in found.tombstones
        if one.participant in found.here
    )
    for one in came:
        one.still_there += failed
        one.done = one.done and not failed
    return came
