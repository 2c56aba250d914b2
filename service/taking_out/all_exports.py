"""Everything that can be taken out of a study as a file, as one list: what it is for, what it can be asked, who makes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from annotations.errors import BadInput, unknown
from service.composition import Parts
from service.exporting.exported import Exported
from service.reporting.result_exports import ENDINGS
from service.results.asked_fields import OWN, PART
from service.results.named_results import RESULTS
from service.taking_out.export_makers import (
    CASE,
    CODE,
    NARROWED,
    WAVE,
    WHERE,
    Make,
    Wish,
    agreement,
    crossed,
    disagreements,
    pack,
    ratings,
    refi,
    result,
    suggestions,
    summary,
    table_named,
    timeline,
)


@dataclass(frozen=True)
class ExportKind:
    """One export. ``switches``: pairs of a name and what it does; ``words``: does it hold what participants said?

    ``command``: what makes the same at the command line. ``takes``: what else a page of results may ask of it, by name;
    ``place``: that page, "" where there is none. ``measures``: is agreement computed for it, which takes long?
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
    takes: tuple[str, ...] = ()
    place: str = ""
    measures: bool = False

    @property
    def address(self) -> str:
        """Where it is asked for."""
        return self.place or f"/exports/of/{self.key}"


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
        table_named("codings"),
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
        table_named("quotes_by_code"),
        NARROWED,
        words=_WORDS,
    ),
    ExportKind(
        "memos",
        "Memos",
        "One row for each memo, with its passage and code.",
        _TABLES,
        "tandem export --memos FILE",
        table_named("memos"),
        NARROWED,
        words=_WORDS,
    ),
    ExportKind(
        "segments-by-codes",
        "Segments by codes",
        "0 or 1 for each segment, coder and code: for R and SPSS.",
        _TABLES,
        "tandem export --wide FILE",
        table_named("wide"),
        NARROWED,
    ),
    ExportKind(
        "codebook",
        "Codebook",
        "For other programs (.qdc), as a table, or as a Word file to print.",
        (".docx", ".xlsx", ".csv", ".qdc"),
        "tandem export --codebook FILE",
        table_named("codebook"),
    ),
    ExportKind(
        "project",
        "Whole study for another program",
        "A REFI-QDA project for NVivo, MAXQDA, ATLAS.ti, QualCoder and others.",
        (".qdpx",),
        "tandem export --refi FILE",
        refi,
        switches=(("no_suggestions", "People's codings alone, without what models suggested"),),
        words="It holds every interview in full. Keep it like the transcripts: a withdrawal cannot erase it.",
    ),
    ExportKind(
        "cross-case-table",
        "Cross-case table",
        "Codes by cases, with participants, ratings and summaries.",
        (".xlsx", ".docx", ".html"),
        "tandem matrix --xlsx FILE",
        crossed,
        (WAVE, CASE, WHERE),
        _QUOTES,
    ),
    ExportKind(
        "ratings",
        "Ratings",
        "How strongly each code helps or hinders, by whom: to be read back.",
        (".csv",),
        "tandem ratings --csv FILE",
        ratings,
    ),
    ExportKind(
        "timeline",
        "Timeline",
        "What happened in each case: a picture, a Word file, or a table.",
        (".png", ".svg", ".docx", ".xlsx", ".csv"),
        "tandem timeline --png FILE",
        timeline,
        (CASE,),
    ),
    *(
        ExportKind(
            export.name,
            export.title,
            export.what_for,
            ENDINGS,
            f"tandem {export.name} --docx FILE",
            result(export.name),
            (WAVE, CASE, WHERE) if export.by_wave else (CASE, WHERE),
            takes=(*PART, *OWN),
            place=f"/results/{export.name}",
        )
        for export in RESULTS
    ),
    ExportKind(
        "report",
        "Methods and results",
        "One Word file with all of it, numbered, and the codebook as its appendix.",
        (".docx",),
        "tandem report --out FILE.docx",
        pack,
        (WAVE, CASE, WHERE),
        _QUOTES,
        takes=(*PART, "role", "outcome", "for_site"),
        place="/results/report",
        measures=True,
    ),
    ExportKind(
        "summary",
        "Summary for member checking",
        "What you understood of what a participant said, for them to check; or for the people of a case.",
        (".docx",),
        "tandem report --for PARTICIPANT --out FILE.docx",
        summary,
        words="It holds words that may not be quoted to others: give it to that person alone.",
        takes=("for", "for_site"),
        place="/results/report",
    ),
    ExportKind(
        "agreement",
        "Agreement",
        "Every figure of how far people agree, with each other and with the model.",
        (".xlsx", ".csv", ".html"),
        "tandem agreement --xlsx FILE",
        agreement,
        narrows=(WAVE, CASE, WHERE),
        measures=True,
        switches=(
            ("with_quotes", "On the page (.html): disagreements with their words, where consent allows"),
        ),
    ),
    ExportKind(
        "disagreements",
        "Disagreements",
        "Each passage on which coders differ, to go through together.",
        (".html", ".csv"),
        "tandem disagreements --html FILE",
        disagreements,
        (WAVE, CASE, CODE, WHERE),
        words="It holds participants' words: keep it where the transcripts are kept.",
    ),
    ExportKind(
        "suggestions",
        "Suggestions",
        "What the model that serves proposes, with every probability. Blind passages are left out.",
        (".csv",),
        "tandem suggestions --csv FILE",
        suggestions,
        (WAVE,),
    ),
)
