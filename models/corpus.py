"""The study's words as a model sees them: every unit with its surroundings, in reading order."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, overload
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from annotations.progress import Progress
from annotations.segment import Segment, Segmentation
from annotations.store.database import Store
from annotations.store.packed_segments import PackedSegments, packed_segments
from annotations.store.segments import add_segments, keep_segmentation, not_yet_cut
from annotations.store.transcripts import KeptTranscript, all_texts, all_transcripts
from annotations.transcript import Kind, Role, Transcript
from models.languages import LONGEST, language_of
from models.segment_words import INTERVIEWER, SegmentWords
from models.segmenter import segment

T = TypeVar("T")
_NOTHING = PackedSegments(np.zeros((0, 5), np.int32), (), np.zeros(0, "V16"))


class _Made(Sequence[T]):
    """A sequence whose items are made when they are asked for, so that a large study's are never held all at once."""

    def __init__(self, count: int, make: Callable[[int], T]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> list[T]: ...

    def __getitem__(self, place: int | slice) -> T | list[T]:
        if isinstance(place, slice):
            return [self._make(at) for at in range(*place.indices(self._count))]
        return self._make(range(self._count)[place])


@dataclass(frozen=True)
class Corpus:
    """The units of a study under one segmentation: participants' segments, transcript by transcript.

    The transcripts come without their turns, which the segments stand for. Of each unit ``transcript_of`` is the position
    of its transcript in ``transcripts``, and ``place_of`` its own among all that transcript's segments (the
    interviewer's included).
    """

    segmentation: str
    transcripts: tuple[KeptTranscript, ...]
    segments: tuple[PackedSegments, ...]
    transcript_of: array[int]
    place_of: array[int]

    def __len__(self) -> int:
        return len(self.transcript_of)

    @cached_property
    def at(self) -> Sequence[tuple[int, int]]:
        """Of each unit the position of its transcript, and its own among that transcript's segments."""
        return _Made(len(self), lambda unit: (self.transcript_of[unit], self.place_of[unit]))

    @cached_property
    def ids(self) -> Sequence[UUID]:
        """The units' segment ids."""
        raw = self.raw_ids
        return _Made(len(self), lambda unit: UUID(bytes=raw[unit].tobytes()))

    @cached_property
    def raw_ids(self) -> NDArray[np.void]:
        """The same as 16 bytes each, shape (units,)."""
        coded = [its.ids[_coded(its)] for its in self.segments]
        return np.concatenate([_NOTHING.ids, *coded])

    @cached_property
    def position(self) -> dict[UUID, int]:
        """Where in the corpus a segment stands."""
        return {unit_id: at for at, unit_id in enumerate(self.ids)}

    @cached_property
    def positions_in(self) -> dict[UUID, dict[int, int]]:
        """For each transcript: its segments' own positions, and where in the corpus they stand."""
        return {kept.id: self.positions_of(t) for t, kept in enumerate(self.transcripts)}

    def positions_of(self, t: int) -> dict[int, int]:
        """Of one transcript the same."""
        begin, end = bisect_left(self.transcript_of, t), bisect_right(self.transcript_of, t)
        return {self.place_of[unit]: unit for unit in range(begin, end)}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The language of each transcript, by what participants say in it."""
        return tuple(
            language_of(_said(kept.transcript, cut), kept.transcript.language)
            for kept, cut in zip(self.transcripts, self.segments, strict=True)
        )

    def transcript(self, unit: int) -> Transcript:
        """The transcript that the unit comes from."""
        return self.transcripts[self.transcript_of[unit]].transcript

    def segment(self, unit: int) -> Segment:
        """The unit's segment."""
        return self.segments[self.transcript_of[unit]][self.place_of[unit]]

    def begin(self, unit: int) -> int:
        """Where the unit begins in its transcript."""
        return int(self.segments[self.transcript_of[unit]].numbers[self.place_of[unit], 2])

    def text(self, unit: int) -> str:
        """The unit's words."""
        return self.segment(unit).span.of(self.transcript(unit).text)

    def units_of(self, units: Sequence[int]) -> list[SegmentWords]:
        """Units as a classifier sees them: made when asked for, or a large study's words would be held several times."""
        made: dict[int, Callable[[int], SegmentWords]] = {}
        words = []
        for unit in units:
            t = self.transcript_of[unit]
            make = made.get(t)
            if make is None:
                make = made[t] = _words_of(self.transcripts[t].transcript, self.segments[t])
            words.append(make(self.place_of[unit]))
        return words

    def in_wave(self, wave: str | None) -> list[int]:
        """The units of one wave, or of all."""
        wanted = np.array(
            [wave is None or kept.transcript.wave == wave for kept in self.transcripts], dtype=bool
        )
        units: list[int] = np.flatnonzero(wanted[np.asarray(self.transcript_of)]).tolist()
        return units


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
        by_transcript = packed_segments(connection, segmentation.version)
    segments = tuple(by_transcript.get(kept.id, _NOTHING) for kept in transcripts)
    transcript_of, place_of = array("i"), array("i")
    for t, cut in enumerate(segments):
        places = np.flatnonzero(_coded(cut)).astype(np.int32)
        transcript_of.frombytes(np.full(len(places), t, np.int32).tobytes())
        place_of.frombytes(places.tobytes())
    return Corpus(segmentation.version, transcripts, segments, transcript_of, place_of)


def _coded(cut: PackedSegments) -> NDArray[np.bool_]:
    """Which of a transcript's segments are units."""
    return np.array([role.is_coded for _, role in cut.speakers], dtype=np.bool_)


def _words_of(transcript: Transcript, cut: PackedSegments) -> Callable[[int], SegmentWords]:
    """Makes a participant's segment, by its position in the transcript, as a classifier sees it."""
    text, speakers = transcript.text, cut.speakers
    words = [text[start:end] for start, end in cut.spans]
    said_by = [INTERVIEWER if role is Role.INTERVIEWER else speaker for speaker, role in speakers]
    dialogue = transcript.kind is Kind.INTERVIEW and len({speaker for speaker, _ in speakers}) > 1
    asked, question = [], ""
    for said, (_, role) in zip(words, speakers, strict=True):
        if not role.is_coded:
            question = said
        asked.append(question)
    last = len(words) - 1

    def make(s: int) -> SegmentWords:
        return SegmentWords(
            text=words[s],
            speaker=speakers[s][0],
            question=asked[s],
            before=words[s - 1] if s else "",
            after=words[s + 1] if s < last else "",
            dialogue=dialogue,
            speaker_before=said_by[s - 1] if s else "",
            speaker_after=said_by[s + 1] if s < last else "",
        )

    return make


def _said(transcript: Transcript, cut: Sequence[Segment]) -> str:
    """The beginning of what participants say, as much as its language is told by."""
    said: list[str] = []
    for piece in cut:
        if sum(map(len, said)) >= LONGEST:
            break
        if piece.role.is_coded:
            said.append(piece.span.of(transcript.text))
    return " ".join(said)
