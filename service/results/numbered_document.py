"""A Word file whose tables and figures are numbered by Word itself, with references that follow the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Inches, Pt, RGBColor

from service.results.cell_words import CellLine

Numbered = Literal["Table", "Figure"]
Cell = str | Sequence[CellLine]
_LONG, _SHORT, _MARGIN = 29.7, 21.0, 1.8  # cm
_SIZE = 8.5
HEAD_FILL, GROUP_FILL = "E8ECEF", "F4F6F7"
TALLEST_PICTURE = 8.4  # inches of an upright page


@dataclass(frozen=True, slots=True)
class Ref:
    """A table or figure by its number, to be named in a text."""

    kind: Numbered
    number: int

    @property
    def bookmark(self) -> str:
        """By which Word finds it."""
        return f"Tandem_{self.kind}_{self.number}"

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


@dataclass(frozen=True, slots=True)
class RowGroup:
    """A row that names those below it."""

    name: str


class NumberedDocument:
    """The document, written from the top down."""

    def __init__(self, title: str, *, landscape: bool = False) -> None:
        self._document: Any = Document()
        self._counts: dict[Numbered, int] = {"Table": 0, "Figure": 0}
        self._landscape = landscape
        self._lay(self._document.sections[0])
        normal = self._document.styles["Normal"]
        normal.font.name, normal.font.size = "Calibri", Pt(10)
        normal.paragraph_format.space_after = Pt(3)
        caption = self._document.styles["Caption"]
        caption.font.name, caption.font.size, caption.font.bold = "Calibri", Pt(9.5), False
        caption.font.color.rgb = RGBColor(0, 0, 0)
        self._document.core_properties.title = printable(title)
        self._document.core_properties.author = ""
        self.heading(title, 1)

    @property
    def width(self) -> float:
        """What a page has between its margins, in cm."""
        return (_LONG if self._landscape else _SHORT) - 2 * _MARGIN

    @property
    def height(self) -> float:
        """What a page has between its margins, in cm."""
        return (_SHORT if self._landscape else _LONG) - 2 * _MARGIN

    def turn(self, *, landscape: bool) -> None:
        """Lay what follows on pages of this direction."""
        if landscape != self._landscape:
            self._landscape = landscape
            self._lay(self._document.add_section(WD_SECTION.NEW_PAGE))

    def heading(self, words: str, level: int = 2) -> None:
        """A heading; 1 is the title's."""
        self._document.add_heading(printable(words), level)

    def text(
        self, *pieces: str | Ref, small: bool = False, bullet: bool = False, italic: bool = False
    ) -> None:
        """A paragraph; a reference in it becomes a field that follows the number."""
        paragraph = self._document.add_paragraph(style="List Bullet" if bullet else None)
        for piece in pieces:
            if isinstance(piece, Ref):
                _field(paragraph, f"REF {piece.bookmark} \\h", str(piece))
            else:
                run = paragraph.add_run(printable(piece))
                run.italic = italic
                if small:
                    run.font.size = Pt(_SIZE)

    def labelled(self, label: str, words: str) -> None:
        """A paragraph that begins with what it is about."""
        paragraph = self._document.add_paragraph()
        paragraph.add_run(f"{printable(label)}: ").bold = True
        paragraph.add_run(printable(words))

    def notes(self, notes: Sequence[str]) -> None:
        """What the figures above mean."""
        if not notes:
            return
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(4)
        paragraph.add_run("Notes. ").bold = True
        paragraph.add_run(printable(" ".join(notes)))
        for run in paragraph.runs:
            run.font.size = Pt(_SIZE)

    def coming(self, kind: Numbered, ahead: int = 0) -> Ref:
        """The next table or figure, or one that many further on, to be named before it stands there."""
        return Ref(kind, self._counts[kind] + 1 + ahead)

    def table(
        self,
        subject: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[Cell] | RowGroup],
        *,
        widths: Sequence[float] = (),
        part: str = "",
    ) -> Ref:
        """A table with its caption above it; its head repeats on each page, and no row is torn. ``widths``: in proportion.

        ``part``: "part 2 of 3" of a table that is parted: it keeps the number of the part before.
        """
        again = bool(part) and not part.startswith("part 1 ")
        ref = Ref("Table", self._counts["Table"]) if again else self._number("Table")
        self._caption(ref, f"{', ' if part else ''}{part}", subject, above=True, again=again)
        made = self._document.add_table(rows=0, cols=len(heads), style="Table Grid")
        made.autofit = False
        _row(made, [[CellLine("rating", head)] for head in heads], head=True)
        for row in rows:
            if isinstance(row, RowGroup):
                _group(made, row.name)
            else:
                _row(made, [[CellLine("summary", cell)] if isinstance(cell, str) else cell for cell in row])
        share = widths or [1.0] * len(heads)
        _widths(made, [self.width * share_of_one / sum(share) for share_of_one in share])
        return ref

    def picture(
        self, subject: str, png: bytes, *, describes: str, inches: float, most: float = TALLEST_PICTURE
    ) -> Ref:
        """A picture with its caption below it, at most ``inches`` wide and ``most`` inches tall.

        ``describes``: for whoever cannot see it.
        """
        ref = self._number("Figure")
        picture = self._document.add_picture(BytesIO(png), width=Inches(min(inches, self.width / 2.54)))
        if picture.height > Inches(most):
            picture.width = int(picture.width * Inches(most) / picture.height)
            picture.height = Inches(most)
        picture._inline.docPr.set("descr", printable(describes))
        self._document.paragraphs[-1].paragraph_format.keep_with_next = True
        self._caption(ref, "", subject, above=False)
        return ref

    def as_bytes(self) -> bytes:
        """The file."""
        made = BytesIO()
        self._document.save(made)
        return made.getvalue()

    def _number(self, kind: Numbered) -> Ref:
        self._counts[kind] += 1
        return Ref(kind, self._counts[kind])

    def _lay(self, section: Any) -> None:
        section.orientation = WD_ORIENT.LANDSCAPE if self._landscape else WD_ORIENT.PORTRAIT
        wide, tall = (_LONG, _SHORT) if self._landscape else (_SHORT, _LONG)
        section.page_width, section.page_height = Cm(wide), Cm(tall)
        for side in ("left", "right", "top", "bottom"):
            setattr(section, f"{side}_margin", Cm(_MARGIN))

    def _caption(self, ref: Ref, part: str, subject: str, *, above: bool, again: bool = False) -> None:
        paragraph = self._document.add_paragraph(style="Caption")
        paragraph.paragraph_format.keep_with_next = above
        paragraph.paragraph_format.space_before = Pt(10 if above else 2)
        if again:
            paragraph.add_run(str(ref)).bold = True
        else:
            _bookmarked(paragraph, ref)
        paragraph.add_run(f"{part}. ").bold = True
        paragraph.add_run(printable(subject))


def printable(words: str) -> str:
    """Without the characters that XML cannot hold."""
    plain = "".join(c for c in words if c in "\n\t" or (ord(c) > 31 and c not in "\ufffe\uffff"))
    return plain.encode("utf-8", "replace").decode("utf-8")


def _bookmarked(paragraph: Any, ref: Ref) -> None:
    """The number as Word counts it, under a name by which it is referred to."""
    number = str(ref.number + (0 if ref.kind == "Table" else 100_000))
    begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    begin.set(qn("w:id"), number)
    begin.set(qn("w:name"), ref.bookmark)
    end.set(qn("w:id"), number)
    paragraph._p.append(begin)
    paragraph.add_run(f"{ref.kind} ").bold = True
    _field(paragraph, f"SEQ {ref.kind} \\* ARABIC", str(ref.number), bold=True)
    paragraph._p.append(end)


def _field(paragraph: Any, instruction: str, shown: str, *, bold: bool = False) -> None:
    """A field that Word works out; ``shown`` stands there until it does."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" {instruction} ")
    run = paragraph.add_run(shown)
    run.bold = bold or None
    paragraph._p.remove(run._r)
    field.append(run._r)
    paragraph._p.append(field)


def _row(made: Any, cells: Sequence[Sequence[CellLine]], *, head: bool = False) -> None:
    row = made.add_row()
    properties = row._tr.get_or_add_trPr()
    # a row is not torn apart between two pages
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    for cell, lines in zip(row.cells, cells, strict=True):
        for at, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            run = paragraph.add_run(printable(line.words))
            run.font.size = Pt(_SIZE if line.kind != "counts" else _SIZE - 1)
            run.bold = line.kind == "rating"
            run.italic = line.kind == "quote"
        if head:
            _shade(cell, HEAD_FILL)


def _group(made: Any, name: str) -> None:
    row = made.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    joined = row.cells[0].merge(row.cells[-1])
    paragraph = joined.paragraphs[0]
    paragraph.paragraph_format.keep_with_next = True
    run = paragraph.add_run(printable(name))
    run.bold, run.font.size = True, Pt(_SIZE)
    _shade(joined, GROUP_FILL)


def _widths(made: Any, widths: Sequence[float]) -> None:
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Cm(width)
    for cells in _whole_rows(made, len(widths)):
        for cell, width in zip(cells, widths, strict=True):
            cell.width = Cm(width)


def _whole_rows(made: Any, columns: int) -> Iterator[Any]:
    """The rows in which no cells are joined."""
    for row in made._tbl.tr_lst:
        if len(row.tc_lst) == columns:
            yield row.tc_lst


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shade)
