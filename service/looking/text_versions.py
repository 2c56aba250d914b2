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
from annotations.store.transcripts import Kept

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


def text_versions(connection: Connection, kept: Kept, zone: ZoneInfo) -> tuple[EarlierVersion, ...]:
    """The earlier versions, oldest first; none where the text is the first."""
    return tuple(
        EarlierVersion(
            version=one.number,
            replaced=one.replaced.astimezone(zone).isoformat(timespec="seconds"),
            source=one.source,
            erased=one.text is None,
        )
        for one in versions_of(connection, kept.id)
    )


def text_of_version(connection: Connection, kept: Kept, number: int) -> str:
    """The text of one version. Raises BadInput for one that is not there, or whose words were erased."""
    earlier = {one.number: one for one in versions_of(connection, kept.id)}
    if number == len(earlier) + 1:
        return kept.transcript.text
    if number not in earlier:
        raise BadInput(
            f"{kept.transcript.name} has no version {number}; its versions are 1 to {len(earlier) + 1}."
        )
    text = earlier[number].text
    if text is None:
        by = ", ".join(dict.fromkeys(one.by for one in forgettings_of(connection, [kept.id])))
        raise BadInput(f"the words of version {number} of {kept.transcript.name} were erased by {by}.")
    return text


def earlier_places(connection: Connection, transcript: UUID) -> dict[UUID, list[EarlierPlace]]:
    """For each review, where it stood in earlier versions, and what became of it."""
    numbered = {one.id: one for one in versions_of(connection, transcript)}
    found: dict[UUID, list[EarlierPlace]] = {}
    for one in passages_of(connection, transcript):
        # a coding of no review stands under the review that was made for it when its words changed
        if one.review is None or (one.coding is not None and one.settled not in _SETTLED):
            continue
        version = numbered[one.version]
        found.setdefault(one.review, []).append(
            EarlierPlace(
                version=version.number,
                start=one.was.start,
                end=one.was.end,
                text=None if version.text is None else one.was.of(version.text),
                words_changed=not one.moved,
                settled=_SETTLED.get(one.settled or ""),
                settled_by=one.settled_by,
                number=one.number if one.settled == "open" else None,
            )
        )
    return found
