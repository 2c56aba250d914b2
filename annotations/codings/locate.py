"""Finding the passage that a row of a codings file means: a turn, a span or a quote."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from annotations.codings.nearest_turns import nearest_words
from annotations.codings.quote_search import Match, QuoteSearch, TooCommon
from annotations.codings.quote_words import QuoteWords, shortened, words_of
from annotations.errors import BadInput
from annotations.html_marks import without_html
from annotations.transcript import Span, Transcript
from annotations.turn_numbers import in_both_counts, shown_number, turn_typed

# what may be copied along around the words; where the text has it too, it is part of the passage
_MOST_MARKS = 20
_MOST_WITH_MARKS = 50
_ALIKE = ("\"“”„‟«»‹›'’‘‚‛「」『』", "-–—‑‐−")
_ELLIPSIS = re.compile(r"\.{3,}|…")


class NotFound(ValueError):
    """The passage cannot be found; ``column`` is the one to look at, the message the reason."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


class WordsNotFound(NotFound):
    """A quote stands nowhere in the transcript, not even with other marks."""


class FoundSeveral(NotFound):
    """A quote stands at several ``places``."""

    def __init__(self, reason: str, places: tuple[Span, ...]) -> None:
        super().__init__("quote", reason)
        self.places = places


@dataclass(frozen=True)
class Places:
    """One transcript, prepared for looking passages up by turn, by code points or by quote."""

    transcript: Transcript

    @cached_property
    def _folded(self) -> tuple[str, array[int]]:
        return _fold(self.transcript.text)

    @cached_property
    def _search(self) -> QuoteSearch:
        turns = self.transcript.turns
        labels = {turn.speaker: None for turn in turns} | {self.transcript.participant: None}
        words = words_of(self.transcript.text, [turn.span for turn in turns])
        return QuoteSearch(words, [*labels, self.transcript.name])

    @cached_property
    def _looked_up(self) -> dict[str, tuple[Span, ...]]:
        return {}

    @cached_property
    def _starts(self) -> list[int]:
        return [turn.span.start for turn in self.transcript.turns]

    @cached_property
    def _turns(self) -> dict[int, Span]:
        return {turn.index: turn.span for turn in self.transcript.turns}

    def turn(self, given: str) -> Span:
        """The span of a turn's words, by its number in the column ``turn``, from 0."""
        number = whole_number(given)
        if number is None:
            raise NotFound(
                "turn", f'"{given}" is no number; in this column turns count from 0 (people see them from 1)'
            )
        if number < 0:
            raise NotFound("turn", f"there is no turn {number}; in this column turns count from 0")
        return self._turn_in("turn", number)

    def turn_shown(self, given: str) -> Span:
        """The span of a turn's words, by the number that people see, from 1."""
        number = whole_number(given)
        try:
            return self._turn_in("turn_shown", turn_typed(given if number is None else str(number)))
        except BadInput as error:
            raise NotFound("turn_shown", str(error)) from error

    def _turn_in(self, column: str, number: int) -> Span:
        if number in self._turns:
            return self._turns[number]
        has = "no turns"
        if self._turns:
            last = max(self._turns)
            has = f"{len(self._turns)} turns, numbered 0 to {last} (1 to {shown_number(last)} as shown to people)"
        raise NotFound(column, f'there is no {in_both_counts(number)}; "{self.transcript.name}" has {has}')

    def span(self, start: str, end: str) -> Span:
        """A span given in code points of the canonical text."""
        begins, ends = whole_number(start), whole_number(end)
        for column, given, number in (("start", start, begins), ("end", end, ends)):
            if number is None:
                what_stands = f'"{given}"' if given else "nothing"
                raise NotFound(
                    column, f"found {what_stands}; start and end are both numbers of characters, from 0"
                )
            if number < 0:
                raise NotFound(column, f"found {number}; characters are counted from 0")
        if begins is None or ends is None or begins >= ends:
            raise NotFound("end", f"the passage is empty: it starts at {begins} and ends at {ends}")
        length = len(self.transcript.text)
        if ends > length:
            raise NotFound(
                "end", f'{ends} lies beyond "{self.transcript.name}", which has {length} characters'
            )
        return Span(begins, ends)

    def quote(self, words: str, within: Span | None = None) -> Span:
        """The one place where these words stand; ``within`` narrows where to look.

        Words copied as they are come first, white space folded. Else they are found without regard to marks, to
        heads between the turns and to what an ellipsis leaves out. Raises NotFound if they stand there twice.
        """
        spans = list(self.everywhere(words))
        if within is not None:
            # a quote that reaches out of the turn is found in the whole transcript
            spans = [span for span in spans if within.start <= span.start < within.end] or spans
        if len(spans) > 1:
            turns = in_both_counts(*(self._turn_at(span.start) for span in spans))
            raise FoundSeveral(
                f"these words stand there {len(spans)} times, in {turns}; give a longer quote, or start and end",
                tuple(spans),
            )
        return spans[0]

    def everywhere(self, words: str) -> tuple[Span, ...]:
        """Every place where these words stand, in order. Raises NotFound where there is none, or nobody can tell."""
        if words not in self._looked_up:
            copied = self._copied(words)
            meant = without_html(words)  # a program may write quotes as HTML, and transcripts not
            self._looked_up[words] = tuple(
                copied
                or self._alike(words)
                or (meant != words and (self._copied(meant) or self._alike(meant)))
                or ()
            )
        if not self._looked_up[words]:
            raise WordsNotFound("quote", f'these words do not stand in "{self.transcript.name}"')
        return self._looked_up[words]

    def _alike(self, words: str) -> list[Span]:
        """Where these words stand with other marks, and what else ``quote`` does without."""
        try:
            matches = self._search.matches(words)
        except TooCommon:
            raise NotFound(
                "quote",
                f'these words are so common in "{self.transcript.name}" that nobody can tell how often they stand '
                f"there; give a longer quote, or the turn, or start and end",
            ) from None
        alike = [match for match in matches if match.capitals]
        if matches and not alike:
            raise self._other_capitals(matches)
        asked = words_of(words)
        # where they stand so often, the marks around them are neither here nor there
        return [
            self._passage(match, asked) if len(alike) <= _MOST_WITH_MARKS else self._bare(match)
            for match in alike
        ]

    def _copied(self, words: str) -> list[Span]:
        """Where these words stand as they are, white space folded; a speaker's label around them is left out."""
        folded, origins = self._folded
        wanted = _fold(words.strip())[0]
        spans = (Span(origins[at], origins[at + len(wanted) - 1] + 1) for at in _all_in(wanted, folded))
        return [self._without_labels(span) for span in spans]

    def _without_labels(self, span: Span) -> Span:
        starts, turns = self._starts, self.transcript.turns
        first, last = bisect_right(starts, span.start) - 1, bisect_right(starts, span.end - 1) - 1
        if last < 0:
            return span
        start, end = span.start, min(span.end, max(turns[last].span.end, span.start + 1))
        if (first < 0 or start >= turns[first].span.end) and first < last:
            start = turns[first + 1].span.start
        return Span(start, end) if start < end else span

    def says(self, span: Span, words: str) -> bool:
        """Are these the words of the span, with whatever marks and heads they were copied, or its first ones and dots?"""
        if (meant := without_html(words)) != words and self.says(span, meant):
            return True
        here = _fold(span.of(self.transcript.text).strip())[0]
        if here == _fold(words.strip())[0]:
            return True
        if (first_words := shortened(words)) and here.startswith(_fold(first_words)[0]):
            return True
        said = self._search.words
        first, after = bisect_left(said.starts, span.start), bisect_left(said.starts, span.end)
        try:
            matches = self._search.matches(words)
        except TooCommon:
            return False
        return any(match.capitals and (match.first, match.last + 1) == (first, after) for match in matches)

    def nearest_turns(self, words: str) -> tuple[int, ...]:
        """The turns whose words are most like these, or none. Slow: a millisecond or more."""
        starts = self._search.words.starts
        return tuple(self._turn_at(starts[word]) for word in nearest_words(self._search, words))

    def _bare(self, match: Match) -> Span:
        said = self._search.words
        return Span(said.starts[match.first], said.ends[match.last])

    def _passage(self, match: Match, asked: QuoteWords) -> Span:
        """From the first to the last word of a match, and the marks around them that the text has as well."""
        said, text = self._search.words, self.transcript.text
        start, end = said.starts[match.first], said.ends[match.last]
        words = asked.text
        turn = self.transcript.turns[self._place_at(end - 1)].span if self.transcript.turns else None
        ends = turn.end if turn else len(text)
        if said.folded[match.last] == asked.folded[-1]:
            end += _shared(words[asked.ends[-1] :], text[end : min(ends, end + _MOST_MARKS)])
        begins = self.transcript.turns[self._place_at(start)].span.start if turn else 0
        if said.folded[match.first] == asked.folded[0]:
            before = text[max(begins, start - _MOST_MARKS) : start]
            start -= _shared(words[: asked.starts[0]][::-1], before[::-1])
        return Span(start, end)

    def _place_at(self, code_point: int) -> int:
        return max(bisect_right(self._starts, code_point) - 1, 0)

    def _turn_at(self, code_point: int) -> int:
        return self.transcript.turns[self._place_at(code_point)].index if self.transcript.turns else 0

    def _other_capitals(self, matches: list[Match]) -> NotFound:
        """Names turns and not their words: those are confidential, and errors are logged."""
        turns = in_both_counts(*(self._turn_at(self._search.words.starts[match.first]) for match in matches))
        return NotFound(
            "quote",
            f'these words do not stand in "{self.transcript.name}" so; in {turns} they have other capitals. Copy them '
            f"from there, or give the turn",
        )


def whole_number(given: str) -> int | None:
    """A whole number, None for anything else; spreadsheets and pandas write 3 as 3.0."""
    return int(given.split(".")[0]) if re.fullmatch(r"[+-]?[0-9]{1,9}(\.0*)?", given) else None


def _all_in(wanted: str, text: str) -> list[int]:
    places: list[int] = []
    at = text.find(wanted) if wanted else -1
    while at >= 0 and len(places) < 1000:
        places.append(at)
        at = text.find(wanted, at + 1)
    return places


def _fold(text: str) -> tuple[str, array[int]]:
    """Text with every run of white space as one space, and for each character where it stood."""
    parts: list[str] = []
    origins = array("l")
    for piece in re.finditer(r"\s+|\S+", text):
        if piece.group().isspace():
            parts.append(" ")
            origins.append(piece.start())
        else:
            parts.append(piece.group())
            origins.extend(range(piece.start(), piece.end()))
    return "".join(parts), origins


def _shared(quoted: str, said: str) -> int:
    """How many characters of ``said`` are the marks that a quote has there, in its first characters."""
    reached = at = 0
    marks = "".join(_ELLIPSIS.sub("…", quoted[:_MOST_MARKS]).split())
    for mark in marks:
        while at < len(said) and said[at].isspace():
            at += 1
        ellipsis = _ELLIPSIS.match(said, at)
        if mark == "…" or ellipsis:
            width = len(ellipsis.group()) if ellipsis and mark == "…" else 0
        else:
            width = int(at < len(said) and _same_mark(mark, said[at]))
        at += width
        reached = at if width else reached
    return reached


def _same_mark(mark: str, other: str) -> bool:
    return mark == other or any(mark in marks and other in marks for marks in _ALIKE)
