"""A codebook as a Word file for the coders' desk: to print, and to write on."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from annotations.codebook.crosswalk import STATUSES
from annotations.codebook.layout import Entry, FrameworkSection, Layout

_QUIET = RGBColor(0x5F, 0x6B, 0x76)
_DEEPEST = 4  # Word's navigation stays readable to here
_INDENT = "\u00a0" * 4
_CROSSWALK = "Crosswalk: CFIR 2009 → CFIR 2022"


def codebook_document(layout: Layout) -> bytes:
    """The .docx file: a list of the codes, a heading for each code, and the crosswalk as a table."""
    document = Document()
    _set_up(document, layout)
    document.add_heading(layout.codebook.name, 0)
    if layout.codebook.description:
        document.add_paragraph(layout.codebook.description)
    version = (
        f"Codebook version {layout.codebook.version}. {len(layout.codebook.applicable)} codes may be applied."
    )
    _quiet(document.add_paragraph(), version)
    _contents(document, layout)
    for section in layout.sections:
        _section(document, section)
    if layout.crosswalk:
        _crosswalk(document, layout)
    if layout.codebook.sources:
        document.add_heading("Sources", 1)
        for words in layout.codebook.sources.values():
            document.add_paragraph(words)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _set_up(document: Any, layout: Layout) -> None:
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin = section.bottom_margin = Cm(2)
        _page_number(
            section.footer.paragraphs[0], f"{layout.codebook.name}, {layout.codebook.version}, page "
        )
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Normal"].paragraph_format.space_after = Pt(3)
    document.core_properties.title = layout.codebook.name
    document.core_properties.author = ""


def _contents(document: Any, layout: Layout) -> None:
    """The list of codes as it is, and page numbers for whoever asks Word for them."""
    document.add_heading("Contents", 1)
    _quiet(
        document.add_paragraph(), "For page numbers, right-click the list in Word and choose “Update field”."
    )
    lines = []
    for section in layout.sections:
        lines.append(section.framework.name)
        lines += [_INDENT * (entry.level + 1) + _printable(entry.code.name) for entry in section.entries]
    if layout.crosswalk:
        lines.append(_CROSSWALK)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = 1.0
    _field(paragraph, r'TOC \o "1-4" \h \z', "\n".join(lines))


def _page_number(paragraph: Any, before: str) -> None:
    _quiet(paragraph, before)
    _field(paragraph, "PAGE", "1")


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field that Word works out; ``shown`` stands there until it has."""
    for kind, words in (("begin", ""), ("", instruction), ("separate", ""), ("shown", shown), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(9)
        if kind == "shown":
            run.text = words
        elif kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
            run._r.append(part)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = words
            run._r.append(part)


def _section(document: Any, section: FrameworkSection) -> None:
    document.add_heading(section.framework.name, 1).paragraph_format.page_break_before = True
    choice = (
        "One of these applies to a passage."
        if section.framework.select == "one"
        else "Several of these may apply to a passage."
    )
    _quiet(document.add_paragraph(), f"{choice} {section.framework.description}".strip())
    if not section.entries:
        document.add_paragraph("No codes yet.")
    for entry in section.entries:
        _entry(document, entry)


def _entry(document: Any, entry: Entry) -> None:
    heading = document.add_heading("", min(entry.level + 2, _DEEPEST))
    if entry.level:
        _quiet(heading, f"{entry.above} › ")
    heading.add_run(_printable(entry.code.name))
    if not entry.code.applicable:
        _quiet(heading, "  (heading, not applied)")
    below = []
    for title, words in entry.texts:
        below.append(document.add_paragraph())
        below[-1].add_run(f"{title}: ").bold = True
        below[-1].add_run(_printable(words)).italic = title == "Example"
    for other in entry.counterparts:
        below.append(document.add_paragraph())
        _quiet(below[-1], str(other))
    for paragraph in below[:-1]:
        paragraph.paragraph_format.keep_with_next = True


def _crosswalk(document: Any, layout: Layout) -> None:
    document.add_heading(_CROSSWALK, 1).paragraph_format.page_break_before = True
    for status, meaning in STATUSES.items():
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{status}: ").bold = True
        paragraph.add_run(meaning + ".")
    rows = [("CFIR 2009", "CFIR 2022", "How", "Status", "Note")]
    rows += [
        (
            row.old.name if row.old else "–",
            " › ".join(row.new.path.split("/")[1:]) if row.new else "–",
            row.relation,
            row.status,
            row.note,
        )
        for row in layout.crosswalk
    ]
    table = document.add_table(rows=len(rows), cols=5, style="Light List Accent 1")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    # cell by cell through the table is quadratic in the rows
    for cells, words in zip((row.cells for row in table.rows), rows, strict=True):
        for cell, word in zip(cells, words, strict=True):
            cell.text = word
            cell.paragraphs[0].runs[0].font.size = Pt(9)


def _quiet(paragraph: Any, words: str) -> None:
    run = paragraph.add_run(_printable(words))
    run.font.color.rgb = _QUIET
    run.font.size = Pt(9)


def _printable(words: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(letter for letter in words if letter in "\t\n" or ord(letter) >= 32)
