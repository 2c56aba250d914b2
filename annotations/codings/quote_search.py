"""Where the words of a quote stand in a transcript, however they were copied.

The rarest word of the quote says where to look, or, where all are common, its rarest runs of two or three words. From
there the words are compared in both directions. A head that another program printed between two turns is passed over,
and so is what an ellipsis stands for.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from annotations.codings.quote_words import QuoteWords, words_of
from annotations.codings.turn_heads import Heads
from annotations.codings.word_runs import WordRuns

_OMITTED = re.compile(r"[\[(<]\s?(?:…|\.{2,5}|\. \. \.)\s?[\])>]|…+|\.{3,}|\. \. \.")
_PARTS = re.compile("[0-9\u00ad\u2010\u2011\u00ac-]")
_MOST_LEFT_OUT = 400  # words that one ellipsis may stand for
_MOST_IN_HEAD = 12  # words and numbers
_MOST_FOUND = 1000
_SEEDS = 8
_RARE = 12  # places; where no word of the quote is as rare as this, its runs of words say where to look
_RUNS = 12
_SHORT = 5  # words; a head or a hyphen may part every two words of so few
_MOST_PASSED = 20_000  # comparisons for one quote, and four a word; a quote of common words alone ends here


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """The words from ``first`` to ``last`` (included) of the text; ``capitals`` are the quote's own."""

    first: int
    last: int
    capitals: bool


class TooCommon(Exception):
    """So many places would have to be compared that nobody can say how often the words stand there."""


class QuoteSearch:
    """The words of one transcript, prepared for looking quotes up."""

    def __init__(self, words: QuoteWords, labels: Sequence[str]) -> None:
        self.words = words
        self._stand: dict[str, array[int]] = {}
        for at, word in enumerate(words.folded):
            self._stand.setdefault(word, array("l")).append(at)
        parts = {part for label in labels for part in words_of(label).folded}
        self._heads = Heads(parts | {word.casefold() for word in labels}, frozenset(words.written))

    def matches(self, quote: str) -> list[Match]:
        """Every place where these words stand, in the order of the text. Raises TooCommon."""
        asked = words_of(quote)
        if not asked.folded:
            return []
        pieces = _pieces(asked)
        for cut in (False, True):
            if cut and not any(_is_cut(asked, at) for at in (0, len(asked.folded) - 1)):
                break
            search = _TranscriptSearch(self.words, self._stand, self.runs, self._heads, asked, cut)
            matches = search.whole()
            if len(pieces) > 1 and not any(self._has_ellipses(match, asked, pieces) for match in matches):
                # words in a row are one reading; an ellipsis that the text lacks rather leaves words out
                matches = sorted({*matches, *search.in_order(pieces)})
            if matches:
                return matches
        return []

    def _has_ellipses(self, match: Match, asked: QuoteWords, pieces: list[tuple[int, int]]) -> bool:
        """Does the text itself have the ellipses of the quote?"""
        if match.last - match.first + 1 == len(asked.folded):
            return all(_omits(self.words, match.first + first - 1) for first, _ in pieces[1:])
        # with heads between the quote's words nobody can count them off
        return sum(_omits(self.words, at) for at in range(match.first, match.last)) >= len(pieces) - 1

    @cached_property
    def runs(self) -> WordRuns:
        """The runs of two and three words."""
        return WordRuns(self.words.folded)

    def candidates(self, quote: str) -> list[int]:
        """Words of the text near which the words of the quote are most often, the rarest counting most."""
        asked = words_of(quote).folded
        votes: dict[int, float] = {}
        width = max(8, len(asked))
        for word in set(asked):
            places = self._stand.get(word, array("l"))
            if len(places) <= _MOST_FOUND:
                for bucket in {at // width for at in places}:
                    votes[bucket] = votes.get(bucket, 0) + 1 / len(places)
        pairs = {bucket: votes[bucket] + votes.get(bucket + 1, 0) for bucket in votes}
        return [bucket * width for bucket in sorted(pairs, key=lambda b: (-pairs[b], b))[:3]]


class _TranscriptSearch:
    """One quote in one transcript."""

    def __init__(
        self,
        text: QuoteWords,
        stand: dict[str, array[int]],
        runs: WordRuns,
        heads: Heads,
        quote: QuoteWords,
        cut: bool,
    ) -> None:
        self._text = text
        self._stand = stand
        self._runs = runs
        self._heads = heads
        self._quote = quote
        self._left = _MOST_PASSED + 4 * len(quote.folded)
        # a time or a hyphen may part any two words of it
        self._parted = _PARTS.search(quote.text) is not None
        self._edges: dict[tuple[int, int, int, int], bool] = {}
        self._between: dict[tuple[int, int, bool], bool] = {}
        last = len(quote.folded) - 1
        self._cut = {at for at in (0, last) if cut and _is_cut(quote, at)}

    def whole(self) -> list[Match]:
        return self._found(0, len(self._quote.folded), 0, len(self._text.folded))

    def in_order(self, pieces: list[tuple[int, int]]) -> list[Match]:
        """The pieces one after another, each not far behind the one before."""
        longest = max(range(len(pieces)), key=lambda at: pieces[at][1] - pieces[at][0])
        starts = self._found(*pieces[longest], 0, len(self._text.folded))
        for piece in pieces[longest + 1 :]:
            starts = [
                Match(match.first, next_.last, match.capitals and next_.capitals)
                for match in starts
                for next_ in self._found(*piece, match.last + 1, match.last + 1 + _MOST_LEFT_OUT)
            ][:_MOST_FOUND]
        for piece in reversed(pieces[:longest]):
            starts = [
                Match(before.first, match.last, match.capitals and before.capitals)
                for match in starts
                for before in self._found(*piece, max(0, match.first - _MOST_LEFT_OUT), match.first)
            ][:_MOST_FOUND]
        return sorted(set(starts))

    def _found(self, first: int, last: int, low: int, high: int) -> list[Match]:
        """Where the quote's words from ``first`` to before ``last`` stand between two words of the text."""
        seeds = self._seeds(first, last, low, high)
        if seeds and len(seeds[0][1]) > _RARE:
            matches = self._by_runs(first, last, low, high)
            if matches or last - first >= _SHORT:
                return matches
        for seed, places in seeds:
            matches = self._from(seed, places, first, last, low, high)
            if matches:
                return matches
        return []

    def _by_runs(self, first: int, last: int, low: int, high: int) -> list[Match]:
        """The same by the rarest runs of two or three words: more than one, since a head may part the words of one."""
        asked, runs = self._quote.folded, list[tuple[int, Sequence[int]]]()
        for at in range(first, last - 1):
            its = self._runs.places(asked[at : at + 2], low, high)
            if len(its) > _RARE and at + 2 < last:
                more = self._runs.places(asked[at : at + 3], low, high)
                its = more if len(more) else its
            if len(its):
                runs.append((at, its.tolist()))
        matches: dict[tuple[int, int], Match] = {}
        for at, places in sorted(runs, key=lambda run: len(run[1]))[:_RUNS]:
            if matches and len(places) > _RARE:
                break
            its_matches = self._from(at, places, first, last, low, high, likely=True)
            matches |= {(match.first, match.last): match for match in its_matches}
        return sorted(matches.values(), key=lambda match: (match.first, match.last))

    def _from(
        self,
        seed: int,
        places: Sequence[int],
        first: int,
        last: int,
        low: int,
        high: int,
        *,
        likely: bool = False,
    ) -> list[Match]:
        """Those in which the word ``seed`` of the quote stands at one of these places. Raises TooCommon."""
        matches: dict[tuple[int, int], Match] = {}
        for place in places:
            looks = last - first > 8 or (last - first > 2 and not self._parted)
            if looks and not likely and not self._likely(seed, place, first, last):
                continue
            self._left -= 1
            match = self._around(seed, place, first, last)
            if match is not None and low <= match.first and match.last < high:
                matches[match.first, match.last] = match
            if self._left < 0:
                raise TooCommon
        return sorted(matches.values(), key=lambda match: (match.first, match.last))

    def _seeds(self, first: int, last: int, low: int, high: int) -> list[tuple[int, Sequence[int]]]:
        seeds: list[tuple[int, Sequence[int]]] = []
        for at in range(first, last):
            places = self._stand.get(self._quote.folded[at])
            if places is not None:
                begin, end = bisect_left(places, low), bisect_right(places, high - 1)
                if begin < end:
                    seeds.append((at, range(begin, end)))
        rarest = sorted(seeds, key=lambda seed: len(seed[1]))[:_SEEDS]
        return [(at, self._stand[self._quote.folded[at]][some[0] : some[-1] + 1]) for at, some in rarest]

    def _likely(self, seed: int, place: int, first: int, last: int) -> bool:
        """Does a word beside it agree too, or does a turn begin or end there? A look that costs little."""
        text, asked = self._text, self._quote.folded
        after = place + 1
        if after >= len(text.folded) or text.first[place] or text.first[after]:
            return True
        if seed > first and asked[seed - 1] == text.folded[place - 1]:
            return True
        return seed + 1 < last and asked[seed + 1] == text.folded[after]

    def _around(self, seed: int, place: int, first: int, last: int) -> Match | None:
        before = self._walk(seed, place, -1, first, last)
        if before is None:
            return None
        after = self._walk(seed, place, 1, first, last)
        if after is None:
            return None
        same = self._same(seed, place)
        return Match(before[0], after[0], same and before[1] and after[1])

    def _walk(self, seed: int, place: int, step: int, first: int, last: int) -> tuple[int, bool] | None:
        """The last word of the text that the quote reaches in one direction, and whether capitals agree."""
        edge = first if step < 0 else last - 1
        ahead = [(seed, place, True)]
        seen: set[tuple[int, int]] = set()
        headed: tuple[int, int, bool] | None = None
        while ahead:
            at, stands, same = ahead.pop()
            if at == edge:
                return stands, same
            if (at, stands) in seen:
                continue
            seen.add((at, stands))
            self._left -= 1
            further = list(self._steps(at, stands, step, edge))
            ahead.extend((*way[:2], same and way[2]) for way in reversed(further))
            nearer = headed is None or abs(edge - at) < abs(edge - headed[0])
            if nearer and self._headed(at, step, first, last):
                headed = at, stands, same
        return None if headed is None else (headed[1], headed[2])

    def _headed(self, at: int, step: int, first: int, last: int) -> bool:
        """Is what of the quote lies beyond a word a head?"""
        key = (at, step, first, last)
        known = self._edges.get(key)
        if known is None:
            known = self._edges[key] = self._heads.at_edge(self._rest(at, step, first, last))
        return known

    def _is_head(self, low: int, high: int, turn_ends: bool) -> bool:
        """Is what stands between two words of the quote a head?"""
        key = (low, high, turn_ends)
        known = self._between.get(key)
        if known is None:
            may = self._heads.between_turns if turn_ends else self._heads.in_turn
            piece = self._quote.text[self._quote.ends[low] : self._quote.starts[high]]
            known = self._between[key] = may(piece)
        return known

    def _rest(self, at: int, step: int, first: int, last: int) -> str:
        """What of the quote lies beyond a word, as it is written; nothing where it is too long for a head."""
        quote = self._quote
        if (at - first if step < 0 else last - 1 - at) > _MOST_IN_HEAD:
            return ""
        if step < 0:
            return quote.text[quote.ends[first - 1] if first else 0 : quote.starts[at]]
        return quote.text[quote.ends[at] : quote.starts[last] if last < len(quote.starts) else None]

    def _steps(self, at: int, stands: int, step: int, edge: int) -> Iterator[tuple[int, int, bool]]:
        """The ways on from a word that agrees: the next word, a hyphenated one, or one behind a head."""
        text = self._text
        to = stands + step
        if not 0 <= to < len(text.folded):
            return
        turn_ends = bool(text.first[stands if step < 0 else to])
        goes_on = False
        if self._agree(at + step, to):
            goes_on = True
            yield at + step, to, self._same(at + step, to)
        else:
            yield from self._hyphened(at + step, to, step, edge)
        if goes_on and not turn_ends:
            return
        for skipped in range(1, _MOST_IN_HEAD + 1):
            behind = at + step * (1 + skipped)
            if (behind - edge) * step > 0:
                return
            if self._agree(behind, to) and self._is_head(min(at, behind), max(at, behind), turn_ends):
                yield behind, to, self._same(behind, to)

    def _hyphened(self, at: int, to: int, step: int, edge: int) -> Iterator[tuple[int, int, bool]]:
        """A word that one side has with a hyphen in it, as at the end of a line."""
        quote, text = self._quote, self._text
        for words, place, other, other_at, room in (
            (text, to, quote, at, 0 <= to + step < len(text.folded)),
            (quote, at, text, to, at != edge),
        ):
            if not room:
                continue
            low, high = min(place, place + step), max(place, place + step)
            if words.folded[low] + words.folded[high] == other.folded[other_at] and words.hyphen_after(low):
                same = words.written[low] + words.written[high] == other.written[other_at]
                yield (at, to + step, same) if words is text else (at + step, to, same)

    def _agree(self, at: int, to: int) -> bool:
        return self._alike(at, self._quote.folded[at], self._text.folded[to])

    def _same(self, at: int, to: int) -> bool:
        """Do these words agree, capitals included?"""
        return self._alike(at, self._quote.written[at], self._text.written[to])

    def _alike(self, at: int, asked: str, said: str) -> bool:
        if at in self._cut and len(asked) < len(said):
            return said.startswith(asked) if at else said.endswith(asked)
        return asked == said


def _omits(words: QuoteWords, at: int) -> bool:
    """Does an ellipsis stand between this word and the next?"""
    return _OMITTED.search(words.text[words.ends[at] : words.starts[at + 1]]) is not None


def _pieces(quote: QuoteWords) -> list[tuple[int, int]]:
    """The quote's words between its ellipses, each as first word and the one after the last."""
    ends = [at + 1 for at in range(len(quote.folded) - 1) if _omits(quote, at)]
    return list(zip([0, *ends], [*ends, len(quote.folded)], strict=True))


def _is_cut(quote: QuoteWords, at: int) -> bool:
    """Does an ellipsis follow directly on the last word, or stand directly before the first?"""
    if at == 0:
        return quote.text[: quote.starts[0]].endswith(("…", "...", "]"))
    return quote.text[quote.ends[at] :].startswith(("…", "...", "[", "[…"))
