"""What changed from wave to wave in a cell of the table: what is new, gone, or turned round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from annotations.matrix.counted_codings import CountedPassage
from annotations.matrix.tables import informant_of
from annotations.names import folded
from annotations.patterns.stances import Stance, stance_of, voices_of
from annotations.store.transcripts import KeptTranscript

NEW, GONE, TURNED, STAYS, ABSENT = "new", "gone", "turned round", "stays", "–"
NOT_READ = "no source read"


@dataclass(frozen=True, slots=True)
class WaveCell:
    """A cell in one wave. ``read``: how many sources of its column were read in it."""

    codings: int
    informants: int
    stance: Stance | None
    read: int


@dataclass(frozen=True, slots=True)
class Change:
    """A code in one phase of one column, wave by wave; ``steps``: what became of it from each wave to the next."""

    phase: str
    code: str
    column: str
    cells: tuple[WaveCell, ...]
    steps: tuple[str, ...]


def changes(
    passages: Iterable[CountedPassage],
    read: Sequence[KeptTranscript],
    column_of: Mapping[UUID, str],
    waves: Sequence[str],
) -> tuple[Change, ...]:
    """Every code and column with codings in any of these waves. ``read``: the transcripts that somebody has read."""
    wave_of = {kept.id: kept.transcript.wave for kept in read}
    by_id = {kept.id: kept for kept in read}
    number: dict[tuple[str, str], int] = {}
    for kept in read:
        key = (column_of[kept.id], kept.transcript.wave)
        number[key] = number.get(key, 0) + 1
    placed: dict[tuple[str, str, str], dict[str, list[CountedPassage]]] = {}
    for passage in passages:
        place = (passage.phase, passage.code, column_of[passage.transcript])
        placed.setdefault(place, {}).setdefault(wave_of[passage.transcript], []).append(passage)
    made = []
    for place, its in placed.items():
        if not any(wave in its for wave in waves):
            continue
        cells = tuple(_cell(its.get(wave, ()), by_id, number.get((place[2], wave), 0)) for wave in waves)
        made.append(Change(*place, cells, tuple(_step(a, b) for a, b in pairwise(cells))))
    return tuple(made)


def _cell(its: Sequence[CountedPassage], by_id: Mapping[UUID, KeptTranscript], read: int) -> WaveCell:
    by_source: dict[UUID, list[CountedPassage]] = {}
    for passage in its:
        by_source.setdefault(passage.transcript, []).append(passage)
    stances = [stance_of(coding.influence for coding in codings) for codings in by_source.values()]
    people = {folded(who) for source in by_source if (who := informant_of(by_id[source].transcript))}
    return WaveCell(len(its), len(people), voices_of(stances, len(stances)).stance, read)


def _step(before: WaveCell, after: WaveCell) -> str:
    if not before.read or not after.read:
        return NOT_READ
    if not before.codings:
        return NEW if after.codings else ABSENT
    if not after.codings:
        return GONE
    return TURNED if {before.stance, after.stance} == {"helps", "hinders"} else STAYS
