"""Which groups teach the model and which judge it: drawn once, and never the other way round again.

A group enters the draw at the first training that sees a review of it. Until 15 groups have independent reviews
there is no draw: everybody teaches, and models are compared by leaving out one group at a time. From then on a
fifth of the groups of each wave that have independent reviews judge, at least three a wave (at most half of a wave
that has fewer than six so far, so that it teaches as well), taken evenly from its cases and kinds of transcript. A
group without independent reviews cannot judge, so it teaches. What a group was drawn for holds for its later
transcripts too; where a new transcript joins two groups, the joined one judges if either did.

The order of the draw is by a hash of the seed and the transcript's name: the same study read in twice, or at two
sites, is drawn alike, and nobody can choose.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from annotations.groups import groups_of
from annotations.store.judge_draws import Drawn, Purpose
from annotations.store.transcripts import KeptTranscript
from training.folds import FEW_GROUPS

LEAST_GROUPS = FEW_GROUPS
SHARE = 0.2
LEAST_PER_WAVE = 3
SEED = 0


@dataclass(frozen=True)
class Split:
    """Who teaches and who judges. ``groups``: the group of each transcript; ``judging``: the groups that judge."""

    groups: Mapping[UUID, str]
    judging: frozenset[str]

    def judges(self, transcript: UUID) -> bool:
        """Does this transcript only judge?"""
        return self.groups.get(transcript) in self.judging


@dataclass(frozen=True)
class _ReviewedGroup:
    """A group of transcripts that people have reviewed; ``gold``: the waves in which some did so independently."""

    name: str
    transcripts: tuple[KeptTranscript, ...]
    gold: tuple[str, ...]
    purpose: Purpose | None

    @property
    def stratum(self) -> tuple[str, str, str]:
        """Case, wave and kind of its first transcript."""
        first = self.transcripts[0].transcript
        return first.case, first.wave, first.kind.value

    def rank(self, seed: int) -> str:
        """Its place in the draw."""
        return hashlib.sha256(f"{seed}/{self.transcripts[0].transcript.name}".encode()).hexdigest()


def draw(
    transcripts: Sequence[KeptTranscript],
    *,
    reviewed: frozenset[UUID],
    with_gold: frozenset[UUID],
    so_far: Mapping[UUID, Purpose],
    seed: int = SEED,
) -> list[Drawn]:
    """The draws to add: of the transcripts reviewed by now whose group has not been drawn, and of later transcripts
    of groups that have.

    ``transcripts``: those that may be learnt from. ``with_gold``: those with independent reviews.
    """
    groups = _groups(transcripts, reviewed, with_gold, so_far)
    if not so_far and sum(bool(group.gold) for group in groups) < LEAST_GROUPS:
        return []
    judging = {group.name for group in groups if group.purpose == "judge"}
    for wave in sorted({wave for group in groups for wave in group.gold}):
        _draw_in_wave(wave, groups, judging, seed)
    return [
        Drawn(kept.id, "judge" if group.name in judging else "learn", group.stratum, seed)
        for group in groups
        for kept in group.transcripts
        if kept.id not in so_far
    ]


def judging_groups(groups: Mapping[UUID, str], drawn: Mapping[UUID, Purpose]) -> frozenset[str]:
    """The groups that judge. ``groups``: the group of each transcript."""
    return frozenset(
        groups[transcript] for transcript, why in drawn.items() if why == "judge" and transcript in groups
    )


def _groups(
    transcripts: Sequence[KeptTranscript],
    reviewed: frozenset[UUID],
    with_gold: frozenset[UUID],
    so_far: Mapping[UUID, Purpose],
) -> list[_ReviewedGroup]:
    members: dict[str, list[KeptTranscript]] = {}
    for name, kept in zip(groups_of([kept.transcript for kept in transcripts]), transcripts, strict=True):
        members.setdefault(name, []).append(kept)
    group_list = []
    for name, its in members.items():
        if not any(kept.id in reviewed for kept in its):
            continue
        purposes = {so_far[kept.id] for kept in its if kept.id in so_far}
        purpose: Purpose | None = "judge" if "judge" in purposes else "learn" if purposes else None
        gold = dict.fromkeys(kept.transcript.wave for kept in its if kept.id in with_gold)
        group_list.append(_ReviewedGroup(name, tuple(its), tuple(gold), purpose))
    return group_list


def _draw_in_wave(wave: str, groups: Sequence[_ReviewedGroup], judging: set[str], seed: int) -> None:
    """Add groups of one wave to ``judging`` until it has its share."""
    here = [group for group in groups if wave in group.gold]
    free = sorted(
        (group for group in here if group.purpose is None and group.name not in judging),
        key=lambda group: group.rank(seed),
    )
    wanted = _share(len(here)) - sum(group.name in judging for group in here)
    sizes = Counter(group.stratum for group in here)
    taken = Counter(group.stratum for group in here if group.name in judging)
    for _ in range(min(wanted, len(free))):
        # the stratum that lacks most of its own fifth gives the next; of equals, the one whose group comes first
        best = max(free, key=lambda group: SHARE * sizes[group.stratum] - taken[group.stratum])
        free.remove(best)
        judging.add(best.name)
        taken[best.stratum] += 1


def _share(groups: int) -> int:
    """How many of a wave's groups judge."""
    return max(min(max(round(SHARE * groups), LEAST_PER_WAVE), (groups + 1) // 2, groups - 1), 0)
