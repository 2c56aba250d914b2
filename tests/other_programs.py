"""Files of coded passages as other programs export them, each made by a function from the same codings."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx import Document
from openpyxl import Workbook

HEAD_OF_QUALCODER = (
    "File/case",
    "Coder",
    "Coded",
    "Id",
    "Codename",
    "Coded_Memo",
    "Category",
    "Category",
    "FileVar_Age",
)


@dataclass(frozen=True)
class Coded:
    """A passage as a person coded it elsewhere; ``path``: the names of the code, the outermost first."""

    document: str
    path: tuple[str, ...]
    quote: str
    coder: str = "Ines"
    memo: str = ""
    weight: int = 0
    paragraph: int = 1
    start: int = 0


def workbook(
    file: Path, *rows: Sequence[object], sheet: str = "Sheet1", beside: Sequence[Sequence[object]] = ()
) -> Path:
    """An Excel workbook of these rows, and of a second sheet with ``beside``."""
    book: Any = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    if beside:
        other = book.create_sheet("About")
        for row in beside:
            other.append(list(row))
    book.save(file)
    return file


def table(file: Path, *rows: Sequence[object]) -> Path:
    """A CSV file of these rows."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return file


def maxqda(folder: Path, coded: Sequence[Coded]) -> Path:
    """Coded segments of MAXQDA in English: paths with ">", paragraphs, a weight of 0 where nobody set one."""
    head = ("Color", "Comment", "Document group", "Document name", "Code", "Begin", "End", "Weight score", "Segment",
            "Modified by", "Modified", "Created by", "Created", "Area", "Coverage %")  # fmt: skip
    rows = [
        ("●", c.memo, "Wave 1", c.document, " > ".join(c.path), c.paragraph, c.paragraph, c.weight, c.quote,
         c.coder, "27.11.2024 10:00:00", c.coder, "26.11.2024 09:30:00", len(c.quote), 0.5)
        for c in coded
    ]  # fmt: skip
    return workbook(folder / "maxqda.xlsx", head, *rows)


def maxqda_german(folder: Path, coded: Sequence[Coded]) -> Path:
    """The same in German, with the document named again before its variables."""
    head = ("Farbe", "Kommentar", "Dokumentgruppe", "Dokumentname", "Code", "Anfang", "Ende", "Gewicht", "Segment",
            "Erstellt von", "Erstellt am", "Fläche", "Abdeckungsgrad %", "Dokumentname", "Alter")  # fmt: skip
    rows = [
        ("●", c.memo, "Welle 1", c.document, " > ".join(c.path), c.paragraph, c.paragraph, c.weight, c.quote,
         c.coder, "26.11.2024 09:30:00", len(c.quote), 0.5, c.document, 44)
        for c in coded
    ]  # fmt: skip
    return workbook(folder / "maxqda-de.xlsx", head, *rows)


def nvivo(folder: Path, coded: Sequence[Coded]) -> Path:
    """References of NVivo in a Word document: a code's name, then its documents, then its references."""
    document: Any = Document()
    for line in _nvivo_lines(coded):
        document.add_paragraph(line)
    document.save(folder / "nvivo.docx")
    return folder / "nvivo.docx"


def nvivo_in_a_workbook(folder: Path, coded: Sequence[Coded]) -> Path:
    """The same lines in the first column of a workbook."""
    return workbook(folder / "nvivo.xlsx", *([line] for line in _nvivo_lines(coded) if line))


def _nvivo_lines(coded: Sequence[Coded]) -> list[str]:
    lines: list[str] = []
    for path in dict.fromkeys(c.path for c in coded):
        lines += [f"Name: {path[-1]}", "Description: what it is", ""]
        for name in dict.fromkeys(c.document for c in coded if c.path == path):
            its = [c for c in coded if (c.path, c.document) == (path, name)]
            word = "reference" if len(its) == 1 else "references"
            lines.append(f"<Files\\\\Wave 1\\\\{name}> - § {len(its)} {word} coded  [2.14% Coverage]")
            for number, one in enumerate(its, start=1):
                lines += ["", f"Reference {number} - 0.45% Coverage", "", one.quote]
    return lines


def nvivo_summary(folder: Path, coded: Sequence[Coded]) -> Path:
    """NVivo's coding summary by file, as the report is saved as a workbook."""
    return workbook(folder / "summary.xlsx", *_summary_rows(coded))


def nvivo_summary_in_word(folder: Path, coded: Sequence[Coded]) -> Path:
    """The same as a table of a Word document."""
    document: Any = Document()
    rows = _summary_rows(coded)
    made = document.add_table(rows=len(rows), cols=7)
    for at, row in enumerate(rows):
        for cell, value in zip(made.rows[at].cells, row, strict=False):
            cell.text = str(value)
    document.save(folder / "summary.docx")
    return folder / "summary.docx"


def _summary_rows(coded: Sequence[Coded]) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [
        ("Coding Summary By File",),
        ("Our project",),
        ("Classification", "Aggregate", "Coverage", "Number Of Coding References", "Reference Number",
         "Coded By Initials", "Modified On"),
    ]  # fmt: skip
    for name in dict.fromkeys(c.document for c in coded):
        rows += [("Document",), (f"Files\\\\{name}",), ("Code",)]
        for path in dict.fromkeys(c.path for c in coded if c.document == name):
            its = [c for c in coded if (c.path, c.document) == (path, name)]
            rows += [("Codes\\\\" + "\\\\".join(path),), ("", "No", 0.0123, len(its))]
            for number, one in enumerate(its, start=1):
                rows += [("", "", "", number, one.coder, "11/26/2024 9:30 AM"), (one.quote,)]
    rows += [("Reports\\\\Coding Summary By File Report", "Page 1 of 1")]
    return rows


def atlas_ti(folder: Path, coded: Sequence[Coded]) -> Path:
    """Quotations of ATLAS.ti, the codes of one below each other in a cell; a title above and a sheet beside."""
    head = ("ID", "Quotation Name", "Quotation Content", "Document", "Document Groups", "Comment", "Codes", "Reference",
            "Density", "Created by", "Modified by", "Created", "Modified")  # fmt: skip
    passages: dict[tuple[str, str], list[Coded]] = {}
    for one in coded:
        passages.setdefault((one.document, one.quote), []).append(one)
    documents = list(dict.fromkeys(c.document for c in coded))
    rows = [
        (f"1:{n}", its[0].quote[:20], quote, f"D {documents.index(name) + 1}: {name}", "Wave 1", its[0].memo,
         "\n".join(c.path[-1] for c in its),
         f"{its[0].paragraph} - {its[0].paragraph}", len(its), its[0].coder, its[0].coder, "26.11.2024 09:30:00", "")
        for n, ((name, quote), its) in enumerate(passages.items(), start=1)
    ]  # fmt: skip
    return workbook(
        folder / "atlas.xlsx",
        ["Project: Ours"],
        [],
        head,
        *rows,
        sheet="Quotations",
        beside=[["Report of Ours"]],
    )


def dedoose(folder: Path, coded: Sequence[Coded]) -> Path:
    """Excerpts of Dedoose: a column for each code, and one with all their names."""
    paths = sorted({c.path for c in coded})
    head = ["Media Title", "Excerpt Range", "Excerpt Creator", "Excerpt Date", "Excerpt Copy", "Resource Creator",
            "Resource Date", "Codes Applied Combined"]  # fmt: skip
    for path in paths:
        name = "\\".join(path)
        head += [f"Code: {name} Applied", f"Code: {name} Range", f"Code: {name} Weight"]
    passages: dict[tuple[str, str], list[Coded]] = {}
    for one in coded:
        passages.setdefault((one.document, one.quote), []).append(one)
    rows = []
    for (name, quote), its in passages.items():
        row: list[object] = [name, f"{its[0].start}-{its[0].start + len(quote)}", its[0].coder, "11/26/2024", quote, "Ines",
                             "11/1/2024", ", ".join(c.path[-1] for c in its)]  # fmt: skip
        for path in paths:
            mine = next((c for c in its if c.path == path), None)
            row += [mine is not None, "0-10" if mine else None, mine.weight if mine else None]
        rows.append(row)
    return workbook(folder / "dedoose.xlsx", head, *rows)


def word_comments(folder: Path, coded: Sequence[Coded]) -> Path:
    """A document whose passages have comments with the codes, as Dedoose exports them; all of one document."""
    document: Any = Document()
    name = coded[0].document
    for quote in dict.fromkeys(c.quote for c in coded if c.document == name):
        its = [c for c in coded if (c.document, c.quote) == (name, quote)]
        paragraph = document.add_paragraph("Before. ")
        run = paragraph.add_run(quote)
        paragraph.add_run(" After.")
        text = "Codes: " + ", ".join(c.path[-1] for c in its)
        document.add_comment(runs=run, text=text, author=its[0].coder)
    file = folder / f"{name}.docx"
    document.save(file)
    return file


def taguette(folder: Path, coded: Sequence[Coded]) -> Path:
    """Highlights of Taguette, which do not say who coded; a highlight without a tag."""
    rows = [(n, c.document, c.path[-1], c.quote) for n, c in enumerate(coded, start=1)]
    return table(
        folder / "taguette.csv",
        ("id", "document", "tag", "content"),
        *rows,
        (99, coded[0].document, "", "And?"),
    )


def delve(folder: Path, coded: Sequence[Coded]) -> Path:
    """Snippets of Delve."""
    rows = [(c.quote, c.path[-1], c.document, c.memo) for c in coded]
    return table(folder / "delve.csv", ("Snippet", "Codes", "Transcript", "Notes"), *rows)


def qualcoder(folder: Path, coded: Sequence[Coded]) -> Path:
    """Coded text of QualCoder: the groups of a code in columns of their own, the innermost first; a coded picture too."""
    rows = [
        (c.document, c.coder, c.quote, f"ctid:{n}", c.path[-1], c.memo, *reversed(c.path[:-1]),
         *[""] * (3 - len(c.path)), "44")
        for n, c in enumerate(coded, start=1)
    ]  # fmt: skip
    picture = ("map.png", "Ines", "image", "imid:1", coded[0].path[-1], "", "", "", "")
    return table(folder / "qualcoder.csv", HEAD_OF_QUALCODER, *rows, picture)


def qualcoder_project(folder: Path, coded: Sequence[Coded]) -> Path:
    """A QualCoder project: the folder with its database."""
    project = folder / "ours.qda"
    project.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(project / "data.qda")) as connection:
        connection.executescript(
            "CREATE TABLE source (id integer primary key, name text, fulltext text);"
            "CREATE TABLE code_cat (catid integer primary key, name text, memo text, supercatid integer);"
            "CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, color text);"
            "CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer,"
            " pos1 integer, owner text, date text, memo text, important integer);"
            "CREATE TABLE code_image (imid integer primary key, cid integer);"
            "INSERT INTO code_image VALUES (1, 1);"
        )
        documents = list(dict.fromkeys(c.document for c in coded))
        groups = list(dict.fromkeys(name for c in coded for name in c.path[:-1]))
        paths = list(dict.fromkeys(c.path for c in coded))
        connection.executemany("INSERT INTO source VALUES (?, ?, '')", enumerate(documents))
        over = {name: c.path[at - 1] for c in coded for at, name in enumerate(c.path[:-1]) if at}
        connection.executemany(
            "INSERT INTO code_cat VALUES (?, ?, '', ?)",
            [(n, name, groups.index(over[name]) if name in over else None) for n, name in enumerate(groups)],
        )
        connection.executemany(
            "INSERT INTO code_name VALUES (?, ?, '', ?, '')",
            [
                (n, path[-1], groups.index(path[-2]) if len(path) > 1 else None)
                for n, path in enumerate(paths)
            ],
        )
        connection.executemany(
            "INSERT INTO code_text VALUES (?, ?, ?, ?, ?, ?, ?, '2024-11-26 09:30:00', ?, NULL)",
            [
                (
                    n,
                    paths.index(c.path),
                    documents.index(c.document),
                    c.quote,
                    c.start,
                    c.start + len(c.quote),
                    c.coder,
                    c.memo,
                )
                for n, c in enumerate(coded, start=1)
            ],
        )
        connection.commit()
    return project


Layout = Callable[[Path, Sequence[Coded]], Path]
# whose file, and what is said of it; which of them name the coder, the memo, the weight
LAYOUTS: dict[str, tuple[Layout, str]] = {
    "MAXQDA": (maxqda, "MAXQDA coded segments"),
    "MAXQDA in German": (maxqda_german, "MAXQDA coded segments (German)"),
    "NVivo in Word": (nvivo, "NVivo list of references"),
    "NVivo in a workbook": (nvivo_in_a_workbook, "NVivo list of references"),
    "NVivo summary": (nvivo_summary, "NVivo coding summary"),
    "NVivo summary in Word": (nvivo_summary_in_word, "NVivo coding summary"),
    "ATLAS.ti": (atlas_ti, "ATLAS.ti quotations"),
    "Dedoose": (dedoose, "Dedoose excerpts"),
    "Word comments": (word_comments, "codes in the comments of a Word document (Dedoose)"),
    "Taguette": (taguette, "Taguette highlights"),
    "Delve": (delve, "Delve snippets"),
    "QualCoder": (qualcoder, "QualCoder coded text"),
    "QualCoder project": (qualcoder_project, "QualCoder project"),
}
