"""The lines of a file, from whatever program, and what the file shows of them beside their words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from annotations.readers.looks import HEADING

# breaks within a paragraph and between pages, and the ends of lines of Unicode
ENDS_OF_LINES = dict.fromkeys(map(ord, "\x0b\x0c\x85\u2028\u2029"), "\n")
# a line that Markdown has in italics or bold from end to end
_MARKDOWN = {1: "italic", 2: "bold", 3: "bold"}
_HEADING = re.compile(r"#{1,6} +[^\W\d_]")
_ALL_MARKED = re.compile(r"\s{0,3}(?P<mark>\*{1,3}|_{1,2})(?=[^\s*_])[^*_\n]+(?P=mark)\s{0,3}")


@dataclass(frozen=True, slots=True)
class TextLines:
    """Lines in their order. ``opens``: the numbers of those that begin a paragraph; ``marked``: how many characters at
    the beginning of a line look other than the rest (bold, italic …), where any do; ``looks``: how a whole line looks.
    """

    texts: Sequence[str]
    opens: frozenset[int]
    marked: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    looks: Mapping[int, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def filled(self) -> list[int]:
        """The numbers of the lines that hold something."""
        return [at for at, line in enumerate(self.texts) if line.strip()]


def lines_of_text(text: str) -> TextLines:
    """Lines of plain text: a blank line ends a paragraph. Where a line ends in another sign than LF, such as the one
    that Word writes for a break within a paragraph, it is a line all the same; each such sign is one character.
    """
    texts = text.translate(ENDS_OF_LINES).split("\n")
    opens = [at for at, line in enumerate(texts) if line.strip() and (at == 0 or not texts[at - 1].strip())]
    looks = {
        at: frozenset([_MARKDOWN[len(m["mark"])]])
        for at, line in enumerate(texts)
        if (m := _ALL_MARKED.fullmatch(line)) is not None
    }
    looks |= {at: frozenset([HEADING]) for at, line in enumerate(texts) if _HEADING.match(line)}
    return TextLines(texts, frozenset(opens), looks=looks)
