"""Patterns, saturation, triangulation and change by name: what each is for, what it may be asked, and what it is made of.

Commands, pages and exports read it here, so that each of them asks the same and gets the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from annotations.errors import unknown
from annotations.patterns.saturation import BASE, RUN, THRESHOLD
from service.access.viewer import Viewer
from service.composition import Parts
from service.results.study_findings import StudyFindings, WantedFindings, study_findings

if TYPE_CHECKING:
    # whoever draws nothing loads no drawing program
    from service.results.result_parts import ResultParts

NOTHING = "Nothing has been coded yet."


@dataclass(frozen=True)
class ResultAsked:
    """Of which part of the study, and what one of the results is asked besides.

    ``framework``, ``crossed_with``: only pairs of codes of these (patterns); ``base``, ``run``: interviews, ``threshold``: a
    share (saturation).
    """

    wanted: WantedFindings = field(default_factory=WantedFindings)
    framework: str | None = None
    crossed_with: str | None = None
    base: int = BASE
    run: int = RUN
    threshold: float = THRESHOLD


class Found(Protocol):
    """What a result is before it is laid out."""

    def to_json(self) -> dict[str, Any]:
        """As plain data."""


@dataclass(frozen=True, slots=True)
class Result:
    """A result as it was found. ``parts`` lays it out as tables and pictures; ``nothing``: why it is empty, "" if it is not.

    ``notes``: what is to be said of it before people who see the tables alone.
    """

    found: Found
    parts: Callable[[], ResultParts]
    nothing: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedResult:
    """A result by the name of its command. ``asks``: what it may be asked besides the part of the study, by name.

    ``read`` raises BadInput for what cannot be meant.
    """

    name: str
    title: str
    what_for: str
    read: Callable[[StudyFindings, ResultAsked], Result]
    asks: frozenset[str] = frozenset()
    by_wave: bool = True


def result_named(name: str) -> NamedResult:
    """The result of this name. Raises UnknownName."""
    result = next((candidate for candidate in RESULTS if candidate.name == name), None)
    if result is None:
        raise unknown("result", name, (candidate.name for candidate in RESULTS))
    return result


def read_result(parts: Parts, name: str, asked: ResultAsked, viewer: Viewer | None = None) -> Result:
    """A result as it stands now; with ``viewer``: of what this person may see.

    Raises BadInput for names that are not known, and for what cannot be meant.
    """
    refuse_unmeant(asked)
    return result_named(name).read(study_findings(parts, asked.wanted, viewer), asked)


def refuse_unmeant(asked: ResultAsked) -> None:
    """Raises BadInput for what needs no look at the study to be refused."""
    from service.results.saturations import refuse_strange

    refuse_strange(asked.base, asked.run, asked.threshold)


def _patterns(findings: StudyFindings, asked: ResultAsked) -> Result:
    from service.results.patterns import patterns_of
    from service.results.patterns_parts import patterns_parts

    its = patterns_of(findings, framework=asked.framework, crossed_with=asked.crossed_with)
    where_to_look = (
        "p says where to look, and proves nothing: how it is worked out stands in docs/results.md."
    )
    return Result(its, lambda: patterns_parts(its), "" if its.passages else NOTHING, (where_to_look,))


def _saturation(findings: StudyFindings, asked: ResultAsked) -> Result:
    from service.results.saturations import saturations_of, saturations_parts

    its = saturations_of(findings, base=asked.base, run=asked.run, threshold=asked.threshold)
    nothing = "" if its.found else "No interview has been coded yet."
    return Result(its, lambda: saturations_parts(its), nothing, its.notes)


def _triangulation(findings: StudyFindings, _asked: ResultAsked) -> Result:
    from service.results.triangulated import triangulation_of, triangulation_parts

    its = triangulation_of(findings)
    return Result(its, lambda: triangulation_parts(its), "" if its.found else NOTHING, its.notes)


def _change(findings: StudyFindings, _asked: ResultAsked) -> Result:
    from service.results.changed import change_of, change_parts

    its = change_of(findings)
    return Result(its, lambda: change_parts(its), "" if its.found else NOTHING, its.notes)


RESULTS = (
    NamedResult(
        "patterns",
        "Patterns",
        "Codes that meet, codes and cases that are alike, what one source supports.",
        _patterns,
        frozenset({"framework", "crossed_with"}),
    ),
    NamedResult(
        "saturation",
        "Saturation",
        "When interviews stopped bringing new codes.",
        _saturation,
        frozenset({"base", "run", "threshold"}),
    ),
    NamedResult(
        "triangulation",
        "Triangulation",
        "Which sources support each finding, contradict it, or are silent.",
        _triangulation,
        frozenset({"role"}),
    ),
    NamedResult(
        "change",
        "Change over waves",
        "What is new, gone or turned round from wave to wave.",
        _change,
        by_wave=False,
    ),
)
