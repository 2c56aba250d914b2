"""Who withdrew and which words were taken out, carried to another machine: the work behind "tandem withdraw --tombstones"
and "--save-tombstones".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from annotations.errors import BadInput
from annotations.store.forgotten_outside import forgotten_from, keep_forgotten, kept_forgotten
from annotations.store.kept_outside import plain_of
from annotations.store.tombstones import concerning, study_id, tombstones_from, tombstones_in
from annotations.store.transcripts import all_texts
from service.composition import Parts
from service.returned.returned_people import Returned, erase_returned, keep_outside, returned
from service.returned.returned_words import ReturnedWords, returned_words
from service.withdrawal.withdraw import withdraw
from service.withdrawal.withdrawn import Withdrawn

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ToBring:
    """What a file says that this study does not know: people who withdrew, and words that were taken out."""

    people: Returned
    words: tuple[ReturnedWords, ...] = ()

    @property
    def nothing(self) -> bool:
        """Is all of it known and erased?"""
        return not self.people.tombstones and not self.words


def written(parts: Parts) -> tuple[bytes, int]:
    """The study's tombstones as a file, with where words were taken out, and how many there are of both."""
    with parts.store.reading() as connection:
        own = tombstones_in(connection)
        study = study_id(connection)
    words = [
        forgotten
        for forgotten in kept_forgotten(parts.store, parts.forgettings_folder)
        if forgotten.study == study
    ]
    plain = {
        "study": parts.study.config.name,
        "tombstones": [tombstone.to_json() for tombstone in own],
        "forgotten": [forgotten.to_json() for forgotten in words],
    }
    return (json.dumps(plain, ensure_ascii=False, indent=2) + "\n").encode(), len(own) + len(words)


def to_bring(parts: Parts, file: Path) -> ToBring:
    """Those in a file that this study lacks, or whose people or words it has.

    Raises BadInput where none is of this study.
    """
    words = forgotten_from(file)
    given = tombstones_from(file) if not words or _names_people(file) else ()
    with parts.store.reading() as connection:
        study = study_id(connection)
        ours = concerning(connection, given)
        there = {text.id for text in all_texts(connection)}
    mine = [forgotten for forgotten in words if forgotten.study == study or forgotten.transcript in there]
    if not ours and not mine:
        raise BadInput(
            f"{file}: nobody there withdrew from this study or from one that it was copied from, and no words there were "
            f"taken out of it. Give the receipt of a withdrawal or correction of this study. Nothing was erased."
        )
    return ToBring(
        returned(parts.store, parts.tombstones_folder, ours),
        returned_words(parts.store, parts.forgettings_folder, mine),
    )


def _names_people(file: Path) -> bool:
    plain = plain_of(file.read_text("utf-8"))
    return bool(plain.get("tombstones") or plain.get("tombstone"))


def bring(parts: Parts, to_erase: ToBring, *, progress: Progress) -> tuple[Withdrawn, ...]:
    """Take them over, and erase those people and words everywhere that the study holds. The caller holds the lock."""
    people = to_erase.people
    if people.tombstones:
        erase_returned(parts.store, parts.study, people, forget=parts.forget)
    failed = list(keep_outside(parts.store, parts.tombstones_folder))
    came = tuple(
        withdraw(parts, tombstone.participant, by=tombstone.by, progress=progress)
        for tombstone in people.tombstones
        if tombstone.participant in people.here
    )
    for receipt in came:
        receipt.still_there += failed
        receipt.done = receipt.done and not failed
    if to_erase.words:
        keep_forgotten(
            parts.store, parts.forgettings_folder, [forgotten.forgotten for forgotten in to_erase.words]
        )
        parts.erase_returned_words(parts.store, to_erase.words)
    return came
