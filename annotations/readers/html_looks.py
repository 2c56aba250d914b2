"""How words of a web page look, by the tags around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotations.readers.looks import HEADING, HIDDEN, PLAIN, STRUCK, Looks

_TAGS = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underlined", "ins": "underlined", "s": STRUCK,
         "strike": STRUCK}  # fmt: skip
_EMPTY = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr", "col"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NOT_SEEN = re.compile(r"display\s*:\s*none")
_PARAGRAPHS = frozenset(
    {"p", "div", "li", "h1", "h2", "h3", "h4", "blockquote", "tr", "td", "th", "dt", "dd"}
)
_DEEPEST = 200
_LONGEST = 2000
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)")
_ITALIC = re.compile(r"font-style\s*:\s*(?:italic|oblique)")
_UNDERLINED = re.compile(r"text-decoration[a-z-]{0,8}\s*:[^;]{0,40}underline")
_STRUCK = re.compile(r"text-decoration[a-z-]{0,8}\s*:[^;]{0,40}line-through")
_COLOUR = re.compile(r"(?<![a-z-])(?:background-)?color\s*:\s*(?P<color>[^;]{1,40})")
_INDENT = re.compile(r"(?:margin-left|padding-left|text-indent)\s*:\s*(?P<left>[^;]{1,20})")
_BLACK = frozenset({"black", "#000", "#000000", "inherit", "transparent", "white", "#fff", "#ffffff"})


class OpenTags:
    """The tags that are open at a place of a page, and the looks that they give together."""

    def __init__(self) -> None:
        self._open: list[tuple[str, Looks]] = []

    @property
    def looks(self) -> Looks:
        """How words look here."""
        return self._open[-1][1] if self._open else PLAIN

    def open(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """A tag begins; a paragraph ends the one before it."""
        if tag in _EMPTY or len(self._open) >= _DEEPEST:
            return
        if tag == "p":
            self.close("p")
        self._open.append((tag, self.looks | _looks(tag, dict(attrs))))

    def close(self, tag: str) -> None:
        """A tag ends, and those within it; one that was never open ends nothing."""
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                return


def _looks(tag: str, attrs: dict[str, str | None]) -> Looks:
    looks = {_TAGS[tag]} if tag in _TAGS else set()
    looks |= {HEADING} if tag in _HEADINGS else set()
    style = (attrs.get("style") or "")[:_LONGEST].lower()
    if tag == "del" or "hidden" in attrs or _NOT_SEEN.search(style):
        looks.add(HIDDEN)
    for look, pattern in (
        ("bold", _BOLD),
        ("italic", _ITALIC),
        ("underlined", _UNDERLINED),
        (STRUCK, _STRUCK),
    ):
        if pattern.search(style):
            looks.add(look)
    colours = [m["color"].strip() for m in _COLOUR.finditer(style)]
    colours.append((attrs.get("color") or "").strip().lower())
    looks |= {f"color {color}" for color in colours if color and color not in _BLACK}
    if (m := _INDENT.search(style)) is not None and m["left"].strip().strip("0.") not in (
        "",
        "px",
        "pt",
        "cm",
        "em",
    ):
        looks.add(f"indent {m['left'].strip()}")
    if tag == "blockquote":
        looks.add("indent blockquote")
    if tag in _PARAGRAPHS or tag in ("span", "font"):
        looks |= {f"style {style}" for style in (attrs.get("class") or "")[:_LONGEST].split()}
    return frozenset(looks)
