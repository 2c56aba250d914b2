"""What changed between two versions of a text, and where a passage of the earlier one stands in the later one."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import Indel

from annotations.transcript import Span

# scripts that put no space between words: each character is compared as a word
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORDS = re.compile(rf"\s+|[{UNSPACED}]|(?:(?![{UNSPACED}])\w)+|[^\w\s]")
_SENTENCES = re.compile(r"[^.!?…]*[.!?…]*\s*")
# pieces of the one text times those of the other: a comparison needs an eighth of that in bytes
_MOST_COMPARED = 400_000_000
_Cut = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Landed:
    """Where a passage stands in the later text. ``unchanged``: all of its words are the same there.

    ``span`` of a passage that changed is what stands between its neighbours now; None where nothing does. ``near``: a
    place in the later text in any case.
    """

    span: Span | None
    unchanged: bool
    near: Span


@dataclass(frozen=True)
class TextChanges:
    """What is the same in two texts. Lines are compared first, then sentences and words of what differs.

    >>> changes = TextChanges("We had money. We had trust.", "We had little money. We had trust.")
    >>> changes.landed(Span(14, 26)).unchanged, changes.landed(Span(0, 12)).unchanged
    (True, False)
    """

    before: str
    after: str

    @cached_property
    def same(self) -> tuple[tuple[int, int, int], ...]:
        """The parts that are the same: where they begin in each of the texts, and how long they are (code points)."""
        return tuple(_joined(_same(self.before, self.after, 0, 0, 0)))

    @cached_property
    def _begins(self) -> list[int]:
        return [part[0] for part in self.same]

    def landed(self, span: Span) -> Landed:
        """Where a passage of the earlier text stands now.

        It is unchanged if no word that it touches has changed, white space aside; words at its edges count whole.
        """
        if not self.after:
            raise ValueError("nothing can stand in an empty text")
        exact = self._ends(span)
        words = self._ends(_trimmed(self.before, span))
        for spans in (exact, words):
            if spans is not None and _words_at(self.before, span) == _words_at(self.after, spans):
                return Landed(spans, unchanged=True, near=spans)
        low, high = self._floor(span.start), self._ceiling(span.end)
        between = _trimmed(self.after, Span(low, high)) if low < high else None
        if between is not None and not between.of(self.after).strip():
            between = None
        at = min(low, len(self.after) - 1)
        return Landed(between, unchanged=False, near=between or Span(at, at + 1))

    def _ends(self, span: Span) -> Span | None:
        """The span between the places of its first and last character, if both are there still."""
        first, last = self._place(span.start), self._place(span.end - 1)
        return None if first is None or last is None or last < first else Span(first, last + 1)

    def _place(self, at: int) -> int | None:
        part = bisect_right(self._begins, at) - 1
        if part < 0:
            return None
        begin, there, length = self.same[part]
        return there + at - begin if at < begin + length else None

    def _floor(self, at: int) -> int:
        """Where what stands at ``at`` can begin at the earliest."""
        part = bisect_right(self._begins, at) - 1
        if part < 0:
            return 0
        begin, there, length = self.same[part]
        return there + min(at - begin, length)

    def _ceiling(self, end: int) -> int:
        """Where what ends before ``end`` can end at the latest."""
        part = bisect_right(self._begins, end - 1) - 1
        if part >= 0:
            begin, there, length = self.same[part]
            if end <= begin + length:
                return there + end - begin
        return self.same[part + 1][1] if part + 1 < len(self.same) else len(self.after)


def words_only_in(before: str, after: str) -> frozenset[str]:
    """The words of the one text, in small letters, that stand nowhere in the other."""

    def words(text: str) -> set[str]:
        return {word.casefold() for word in _WORDS.findall(text) if word[0].isalnum()}

    return frozenset(words(before) - words(after))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCES.findall(text) if sentence]


def _words(text: str) -> list[str]:
    return _WORDS.findall(text)


_CUTS: tuple[_Cut, ...] = (_lines, _sentences, _words)


def _same(before: str, after: str, at: int, there: int, level: int) -> Iterator[tuple[int, int, int]]:
    """The same parts of two texts that begin at ``at`` and ``there``, in order; what differs is cut finer."""
    if level == len(_CUTS):
        return
    old, new = _CUTS[level](before), _CUTS[level](after)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    begins, starts = _places(old, at), _places(new, there)
    if head:
        yield at, there, begins[head] - at
    upto, till = len(old) - tail, len(new) - tail
    middle, other = old[head:upto], new[head:till]
    if middle and other:
        for tag, a, b, c, d in _opcodes(middle, other):
            begin, start = begins[head + a], starts[head + c]
            if tag == "equal":
                yield begin, start, begins[head + b] - begin
            else:
                yield from _same("".join(middle[a:b]), "".join(other[c:d]), begin, start, level + 1)
    if tail:
        yield begins[upto], starts[till], begins[-1] - begins[upto]


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Equal and differing runs; what is taken out and what is put in at one place are one run."""
    if len(old) * len(new) > _MOST_COMPARED:
        yield "replace", 0, len(old), 0, len(new)
        return
    a = c = 0
    for block in Indel.opcodes(old, new):
        if block.tag != "equal":
            continue
        if a < block.src_start or c < block.dest_start:
            yield "replace", a, block.src_start, c, block.dest_start
        yield "equal", block.src_start, block.src_end, block.dest_start, block.dest_end
        a, c = block.src_end, block.dest_end
    if a < len(old) or c < len(new):
        yield "replace", a, len(old), c, len(new)


def _alike(words: Sequence[str], other: Sequence[str]) -> int:
    """How many pieces are the same at the beginning."""
    count = 0
    for first, second in zip(words, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def _places(pieces: Sequence[str], at: int) -> list[int]:
    starts = [at]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    return starts


def _joined(parts: Iterator[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Parts that follow on each other in both texts as one."""
    last: tuple[int, int, int] | None = None
    for begin, there, length in parts:
        if last is not None and (last[0] + last[2], last[1] + last[2]) == (begin, there):
            last = last[0], last[1], last[2] + length
            continue
        if last is not None:
            yield last
        last = begin, there, length
    if last is not None:
        yield last


def _words_at(text: str, span: Span) -> list[str]:
    """The words of a span, those at its edges whole."""
    start, end = span.start, span.end
    while start > 0 and _of_one_word(text[start - 1], text[start]):
        start -= 1
    while end < len(text) and _of_one_word(text[end - 1], text[end]):
        end += 1
    return text[start:end].split()


def _of_one_word(word: str, next_: str) -> bool:
    return (_in_word(word) and _in_word(next_)) and not (
        re.match(f"[{UNSPACED}]", word) or re.match(f"[{UNSPACED}]", next_)
    )


def _in_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def _trimmed(text: str, span: Span) -> Span:
    """Without white space at its edges; a span of white space alone stays as it is."""
    words = span.of(text)
    left, right = len(words) - len(words.lstrip()), len(words) - len(words.rstrip())
    return span if left == len(words) else Span(span.start + left, span.end - right)
