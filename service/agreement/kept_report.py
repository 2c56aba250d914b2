"""The agreement report as pages show it: computed by a job, kept in the database with what it rests on, read in parts.

The parts are the report without what belongs to single pairs (``REPORT``), and one part for each comparison.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from annotations.agreement.coefficient import Agreement
from annotations.progress import Progress, quiet
from annotations.store.kept_figures import keep_figures, kept_part, part_names, stamp_of
from service.agreement.plain_values import from_plain, to_plain
from service.agreement.report import Report, ReportScope, agree
from service.agreement.views import is_main_model, main_comparison
from service.composition import Parts

REPORT = "report"
SLICED = ("wave", "case", "site")
_CODE_LEVELS = ("code", "family")
_APART = "\t"


@dataclass(frozen=True)
class KeptReport:
    """A report with when it was made, and whether anything came since that it does not know. ``pairs``: names of parts."""

    report: Report
    made: datetime
    is_old: bool
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who is compared with whom, under which condition."""

    comparison: str
    condition: str
    coders: tuple[str, ...]

    @property
    def part(self) -> str:
        """The name of its part."""
        return _APART.join((self.comparison, self.condition, *self.coders))

    @property
    def in_words(self) -> str:
        """How it is called in a list."""
        known: dict[tuple[str, ...], str] = {
            ("people", "people"): "all pairs of people",
            ("model", "people"): "the model with people",
        }
        who = known.get(self.coders, " and ".join(self.coders))
        if self.comparison == "same segments":
            return f"{who}, on the segments that two people and the model judged"
        return who if self.condition == "independent" else f"{who} ({self.condition})"


def question_of(asked: ReportScope) -> str:
    """The name under which the answer is kept."""
    return f"agreement {json.dumps(arguments_of(asked), sort_keys=True)}"


def arguments_of(asked: ReportScope) -> dict[str, str]:
    """What a job is asked with."""
    return {key: value for key in SLICED if (value := getattr(asked, key)) is not None}


def asked_by(arguments: Mapping[str, Any]) -> ReportScope:
    """What a job was asked."""
    wave, case, site = (None if arguments.get(key) is None else str(arguments[key]) for key in SLICED)
    return ReportScope(wave, case, site)


def measure(parts: Parts, arguments: Mapping[str, Any], *, progress: Progress = quiet) -> Report:
    """Compute the report and keep it. Raises BadInput as ``agree`` does."""
    asked = asked_by(arguments)
    with parts.store.reading() as connection:
        # before it is computed: what comes meanwhile makes it old
        stamp = stamp_of(connection, parts.codebook.version, parts.segmentation.version)
    report = agree(parts, asked, progress=progress)
    with parts.store.writing() as connection:
        keep_figures(connection, question_of(asked), stamp, _parts_of(report))
    return report


def kept_report(connection: Connection, parts: Parts, asked: ReportScope) -> KeptReport | None:
    """What was measured last of this; None where nobody has asked for it yet, or what was kept was erased."""
    question = question_of(asked)
    part_kept = kept_part(connection, question, REPORT)
    if part_kept is None:
        return None
    stamp = stamp_of(connection, parts.codebook.version, parts.segmentation.version)
    names = [part_name.split(_APART) for part_name in part_names(connection, question) if part_name != REPORT]
    comparisons = tuple(Comparison(kind, condition, tuple(who)) for kind, condition, *who in names)
    return KeptReport(_report_in(part_kept.content), part_kept.made, part_kept.stamp != stamp, comparisons)


def figures_of_comparison(
    connection: Connection, asked: ReportScope, wanted: Comparison
) -> tuple[Agreement, ...]:
    """All figures of one comparison; none where nothing is kept."""
    part_kept = kept_part(connection, question_of(asked), wanted.part)
    return () if part_kept is None else from_plain(tuple[Agreement, ...], json.loads(part_kept.content))


def _parts_of(report: Report) -> dict[str, str]:
    main = main_comparison(report)
    common: list[Agreement] = []
    apart: dict[str, list[Agreement]] = {}
    for figure in report.figures:
        of_codes = figure.level in _CODE_LEVELS
        is_main = (figure.comparison, figure.coders) == main or figure.comparison == "same segments"
        if not of_codes or is_main or is_main_model(figure):
            common.append(figure)
        if not figure.where and figure.comparison != "everybody":
            key = Comparison(figure.comparison, figure.condition, figure.coders).part
            apart.setdefault(key, []).append(figure)
    parts = {REPORT: _text(replace(report, figures=tuple(common)))}
    return parts | {key: _text(its) for key, its in apart.items() if any(figure.units for figure in its)}


def _text(value: Any) -> str:
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=8)  # a page is opened often between two measurements
def _report_in(content: str) -> Report:
    return from_plain(Report, json.loads(content))
