"""Triangulation of a study: which kinds of source and which roles support each finding, contradict it, or are silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotations.numbers_shown import counted
from annotations.patterns.agreement_words import in_words
from annotations.patterns.stances import Voices
from annotations.patterns.triangulation import SourcedFinding, findings_of
from service.results.check_words import check_json
from service.results.grid_figure import GridHead, GridMark, grid_figures
from service.results.patterns import in_order
from service.results.result_parts import ResultFigure, ResultParts, ResultTable
from service.results.study_findings import NOT_STATED, StudyFindings

if TYPE_CHECKING:
    from matplotlib.figure import Figure


HOW = (
    "A finding is a code in one phase of one column. Its direction is what most of its sources say by their codings' "
    "influence: that it helps or that it hinders. A source supports it that carries the code and does not say the opposite; "
    "it contradicts it if it says the opposite (of a finding without a direction: if it says that it hinders); one that "
    "says both does both; it is silent if it was read and does not carry the code. Counts are of sources."
)
_HELPS, _HINDERS = GridMark("^", "#111111"), GridMark("v", "#ffffff")
_BOTH, _PLAIN, _SILENT = GridMark("D", "#999999"), GridMark("o", "#999999"), GridMark(words="–")
_MARKS = {"helps": _HELPS, "hinders": _HINDERS, "both ways": _BOTH, "no direction": _PLAIN}
_KEY = (
    (_HELPS, "say that it helps"),
    (_HINDERS, "that it hinders"),
    (_BOTH, "both"),
    (_PLAIN, "no direction"),
    (_SILENT, "silent"),
    (GridMark(boxed=True), "some contradict the finding"),
    (GridMark(), "empty: no finding, or no such source"),
)


@dataclass(frozen=True)
class Triangulation:
    """Every finding in the order of the study; ``unread``: transcripts that nobody has read, which are no source here."""

    findings: StudyFindings
    found: tuple[SourcedFinding, ...]
    unread: int

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of informants, in the order of the study's attribute."""
        return tuple(self.found[0].roles) if self.found else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was counted."""
        unread = (
            f"{counted(self.unread, 'source')} that nobody has read yet {'is' if self.unread == 1 else 'are'} left out."
            if self.unread
            else ""
        )
        role = f'Roles are those of the attribute "{self.findings.role}".' if self.findings.role else ""
        return tuple(filter(None, (HOW, role, unread)))

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "study": self.findings.study,
            "made": self.findings.made.isoformat(timespec="seconds"),
            "columns_stand_for": list(self.findings.columns.names),
            "role_attribute": self.findings.role,
            "findings": [_finding_json(finding, self.findings) for finding in self.found],
            "notes": list(self.notes),
        }


def triangulation_of(findings: StudyFindings) -> Triangulation:
    """The triangulation of these findings."""
    every = findings_of(findings.found, findings.read, findings.column_of, findings.role_of)
    ordered = sorted(every, key=lambda it: in_order(findings, it.phase, it.code, it.column))
    return Triangulation(findings, tuple(ordered), len(findings.transcripts) - len(findings.read))


def triangulation_parts(triangulation: Triangulation) -> ResultParts:
    """As a table and a picture."""
    return ResultParts(
        title=f"{triangulation.findings.study}: how the sources support each other",
        tables=(_table(triangulation), *((_roles(triangulation),) if triangulation.roles else ())),
        figures=(
            ResultFigure(
                name="triangulation",
                subject="What interviews (I), documents (D) and field notes (F) say of each finding",
                describes="A sign for each code, column and kind of source; the table lists them.",
                of="Triangulation",
                draw=lambda tallest: _draw(triangulation, tallest),
            ),
        ),
        notes=triangulation.notes,
    )


def _table(triangulation: Triangulation) -> ResultTable:
    f = triangulation.findings
    return ResultTable(
        name="Triangulation",
        subject="Findings by the kinds of source that support them, contradict them, or are silent",
        columns=(
            "Phase",
            "Code",
            f.corner.capitalize(),
            "Participants",
            "Supported by",
            "Contradicted by",
            "Silent",
            "In words",
            *(("Member checks",) if f.checks else ()),
        ),
        rows=tuple(
            (
                f.phase_label(finding.phase),
                f.label(finding.code),
                finding.column or NOT_STATED,
                len(finding.informants),
                *_said(finding, finding.kinds),
                in_words(finding),
                *((_answered(f, finding),) if f.checks else ()),
            )
            for finding in triangulation.found
        ),
        widths=(1.8, 3, 1.9, 1.7, 2.5, 2.4, 2.2, 5.6, *((2.4,) if f.checks else ())),
    )


def _answered(findings: StudyFindings, finding: SourcedFinding) -> str:
    """Who agreed and who corrected; what they said stands in the table of cells, by consent."""
    answers = findings.answers(finding.phase, finding.code, finding.column, finding.informants)
    return "; ".join(f"{it.answered_by} {it.answer} ({it.given.isoformat()})" for it in answers)


def _roles(triangulation: Triangulation) -> ResultTable:
    f = triangulation.findings
    return ResultTable(
        name="By role",
        subject=f"Findings by the roles of the participants ({f.role}) that support them, contradict them, or are silent",
        columns=("Phase", "Code", f.corner.capitalize(), "Supported by", "Contradicted by", "Silent"),
        rows=tuple(
            (
                f.phase_label(finding.phase),
                f.label(finding.code),
                finding.column or NOT_STATED,
                *_said(finding, finding.roles),
            )
            for finding in triangulation.found
        ),
        widths=(1.8, 3.4, 2, 4, 3.4, 3.4),
    )


def _said(finding: SourcedFinding, of: Mapping[str, Voices]) -> tuple[str, str, str]:
    def counted(count: int, voices: Voices, name: str) -> str:
        return f"{name} {count} of {voices.read}"

    support = [
        counted(of[name].supporting(finding.direction), of[name], name) for name in finding.supporting(of)
    ]
    against = [
        counted(of[name].contradicting(finding.direction), of[name], name)
        for name in finding.contradicting(of)
    ]
    return "; ".join(support), "; ".join(against), "; ".join(finding.silent(of))


def _draw(triangulation: Triangulation, tallest: float) -> Iterator[Figure]:
    f = triangulation.findings
    by_place = {(finding.phase, finding.code, finding.column): finding for finding in triangulation.found}
    rows = list(dict.fromkeys((finding.phase, finding.code) for finding in triangulation.found))
    columns = [(name, kind) for name in f.column_names for kind in ("interview", "document", "field note")]
    there = {
        (name, kind)
        for finding in triangulation.found
        for kind, its in finding.kinds.items()
        if its.read
        for name in (finding.column,)
    }
    columns = [column for column in columns if column in there]

    def mark(row: int, column: int) -> GridMark | None:
        finding = by_place.get((*rows[row], columns[column][0]))
        if finding is None:
            return None
        voices = finding.kinds[columns[column][1]]
        if not voices.speaking:
            return _SILENT if voices.read else None
        sign = _MARKS[voices.stance or "no direction"]
        return GridMark(sign.shape, sign.filled, boxed=voices.contradicting(finding.direction) > 0)

    several = len(f.phases) > 1
    return grid_figures(
        [GridHead(f.label(code), f.phase_label(phase) if several else "") for phase, code in rows],
        [GridHead(kind[0].upper(), name or NOT_STATED) for name, kind in columns],
        mark,
        _KEY,
        tallest=tallest,
    )


def _finding_json(finding: SourcedFinding, findings: StudyFindings) -> dict[str, Any]:
    return {
        "phase": findings.label(finding.phase) if finding.phase else "",
        "code": findings.label(finding.code),
        "column": finding.column,
        "direction": finding.direction,
        "codings": finding.codings,
        "informants": list(finding.informants),
        "sources": list(finding.sources),
        "kinds": {kind: _voices_json(voices, finding) for kind, voices in finding.kinds.items()},
        "roles": {role: _voices_json(voices, finding) for role, voices in finding.roles.items()},
        "supported_by": list(finding.supporting(finding.kinds)),
        "contradicted_by": list(finding.contradicting(finding.kinds)),
        "silent": list(finding.silent(finding.kinds)),
        "in_words": in_words(finding),
        "member_checks": [
            check_json(it, words=False, label=findings.label)
            for it in findings.answers(finding.phase, finding.code, finding.column, finding.informants)
        ],
    }


def _voices_json(voices: Voices, finding: SourcedFinding) -> dict[str, Any]:
    return {
        "read": voices.read,
        "supports": voices.supporting(finding.direction),
        "contradicts": voices.contradicting(finding.direction),
        "silent": voices.silent,
        "helps": voices.helps,
        "hinders": voices.hinders,
        "both_ways": voices.both_ways,
        "no_direction": voices.no_direction,
    }
