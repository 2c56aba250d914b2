"""A plain summary for member checking: what was coded where, with the person's own words, and the timeline of the case.

It goes to one participant, with their own words alone; or to the people of a case, with the words of those who may be
quoted. Neither names other sources than those whose words it shows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from annotations.attributes import Owner
from annotations.errors import BadInput
from annotations.matrix.counted_codings import CountedPassage
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.store.applied_codings import turn_places
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Span
from annotations.turn_numbers import shown_number
from service.composition import Parts
from service.exported_file import whole
from service.results.member_answers import owner_named
from service.results.named_places import NamedPlaces, named_places
from service.results.numbered_document import NumberedDocument
from service.results.read_table import study_table
from service.results.study_findings import StudyFindings, WantedFindings, study_findings
from service.results.study_table import StudyTable, WantedTable
from service.results.timeline_events import Timeline, timelines
from service.results.timeline_files import add_timelines

OTHER = "a source of the study"


@dataclass(frozen=True, slots=True)
class SummaryPassage:
    """A passage: where it stands, and its words; None, and nothing of its source, where they may not be shown."""

    source: str
    turn: int | None
    words: str | None


@dataclass(frozen=True, slots=True)
class SummaryCode:
    """A code in one phase with the passages that carry it; ``written``: what the team wrote of it for the case."""

    phase: str
    code: str
    means: str
    passages: tuple[SummaryPassage, ...]
    written: tuple[str, ...] = ()


@dataclass(frozen=True)
class MemberSummary:
    """What somebody is shown. ``of``, ``owner``: whose it is; ``sources``: the transcripts it is of."""

    study: str
    of: Owner
    owner: str
    sources: tuple[KeptTranscript, ...]
    understood: tuple[SummaryCode, ...]
    lines: tuple[Timeline, ...]

    @property
    def withheld(self) -> int:
        """Of so many passages the words are not shown."""
        return sum(passage.words is None for it in self.understood for passage in it.passages)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "study": self.study,
            self.of.value: self.owner,
            "sources": [kept.transcript.name for kept in self.sources if self.of is Owner.PARTICIPANT],
            "source_count": len(self.sources),
            "findings": [
                {
                    "phase": summary_code.phase,
                    "code": summary_code.code,
                    "means": summary_code.means,
                    "passages": [
                        {"source": it.source, "turn_shown": it.turn, "text": it.words}
                        for it in summary_code.passages
                    ],
                    "summary": list(summary_code.written),
                }
                for summary_code in self.understood
            ],
            "events": [it.to_json() for line in self.lines for it in line.events],
            "passages_withheld": self.withheld,
        }


def member_summary(parts: Parts, about: str, *, site: str | None = None) -> MemberSummary:
    """The summary of a participant or a case. ``site``: where people of a case read it, by which consent decides.

    Raises BadInput for whoever is neither, and for somebody of whom nothing was coded.
    """
    with parts.store.reading() as connection:
        places = named_places(parts, connection)
        turns = turn_places(connection)
    of, owner = _owner_of(places, about)
    findings = study_findings(parts, WantedFindings())
    theirs = tuple(
        kept for kept in findings.transcripts if folded(getattr(kept.transcript, of.value)) == folded(owner)
    )
    ids = {kept.id: kept for kept in theirs}
    table = study_table(parts, WantedTable()) if of is Owner.CASE else None
    placed: dict[tuple[str, str], list[CountedPassage]] = {}
    for passage in findings.found:
        if passage.transcript in ids:
            placed.setdefault((passage.phase, passage.code), []).append(passage)
    if not placed:
        raise BadInput(
            f"nothing that {owner} said was coded yet, so there is nothing to check. Code it first."
        )
    order = sorted(placed, key=lambda it: (findings.phases.index(it[0]), findings.rows.index(it[1])))

    def said(passage: CountedPassage) -> SummaryPassage:
        kept = ids[passage.transcript]
        shown = of is Owner.PARTICIPANT or kept.transcript.consents.may_quote_at(site)
        at = next((t.number for t in turns.get(kept.id, ()) if t.start <= passage.span.start < t.end), None)
        words = _words(kept, passage.span) if shown else None
        if words is None:
            return SummaryPassage("", None, None)
        return SummaryPassage(kept.transcript.name, None if at is None else shown_number(at), words)

    understood = tuple(
        SummaryCode(
            findings.label(phase) if phase else "",
            findings.label(code),
            _means(findings, code),
            tuple(said(passage) for passage in placed[(phase, code)]),
            _written(table, phase, code, owner),
        )
        for phase, code in order
    )
    cases = {folded(kept.transcript.case) for kept in theirs}
    names = {kept.transcript.name for kept in theirs if of is Owner.PARTICIPANT}
    lines = tuple(
        _without_others(timeline, names) for timeline in timelines(parts) if folded(timeline.case) in cases
    )
    return MemberSummary(findings.study, of, owner, theirs, understood, lines)


def _owner_of(places: NamedPlaces, about: str) -> tuple[Owner, str]:
    try:
        owner_and_name: tuple[Owner, str] = owner_named(places, about)
    except ValueError as error:
        raise BadInput(f"--for: {error}.") from error
    return owner_and_name


def _without_others(line: Timeline, own: Collection[str]) -> Timeline:
    """The events without the names of other people's sources."""

    def shown(passages: Sequence[str]) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                passage if passage.rpartition(":")[0] in own or passage in own else OTHER
                for passage in passages
            )
        )

    return replace(
        line, events=tuple(replace(event, passages=shown(event.passages)) for event in line.events)
    )


def _words(kept: KeptTranscript, span: Span) -> str:
    return " ".join(span.of(kept.transcript.text).split())


def _means(findings: StudyFindings, code: str) -> str:
    return findings.codebook[code].definition if code in findings.codebook.by_id else ""


def _written(table: StudyTable | None, phase: str, code: str, case: str) -> tuple[str, ...]:
    if table is None:
        return ()
    return tuple(
        written.text
        for column in table.columns
        if any(folded(value) == folded(case) for _, value in column)
        for written in table.written(phase, code, column)
    )


def write_summary(summary: MemberSummary, file: Path) -> None:
    """Write it as a Word file, with room for the answer; whole or not at all."""
    document = NumberedDocument(f"{summary.study}: summary for {summary.owner}")
    _beginning(document, summary)
    phase: str | None = None
    for summary_code in summary.understood:
        if summary_code.phase != phase:
            phase = summary_code.phase
            document.heading(phase or "Without a phase", 2)
        document.heading(summary_code.code, 3)
        if summary_code.means:
            document.labelled("What we mean by this", summary_code.means)
        for words in summary_code.written:
            document.labelled("What we wrote", words)
        for it in summary_code.passages:
            if it.words is not None:
                where = f"{it.source}{f', turn {it.turn}' if it.turn else ''}"
                document.text(f"“{it.words}” ({where})", bullet=True)
        hidden = sum(it.words is None for it in summary_code.passages)
        if hidden:
            document.text(f"{counted(hidden, 'passage')} more, whose words are not shown here.", bullet=True)
    document.heading("What happened when", 2)
    if any(line.events for line in summary.lines):
        add_timelines(document, [line for line in summary.lines if line.events])
    else:
        document.text("No events are kept.")
    _answer(document)
    whole(file, document.as_bytes())


def _beginning(document: NumberedDocument, summary: MemberSummary) -> None:
    kinds = [kept.transcript for kept in summary.sources]
    named = ", ".join(f"{kind.name}{f' ({kind.date.isoformat()})' if kind.date else ''}" for kind in kinds)
    whose = "you" if summary.of is Owner.PARTICIPANT else f"people of {summary.owner}"
    rests = f": {named}" if summary.of is Owner.PARTICIPANT else ""
    document.text(
        f"This is what the team of the study “{summary.study}” noted in what {whose} said. It rests on "
        f"{counted(len(kinds), 'source')}{rests}."
    )
    document.text(
        "Under each heading stands what we mean by it, and the passages that we put there. Please read whether you are "
        "understood rightly, and tell us at the end."
    )
    if summary.of is Owner.CASE:
        document.text("Words of participants stand here only where they allowed it.")
    if summary.withheld:
        document.text(f"The words of {counted(summary.withheld, 'passage')} are not shown.")


def _answer(document: NumberedDocument) -> None:
    document.heading("Your answer", 2)
    rows: Sequence[Sequence[str]] = (
        ("☐ I agree.", ""),
        ("☐ I correct something: what, and under which heading?", "\n\n\n"),
        ("Name or code, and date", ""),
    )
    document.table("Answer to this summary", ("Please tick", "Your words"), rows, widths=(5, 9))
