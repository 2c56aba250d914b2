"""Saturation of a study: what each further interview of a case added, in the order in which they were held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotations.errors import BadInput
from annotations.matrix.tables import informant_of
from annotations.patterns.saturation import BASE, RUN, THRESHOLD, Interviewed, Saturation, saturation
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Kind
from service.results.result_parts import ResultFigure, ResultParts, ResultTable
from service.results.saturation_figure import saturation_figures
from service.results.study_findings import NOT_STATED, StudyFindings


@dataclass(frozen=True)
class Saturations:
    """A saturation for each column. ``undated``: interviews of which no date is known; then the order is that of import."""

    findings: StudyFindings
    found: tuple[Saturation, ...]
    undated: int
    unread: int

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "study": self.findings.study,
            "made": self.findings.made.isoformat(timespec="seconds"),
            "columns": [_column_json(one, self.findings) for one in self.found],
            "undated_interviews": self.undated,
            "interviews_not_read": self.unread,
            "notes": list(self.notes),
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was counted."""
        first = self.found[0] if self.found else saturation("", ())
        order = (
            f"by date, and those without one ({self.undated}) after them in the order of import"
            if self.undated
            else "by date"
        )
        unread = f" {self.unread} interviews that nobody has read yet are left out." if self.unread else ""
        return (
            f"Interviews stand in their order: {order}. Documents and field notes are left out.{unread}",
            f"New information is the number of codes that a run of {first.run} interviews brought, divided by the codes of "
            f"the first {first.base} (the base). Saturation is reached where it is {first.threshold:.0%} or less, written "
            f"as the interviews by then and the run that confirmed it (Guest, Namey and Chen 2020, PLoS ONE "
            f"15(5):e0232076).",
        )


def refuse_strange(base: int, run: int, threshold: float) -> None:
    """Raises BadInput."""
    if base < 1 or run < 1:
        raise BadInput(
            f"a base and a run are 1 interview or more; {base} and {run} were given. Usual are 4 and 2."
        )
    if not 0 <= threshold < 1:
        raise BadInput(
            f"the threshold is a share from 0 to below 1, such as 0.05; {threshold:g} was given. Write 5 % as 0.05."
        )


def saturations_of(
    found: StudyFindings, *, base: int = BASE, run: int = RUN, threshold: float = THRESHOLD
) -> Saturations:
    """The saturation of each column. Raises BadInput for a base, run or threshold that makes no sense."""
    refuse_strange(base, run, threshold)
    codes: dict[UUID, set[str]] = {}
    for one in found.found:
        codes.setdefault(one.transcript, set()).add(one.code)
    read = {kept.id for kept in found.read}
    interviews = [kept for kept in found.transcripts if kept.transcript.kind is Kind.INTERVIEW]
    by_column: dict[str, list[KeptTranscript]] = {name: [] for name in found.column_names}
    for kept in interviews:
        if kept.id in read:
            by_column[found.column_of[kept.id]].append(kept)
    return Saturations(
        found,
        tuple(
            saturation(
                column,
                [_interviewed(one, codes.get(one.id, set())) for one in _in_order(its)],
                base=base,
                run=run,
                threshold=threshold,
            )
            for column, its in by_column.items()
            if its
        ),
        undated=sum(kept.transcript.date is None for kept in interviews if kept.id in read),
        unread=sum(kept.id not in read for kept in interviews),
    )


def _in_order(its: list[KeptTranscript]) -> list[KeptTranscript]:
    """By date; a sort keeps the order of import where that is all that is known."""
    return sorted(its, key=lambda kept: (kept.transcript.date is None, str(kept.transcript.date or "")))


def _interviewed(kept: KeptTranscript, codes: set[str]) -> Interviewed:
    t = kept.transcript
    return Interviewed(
        t.name, informant_of(t) or t.name, t.date.isoformat() if t.date else "", frozenset(codes)
    )


def saturations_parts(found: Saturations) -> ResultParts:
    """As tables and a picture."""
    f = found.findings
    return ResultParts(
        title=f"{f.study}: saturation",
        tables=(_reached(found), _steps(found), _codes(found)),
        figures=(
            ResultFigure(
                name="saturation",
                subject="New codes of each interview, and codes known by then",
                describes="Bars of new codes, and a line of the codes known by then; the table lists them.",
                of="Interviews",
                draw=lambda tallest: saturation_figures(found.found, tallest=tallest),
            ),
        ),
        notes=found.notes,
    )


def _reached(found: Saturations) -> ResultTable:
    return ResultTable(
        name="Saturation",
        subject="Interviews, codes, and when new codes stopped coming",
        columns=(
            found.findings.corner.capitalize(),
            "Interviews",
            "Codes",
            "Codes of the base",
            "Saturation",
        ),
        rows=tuple(
            (one.column or NOT_STATED, len(one.steps), one.steps[-1].known, one.base_codes or None, one.said)
            for one in found.found
        ),
        widths=(3, 1.5, 1.2, 1.8, 7),
    )


def _steps(found: Saturations) -> ResultTable:
    label = found.findings.label
    return ResultTable(
        name="Interviews",
        subject="What each interview added",
        columns=(
            found.findings.corner.capitalize(),
            "No.",
            "Interview",
            "Informant",
            "Date",
            "Codes",
            "New",
            "Known by then",
            "New in run",
            "New information",
            "New codes",
        ),
        rows=tuple(
            (
                one.column or NOT_STATED,
                step.number,
                step.interview.name,
                step.interview.informant,
                step.interview.date,
                len(step.interview.codes),
                len(step.new),
                step.known,
                step.run_new,
                None if step.new_information is None else round(step.new_information, 3),
                "; ".join(label(code) for code in step.new),
            )
            for one in found.found
            for step in one.steps
        ),
        widths=(1.8, 0.8, 1.8, 1.8, 1.8, 1.1, 1, 1.3, 1.2, 1.7, 5),
    )


def _codes(found: Saturations) -> ResultTable:
    """Of each code, with which interview it came, and how many informants had spoken of it in the end."""
    label, rows = found.findings.label, {code: at for at, code in enumerate(found.findings.rows)}
    return ResultTable(
        name="Informants of codes",
        subject="When each code was heard first, and the informants who had spoken of it after each interview",
        columns=(
            found.findings.corner.capitalize(),
            "Code",
            "First in interview",
            "Informants",
            "After each interview",
        ),
        rows=tuple(
            (
                one.column or NOT_STATED,
                label(code),
                next(at for at, n in enumerate(counts, 1) if n),
                counts[-1],
                " ".join(map(str, counts)),
            )
            for one in found.found
            for code, counts in sorted(one.informants.items(), key=lambda it: rows.get(it[0], len(rows)))
        ),
        widths=(2, 4.5, 1.8, 1.8, 5),
    )


def _column_json(one: Saturation, found: StudyFindings) -> dict[str, Any]:
    label = found.label
    return {
        "column": one.column,
        "base": one.base,
        "run": one.run,
        "threshold": one.threshold,
        "base_codes": one.base_codes,
        "saturated_at": one.at,
        "said": one.said,
        "reason": one.reason,
        "interviews": [
            {
                "number": step.number,
                "transcript": step.interview.name,
                "informant": step.interview.informant,
                "date": step.interview.date or None,
                "codes": len(step.interview.codes),
                "new": [label(code) for code in step.new],
                "known": step.known,
                "new_in_run": step.run_new,
                "new_information": step.new_information,
            }
            for step in one.steps
        ],
        "informants": {label(code): list(counts) for code, counts in one.informants.items()},
    }
