"""The account of a file: which words became turns, which did not and why, and what nearly was a label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Words that are no part of any turn: where they stand, why, how many, and the first of them."""

    where: str
    why: str
    words: int
    begins: str


@dataclass(frozen=True, slots=True)
class NearLabel:
    """A line that looks like a speaker's label and was not taken for one: its number from 1, its beginning, and why."""

    line: int
    begins: str
    why: str


@dataclass(frozen=True, slots=True)
class WordAccount:
    """Where the words of a file went.

    ``words_in``: all words that the reader found in the file. ``kept``: those in turns. ``marks``: labels, times and
    numbers. ``left_out``: the rest, each with its reason. ``layout``: how the speakers were found, ``speakers``: why
    each label was taken for one. ``before_first``: how many of the words left out stand before the first speaker.
    ``doubts``: sentences about what may be wrong with the file.
    """

    words_in: int = 0
    kept: int = 0
    marks: int = 0
    left_out: tuple[LeftOut, ...] = ()
    near: tuple[NearLabel, ...] = ()
    layout: str = ""
    speakers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    before_first: int = 0
    unlabelled: bool = False
    doubts: tuple[str, ...] = ()

    @property
    def words_left_out(self) -> int:
        """How many words are no part of any turn."""
        return sum(left.words for left in self.left_out)

    @property
    def missing(self) -> int:
        """Words that are neither kept nor said to be left out: 0, or the reader has a fault."""
        return self.words_in - self.kept - self.marks - self.words_left_out


NOTHING_COUNTED = WordAccount()
