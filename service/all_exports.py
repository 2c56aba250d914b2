"""Everything that can be taken out of a study as a file, as one list: what it is for, what it can be asked, who makes it.

Each entry calls the function that its command calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from annotations.errors import BadInput, unknown
from annotations.numbers_shown import counted
from service.agreement.report import ReportScope
from service.composition import Parts
from service.exporting.exported import Exported
from service.exporting.wanted import ExportRequest
from service.reporting.result_exports import ENDINGS, RESULTS, ResultExport, export_pack

# what an export can be asked
WAVE, CASE, CODER, CODE, CONDITION, WHERE = "wave", "case", "coder", "code", "condition", "where"
NARROWED = (WAVE, CASE, CODER, CODE, CONDITION, WHERE)


@dataclass(frozen=True)
class Wish:
    """What somebody asks of an export. ``narrowed``: by wave, case …; ``ticked``: the export's own switches."""

    narrowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ticked: frozenset[str] = frozenset()

    def one(self, name: str) -> str | None:
        """The only value, where an export takes one; None where nothing is asked."""
        given = self.narrowed.get(name, ())
        if len(given) > 1:
            raise BadInput(
                f"this export takes one {name}; {len(given)} are given. Choose one, or none for all."
            )
        return given[0] if given else None

    @property
    def asked(self) -> ExportRequest:
        """As the exports of codings take it."""
        return ExportRequest(*(self.narrowed.get(name, ()) for name in NARROWED))


Make = Callable[[Parts, Path, Wish], Exported]


@dataclass(frozen=True)
class ExportKind:
    """One export. ``switches``: pairs of a name and what it does; ``words``: does it hold what participants said?

    ``command``: what makes the same at the command line.
    """

    key: str
    title: str
    what_for: str
    endings: tuple[str, ...]
    command: str
    make: Make
    narrows: tuple[str, ...] = ()
    switches: tuple[tuple[str, str], ...] = ()
    words: str = ""


def kind_named(key: str) -> ExportKind:
    """The export of this name. Raises UnknownName."""
    kind = next((export_kind for export_kind in KINDS if export_kind.key == key), None)
    if kind is None:
        raise unknown("export", key, (export_kind.key for export_kind in KINDS))
    return kind


def make_export(parts: Parts, key: str, ending: str, folder: Path, wish: Wish) -> Exported:
    """Make one export into a folder, under a name that says what it is. Raises BadInput, and then writes nothing."""
    kind = kind_named(key)
    if ending not in kind.endings:
        raise BadInput(f'"{ending}" is no ending of this export; it is one of {", ".join(kind.endings)}.')
    return kind.make(parts, folder / f"{parts.slug.removeprefix('tandem-')}-{kind.key}{ending}", wish)


def _refi(parts: Parts, file: Path, wish: Wish) -> Exported:
    from service.exporting.export_refi import export_refi

    return export_refi(parts, file, suggestions="no_suggestions" not in wish.ticked)


def _table_named(option: str) -> Make:
    def make(parts: Parts, file: Path, wish: Wish) -> Exported:
        from service.exporting.export_tables import Files, export_tables

        # transcripts that came since are cut into segments first, which writes
        with parts.alone("export") if option == "wide" else nullcontext():
            (made,) = export_tables(
                parts, Files(**{option: file}), wish.asked, coded_only="coded_only" in wish.ticked
            )
        return made

    return make


def _result(export: ResultExport) -> Make:
    return lambda parts, file, wish: export.write(
        parts, file, ReportScope(wish.one(WAVE), wish.one(CASE)), wish.narrowed.get(WHERE, ())
    )


def _pack(parts: Parts, file: Path, wish: Wish) -> Exported:
    part, where = ReportScope(wish.one(WAVE), wish.one(CASE)), wish.narrowed.get(WHERE, ())
    return export_pack(parts, file, part, where, with_quotes="with_quotes" in wish.ticked)


def _agreement(parts: Parts, file: Path, wish: Wish) -> Exported:
    from service.agreement.report import agree
    from service.agreement.report_files import write_csv, write_html, write_xlsx

    report = agree(parts, ReportScope(wish.one(WAVE), wish.one(CASE), where=wish.narrowed.get(WHERE, ())))
    if file.suffix == ".html":
        write_html(parts, report, file, with_quotes="with_quotes" in wish.ticked)
    else:
        (write_csv if file.suffix == ".csv" else write_xlsx)(report, file)
    return Exported("agreement", (file,), {"figures": len(report.figures)})


def _disagreements(parts: Parts, file: Path, wish: Wish) -> Exported:
    from service.agreement.disagreements import WantedDisagreements, disagreements
    from service.agreement.disagreements_files import write_csv, write_html

    part = ReportScope(wish.one(WAVE), wish.one(CASE), where=wish.narrowed.get(WHERE, ()))
    differing = disagreements(parts, WantedDisagreements(part, wish.one(CODE), None))
    if file.suffix == ".html":
        write_html(differing, parts, file)
    else:
        write_csv(differing, parts.codebook, file)
    return Exported("disagreements", (file,), {"passages on which coders differ": len(differing)})


def _crossed(parts: Parts, file: Path, wish: Wish) -> Exported:
    from service.results.read_table import study_table
    from service.results.study_table import WantedTable
    from service.results.table_document import write_docx
    from service.results.table_page import write_html
    from service.results.table_workbook import write_xlsx

    part = ReportScope(wish.one(WAVE), wish.one(CASE))
    table = study_table(parts, WantedTable(among=part, where=wish.narrowed.get(WHERE, ())))
    write = {".xlsx": write_xlsx, ".docx": write_docx, ".html": write_html}[file.suffix]
    write(table, file, with_quotes="with_quotes" in wish.ticked)
    return Exported("table", (file,), {"codings": table.matrix.codings}, notes=table.notes)


def _ratings(parts: Parts, file: Path, _wish: Wish) -> Exported:
    from service.results.ratings_out import write_csv

    return Exported("ratings", (file,), {"ratings": write_csv(parts, file)})


def _timeline(parts: Parts, file: Path, wish: Wish) -> Exported:
    from service.results.timeline_events import timelines, write_csv
    from service.results.timeline_files import write_docx, write_png, write_svg, write_xlsx

    drawn = timelines(parts, case=wish.one(CASE))
    if not drawn:
        raise BadInput(
            "no events are kept yet, so there is no timeline. Bring them in first: tandem timeline FILE."
        )
    title = f"{parts.study.config.name}: timeline"
    if file.suffix in (".svg", ".docx"):
        (write_svg if file.suffix == ".svg" else write_docx)(drawn, file, title=title)
    else:
        {".png": write_png, ".xlsx": write_xlsx, ".csv": write_csv}[file.suffix](drawn, file)
    return Exported("timeline", (file,), {"events": sum(len(line.events) for line in drawn)})


def _suggestions(parts: Parts, file: Path, wish: Wish) -> Exported:
    from service.looking.hidden_spans import LEFT_OUT
    from service.looking.suggestions_list import SuggestionsListing, write_csv

    listing = SuggestionsListing(parts, wish.one(WAVE))
    notes = (
        (f"{counted(listing.hidden, 'passage is', 'passages are')} {LEFT_OUT}.",) if listing.hidden else ()
    )
    return Exported("suggestions", (file,), {"probabilities": write_csv(listing, file)}, notes=notes)


_TABLES = (".xlsx", ".csv")
_WORDS = "It holds participants' words, where their consent allows quotes."
_QUOTES = (("with_quotes", "With participants' words, where consent allows"),)
KINDS = (
    ExportKind(
        "codings",
        "Codings",
        "One row for each coded passage: to read, to count, to bring back in.",
        _TABLES,
        "tandem export --codings FILE",
        _table_named("codings"),
        NARROWED,
        (("coded_only", "Leave out passages on which a coder found that nothing applies"),),
        _WORDS,
    ),
    ExportKind(
        "quotes-by-code",
        "Quotes by code",
        "A Word file: each code with its definition, its quotes and memos.",
        (".docx",),
        "tandem export --quotes-by-code FILE",
        _table_named("quotes_by_code"),
        NARROWED,
        words=_WORDS,
    ),
    ExportKind(
        "memos",
        "Memos",
        "One row for each memo, with its passage and code.",
        _TABLES,
        "tandem export --memos FILE",
        _table_named("memos"),
        NARROWED,
        words=_WORDS,
    ),
    ExportKind(
        "segments-by-codes",
        "Segments by codes",
        "0 or 1 for each segment, coder and code: for R and SPSS.",
        _TABLES,
        "tandem export --wide FILE",
        _table_named("wide"),
        NARROWED,
    ),
    ExportKind(
        "codebook",
        "Codebook",
        "For other programs (.qdc), as a table, or as a Word file to print.",
        (".docx", ".xlsx", ".csv", ".qdc"),
        "tandem export --codebook FILE",
        _table_named("codebook"),
    ),
    ExportKind(
        "project",
        "Whole study for another program",
        "A REFI-QDA project for NVivo, MAXQDA, ATLAS.ti, QualCoder and others.",
        (".qdpx",),
        "tandem export --refi FILE",
        _refi,
        switches=(("no_suggestions", "People's codings alone, without what models suggested"),),
        words="It holds every interview in full. Keep it like the transcripts: a withdrawal cannot erase it.",
    ),
    ExportKind(
        "cross-case-table",
        "Cross-case table",
        "Codes by cases, with informants, ratings and summaries.",
        (".xlsx", ".docx", ".html"),
        "tandem matrix --xlsx FILE",
        _crossed,
        (WAVE, CASE, WHERE),
        _QUOTES,
    ),
    ExportKind(
        "ratings",
        "Ratings",
        "How strongly each code helps or hinders, by whom: to be read back.",
        (".csv",),
        "tandem ratings --csv FILE",
        _ratings,
    ),
    ExportKind(
        "timeline",
        "Timeline",
        "What happened in each case: a picture, a Word file, or a table.",
        (".png", ".svg", ".docx", ".xlsx", ".csv"),
        "tandem timeline --png FILE",
        _timeline,
        (CASE,),
    ),
    *(
        ExportKind(
            export.name,
            export.title,
            export.what_for,
            ENDINGS,
            f"tandem {export.name} --docx FILE",
            _result(export),
            (WAVE, CASE, WHERE) if export.by_wave else (CASE, WHERE),
        )
        for export in RESULTS
    ),
    ExportKind(
        "report",
        "Methods and results",
        "One Word file with all of it, numbered, and the codebook as its appendix.",
        (".docx",),
        "tandem report --out FILE.docx",
        _pack,
        (WAVE, CASE, WHERE),
        _QUOTES,
    ),
    ExportKind(
        "agreement",
        "Agreement",
        "Every figure of how far people agree, with each other and with the model.",
        (".xlsx", ".csv", ".html"),
        "tandem agreement --xlsx FILE",
        _agreement,
        (WAVE, CASE, WHERE),
        (("with_quotes", "On the page (.html): disagreements with their words, where consent allows"),),
    ),
    ExportKind(
        "disagreements",
        "Disagreements",
        "Each passage on which coders differ, to go through together.",
        (".html", ".csv"),
        "tandem disagreements --html FILE",
        _disagreements,
        (WAVE, CASE, CODE, WHERE),
        words="It holds participants' words: keep it where the transcripts are kept.",
    ),
    ExportKind(
        "suggestions",
        "Suggestions",
        "What the model that serves proposes, with every probability. Blind passages are left out.",
        (".csv",),
        "tandem suggestions --csv FILE",
        _suggestions,
        (WAVE,),
    ),
)
