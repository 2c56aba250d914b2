"""The pack of methods and results: one Word file with everything that a paper's methods, results and appendix need.

Every sentence states a fact of the study; none says what it means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from annotations.codebook.layout import lay_out
from annotations.errors import TandemError
from annotations.numbers_shown import counted
from annotations.store.member_checks import MemberCheck
from service.agreement.methods_paragraph import methods_paragraph
from service.agreement.report import Report, ReportScope, agree
from service.composition import Parts
from service.exported_file import whole
from service.reporting.agreement_section import agreement_table, raters_table, ratings_table
from service.reporting.answers import answers_table
from service.reporting.quotes_used import quotes_table
from service.reporting.sample import sample_sentences, sampling_frame
from service.reporting.wanted_pack import WantedPack
from service.results.cell_words import how_it_was_counted
from service.results.changed import change_of, change_parts
from service.results.numbered_document import NumberedDocument, Ref
from service.results.parts_files import add_parts, add_table
from service.results.rated_study import RatedStudy, rated_study
from service.results.read_table import study_table
from service.results.result_parts import ResultParts
from service.results.saturations import saturations_of, saturations_parts
from service.results.study_findings import StudyFindings, WantedFindings, study_findings
from service.results.study_table import StudyTable, WantedTable
from service.results.table_document import add_tables
from service.results.timeline_events import Timeline, timelines
from service.results.timeline_files import add_timelines
from service.results.triangulated import triangulation_of, triangulation_parts


@dataclass(frozen=True)
class Pack:
    """All that goes into the document. ``agreement``: None, with why, where it cannot be measured."""

    wanted: WantedPack
    table: StudyTable
    findings: StudyFindings
    rated: RatedStudy
    lines: tuple[Timeline, ...]
    agreement: Report | None
    no_agreement: str


@dataclass(frozen=True, slots=True)
class WrittenPack:
    """What was written: how many numbered tables and figures, and how many quotes."""

    file: Path
    tables: int
    figures: int
    quotes: int

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "file": str(self.file),
            "tables": self.tables,
            "figures": self.figures,
            "quotes": self.quotes,
        }


def write_pack(parts: Parts, wanted: WantedPack, file: Path) -> WrittenPack:
    """Write the document, whole or not at all. Raises BadInput for names that are not known."""
    pack = read_pack(parts, wanted)
    document = NumberedDocument(f"{pack.table.study}: methods and results")
    quotes = add_pack(document, pack)
    whole(file, document.as_bytes())
    return WrittenPack(
        file, document.coming("Table").number - 1, document.coming("Figure").number - 1, quotes
    )


def read_pack(parts: Parts, wanted: WantedPack) -> Pack:
    """Read everything from the study. Raises BadInput for names that are not known."""
    table = study_table(
        parts, WantedTable(wanted.columns, wanted.level, wanted.among, wanted.where, wanted.outcome)
    )
    findings = study_findings(
        parts, WantedFindings(wanted.columns, wanted.level, wanted.among, wanted.where, wanted.role)
    )
    asked, why = (
        ReportScope(wanted.among.wave, wanted.among.case, wanted.among.site, where=tuple(wanted.where)),
        "",
    )
    measured: Report | None = None
    try:
        measured = agree(parts, asked)
    except TandemError as error:
        why = str(error)
    lines = timelines(parts)
    if wanted.among.case is not None:
        lines = tuple(line for line in lines if line.case == wanted.among.case)
    return Pack(wanted, table, findings, rated_study(parts), lines, measured, why)


def add_pack(document: NumberedDocument, pack: Pack) -> int:
    """Put everything into a document; how many quotes it lists."""
    _sample(document, pack)
    _agreement(document, pack)
    document.turn(landscape=True)
    _tables(document, pack)
    _ratings(document, pack)
    _sources(document, pack)
    _timelines(document, pack)
    _answers(document, pack.findings.checks, pack)
    quotes = _quotes(document, pack)
    document.turn(landscape=False)
    _codebook(document, pack)
    return quotes


def _sample(document: NumberedDocument, pack: Pack) -> None:
    document.heading("Sample")
    document.text(
        " ".join(sample_sentences(pack.findings)), " ", document.coming("Table"), " shows them by wave."
    )
    add_table(document, sampling_frame(pack.findings))


def _agreement(document: NumberedDocument, pack: Pack) -> None:
    document.heading("Coding, and agreement of the coders")
    if pack.agreement is None:
        document.text(f"Agreement cannot be measured: {pack.no_agreement}")
        return
    table = agreement_table(pack.agreement)
    measured = pack.agreement.facts.pairs > 0
    pieces: list[str | Ref] = [methods_paragraph(pack.agreement)]
    if measured:
        pieces += [" ", document.coming("Table"), " gives the figures."]
    else:
        pieces += [" No passage was coded independently by two people, so no agreement is given."]
    document.text(*pieces)
    if measured:
        add_table(document, table)


def _tables(document: NumberedDocument, pack: Pack) -> None:
    document.heading("Cross-case tables")
    table = pack.table
    if not table.phases:
        document.text("Nothing has been coded yet.")
        return
    document.text(
        f"{counted(table.matrix.codings, 'coding')} count, each passage once for a code, however many people coded it. ",
        *_named([document.coming("Table", at) for at in range(len(table.phases))]),
        f" show them by {table.corner}, a table for each phase.",
    )
    add_tables(document, table, with_quotes=pack.wanted.with_quotes, site=pack.wanted.site)
    document.notes(how_it_was_counted(table, with_quotes=pack.wanted.with_quotes))


def _ratings(document: NumberedDocument, pack: Pack) -> None:
    document.heading("Ratings")
    if not pack.rated.cells:
        document.text("Nothing was rated.")
        return
    agreed = sum(cell.rated.consensus is not None for cell in pack.rated.cells)
    document.text(
        f"{counted(len(pack.rated.cells), 'cell was', 'cells were')} rated, and {agreed} of them by consensus (",
        document.coming("Table"),
        ").",
    )
    add_table(document, ratings_table(pack.rated))
    if pack.rated.agreement:
        add_table(document, raters_table(pack.rated))
    else:
        document.text("No two raters rated the same cell, so no agreement of raters is given.")


def _sources(document: NumberedDocument, pack: Pack) -> None:
    """Saturation, triangulation, change."""
    findings = pack.findings
    saturated = saturations_of(findings)
    _part(document, "Saturation", saturations_parts(saturated), nothing=not saturated.found)
    _part(
        document,
        "How the sources support each other",
        triangulation_parts(triangulation_of(findings)),
        nothing=not findings.found,
    )
    if len(findings.waves) > 1:
        changed = change_parts(change_of(findings))
        # participants are in a table: a picture of each would fill a book
        _part(
            document,
            "Change over waves",
            replace(changed, figures=changed.figures[:1]),
            nothing=not findings.found,
        )


def _part(document: NumberedDocument, title: str, parts: ResultParts, *, nothing: bool) -> None:
    document.heading(title)
    if nothing:
        document.text("Nothing has been coded yet.")
        return
    document.text(
        document.coming("Figure"),
        f" shows {_low(parts.figures[0].subject)}; ",
        document.coming("Table"),
        f" gives {_low(parts.tables[0].subject)}.",
    )
    add_parts(document, parts)


def _low(subject: str) -> str:
    return subject[0].lower() + subject[1:]


def _timelines(document: NumberedDocument, pack: Pack) -> None:
    document.heading("Timelines")
    lines = [line for line in pack.lines if line.events]
    if not lines:
        document.text("No events are kept.")
        return
    document.turn(landscape=False)
    events = sum(len(line.events) for line in lines)
    bare = sum(not it.event.has_source for line in lines for it in line.events)
    document.text(
        f"{counted(events, 'event')} of {counted(len(lines), 'case')} are kept, from ",
        document.coming("Figure"),
        f" on; {bare} of them without a source, marked with †.",
    )
    add_timelines(document, lines)
    document.turn(landscape=True)


def _answers(document: NumberedDocument, checks: Sequence[MemberCheck], pack: Pack) -> None:
    document.heading("Member checking")
    if not checks:
        document.text("No answer to a summary for member checking is recorded.")
        return
    agreed = sum(check.answer == "agreed" for check in checks)
    document.text(
        f"{counted(len(checks), 'answer is', 'answers are')} recorded, of which {agreed} agreed and "
        f"{len(checks) - agreed} corrected something (",
        document.coming("Table"),
        ").",
    )
    add_table(
        document,
        answers_table(pack.findings, checks, with_words=pack.wanted.with_quotes, site=pack.wanted.site),
    )


def _quotes(document: NumberedDocument, pack: Pack) -> int:
    document.heading("Quotes and consent")
    if not pack.wanted.with_quotes:
        document.text("This document holds no words of participants.")
        return 0
    table = quotes_table(pack.table, site=pack.wanted.site)
    if not table.rows:
        document.text("None of the coded passages may be quoted.")
        return 0
    document.text(
        document.coming("Table"), f" lists the {counted(len(table.rows), 'quote')} of this document."
    )
    add_table(document, table)
    return len(table.rows)


def _codebook(document: NumberedDocument, pack: Pack) -> None:
    book = pack.table.codebook
    document.heading("Appendix: codebook")
    document.text(f"{book.name}, version {book.version}; {len(book.applicable)} codes may be applied.")
    for section in lay_out(book).sections:
        document.heading(section.framework.name, 3)
        choice = "One of these applies" if section.framework.select == "one" else "Several of these may apply"
        document.text(f"{choice} to a passage. {section.framework.description}".strip(), small=True)
        for entry in section.entries:
            name = f"{entry.above} › {entry.code.name}" if entry.level else entry.code.name
            document.heading(f"{name}{'' if entry.code.applicable else ' (heading, not applied)'}", 4)
            for label, words in entry.texts:
                document.labelled(label, words)


def _named(refs: Sequence[Ref]) -> Iterator[str | Ref]:
    """ "Table 1, Table 2 and Table 3"."""
    for at, ref in enumerate(refs):
        if at:
            yield " and " if at == len(refs) - 1 else ", "
        yield ref
