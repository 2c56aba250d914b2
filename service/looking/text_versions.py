"""The versions of a transcript's text, and where reviews stood in earlier ones."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from annotations.errors import BadInput
from annotations.store.forgettings import forgettings_of
from annotations.store.transcript_versions import passages_of, versions_of
from annotations.store.transcripts import KeptTranscript

_SETTLED = {"open": "waits for a person", "kept": "kept", "dropped": "dropped"}


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """An earlier version of a text: its number from 1, when another took its place, and whether its words were erased."""

    version: int
    replaced: str
    source: str
    erased: bool

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class EarlierPlace:
    """Where a review or coding stood in an earlier version. ``text``: None where the words were erased.

    ``number``: what people call it where it waits for a person; ``settled``: what became of it, None where nobody had to
    settle it.
    """

    version: int
    start: int
    end: int
    text: str | None
    words_changed: bool
    settled: str | None
    settled_by: str | None
    number: int | None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def text_versions(connection: Connection, kept: KeptTranscript, zone: ZoneInfo) -> tuple[EarlierVersion, ...]:
    """The earlier versions, oldest first; none where the text is the first."""
    return tuple(
        EarlierVersion(
            version=older_version.number,
            replaced=older_version.replaced.astimezone(zone).isoformat(timespec="seconds"),
            source=older_version.source,
            erased=older_version.text is None,
        )
        for older_version in versions_of(connection, kept.id)
    )


def text_of_version(connection: Connection, kept: KeptTranscript, number: int) -> str:
    """The text of one version. Raises BadInput for one that is not there, or whose words were erased."""
    earlier = {older_version.number: older_version for older_version in versions_of(connection, kept.id)}
    if number == len(earlier) + 1:
        return kept.transcript.text
    if number not in earlier:
        raise BadInput(
            f"{kept.transcript.name} has no version {number}; its versions are 1 to {len(earlier) + 1}."
        )
    text = earlier[number].text
    if text is None:
        by = ", ".join(dict.fromkeys(forgetting.by for forgetting in forgettings_of(connection, [kept.id])))
        raise BadInput(f"the words of version {number} of {kept.transcript.name} were erased by {by}.")
    return text


def earlier_places(connection: Connection, transcript: UUID) -> dict[UUID, list[EarlierPlace]]:
    """For each review, where it stood in earlier versions, and what became of it."""
    numbered = {older_version.id: older_version for older_version in versions_of(connection, transcript)}
    places: dict[UUID, list[EarlierPlace]] = {}
    for passage in passages_of(connection, transcript):
        # a coding of no review stands under the review that was made for it when its words changed
        if passage.review is None or (passage.coding is not None and passage.settled not in _SETTLED):
            continue
        version = numbered[passage.version]
        places.setdefault(passage.review, []).append(
            EarlierPlace(
                version=version.number,
                start=passage.was.start,
                end=passage.was.end,
                text=None if version.text is None else passage.was.of(version.text),
                words_changed=not passage.moved,
                settled=_SETTLED.get(passage.settled or ""),
                settled_by=passage.settled_by,
                number=passage.number if passage.settled == "open" else None,
            )
        )
    return places
