"""The visible words of HTML: a line for each paragraph and break, a tab between the cells of a table."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

from annotations.readers.html_looks import OpenTags
from annotations.readers.looks import HIDDEN, Looks, Paragraph

_BREAKS = frozenset(
    {
        "p",
        "div",
        "br",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "tr",
        "table",
        "ul",
        "ol",
        "dt",
        "dd",
    }
)
# Google Docs puts comments below the text, and a letter in brackets where each belongs
_TO_THE_END = "comments"
_SILENT = frozenset({"script", "style", "head"})
# what is no tag of HTML is somebody's word: "<doctor>" for a name that was blanked
_TAGS = frozenset(
    ["a", "abbr", "article", "aside", "audio", "b", "big", "blockquote", "body", "br", "button", "caption", "center",
     "cite", "code", "col", "colgroup", "dd", "del", "details", "div", "dl", "dt", "em", "figure", "font", "footer",
     "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "i", "img", "input", "ins", "label",
     "li", "link", "main", "mark", "meta", "nav", "o:p", "ol", "option", "p", "pre", "q", "s", "script", "section",
     "select", "small", "source", "span", "strike", "strong", "style", "sub", "summary", "sup", "table", "tbody",
     "td", "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "tt", "u", "ul", "var", "video",
     "wbr"]
)  # fmt: skip


class HtmlText(HTMLParser):
    """The text of a page, in ``parts``; a time stamp of oTranscribe stands in square brackets."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._looks: list[Looks] = []
        self._tags = OpenTags()
        self.comments: list[str] = []
        self.hidden: list[str] = []
        self._stamp = False
        self._silent = 0
        self._comment = ""

    @property
    def lines(self) -> list[str]:
        """The lines of the page."""
        return "".join(self.parts).split("\n")

    @property
    def paragraphs(self) -> list[Paragraph]:
        """The same lines, with how their words look, and without spaces and tabs at their ends."""
        lines: list[list[tuple[str, Looks]]] = [[]]
        for text, looks in zip(self.parts, self._looks, strict=True):
            first, *rest = text.split("\n")
            lines[-1].append((first, looks))
            lines.extend([(text, looks)] for text in rest)
        return [Paragraph.of(_without_end(parts)) for parts in lines]

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self._looks.append(self._tags.looks)

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """What Word puts between "<![" and "]>"; where it is damaged, it is words like any others."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            self.handle_data(self.rawdata[i : i + 3])
            return i + 3

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A line for each paragraph; a tag that is none of HTML stays as it is written."""
        if tag in _BREAKS:
            self._add("\n")
        if tag == "span" and "timestamp" in (dict(attrs).get("class") or ""):
            self._stamp = True
        if tag not in _TAGS and not self._silent:
            self._add(self.get_starttag_text() or "")
        self._silent += tag in _SILENT
        self._tags.open(tag, attrs)
        if tag == "a" and self._comment != _TO_THE_END:
            where = dict(attrs).get("href") or ""
            self._comment = (
                _TO_THE_END if where.startswith("#cmnt_ref") else "a" if where.startswith("#cmnt") else ""
            )

    def handle_endtag(self, tag: str) -> None:
        """A line for each paragraph, a tab after a cell."""
        if tag in _BREAKS and tag != "br":
            self._add("\n")
        if tag in ("td", "th"):
            self._add("\t")
        if tag == "span":
            self._stamp = False
        if tag == "a" and self._comment == "a":
            self._comment = ""
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._tags.close(tag)

    def handle_data(self, data: str) -> None:
        """The words, on one line."""
        if not self._silent:
            words = data.replace("\n", " ")
            if HIDDEN in self._tags.looks:
                self.hidden.append(words)
                return
            if self._comment:
                self.comments.append(words)
                return
            self._add(f" [{words.strip()}] " if self._stamp and words.strip() else words)


def _without_end(parts: Sequence[tuple[str, Looks]]) -> list[tuple[str, Looks]]:
    kept = list(parts)
    while kept and not (last := kept[-1][0].rstrip("\t ")):
        kept.pop()
    return [*kept[:-1], (last, kept[-1][1])] if kept else []
