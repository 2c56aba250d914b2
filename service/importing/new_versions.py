"""A corrected transcript in the place of the one before: the work behind "tandem import --replace"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from annotations.errors import BadInput
from annotations.numbers_shown import counted
from annotations.store.codebook_versions import keep_codebook
from annotations.store.new_version import NewVersion, put_new_version, segmentations_of
from annotations.store.pushed_tasks import count_tasks
from annotations.store.segments import segmentation_of
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Transcript
from models.segmenter import segment
from service.composition import Parts
from service.looking.changed_passages import ChangedPassage, changed_passages


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a corrected text did. ``number``: which version it is, from 1.

    ``codings`` and ``reviews``: how many moved along. ``waiting``: those whose words changed. ``tasks``: how many tasks
    in Label Studio show words that stand no more.
    """

    number: int
    codings: int
    reviews: int
    codings_waiting: int
    waiting: tuple[ChangedPassage, ...]
    tasks: int

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "version": self.number,
            "codings_moved": self.codings,
            "reviews_moved": self.reviews,
            "codings_waiting": self.codings_waiting,
            "waiting": [passage_waiting.to_json() for passage_waiting in self.waiting],
            "outdated_tasks": self.tasks,
        }

    @property
    def sentence(self) -> str:
        """What was done, for a person."""
        moved = f"{counted(self.codings, 'coding')} and {counted(self.reviews, 'review')} moved along"
        said = f"this is version {self.number} of it; {moved}"
        if self.waiting:
            waits = counted(len(self.waiting), "passage waits", "passages wait")
            said += f", and {waits} for a person, since words changed: see tandem settle"
        if self.tasks:
            shown = counted(self.tasks, "task in Label Studio shows", "tasks in Label Studio show")
            said += f". {shown} words that changed: run tandem precode and tandem push"
        return f"{said}."


def put_in_its_place(
    parts: Parts, connection: Connection, before: KeptTranscript, after: Transcript
) -> Replaced:
    """Let a corrected text take the place of the one before. Raises BadInput where it cannot be cut as that was."""
    if not after.turns or not after.text.strip():
        raise BadInput(
            f'nobody says a word in it, so it takes the place of "{before.transcript.name}" for nobody. To erase somebody, '
            f"use tandem withdraw."
        )
    cuts = {
        version: segment(after, segmentation_of(connection, version))
        for version in segmentations_of(connection, before.id)
    }
    done = put_new_version(
        connection, before, after, cuts, codebook_version=keep_codebook(connection, parts.codebook)
    )
    waiting = changed_passages(connection, parts.codebook, transcript=before.id)
    return Replaced(
        number=done.number,
        codings=done.moved_codings,
        reviews=_moved_reviews(done),
        codings_waiting=done.waiting_codings,
        waiting=tuple(waiting),
        tasks=count_tasks(connection, done.replaced),
    )


def _moved_reviews(done: NewVersion) -> int:
    return sum(
        passage.moved and passage.coding is None and passage.settled != "past" for passage in done.passages
    )
