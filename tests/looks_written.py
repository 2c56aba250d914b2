"""Interviews in which only the look of the lines says who asks, as Word, LibreOffice, rich text and web pages have them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from html import escape
from typing import Any

from written import odt_of

# the paragraphs of an interview, each with whether it has the look
Looking = Sequence[tuple[str, bool]]
LOOKS = ("bold", "italic", "underlined", "color", "style", "indent")


def docx_with(look: str, said: Looking) -> bytes:
    """A Word document; every word is in another colour than black, as some templates have it."""
    from docx import Document
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    document: Any = Document()
    document.styles.add_style("Question", WD_STYLE_TYPE.PARAGRAPH)
    for text, has in said:
        paragraph = document.add_paragraph(style="Question" if has and look == "style" else None)
        if has and look == "indent":
            paragraph.paragraph_format.left_indent = Pt(36)
        middle = len(text) // 2
        for part in (text[:middle], text[middle:]):
            run = paragraph.add_run(part)
            run.font.color.rgb = RGBColor(0x20, 0x20, 0x20)
            if has and look in ("bold", "italic"):
                setattr(run, look, True)
            elif has and look == "underlined":
                run.underline = True
            elif has and look == "color":
                run.font.color.rgb = RGBColor(0xC0, 0, 0)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


_ODT = {
    "bold": '<style:text-properties fo:font-weight="bold"/>',
    "italic": '<style:text-properties fo:font-style="italic"/>',
    "underlined": '<style:text-properties style:text-underline-style="solid"/>',
    "color": '<style:text-properties fo:color="#c00000"/>',
    "indent": '<style:paragraph-properties fo:margin-left="1.27cm"/>',
    "style": "",
}


def odt_with(look: str, said: Looking) -> bytes:
    """A text of LibreOffice: the look is that of a style which the program made for the paragraph, or of the team's own."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for name, space in (
            ("office", "office"), ("text", "text"), ("style", "style"), ("fo", "xsl-fo-compatible"),
        )
    )  # fmt: skip
    parent = "Question" if look == "style" else "Standard"
    made_for_it = f'style:name="P1" style:family="paragraph" style:parent-style-name="{parent}"'
    own = f"<style:style {made_for_it}>{_ODT[look]}</style:style>"
    common = (
        '<style:style style:name="Standard" style:family="paragraph"/>'
        '<style:style style:name="Question" style:family="paragraph"/>'
    )
    body = "".join(
        f'<text:p text:style-name="{"P1" if has else "Standard"}">{escape(text)}</text:p>'
        for text, has in said
    )
    parts = {
        "content.xml": f'<office:document-content{spaces} office:version="1.3"><office:automatic-styles>{own}'
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>",
        "styles.xml": f'<office:document-styles{spaces} office:version="1.3"><office:styles>{common}</office:styles>'
        "</office:document-styles>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(odt_of("x"))) as source, zipfile.ZipFile(out, "w") as made:
        for entry in source.infolist():
            if entry.filename not in parts:
                made.writestr(entry, source.read(entry))
        for name, xml in parts.items():
            made.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{xml}')
    return out.getvalue()


_RTF = {
    "bold": "\\b",
    "italic": "\\i",
    "underlined": "\\ul",
    "color": "\\cf2",
    "style": "\\s1",
    "indent": "\\li720",
}


def rtf_with(look: str, said: Looking) -> bytes:
    """Rich text, with letters beyond ASCII in both ways of writing them."""
    lines = []
    for text, has in said:
        plain = text.replace("é", "\\'e9").replace("–", "\\u8211 ?")
        lines.append(f"\\pard\\plain{_RTF[look] if has else ''} {plain}\\par\n")
    return (
        "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fswiss\\fcharset0 Arial;}}{\\colortbl;\\red0\\green0\\blue0;"
        f"\\red192\\green0\\blue0;}}{{\\info{{\\title An interview}}}}\n{''.join(lines)}}}"
    ).encode("cp1252")


_HTML = {
    "bold": "<p><b>{}</b></p>",
    "italic": '<p><span style="font-style: italic">{}</span></p>',
    "underlined": '<p style="text-decoration: underline">{}</p>',
    "color": '<p><font color="#C00000">{}</font></p>',
    "style": '<p class="c1 c3">{}</p>',
    "indent": '<p style="margin-left:36pt">{}</p>',
}


def html_with(look: str, said: Looking) -> bytes:
    """A page as word processors export it."""
    body = "\n".join(
        (_HTML[look] if has else '<p class="c1">{}</p>').format(escape(text)) for text, has in said
    )
    return f"<html><head><title>x</title></head><body>{body}</body></html>".encode()


WITH_LOOKS = {".docx": docx_with, ".odt": odt_with, ".rtf": rtf_with, ".html": html_with}
