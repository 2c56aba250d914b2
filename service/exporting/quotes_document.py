"""Quotes by code as a Word document: what each code means, and what participants said that carries it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from annotations.codebook.layout import Entry, FrameworkSection, Layout
from annotations.numbers_shown import counted
from annotations.transcript import Span, Transcript
from annotations.turn_numbers import shown_number
from service.exporting.coded_passages import ExportedCoding

_QUIET = RGBColor(0x5F, 0x6B, 0x76)
_DEEPEST = 4


@dataclass
class QuotedPassage:
    """A passage with everybody who put the code on it, and what they noted."""

    transcript: Transcript
    span: Span
    turn: int | None
    words: str
    coders: list[str]
    memos: list[str]


def quotes_document(
    passages: Sequence[ExportedCoding], layout: Layout, *, title: str, asked: str
) -> tuple[bytes, Counter[str]]:
    """The .docx file, and what was left out of it with counts: passages that may not be quoted, codes that are gone.

    ``asked``: a sentence about which codings these are.
    """
    by_code: dict[str, list[ExportedCoding]] = {}
    for passage in passages:
        if passage.code is not None:
            by_code.setdefault(passage.code, []).append(passage)
    left_out: Counter[str] = Counter()
    known = {entry.code.id for section in layout.sections for entry in section.entries}
    for code, its in by_code.items():
        if code not in known:
            left_out["of codes that the codebook holds no longer"] += len(its)
    document = Document()
    _set_up(document, title)
    document.add_heading(_printable(title), 0)
    _quiet(document.add_paragraph(), asked)
    for section in layout.sections:
        _section(document, section, by_code, left_out)
    made = BytesIO()
    document.save(made)
    return made.getvalue(), left_out


def _section(
    document: Any,
    section: FrameworkSection,
    by_code: Mapping[str, Sequence[ExportedCoding]],
    left_out: Counter[str],
) -> None:
    if not any(entry.code.id in by_code for entry in section.entries):
        return
    _paragraph(document, "Heading 1").add_run(_printable(section.framework.name))
    for entry in section.entries:
        if by_code.get(entry.code.id):
            _entry(document, entry, by_code[entry.code.id], left_out)


def _entry(document: Any, entry: Entry, passages: Sequence[ExportedCoding], left_out: Counter[str]) -> None:
    heading = _paragraph(document, f"Heading {min(entry.level + 2, _DEEPEST)}")
    if entry.above:
        _quiet(heading, f"{entry.above} › ")
    heading.add_run(_printable(entry.code.name))
    for name, words in entry.texts:
        if name != "Example":
            paragraph = _paragraph(document)
            paragraph.add_run(f"{name}: ").bold = True
            paragraph.add_run(_printable(words))
    quotes = list(_quoted(passages))
    shown = [quote for quote in quotes if quote.words]
    hidden = len(quotes) - len(shown)
    people = len({quote.transcript.participant or quote.transcript.name for quote in quotes})
    _quiet(_paragraph(document), f"{counted(len(quotes), 'passage')} of {counted(people, 'participant')}")
    for quote in shown:
        _quote(document, quote)
    if hidden:
        left_out["passages that may not be quoted"] += hidden
        _quiet(_paragraph(document), f"{counted(hidden, 'passage')} may not be quoted.")


def _quote(document: Any, quoted: QuotedPassage) -> None:
    paragraph = _paragraph(document)
    paragraph.paragraph_format.left_indent = Cm(0.8)
    paragraph.paragraph_format.keep_with_next = bool(quoted.memos)
    paragraph.add_run(f"“{_printable(quoted.words)}”")
    t = quoted.transcript
    where = [t.participant or t.name, *([t.name] if t.participant and t.participant != t.name else [])]
    where += [f"turn {shown_number(quoted.turn)}"] if quoted.turn is not None else []
    where += [f"wave {t.wave}"] if t.wave else []
    where += [t.case] if t.case else []
    _quiet(paragraph, f"  {', '.join(where)}; coded by {', '.join(quoted.coders)}")
    for memo in quoted.memos:
        noted = _paragraph(document)
        noted.paragraph_format.left_indent = Cm(1.6)
        noted.add_run("Memo: ").bold = True
        noted.add_run(_printable(memo))


def _quoted(passages: Sequence[ExportedCoding]) -> Iterator[QuotedPassage]:
    """The passages of one code, each once, in the order of the transcripts."""
    by_passage: dict[tuple[str, Span], QuotedPassage] = {}
    for passage in passages:
        key = (passage.transcript.name, passage.span)
        turn = None if passage.turn is None else passage.turn.index
        quoted = by_passage.setdefault(
            key, QuotedPassage(passage.transcript, passage.span, turn, (passage.quote or "").strip(), [], [])
        )
        who = (
            passage.coder
            if passage.condition.value == "independent"
            else f"{passage.coder} ({passage.condition.value})"
        )
        quoted.coders.extend([who] if who not in quoted.coders else [])
        if passage.coding and passage.coding.memo:
            quoted.memos.append(f"{passage.coding.memo} ({passage.coder})")
    yield from by_passage.values()


def _set_up(document: Any, title: str) -> None:
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin = section.bottom_margin = Cm(2)
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    document.core_properties.title = _printable(title)
    document.core_properties.author = ""


def _paragraph(document: Any, style: str = "") -> Any:
    """A new paragraph at the end; python-docx looks through all others to find the end, which takes long in a long one."""
    made = OxmlElement("w:p")
    document.element.body.sectPr.addprevious(made)
    paragraph = Paragraph(made, document._body)
    if style:
        paragraph.style = document.styles[style]
    return paragraph


def _quiet(paragraph: Any, words: str) -> None:
    run = paragraph.add_run(_printable(words))
    run.font.size = Pt(9)
    run.font.color.rgb = _QUIET
    run.bold = False


def _printable(words: str) -> str:
    """What a Word file may hold: no control characters but the ends of lines and tabs, no half characters."""
    plain = "".join(c for c in words if c in "\n\t" or (ord(c) > 31 and c not in "\ufffe\uffff"))
    return plain.encode("utf-8", "replace").decode("utf-8")
