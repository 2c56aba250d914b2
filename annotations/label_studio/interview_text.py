"""An interview as one task shows it, and the way of a marked place between Label Studio and the canonical text.

Each turn is a paragraph that holds its words and nothing else: who speaks stands in an attribute and is drawn by a
style, so it can never be marked with the words. Label Studio says a place as the paragraph and an offset in UTF-16 units.
"""

from __future__ import annotations

import hashlib
import html
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from annotations.transcript import Span, Turn
from annotations.turn_numbers import shown_number

# what no page can hold; it is shown as a sign that takes as much room
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_IN_ITS_PLACE = "\ufffd"
# in the markup, what names suggestions below a turn
NAMED_BELOW = re.compile(r' data-below="[^"]*"')
_PARAGRAPH = re.compile(r"/p\[([1-9]\d{0,5})\](/text\(\)\[1\])?")
# between two paragraphs Label Studio writes the two signs "\" and "n"
_BETWEEN = re.compile(r"\s+|\\n")


@dataclass(frozen=True, slots=True)
class MarkedPlace:
    """A place as Label Studio says it: paragraphs as XPath, offsets in UTF-16 units, a hash of the words ("": none)."""

    start: str
    start_offset: int
    end: str
    end_offset: int
    words: str = ""

    def to_json(self) -> dict[str, Any]:
        """As plain data, under Label Studio's own names but for the words."""
        return {
            "start": self.start,
            "startOffset": self.start_offset,
            "end": self.end,
            "endOffset": self.end_offset,
            "words": self.words,
        }


def interview_key(transcript: UUID, text_hash: str, *, again: bool = False) -> UUID:
    """What the task of an interview is called: another one for a corrected text, and for passages that come again."""
    return uuid5(transcript, f"interview/{text_hash}{'/again' if again else ''}")


def hash_of_words(words: str) -> str:
    """By which the words of a marked place are told from others; white space and borders of paragraphs do not count."""
    return hashlib.sha256(_BETWEEN.sub("", words).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True)
class InterviewText:
    """A transcript's words as its task shows them: one paragraph for each of its turns, in order."""

    text: str
    turns: Sequence[Turn]

    def shown(self, at: int) -> str:
        """What the paragraph of the turn at this position holds: as many code points as the turn has."""
        return _UNSHOWABLE.sub(_IN_ITS_PLACE, self.turns[at].span.of(self.text))

    def html(self, asked: Mapping[int, bool], below: Mapping[int, str] | None = None) -> str:
        """The text as markup. ``asked``: positions of turns that are to be coded, and whether a mark says so.

        ``below``: what is said below a turn. It stands in an attribute too, so that no mark can hold it.
        """
        return "".join(self._paragraph(at, asked, (below or {}).get(at, "")) for at in range(len(self.turns)))

    def _paragraph(self, at: int, asked: Mapping[int, bool], below: str) -> str:
        turn = self.turns[at]
        who = html.escape(f"{turn.speaker} · {shown_number(turn.index)}".strip(" ·"), quote=True)
        kind = "tandem-context" if at not in asked else "tandem-asked" if asked[at] else "tandem-said"
        said = f' data-below="{html.escape(" ".join(below.split()), quote=True)}"' if below else ""
        return f'<p class="{kind}" data-who="{who}"{said}>{html.escape(self.shown(at), quote=False)}</p>'

    def place(self, span: Span) -> MarkedPlace:
        """Where a span stands. Raises ValueError for one that shares no word with any turn."""
        first, last = self._turn_from(span.start), self._turn_to(span.end)
        if first is None or last is None or first > last:
            raise ValueError(f"no words of a turn lie in [{span.start}, {span.end})")
        begin = max(span.start, self.turns[first].span.start)
        stop = min(span.end, self.turns[last].span.end)
        return MarkedPlace(
            f"/p[{first + 1}]/text()[1]",
            _units(self.shown(first)[: begin - self.turns[first].span.start]),
            f"/p[{last + 1}]/text()[1]",
            _units(self.shown(last)[: stop - self.turns[last].span.start]),
            hash_of_words(self.words(Span(begin, stop))),
        )

    def span_of(self, marked: MarkedPlace) -> Span | None:
        """The span that a place means; None where there is no such place, or where other words stand there."""
        begin = self._offset(marked.start, marked.start_offset, at_end=False)
        stop = self._offset(marked.end, marked.end_offset, at_end=True)
        if begin is None or stop is None or begin >= stop or not marked.words:
            return None
        span_there = Span(begin, stop)
        said = self.words(span_there)
        return span_there if said.strip() and hash_of_words(said) == marked.words else None

    def words(self, span: Span) -> str:
        """What the screen shows of a span: words of turns only."""
        lines = []
        for at, turn in enumerate(self.turns):
            if turn.span.overlap(span):
                begin = max(span.start, turn.span.start) - turn.span.start
                stop = min(span.end, turn.span.end) - turn.span.start
                lines.append(self.shown(at)[begin:stop])
        return "\n".join(lines)

    def _offset(self, path: str, units: int, *, at_end: bool) -> int | None:
        paragraph = _PARAGRAPH.fullmatch(path)
        if paragraph is None or int(paragraph[1]) > len(self.turns):
            return None
        at = int(paragraph[1]) - 1
        turn = self.turns[at]
        if paragraph[2] is None:
            # the paragraph as a whole: 0 is before its words, 1 behind them; where a selection ends before one, it
            # ends behind the one above
            if units == 0 and at_end:
                return self.turns[at - 1].span.end if at else None
            return turn.span.start if units == 0 else turn.span.end if units == 1 else None
        inside = _code_points(self.shown(at), units)
        return None if inside is None else turn.span.start + inside

    def _turn_from(self, offset: int) -> int | None:
        """The first turn that holds words from this offset on."""
        at = bisect_right([turn.span.end for turn in self.turns], offset)
        return at if at < len(self.turns) else None

    def _turn_to(self, offset: int) -> int | None:
        """The last turn that holds words before this offset."""
        at = bisect_right([turn.span.start for turn in self.turns], offset - 1) - 1
        return at if at >= 0 else None


def _units(words: str) -> int:
    return len(words) + sum(ord(sign) > 0xFFFF for sign in words)


def _code_points(words: str, units: int) -> int | None:
    """How many code points so many UTF-16 units are; None for half a character, or more than there are."""
    if units < 0:
        return None
    passed = 0
    for at, sign in enumerate(words):
        if passed >= units:
            return at if passed == units else None
        passed += 2 if ord(sign) > 0xFFFF else 1
    return len(words) if passed == units else None
