"""What rests on one source alone: findings that a single transcript, or a single informant, bears."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from annotations.patterns.triangulation import SourcedFinding


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


def single_sources(findings: Iterable[SourcedFinding]) -> tuple[SingleSource, ...]:
    """The findings that only one source supports, or only one informant however often interviewed."""
    rests_on_one = []
    for finding in findings:
        alone = len(finding.sources) == 1 or (len(finding.informants) == 1 and not finding.of_nobody)
        if alone:
            informant = finding.informants[0] if finding.informants else ""
            source = "; ".join(finding.sources)
            rests_on_one.append(
                SingleSource(
                    finding.phase,
                    finding.code,
                    finding.column,
                    source,
                    informant,
                    finding.codings,
                    finding.all.silent,
                )
            )
    return tuple(rests_on_one)
