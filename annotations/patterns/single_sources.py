"""What rests on one source alone: findings that a single transcript, or a single informant, bears."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from annotations.patterns.triangulation import Finding


@dataclass(frozen=True, slots=True)
class SingleSource:
    """A finding that rests on one source, or on several of one informant.

    ``others``: how many other sources of its case were read and are silent.
    """

    phase: str
    code: str
    column: str
    source: str
    informant: str
    codings: int
    others: int


def single_sources(findings: Iterable[Finding]) -> tuple[SingleSource, ...]:
    """The findings that only one source supports, or only one informant however often interviewed."""
    found = []
    for one in findings:
        alone = len(one.sources) == 1 or (len(one.informants) == 1 and not one.of_nobody)
        if alone:
            informant = one.informants[0] if one.informants else ""
            source = "; ".join(one.sources)
            found.append(
                SingleSource(one.phase, one.code, one.column, source, informant, one.codings, one.all.silent)
            )
    return tuple(found)
