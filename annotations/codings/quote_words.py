"""The words of a text and where they stand, as they are compared with the words of a quote.

White space, punctuation, quotation marks, dashes, and characters without width are no words. Ligatures, accents
that are characters of their own and full-width letters are folded. The text itself is never changed.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from annotations.text_changes import UNSPACED
from annotations.transcript import Span

_APOSTROPHES = "'’‘ʼ‛´`′＇"
_UNSPACED = re.compile(f"[{UNSPACED}]")
_HYPHEN = re.compile("[-\u00ad\u2010\u2011\u00ac]\\s*")


class _Kinds(dict[int, str]):
    """What sort of character each is, one letter for one character, so that places stay."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if char in _APOSTROPHES:
            kind = "'"
        elif category in ("Cf", "Cs"):
            kind = "f"
        elif category[0] == "M":
            kind = "m"
        elif category[0] == "L":
            kind = "c" if _UNSPACED.match(char) else "w"
        elif category[0] == "N":
            kind = "n"
        else:
            kind = "p" if char in ".,:" else " "
        self[code] = kind
        return kind


_KINDS = _Kinds()
_WORD = re.compile(r"cm*|[wn](?:f*[wnm]|f*'f*(?=[wn])|(?<=n)p(?=n))*")


@dataclass(frozen=True, slots=True)
class QuoteWords:
    """The words of ``text`` in order. ``folded`` are in small letters; ``written`` keep their capitals.

    ``starts`` and ``ends`` are code points of the text; ``first`` says for each word whether it begins a part.
    """

    text: str
    folded: list[str]
    written: list[str]
    starts: array[int]
    ends: array[int]
    first: bytearray

    def hyphen_after(self, word: int) -> bool:
        """Does only a hyphen, with or without the end of a line, part this word from the next?"""
        between = self.text[self.ends[word] : self.starts[word + 1]]
        return len(between) < 10 and _HYPHEN.fullmatch(between) is not None


def words_of(text: str, parts: Sequence[Span] = ()) -> QuoteWords:
    """The words in these parts of a text, or in all of it."""
    words = QuoteWords(text, [], [], array("l"), array("l"), bytearray())
    kinds = text.translate(_KINDS)
    known: dict[str, tuple[str, str]] = {}
    for start, end in [(part.start, part.end) for part in parts] or [(0, len(text))]:
        for number, word in enumerate(_WORD.finditer(kinds, start, end)):
            raw = text[word.start() : word.end()]
            if raw not in known:
                plain = _plain(raw)
                known[raw] = plain, plain.casefold()
            written, folded = known[raw]
            words.written.append(written)
            words.folded.append(folded)
            words.starts.append(word.start())
            words.ends.append(word.end())
            words.first.append(number == 0)
    return words


def _plain(word: str) -> str:
    if word.isascii():
        return word.replace("`", "'")
    marked = "".join("'" if char in _APOSTROPHES else char for char in word)
    apart = unicodedata.normalize("NFKD", marked)
    return "".join(char for char in apart if unicodedata.category(char) != "Cf")


def shortened(quote: str) -> str:
    """The words of a quote that goes on where dots stand at its end; "" for a whole one.

    >>> shortened("nobody had asked …"), shortened("nobody had asked")
    ('nobody had asked', '')
    """
    words = re.sub(r"\s*(?:…|\.{3,})\s*$", "", quote)
    return words.strip() if words != quote else ""
