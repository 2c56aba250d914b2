"""Who coded what, counted: what the head of the agreement report and its methods paragraph are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection

from annotations.agreement.comparisons import Comparisons
from annotations.agreement.judged_material import Material
from annotations.agreement.pairs import JudgePair
from annotations.arrays import Bools
from annotations.groups import GroupBy, alone_in, groups_in_words
from annotations.store.applied_codings import read_transcripts
from annotations.store.loose_codings import loose_codings
from annotations.store.transcripts import KeptTranscript
from service.composition import Parts


@dataclass(frozen=True, slots=True)
class CodedPart:
    """How much of the material is coded: ``people`` who did, ``transcripts`` and ``segments`` that somebody has read.

    The transcripts are those that a results table calls read, so that two sentences of one paper agree.
    """

    people: tuple[str, ...]
    transcripts: int
    segments: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts of the material that a report is of.

    ``coders``: who coded independently. ``transcripts``, ``segments``: all that the report is about; ``coded`` says how
    much of that somebody has read. ``double_coded``, ``with_model``: segments judged by two people, and by two people
    and the model; each with the number of groups, and how many of these are a transcript of nobody (``…_alone``).
    ``joined``: codings wider than a segment, each counted as one unit. ``assisted``: segments by coder.
    """

    coders: tuple[str, ...]
    pairs: int
    transcripts: int
    segments: int
    group_by: GroupBy
    groups: int
    double_coded: int
    double_coded_groups: int
    with_model: int
    with_model_groups: int
    unit: str
    joined: int
    codes: int
    frameworks: tuple[str, ...]
    codebook_version: str
    versions: tuple[str, ...]
    assisted: Mapping[str, int]
    margin: float
    coded: CodedPart
    groups_alone: int = 0
    double_coded_alone: int = 0
    with_model_alone: int = 0

    @property
    def groups_in_words(self) -> str:
        """Whose words the material is."""
        return groups_in_words(self.groups, self.groups_alone, self.group_by)

    @property
    def double_coded_in_words(self) -> str:
        """Whose words two people judged."""
        return groups_in_words(self.double_coded_groups, self.double_coded_alone, self.group_by)

    @property
    def with_model_in_words(self) -> str:
        """Whose words two people and the model judged."""
        return groups_in_words(self.with_model_groups, self.with_model_alone, self.group_by)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def coded_part(connection: Connection, material: Material, chosen: Sequence[KeptTranscript]) -> CodedPart:
    """Count what people have coded of these transcripts, with suggestions or without."""
    here = {kept.id for kept in chosen}
    kinds = (material.independent, material.assisted, material.repeats)
    loose = [coding for coding in loose_codings(connection) if coding.transcript in here]
    people = [name for its in kinds for name in its] + [c.coder for c in loose if not c.condition.derived]
    rows = [reviewed.rows for its in kinds for reviewed in its.values()]
    return CodedPart(
        tuple(dict.fromkeys(people)),
        len(here & read_transcripts(connection)),
        len(np.unique(np.concatenate(rows))) if rows else 0,
    )


def facts_of(work: Comparisons, parts: Parts, group_by: GroupBy, coded: CodedPart) -> Facts:
    """Count them."""
    units = work.material.units
    people, trios = work.people_pairs(), work.trios()
    shared = [pair for pair in people if pair.shared]
    twice = _judged(shared, len(units))
    both = _judged([trio.matched().people for trio in trios], len(units))
    config = parts.study.config
    return Facts(
        coders=tuple(work.people),
        pairs=len(shared),
        transcripts=len(units.transcripts),
        segments=len(units),
        group_by=group_by,
        groups=len(work.groups),
        double_coded=int(twice.sum()),
        double_coded_groups=len(np.unique(work.member[twice])),
        with_model=int(both.sum()),
        with_model_groups=len(np.unique(work.member[both])),
        unit=config.segmentation.unit,
        joined=sum(len(its) for at, its in work.material.runs.items() if work.columns[at].level == "code"),
        codes=sum(column.level == "code" for column in work.columns),
        frameworks=tuple(f.name for f in parts.codebook.frameworks),
        codebook_version=parts.codebook.version,
        versions=tuple(model.version for model in work.material.models),
        assisted={
            name: int(assisted.judged.known[:, 0].sum()) for name, assisted in work.material.assisted.items()
        },
        margin=config.margin,
        coded=coded,
        groups_alone=alone_in(work.groups, group_by),
        double_coded_alone=alone_in(_names(work, twice), group_by),
        with_model_alone=alone_in(_names(work, both), group_by),
    )


def _names(work: Comparisons, judged: Bools) -> list[str]:
    """The groups of the units that were judged."""
    return [work.groups[at] for at in np.unique(work.member[judged])]


def _judged(pairs: Sequence[JudgePair], units: int) -> Bools:
    """Which units any of these pairs judged, shape (units,)."""
    judged = np.zeros(units, dtype=np.bool_)
    for pair in pairs:
        judged[pair.rows] |= pair.known[:, 0]
    return judged
