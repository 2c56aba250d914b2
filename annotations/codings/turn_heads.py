"""What another program prints before a turn, as it stands between the words of a quote that was copied there.

"Interviewer: ", "00:01:02 Anna", "[JKG-01]", or a name on a line of its own. A head holds no words that anybody said,
so only short pieces that look like a head are taken for one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

_MOST = 160
_MOST_NAMES = 4
_CLOCK = re.compile(
    r"(?<!\d)\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d{1,3})?(?:-\d)?(?!\d)|(?<!\d)\d{1,3}(?:\.\d+)? ?s\b"
)
_NAME = re.compile(r"\w+")
_CLOSED = re.compile(r"[:：\])>*#]\W{0,8}$|\n")
_NUMBERED = re.compile(r"\d[.)]\W{0,8}$")
# after a name that nothing else shows to be one: a head does not end as a sentence does
_SAID = re.compile(r"[^\W_]([^\w:：\])>*#|-]*)[^\w]*$")
_ENDS = re.compile(r"[.?!…;,]")
_APART = re.compile(r"\t|[ \u00a0]{2,}|[—–|-] ?$|\n")
_LONGEST_INITIAL = 3
_ATTRIBUTED = re.compile(r"[^\w]{0,8}[—–-] ?\w")
_OF_HEADS = frozenset(
    {
        "speaker",
        "interviewer",
        "interviewee",
        "participant",
        "respondent",
        "moderator",
        "facilitator",
        "interview",
        "int",
        "turn",
        "am",
        "pm",
        "v",
    }
)


class Heads:
    """The heads that one transcript's turns may have. ``labels``: of its speakers; ``said``: words as written."""

    def __init__(self, labels: Container[str], said: Container[str]) -> None:
        self._labels = labels
        self._said = said

    def in_turn(self, piece: str) -> bool:
        """May this stand between the words of one turn: a time, with or without a known name?"""
        piece = _visible(piece)
        return len(piece) <= _MOST and _CLOCK.search(piece) is not None and not self._unknown(piece)

    def at_edge(self, piece: str) -> bool:
        """May this stand before or after the quote: a name with a colon, in brackets, with a time?"""
        piece = _visible(piece)
        if len(piece) > _MOST or not _NAME.search(piece):
            return False
        names = self._unknown(piece)
        if _is_said(piece, names):
            return False
        if _CLOCK.search(piece) or _CLOSED.search(piece.rstrip(" ")):
            return self._are_names(names) and (":" in piece or "]" in piece or self._never_said(names))
        return not names and _ATTRIBUTED.match(piece) is not None

    def between_turns(self, piece: str) -> bool:
        """May this stand where one turn ends and another begins?"""
        piece = _visible(piece)
        if len(piece) > _MOST:
            return False
        names = self._unknown(piece)
        if _is_said(piece, names):
            return False
        if _CLOCK.search(piece) or _CLOSED.search(piece) or _NUMBERED.search(piece):
            return self._are_names(names) or len(names) == 1
        some = re.search(r"[^\W\d]", piece) is not None
        apart = not names or _APART.search(piece) is not None
        return some and apart and self._are_names(names) and self._never_said(names)

    def _unknown(self, piece: str) -> list[str]:
        names = _NAME.findall(_CLOCK.sub(" ", piece).replace("_", " "))
        return [name for name in names if not self._is_known(name)]

    def _is_known(self, name: str) -> bool:
        small = name.casefold()
        return name.isdigit() or small in self._labels or small in _OF_HEADS

    def _are_names(self, names: list[str]) -> bool:
        return len(names) <= _MOST_NAMES and all(not name[0].islower() for name in names)

    def _never_said(self, names: list[str]) -> bool:
        return not any(name.lower() in self._said for name in names)


def _is_said(piece: str, names: list[str]) -> bool:
    """Does it end as a sentence does, with no mark of a head: "Really?", "Exactly."? Then it is words and no name."""
    if not names or _CLOCK.search(piece):
        return False
    tail = _SAID.search(piece)
    if tail is None or re.search(r"[:：\])>*#]", piece[tail.start() :]):
        return False
    ended = _ENDS.search(tail[1])
    return ended is not None and (ended[0] in "?!…" or len(names[-1]) > _LONGEST_INITIAL)


def _visible(piece: str) -> str:
    """Without characters that have no width; what is too long for a head is not looked at further."""
    if piece.isascii() or len(piece) > 4 * _MOST:
        return piece
    return "".join(char for char in piece if unicodedata.category(char) != "Cf")
