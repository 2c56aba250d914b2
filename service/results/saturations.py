"""Saturation of a study: what each further interview of a case added, in the order in which they were held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotations.errors import BadInput
from annotations.matrix.tables import informant_of
from annotations.numbers_shown import counted, percent
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
            "columns": [_column_json(saturation, self.findings) for saturation in self.found],
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
        unread = (
            f" {counted(self.unread, 'interview')} that nobody has read yet {'is' if self.unread == 1 else 'are'} left out."
            if self.unread
            else ""
        )
        return (
            f"Interviews stand in their order: {order}. Documents and field notes are left out.{unread}",
            f"New information is the number of codes that a run of {counted(first.run, 'interview')} brought, divided by "
            f"the codes of the first {first.base} (the base). Saturation is reached where it is "
            f"{percent(first.threshold)} or less, written "
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
    findings: StudyFindings, *, base: int = BASE, run: int = RUN, threshold: float = THRESHOLD
) -> Saturations:
    """The saturation of each column. Raises BadInput for a base, run or threshold that makes no sense."""
    refuse_strange(base, run, threshold)
    codes: dict[UUID, set[str]] = {}
    for passage in findings.found:
        codes.setdefault(passage.transcript, set()).add(passage.code)
    read = {kept.id for kept in findings.read}
    interviews = [kept for kept in findings.transcripts if kept.transcript.kind is Kind.INTERVIEW]
    by_column: dict[str, list[KeptTranscript]] = {name: [] for name in findings.column_names}
    for kept in interviews:
        if kept.id in read:
            by_column[findings.column_of[kept.id]].append(kept)
    return Saturations(
        findings,
        tuple(
            saturation(
                column,
                [_interviewed(kept, codes.get(kept.id, set())) for kept in _in_order(its)],
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


def saturations_parts(saturations: Saturations) -> ResultParts:
    """As tables and a picture."""
    f = saturations.findings
    return ResultParts(
        title=f"{f.study}: saturation",
        tables=(_reached(saturations), _steps(saturations), _codes(saturations)),
        figures=(
            ResultFigure(
                name="saturation",
                subject="New codes of each interview, and codes known by then",
                describes="Bars of new codes, and a line of the codes known by then; the table lists them.",
                of="Interviews",
                draw=lambda tallest: saturation_figures(saturations.found, tallest=tallest),
            ),
        ),
        notes=saturations.notes,
    )


def _reached(saturations: Saturations) -> ResultTable:
    return ResultTable(
        name="Saturation",
        subject="Interviews, codes, and when new codes stopped coming",
        columns=(
            saturations.findings.corner.capitalize(),
            "Interviews",
            "Codes",
            "Codes of the base",
            "Saturation",
        ),
        rows=tuple(
            (
                saturation.column or NOT_STATED,
                len(saturation.steps),
                saturation.steps[-1].known,
                saturation.base_codes,
                saturation.said,
            )
            for saturation in saturations.found
        ),
        widths=(3, 1.5, 1.2, 1.8, 7),
    )


def _steps(saturations: Saturations) -> ResultTable:
    label = saturations.findings.label
    return ResultTable(
        name="Interviews",
        subject="What each interview added",
        columns=(
            saturations.findings.corner.capitalize(),
            "No.",
            "Interview",
            "Participant",
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
                saturation.column or NOT_STATED,
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
            for saturation in saturations.found
            for step in saturation.steps
        ),
        widths=(1.8, 0.8, 1.8, 1.8, 1.8, 1.1, 1, 1.3, 1.2, 1.7, 5),
    )


def _codes(saturations: Saturations) -> ResultTable:
    """Of each code, with which interview it came, and how many informants had spoken of it in the end."""
    label, rows = saturations.findings.label, {code: at for at, code in enumerate(saturations.findings.rows)}
    return ResultTable(
        name="Participants of codes",
        subject="When each code was heard first, and the participants who had spoken of it after each interview",
        columns=(
            saturations.findings.corner.capitalize(),
            "Code",
            "First in interview",
            "Participants",
            "After each interview",
        ),
        rows=tuple(
            (
                saturation.column or NOT_STATED,
                label(code),
                next(at for at, n in enumerate(counts, 1) if n),
                counts[-1],
                " ".join(map(str, counts)),
            )
            for saturation in saturations.found
            for code, counts in sorted(
                saturation.informants.items(), key=lambda it: rows.get(it[0], len(rows))
            )
        ),
        widths=(2, 4.5, 1.8, 1.8, 5),
    )


def _column_json(saturation: Saturation, findings: StudyFindings) -> dict[str, Any]:
    label = findings.label
    return {
        "column": saturation.column,
        "base": saturation.base,
        "run": saturation.run,
        "threshold": saturation.threshold,
        "base_codes": saturation.base_codes,
        "saturated_at": saturation.at,
        "said": saturation.said,
        "reason": saturation.reason,
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
            for step in saturation.steps
        ],
        "informants": {label(code): list(counts) for code, counts in saturation.informants.items()},
    }
