"""A corrected text takes the place of the one before: what was decided about words that stay goes along.

Reviews and codings whose words are the same stand at the new place of these words; so do segments, with all that hangs
on them: suggestions, tasks, draws. A review or coding of which a word has changed counts no more and waits for a person.
Of a review that waits, the codings whose own words are the same stay as codings of which nobody knows what else was
looked at. A segment's id stands for the same words for ever: where they have changed, the segment is put aside with
all that was said of it, and what stands there now is another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Connection, Row, insert, select, update

from annotations.coding import Condition
from annotations.segment import Segment
from annotations.store.move_writings import move_written_passages
from annotations.store.reviews import past_reviews, retract
from annotations.store.tables import (
    codings,
    drawn_segments,
    reviews,
    segmentations,
    segments,
    suggestions,
    transcripts,
    turns,
)
from annotations.store.transcript_versions import (
    OPEN,
    REPLACED,
    MovedPassage,
    add_passages,
    add_version,
    move_open_passages,
    open_passages,
    version_number,
)
from annotations.store.transcripts import KeptTranscript, columns_of, put_turns
from annotations.text_changes import Landed, TextChanges
from annotations.transcript import Span, Transcript


@dataclass
class NewVersion:
    """What became of a transcript: which version its text is now, and the passages that moved or wait for a person.

    ``replaced``: the segments that were put aside.
    """

    number: int
    passages: list[MovedPassage] = field(default_factory=list)
    replaced: list[UUID] = field(default_factory=list)

    @property
    def moved_codings(self) -> int:
        """How many codings that counted went along."""
        return sum(
            passage.moved and passage.coding is not None
            for passage in self.passages
            if passage.settled != "past"
        )

    @property
    def waiting_codings(self) -> int:
        """How many codings wait for a person."""
        return sum(
            not passage.moved and passage.coding is not None
            for passage in self.passages
            if passage.settled != "past"
        )


def segmentations_of(connection: Connection, transcript: UUID) -> tuple[str, ...]:
    """The segmentations that have cut a transcript as it is now."""
    s = segments
    wanted = select(s.c.segmentation).where(s.c.transcript_id == transcript).distinct()
    versions = connection.execute(wanted).scalars()
    return tuple(sorted(version for version in versions if not version.startswith(REPLACED)))


def put_new_version(
    connection: Connection,
    before: KeptTranscript,
    after: Transcript,
    cuts: Mapping[str, Sequence[Segment]],
    *,
    codebook_version: str,
) -> NewVersion:
    """Let ``after`` take the place of a text, within one writing transaction.

    ``cuts``: the new text as each segmentation of ``segmentations_of`` cuts it. ``codebook_version``: the one in force.
    """
    was = before.transcript
    number = version_number(connection, before.id)
    version = add_version(connection, before.id, number, was.text, was.turns, was.source)
    new_version = NewVersion(number + 1)
    changes = TextChanges(was.text, after.text)
    waiting = open_passages(connection, before.id)
    move_open_passages(
        connection,
        {passage.id: changes.landed(passage.now).span for passage in waiting if passage.now is not None},
    )
    _Moving(connection, before.id, version, codebook_version, changes, new_version).move()
    move_written_passages(connection, before, after, changes)
    _reset_turns(connection, before.id, after)
    for segmentation, cut in cuts.items():
        _move_segments(connection, before.id, segmentation, cut, after, changes, new_version)
    add_passages(connection, new_version.passages)
    return new_version


def _reset_turns(connection: Connection, transcript: UUID, after: Transcript) -> None:
    connection.execute(turns.delete().where(turns.c.transcript_id == transcript))
    connection.execute(transcripts.update().where(transcripts.c.id == transcript).values(**columns_of(after)))
    put_turns(connection, transcript, after.turns)


@dataclass(frozen=True)
class _Moving:
    """Reviews and codings of one transcript, moved or put before a person."""

    connection: Connection
    transcript: UUID
    version: UUID
    codebook_version: str
    changes: TextChanges
    found: NewVersion

    @property
    def _why(self) -> str:
        return f"its words changed in version {self.found.number} of the transcript"

    def move(self) -> None:
        applied: dict[UUID | None, list[Row[Any]]] = {}
        mine = codings.c.transcript_id == self.transcript
        for row in self.connection.execute(select(codings).where(mine).order_by(codings.c.sequence)):
            applied.setdefault(row.review_id, []).append(row)
        past = set(self.connection.execute(past_reviews()).scalars())
        own = select(reviews).where(reviews.c.transcript_id == self.transcript).order_by(reviews.c.sequence)
        for row in self.connection.execute(own).all():
            self._review(row, applied.get(row.id, []), is_past=row.id in past)
        for row in applied.get(None, []):
            self._loose(row)

    def _review(self, row: Row[Any], its: Sequence[Row[Any]], *, is_past: bool) -> None:
        landed = self._landed(row)
        places = {coding.id: self._landed(coding) for coding in its}
        moved = landed.unchanged and all(place.unchanged for place in places.values())
        settled = "past" if is_past else None if moved else OPEN
        self._note(row, None, row.id, landed, moved, settled)
        self._place(reviews, row, landed)
        for coding in its:
            self._place(codings, coding, places[coding.id])
            stays = places[coding.id].unchanged
            self._note(coding, coding.id, row.id, places[coding.id], stays, "past" if is_past else None)
            if stays and not moved and not is_past:
                self._copy(coding, places[coding.id])
        if not moved and not is_past:
            retract(self.connection, row.id, self._why)

    def _loose(self, row: Row[Any]) -> None:
        landed = self._landed(row)
        review = None if landed.unchanged else self._wrapped(row, landed)
        self._place(codings, row, landed)
        self._note(row, row.id, review, landed, landed.unchanged, None if landed.unchanged else OPEN)

    def _wrapped(self, row: Row[Any], landed: Landed) -> UUID:
        """A review of this coding alone, taken back at once: so it stays on record and counts no more."""
        new = uuid4()
        self.connection.execute(
            reviews.insert().values(
                id=new,
                transcript_id=self.transcript,
                coder_id=row.coder_id,
                start=landed.near.start,
                end=landed.near.end,
                condition=row.condition,
                draw="ordinary",
                codebook_version=self.codebook_version,
                only=[row.code],
                origin={"coding": "of which nobody knows what else was looked at"},
                created=row.created,
            )
        )
        this = codings.c.id == row.id
        self.connection.execute(codings.update().where(this).values(review_id=new))
        retract(self.connection, new, self._why)
        return new

    def _copy(self, row: Row[Any], landed: Landed) -> None:
        """A coding whose own words are the same outlives its review."""
        if Condition(row.condition).derived:
            return
        values = {
            key: value for key, value in row._mapping.items() if key not in ("sequence", "id", "created")
        }
        place = {"start": landed.near.start, "end": landed.near.end}
        self.connection.execute(
            codings.insert().values(**values | {"id": uuid4(), "review_id": None} | place)
        )

    def _landed(self, row: Row[Any]) -> Landed:
        return self.changes.landed(Span(row.start, row.end))

    def _place(self, table: Any, row: Row[Any], landed: Landed) -> None:
        if landed.near != Span(row.start, row.end):
            place = {"start": landed.near.start, "end": landed.near.end}
            self.connection.execute(table.update().where(table.c.id == row.id).values(**place))

    def _note(
        self,
        row: Row[Any],
        coding: UUID | None,
        review: UUID | None,
        landed: Landed,
        moved: bool,
        settled: str | None,
    ) -> None:
        was = Span(row.start, row.end)
        self.found.passages.append(
            MovedPassage(
                uuid4(), self.version, self.transcript, coding, review, was, landed.span, moved, settled
            )
        )


def _move_segments(
    connection: Connection,
    transcript: UUID,
    segmentation: str,
    cut: Sequence[Segment],
    after: Transcript,
    changes: TextChanges,
    new_version: NewVersion,
) -> None:
    s = segments
    this = (s.c.transcript_id == transcript) & (s.c.segmentation == segmentation)
    old = connection.execute(select(s).where(this).order_by(s.c.index)).all()
    # the numbers are given anew, and each only once at a time
    connection.execute(update(s).where(this).values(index=-1 - s.c.index))
    by_span = {(segment.span.start, segment.span.end): segment for segment in cut}
    taken: set[Span] = set()
    gone: list[tuple[Row[Any], Landed]] = []
    for row in old:
        landed = changes.landed(Span(row.start, row.end))
        at = landed.near
        same = by_span.get((at.start, at.end)) if landed.unchanged else None
        if same is None or same.role.value != row.role or at in taken:
            gone.append((row, landed))
            continue
        taken.add(at)
        place = {"index": same.index, "turn": same.turn, "speaker": same.speaker}
        connection.execute(update(s).where(s.c.id == row.id).values(**place, start=at.start, end=at.end))
        if at.start != row.start:
            _move_sentences(connection, row.id, changes)
    new = [
        replace(
            segment,
            id=uuid5(
                transcript,
                f"{segmentation}/{segment.span.start}/{segment.span.end}/{new_version.number}/{after.text_hash}",
            ),
        )
        for segment in cut
        if segment.span not in taken
    ]
    _put_aside(connection, [row for row, _ in gone], new_version)
    _insert(connection, transcript, segmentation, new)
    _inherit_draws(connection, gone, new)


def _move_sentences(connection: Connection, segment: UUID, changes: TextChanges) -> None:
    """The sentence that carries a suggestion is a span of the text."""
    sg = suggestions
    wanted = select(sg.c.model_id, sg.c.sentences).where(
        sg.c.segment_id == segment, sg.c.sentences.is_not(None)
    )
    for model, sentences in connection.execute(wanted).all():
        moved = [None if sentence is None else _moved(changes, sentence) for sentence in sentences]
        this = (sg.c.segment_id == segment) & (sg.c.model_id == model)
        connection.execute(sg.update().where(this).values(sentences=moved))


def _moved(changes: TextChanges, sentence: Sequence[int]) -> list[int]:
    near = changes.landed(Span(*sentence)).near
    return [near.start, near.end]


def _put_aside(connection: Connection, gone: Sequence[Row[Any]], new_version: NewVersion) -> None:
    if not gone:
        return
    version = f"{REPLACED}{new_version.number - 1}"
    known = select(segmentations.c.version).where(segmentations.c.version == version)
    if connection.execute(known).first() is None:
        values = {"version": version, "unit": "turn", "max_words": None, "pipeline": "replaced"}
        connection.execute(insert(segmentations).values(**values))
    for row in gone:
        place = {"segmentation": version, "index": len(new_version.replaced)}
        connection.execute(update(segments).where(segments.c.id == row.id).values(**place))
        new_version.replaced.append(row.id)


def _insert(connection: Connection, transcript: UUID, segmentation: str, new: Sequence[Segment]) -> None:
    rows = [
        {
            "id": segment.id,
            "transcript_id": transcript,
            "segmentation": segmentation,
            "index": segment.index,
            "turn": segment.turn,
            "speaker": segment.speaker,
            "role": segment.role.value,
            "start": segment.span.start,
            "end": segment.span.end,
        }
        for segment in new
    ]
    if rows:
        connection.execute(segments.insert(), rows)


def _inherit_draws(
    connection: Connection, gone: Sequence[tuple[Row[Any], Landed]], new: Sequence[Segment]
) -> None:
    """What was drawn to be judged blind, double or again is so still, as its words read now."""
    d, taken = drawn_segments, set[UUID]()
    for row, landed in gone:
        now = landed.span
        drawn = connection.execute(select(d).where(d.c.segment_id == row.id)).all() if now else []
        if now is None or not drawn:
            continue
        heirs = [
            segment
            for segment in new
            if segment.role.is_coded and segment.id not in taken and segment.span.overlap(now)
        ]
        heir = max(heirs, key=lambda candidate: candidate.span.overlap(now), default=None)
        if heir is not None and heir.id is not None:
            taken.add(heir.id)
            rows = [
                {"dealt_id": row_drawn.dealt_id, "segment_id": heir.id, "draw": row_drawn.draw}
                for row_drawn in drawn
            ]
            connection.execute(d.insert(), rows)
