"""How words look beside what they say: bold, italic, underlined, in a colour, in a style, indented.

In interviews by hand this is often the only sign of who asks. A look is a word such as "bold" or "color c00000"; what a
program gives to nearly all words of a file says nothing, so it counts for none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Looks = frozenset[str]
# as other programs end a line within a paragraph
_ENDS_OF_LINES = dict.fromkeys(map(ord, "\x0b\x85\u2028\u2029"), "\n")
PLAIN: Looks = frozenset()
# what stands above a part of the text: no name or mark within a line
HEADING = "heading"
# what nobody sees who reads the text
HIDDEN = "hidden"
# what somebody took back, and left to be read
STRUCK = "struck through"
_NEARLY_ALL = 0.9
# a name that is bold and red is bold, too
_FIRST = ("bold", "italic", "underlined")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph (its line breaks "\\n") and how its words look: how many characters from its beginning, or from where
    the last run ended, bear these looks. Without runs nothing is known.
    """

    text: str
    runs: tuple[tuple[int, Looks], ...] = field(default=())

    @classmethod
    def of(cls, parts: Iterable[tuple[str, Looks]]) -> Paragraph:
        """From words with their looks, in their order."""
        given = [(text.translate(_ENDS_OF_LINES), looks) for text, looks in parts if text]
        whole = "".join(text for text, _ in given)
        return cls(whole, tuple((len(text), looks) for text, looks in given) if _any(given) else ())


def without_hidden(paragraph: Paragraph) -> tuple[Paragraph, str]:
    """A paragraph as it is seen, and the words of it that are hidden."""
    seen: list[tuple[str, Looks]] = []
    hidden: list[str] = []
    at = 0
    for width, its in paragraph.runs:
        words = paragraph.text[at : at + width]
        at += width
        if HIDDEN in its:
            hidden.append(words)
        else:
            seen.append((words, its))
    return (Paragraph.of(seen), " ".join("".join(hidden).split())) if hidden else (paragraph, "")


def struck_in(paragraph: Paragraph) -> str:
    """The words of a paragraph that are struck through."""
    struck: list[str] = []
    at = 0
    for width, its in paragraph.runs:
        struck.append(paragraph.text[at : at + width] if STRUCK in its else " ")
        at += width
    return " ".join("".join(struck).split())


def _any(parts: Iterable[tuple[str, Looks]]) -> bool:
    return any(looks for _, looks in parts)


@dataclass(frozen=True, slots=True)
class LooksOfLines:
    """Of lines, by their number: ``marked``: how many characters at the beginning look alike; ``looks``: what all words
    of the line share.
    """

    marked: Mapping[int, int]
    looks: Mapping[int, Looks]


def looks_of_lines(paragraphs: Sequence[Paragraph]) -> LooksOfLines:
    """The looks of the lines of these paragraphs, without what nearly all words of them share."""
    common = _common(paragraphs) | {STRUCK}
    marked: dict[int, int] = {}
    looks: dict[int, Looks] = {}
    at = 0
    for paragraph in paragraphs:
        lines = _lines(paragraph) if paragraph.runs else [[] for _ in paragraph.text.split("\n")]
        for parts in lines:
            filled = [(text, its - common) for text, its in parts]
            shared = [its for text, its in filled if text.strip()]
            if shared and (all_share := frozenset.intersection(*shared)):
                looks[at] = all_share
            if width := _marked(filled):
                marked[at] = width
            at += 1
    return LooksOfLines(marked, looks)


def _lines(paragraph: Paragraph) -> list[list[tuple[str, Looks]]]:
    lines: list[list[tuple[str, Looks]]] = [[]]
    at = 0
    for width, its in paragraph.runs:
        first, *rest = paragraph.text[at : at + width].split("\n")
        lines[-1].append((first, its))
        lines.extend([(text, its)] for text in rest)
        at += width
    return lines


def _common(paragraphs: Sequence[Paragraph]) -> Looks:
    counted: Counter[str] = Counter()
    for paragraph in paragraphs:
        for width, its in paragraph.runs:
            counted.update(dict.fromkeys(its, width))
    total = sum(len(paragraph.text) for paragraph in paragraphs)
    return frozenset(look for look, width in counted.items() if width >= _NEARLY_ALL * total)


def _marked(parts: Sequence[tuple[str, Looks]]) -> int:
    """How many characters at the beginning share a look: where the first words have several, one that ends with them."""
    first = next((its for text, its in parts if text.strip()), PLAIN)
    own = [look for look in first if not look.startswith(("style", "indent", HEADING))]
    own.sort(key=lambda look: (_FIRST.index(look) if look in _FIRST else len(_FIRST), look))
    whole = sum(len(text) for text, _ in parts)
    widths = [_width(parts, look) for look in own]
    return next((width for width in widths if width < whole), widths[0] if widths else 0)


def _width(parts: Sequence[tuple[str, Looks]], look: str) -> int:
    width = 0
    for text, its in parts:
        if text.strip() and look not in its:
            break
        width += len(text)
    return width
