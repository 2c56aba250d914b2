"""The visible words of HTML: a line for each paragraph and break, a tab between the cells of a table."""

from __future__ import annotations

from html.parser import HTMLParser

_BREAKS = frozenset(
    {"p", "div", "br", "li", "h1", "h2", "h3", "h4", "blockquote", "tr", "table", "ul", "ol", "dt", "dd"}
)
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
        self._stamp = False
        self._silent = 0

    @property
    def lines(self) -> list[str]:
        """The lines of the page."""
        return "".join(self.parts).split("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A line for each paragraph; a tag that is none of HTML stays as it is written."""
        if tag in _BREAKS:
            self.parts.append("\n")
        if tag == "span" and "timestamp" in (dict(attrs).get("class") or ""):
            self._stamp = True
        if tag not in _TAGS and not self._silent:
            self.parts.append(self.get_starttag_text() or "")
        self._silent += tag in _SILENT

    def handle_endtag(self, tag: str) -> None:
        """A line for each paragraph, a tab after a cell."""
        if tag in _BREAKS and tag != "br":
            self.parts.append("\n")
        if tag in ("td", "th"):
            self.parts.append("\t")
        if tag == "span":
            self._stamp = False
        self._silent = max(0, self._silent - (tag in _SILENT))

    def handle_data(self, data: str) -> None:
        """The words, on one line."""
        if not self._silent:
            words = data.replace("\n", " ")
            self.parts.append(f" [{words.strip()}] " if self._stamp and words.strip() else words)
