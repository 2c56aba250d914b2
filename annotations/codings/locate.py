"""Finding the passage that a row of a codings file means: a turn, a span or a quote."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz

from annotations.errors import BadInput
from annotations.transcript import Span, Transcript
from annotations.turn_numbers import in_both_counts, shown_number, turn_typed

_LONGEST_COMPARED = 2000
# marks that a word processor sets in place of the typed ones; one character for one, so that places stay
_TYPED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-"})


class NotFound(ValueError):
    """The passage cannot be found; ``column`` is the one to look at, the message the reason."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


class WordsNotFound(NotFound):
    """A quote stands nowhere in the transcript, not even with other marks."""


@dataclass(frozen=True)
class Places:
    """One transcript, prepared for looking passages up by turn, by code points or by quote."""

    transcript: Transcript

    @cached_property
    def _folded(self) -> tuple[str, array[int]]:
        return _fold(self.transcript.text)

    @cached_property
    def _typed(self) -> str:
        """The folded text in small letters with typed marks; empty where small letters would shift places."""
        typed = self._folded[0].translate(_TYPED).lower()
        return typed if len(typed) == len(self._folded[0]) else ""

    @cached_property
    def _turns(self) -> dict[int, Span]:
        return {turn.index: turn.span for turn in self.transcript.turns}

    def turn(self, given: str) -> Span:
        """The span of a turn's words, by its number in the column ``turn``, from 0."""
        number = _number(given)
        if number is None:
            raise NotFound(
                "turn", f'"{given}" is no number; in this column turns count from 0 (people see them from 1)'
            )
        if number < 0:
            raise NotFound("turn", f"there is no turn {number}; in this column turns count from 0")
        return self._turn_in("turn", number)

    def turn_shown(self, given: str) -> Span:
        """The span of a turn's words, by the number that people see, from 1."""
        number = _number(given)
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
        begins, ends = _number(start), _number(end)
        for column, given, number in (("start", start, begins), ("end", end, ends)):
            if number is None:
                found = f'"{given}"' if given else "nothing"
                raise NotFound(column, f"found {found}; start and end are both numbers of characters, from 0")
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
        """The one place where these words stand, white space folded; ``within`` narrows where to look."""
        folded, origins = self._folded
        wanted = _fold(words.strip())[0]
        found = _all_in(wanted, folded)
        if within is not None:
            # a quote that reaches out of the turn is found in the whole transcript
            inside = [at for at in found if within.start <= origins[at] < within.end]
            found = inside or found
        if not found:
            raise self._why_not(wanted)
        if len(found) > 1:
            raise NotFound(
                "quote",
                f"these words stand there {len(found)} times, in {in_both_counts(*map(self._turn_at, found))}; give a "
                f"longer quote, or start and end",
            )
        return Span(origins[found[0]], origins[found[0] + len(wanted) - 1] + 1)

    def says(self, span: Span, words: str) -> bool:
        """Are these the words of the span, white space folded?"""
        return _fold(span.of(self.transcript.text).strip())[0] == _fold(words.strip())[0]

    def _turn_at(self, folded: int) -> int:
        starts = [turn.span.start for turn in self.transcript.turns]
        at = bisect_right(starts, self._folded[1][folded]) - 1
        return self.transcript.turns[max(at, 0)].index if self.transcript.turns else 0

    def nearest_turn(self, words: str) -> int | None:
        """The turn whose words are most like these, or None if none are like them. Slow: a millisecond or more."""
        wanted = _fold(words.strip())[0]
        if len(wanted) > _LONGEST_COMPARED:
            return None
        best = fuzz.partial_ratio_alignment(wanted, self._folded[0], score_cutoff=70)
        if best is None or best.dest_end <= best.dest_start:
            return None
        return self._turn_at(best.dest_start)

    def _why_not(self, wanted: str) -> NotFound:
        """Names turns and not their words: those are confidential, and errors are logged."""
        lacking = f'these words do not stand in "{self.transcript.name}"'
        at = self._typed.find(wanted.translate(_TYPED).lower())
        if at < 0:
            return WordsNotFound("quote", lacking)
        return NotFound(
            "quote",
            f"{lacking} so; in {in_both_counts(self._turn_at(at))} they have other quotation marks, dashes or "
            f"capitals. Copy them from there, or give the turn",
        )


def _number(given: str) -> int | None:
    """A whole number; spreadsheets and pandas write 3 as 3.0."""
    return int(given.split(".")[0]) if re.fullmatch(r"[+-]?[0-9]{1,9}(\.0*)?", given) else None


def _all_in(wanted: str, text: str) -> list[int]:
    found: list[int] = []
    at = text.find(wanted) if wanted else -1
    while at >= 0 and len(found) < 1000:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found


def _fold(text: str) -> tuple[str, array[int]]:
    """Text with every run of white space as one space, and for each character where it stood."""
    parts: list[str] = []
    origins = array("l")
    for found in re.finditer(r"\s+|\S+", text):
        if found.group().isspace():
            parts.append(" ")
            origins.append(found.start())
        else:
            parts.append(found.group())
            origins.extend(range(found.start(), found.end()))
    return "".join(parts), origins
