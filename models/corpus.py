"""The study's words as a model sees them: every unit with its surroundings, in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy import Connection

from annotations.progress import Progress
from annotations.segment import Segment, Segmentation
from annotations.store.database import Store
from annotations.store.segments import add_segments, keep_segmentation, not_yet_cut, segments_of
from annotations.store.transcripts import KeptTranscript, all_texts, all_transcripts
from annotations.transcript import Kind, Role, Transcript
from models.languages import LONGEST, language_of
from models.segment_words import INTERVIEWER, SegmentWords
from models.segmenter import segment


@dataclass(frozen=True)
class Corpus:
    """The units of a study under one segmentation: participants' segments, transcript by transcript.

    The transcripts come without their turns, which the segments stand for. ``at``: for each unit, the position
    of its transcript in ``transcripts`` and its own position among all that transcript's segments (the
    interviewer's included).
    """

    segmentation: str
    transcripts: tuple[KeptTranscript, ...]
    segments: tuple[tuple[Segment, ...], ...]
    at: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def ids(self) -> tuple[UUID, ...]:
        """The units' segment ids."""
        return tuple(_id_of(self.segments[t][s]) for t, s in self.at)

    @cached_property
    def position(self) -> dict[UUID, int]:
        """Where in the corpus a segment stands."""
        return {unit_id: at for at, unit_id in enumerate(self.ids)}

    @cached_property
    def positions_in(self) -> dict[UUID, dict[int, int]]:
        """For each transcript: its segments' own positions, and where in the corpus they stand."""
        positions: dict[UUID, dict[int, int]] = {kept.id: {} for kept in self.transcripts}
        for unit, (t, s) in enumerate(self.at):
            positions[self.transcripts[t].id][s] = unit
        return positions

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The language of each transcript, by what participants say in it."""
        return tuple(
            language_of(_said(kept.transcript, cut), kept.transcript.language)
            for kept, cut in zip(self.transcripts, self.segments, strict=True)
        )

    def transcript(self, unit: int) -> Transcript:
        """The transcript that the unit comes from."""
        return self.transcripts[self.at[unit][0]].transcript

    def segment(self, unit: int) -> Segment:
        """The unit's segment."""
        t, s = self.at[unit]
        return self.segments[t][s]

    def text(self, unit: int) -> str:
        """The unit's words."""
        return self.segment(unit).span.of(self.transcript(unit).text)

    def units_of(self, units: Sequence[int]) -> list[SegmentWords]:
        """Units as a classifier sees them: made when asked for, or a large study's words would be held several times."""
        made: dict[tuple[int, int], SegmentWords] = {}
        for t in dict.fromkeys(self.at[unit][0] for unit in units):
            made |= {
                (t, s): unit_made for s, unit_made in _units(self.transcripts[t].transcript, self.segments[t])
            }
        return [made[self.at[unit]] for unit in units]

    def in_wave(self, wave: str | None) -> list[int]:
        """The units of one wave, or of all."""
        return [unit for unit in range(len(self)) if wave is None or self.transcript(unit).wave == wave]


def cut_new_transcripts(store: Store, segmentation: Segmentation, progress: Progress | None = None) -> int:
    """Cut the transcripts that this segmentation has not cut yet; returns how many they were."""
    version = segmentation.version
    with store.reading() as connection:
        wanted = set(not_yet_cut(connection, version))
        todo = [kept for kept in all_transcripts(connection) if kept.id in wanted] if wanted else []
    if not todo:
        return 0
    cut = []
    for done, kept in enumerate(todo, start=1):
        cut.append((kept.id, segment(kept.transcript, segmentation)))
        if progress:
            progress(done, len(todo))
    with store.writing() as connection:
        keep_segmentation(connection, segmentation)
        still = set(not_yet_cut(connection, version))
        for transcript, segments in cut:
            if transcript in still:
                add_segments(connection, transcript, version, segments)
    return len(todo)


def cut_within(connection: Connection, segmentation: Segmentation) -> None:
    """Cut what is not cut yet within a transaction that is under way, so that it comes with it or not at all."""
    wanted = set(not_yet_cut(connection, segmentation.version))
    if not wanted:
        return
    keep_segmentation(connection, segmentation)
    for kept in all_transcripts(connection):
        if kept.id in wanted:
            add_segments(connection, kept.id, segmentation.version, segment(kept.transcript, segmentation))


def read_corpus(store: Store, segmentation: Segmentation) -> Corpus:
    """Every unit of the study, cutting first what is new."""
    cut_new_transcripts(store, segmentation)
    with store.reading() as connection:
        transcripts = all_texts(connection)
        by_transcript = segments_of(connection, segmentation.version)
    segments = tuple(by_transcript.get(kept.id, ()) for kept in transcripts)
    at = tuple(
        (t, s) for t, cut in enumerate(segments) for s, segment in enumerate(cut) if segment.role.is_coded
    )
    return Corpus(segmentation.version, transcripts, segments, at)


def _units(transcript: Transcript, cut: Sequence[Segment]) -> Iterator[tuple[int, SegmentWords]]:
    """The participants' segments, each with its position in the transcript."""
    words = [segment.span.of(transcript.text) for segment in cut]
    said_by = [INTERVIEWER if segment.role is Role.INTERVIEWER else segment.speaker for segment in cut]
    dialogue = transcript.kind is Kind.INTERVIEW and len({segment.speaker for segment in cut}) > 1
    question = ""
    for s, piece in enumerate(cut):
        if not piece.role.is_coded:
            question = words[s]
            continue
        yield (
            s,
            SegmentWords(
                text=words[s],
                speaker=piece.speaker,
                question=question,
                before=words[s - 1] if s else "",
                after=words[s + 1] if s + 1 < len(words) else "",
                dialogue=dialogue,
                speaker_before=said_by[s - 1] if s else "",
                speaker_after=said_by[s + 1] if s + 1 < len(words) else "",
            ),
        )


def _said(transcript: Transcript, cut: Sequence[Segment]) -> str:
    """The beginning of what participants say, as much as its language is told by."""
    said: list[str] = []
    for piece in cut:
        if sum(map(len, said)) >= LONGEST:
            break
        if piece.role.is_coded:
            said.append(piece.span.of(transcript.text))
    return " ".join(said)


def _id_of(segment: Segment) -> UUID:
    if segment.id is None:
        raise ValueError("a segment of a corpus has been kept, and so has an id")
    return segment.id
