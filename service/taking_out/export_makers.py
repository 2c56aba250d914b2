"""Who makes each file that can be taken out of a study: the function that its command calls, asked in a page's fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from annotations.errors import BadInput
from annotations.numbers_shown import counted
from service.agreement.report import ReportScope
from service.composition import Parts
from service.exporting.exported import Exported
from service.exporting.wanted import ExportRequest
from service.reporting.result_exports import export_pack, export_result, export_summary
from service.reporting.wanted_pack import WantedPack
from service.results.asked_fields import among_in, columns_in, level_in, only, result_asked, where_in

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
        return only(self.narrowed, name)

    @property
    def where(self) -> tuple[str, ...]:
        """The attributes that must hold; of several values of one attribute, any."""
        return where_in(self.narrowed)

    @property
    def asked(self) -> ExportRequest:
        """As the exports of codings take it."""
        return ExportRequest(
            *(self.where if name == WHERE else self.narrowed.get(name, ()) for name in NARROWED)
        )


Make = Callable[[Parts, Path, Wish], Exported]


def refi(parts: Parts, file: Path, wish: Wish) -> Exported:
    """A project for other programs."""
    from service.exporting.export_refi import export_refi

    return export_refi(parts, file, suggestions="no_suggestions" not in wish.ticked)


def table_named(option: str) -> Make:
    """The maker of the table that an option of ``tandem export`` names."""

    def make(parts: Parts, file: Path, wish: Wish) -> Exported:
        from service.exporting.export_tables import Files, export_tables

        # transcripts that came since are cut into segments first, which writes
        with parts.held_for("export") if option == "wide" else nullcontext():
            (made,) = export_tables(
                parts, Files(**{option: file}), wish.asked, coded_only="coded_only" in wish.ticked
            )
        return made

    return make


def result(name: str) -> Make:
    """The maker of the result of this name."""
    return lambda parts, file, wish: export_result(parts, name, result_asked(wish.narrowed), file)


def pack(parts: Parts, file: Path, wish: Wish) -> Exported:
    """Methods and results in one Word file."""
    fields = wish.narrowed
    wanted = WantedPack(
        columns_in(fields),
        level_in(fields),
        among_in(fields),
        wish.where,
        only(fields, "outcome"),
        only(fields, "role"),
        "with_quotes" in wish.ticked,
        only(fields, "for_site"),
    )
    return export_pack(parts, wanted, file)


def summary(parts: Parts, file: Path, wish: Wish) -> Exported:
    """A plain summary for a participant or the people of a case, to be checked by them."""
    about = wish.one("for")
    if about is None:
        raise BadInput("choose the participant or the case whose summary it is.")
    return export_summary(parts, about, wish.one("for_site"), file)


def agreement(parts: Parts, file: Path, wish: Wish) -> Exported:
    """Every figure of how far people agree."""
    from service.agreement.report import agree
    from service.agreement.report_files import write_csv, write_html, write_xlsx

    report = agree(parts, ReportScope(wish.one(WAVE), wish.one(CASE), where=wish.where))
    if file.suffix == ".html":
        write_html(parts, report, file, with_quotes="with_quotes" in wish.ticked)
    else:
        (write_csv if file.suffix == ".csv" else write_xlsx)(report, file)
    return Exported("agreement", (file,), {"figures": len(report.figures)})


def disagreements(parts: Parts, file: Path, wish: Wish) -> Exported:
    """Each passage on which coders differ."""
    from service.agreement.disagreements import WantedDisagreements, disagreements
    from service.agreement.disagreements_files import write_csv, write_html

    part = ReportScope(wish.one(WAVE), wish.one(CASE), where=wish.where)
    differing = disagreements(parts, WantedDisagreements(part, wish.one(CODE), None))
    if file.suffix == ".html":
        write_html(differing, parts, file)
    else:
        write_csv(differing, parts.codebook, file)
    return Exported("disagreements", (file,), {"passages on which coders differ": len(differing)})


def crossed(parts: Parts, file: Path, wish: Wish) -> Exported:
    """The cross-case table."""
    from service.results.read_table import study_table
    from service.results.study_table import WantedTable
    from service.results.table_document import write_docx
    from service.results.table_page import write_html
    from service.results.table_workbook import write_xlsx

    part = ReportScope(wish.one(WAVE), wish.one(CASE))
    table = study_table(parts, WantedTable(among=part, where=wish.where))
    write = {".xlsx": write_xlsx, ".docx": write_docx, ".html": write_html}[file.suffix]
    write(table, file, with_quotes="with_quotes" in wish.ticked)
    return Exported("table", (file,), {"codings": table.matrix.codings}, notes=table.notes)


def ratings(parts: Parts, file: Path, _wish: Wish) -> Exported:
    """Who rated what."""
    from service.results.ratings_out import write_csv

    return Exported("ratings", (file,), {"ratings": write_csv(parts, file)})


def timeline(parts: Parts, file: Path, wish: Wish) -> Exported:
    """What happened in each case."""
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


def suggestions(parts: Parts, file: Path, wish: Wish) -> Exported:
    """What the model that serves proposes."""
    from service.looking.hidden_spans import LEFT_OUT
    from service.looking.suggestions_list import SuggestionsListing, write_csv

    listing = SuggestionsListing(parts, wish.one(WAVE))
    notes = (
        (f"{counted(listing.hidden, 'passage is', 'passages are')} {LEFT_OUT}.",) if listing.hidden else ()
    )
    return Exported("suggestions", (file,), {"probabilities": write_csv(listing, file)}, notes=notes)
