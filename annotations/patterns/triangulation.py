"""How the sources of a case bear each other out: for each code and phase who supports it, who contradicts it, who is silent.

A finding is a code in one phase of one case. Its direction is what most of its sources say: that it helps, or that it
hinders. A source supports it that speaks of it and does not say the opposite; it contradicts it if it says the opposite;
one that says both does both; one is silent that was read and does not carry the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from annotations.matrix.counted_codings import CountedPassage
from annotations.matrix.tables import informant_of
from annotations.names import folded
from annotations.patterns.stances import Stance, Voices, stance_of, voices_of
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Kind

KINDS = tuple(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True)
class SourcedFinding:
    """A code in one phase of one case. ``kinds``, ``roles``: what the sources of each say; ``sources``: their names.

    ``informants``: who speaks of it; ``of_nobody``: how many of its sources are of no informant.
    """

    phase: str
    code: str
    column: str
    codings: int
    informants: tuple[str, ...]
    sources: tuple[str, ...]
    of_nobody: int
    all: Voices
    kinds: Mapping[str, Voices]
    roles: Mapping[str, Voices]

    @property
    def direction(self) -> Stance:
        """What most sources say."""
        return self.all.stance or "no direction"

    def supporting(self, of: Mapping[str, Voices]) -> tuple[str, ...]:
        """The kinds or roles of which a source bears it out."""
        return tuple(name for name, voices in of.items() if voices.supporting(self.direction))

    def contradicting(self, of: Mapping[str, Voices]) -> tuple[str, ...]:
        """The kinds or roles of which a source says the opposite."""
        return tuple(name for name, voices in of.items() if voices.contradicting(self.direction))

    def silent(self, of: Mapping[str, Voices]) -> tuple[str, ...]:
        """The kinds or roles of which sources were read and none speaks of it."""
        return tuple(name for name, voices in of.items() if voices.read and not voices.speaking)


def findings_of(
    passages: Iterable[CountedPassage],
    read: Sequence[KeptTranscript],
    column_of: Mapping[UUID, str],
    role_of: Mapping[UUID, str],
) -> tuple[SourcedFinding, ...]:
    """Every finding.

    ``read``: the transcripts that somebody has read; ``role_of``: the role of whoever speaks in each, "" if not known.
    """
    by_id = {kept.id: kept for kept in read}
    in_column: dict[str, list[KeptTranscript]] = {}
    for kept in read:
        in_column.setdefault(column_of[kept.id], []).append(kept)
    roles = list(dict.fromkeys(role for kept in read if (role := role_of.get(kept.id, ""))))
    placed: dict[tuple[str, str, str], dict[UUID, list[CountedPassage]]] = {}
    for passage in passages:
        place = (passage.phase, passage.code, column_of[passage.transcript])
        placed.setdefault(place, {}).setdefault(passage.transcript, []).append(passage)
    return tuple(
        _finding(
            place, its, [by_id[transcript_id] for transcript_id in its], in_column[place[2]], roles, role_of
        )
        for place, its in placed.items()
    )


def _finding(
    place: tuple[str, str, str],
    its: Mapping[UUID, Sequence[CountedPassage]],
    sources: Sequence[KeptTranscript],
    there: Sequence[KeptTranscript],
    roles: Sequence[str],
    role_of: Mapping[UUID, str],
) -> SourcedFinding:
    stances = {
        transcript_id: stance_of(coding.influence for coding in codings)
        for transcript_id, codings in its.items()
    }

    def among(chosen: Sequence[KeptTranscript]) -> Voices:
        return voices_of([stances[kept.id] for kept in chosen if kept.id in stances], len(chosen))

    people = {folded(who): who for kept in sources if (who := informant_of(kept.transcript))}
    return SourcedFinding(
        *place,
        codings=sum(map(len, its.values())),
        informants=tuple(sorted(people.values())),
        sources=tuple(kept.transcript.name for kept in sources),
        of_nobody=sum(informant_of(kept.transcript) is None for kept in sources),
        all=among(there),
        kinds={kind: among([kept for kept in there if kept.transcript.kind.value == kind]) for kind in KINDS},
        roles={role: among([kept for kept in there if role_of.get(kept.id) == role]) for role in roles},
    )
