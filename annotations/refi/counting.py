"""How a program counts positions in a text: in code points or UTF-16 units, a line end as one or two, its BOM or not."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

BOM = "\ufeff"
LineEnds = Literal["one", "as written", "two"]


@dataclass(frozen=True, slots=True)
class Counting:
    """A way of counting. ``line_ends``: each as one, as the file writes it (CRLF as two), or each as two."""

    utf16: bool = False
    line_ends: LineEnds = "one"
    bom: bool = False

    @property
    def in_words(self) -> str:
        """As a message says it."""
        ends = {
            "one": "a line end as one",
            "as written": "a line end of two characters as two",
            "two": "every line end as two",
        }
        said = f"in {'UTF-16 units' if self.utf16 else 'code points'}, {ends[self.line_ends]}"
        return f"{said}, the byte order mark included" if self.bom else said


EVERY = tuple(
    Counting(utf16, line_ends, bom)
    for utf16 in (False, True)
    for line_ends in get_args(LineEnds)
    for bom in (False, True)
)


class RawText:
    """A text as its file writes it, with CR LF and BOM; ``text`` is the canonical one, with LF alone and no BOM."""

    def __init__(self, raw: str) -> None:
        self.has_bom = raw.startswith(BOM)
        body = raw.removeprefix(BOM)
        self.text = body.replace("\r\n", "\n").replace("\r", "\n")
        self._body = body

    @cached_property
    def _pairs(self) -> list[int]:
        """Where in the canonical text a line end stands that the file writes as CR LF."""
        pairs: list[int] = []
        at = self._body.find("\r\n")
        while at >= 0:
            pairs.append(at - len(pairs))
            at = self._body.find("\r\n", at + 2)
        return pairs

    @cached_property
    def _ends(self) -> list[int]:
        return [at for at, character in enumerate(self.text) if character == "\n"]

    @cached_property
    def _astral(self) -> list[int]:
        if self.text.isascii():
            return []
        return [at for at, character in enumerate(self.text) if ord(character) > 0xFFFF]

    def countings(self) -> tuple[Counting, ...]:
        """Every way of counting that differs in this text."""
        ends: list[LineEnds] = ["one"]
        if self._pairs:
            ends.append("as written")
        if len(self._pairs) < len(self._ends):
            ends.append("two")
        return tuple(
            Counting(utf16, line_ends, bom)
            for utf16 in ((False, True) if self._astral else (False,))
            for line_ends in ends
            for bom in ((False, True) if self.has_bom else (False,))
        )

    def same_here(self, counting: Counting) -> Counting:
        """The way of counting of ``countings`` that comes to the same in this text."""
        ends = counting.line_ends
        if not self._pairs and ends == "as written":
            ends = "one"
        if len(self._pairs) == len(self._ends) and ends == "two":
            ends = "as written" if self._pairs else "one"
        return Counting(counting.utf16 and bool(self._astral), ends, counting.bom and self.has_bom)

    def positions(self, counting: Counting) -> Positions:
        """Positions of this counting as places in the canonical text."""
        wide = self._astral if counting.utf16 else []
        more = {"one": [], "as written": self._pairs, "two": self._ends}[counting.line_ends]
        return Positions(self.text, sorted([*wide, *more]), int(counting.bom))


class Positions:
    """Positions that another program counts, and the places in the text that they mean."""

    def __init__(self, text: str, wide: list[int], first: int) -> None:
        self._text = text
        self._wide = wide
        # where each character that counts as two begins, in the other program's count
        self._begins = [at + number for number, at in enumerate(wide)]
        self._first = first

    def start(self, position: int) -> int | None:
        """The place at which a passage begins; None beyond the text. Within a character: before it."""
        at, _ = self._place(position)
        return at if 0 <= at <= len(self._text) else None

    def end(self, position: int) -> int | None:
        """The place at which a passage ends. Within a character: behind it; within a line end: before it."""
        at, within = self._place(position)
        if within and at < len(self._text) and self._text[at] != "\n":
            at += 1
        return at if 0 <= at <= len(self._text) else None

    def of(self, place: int) -> int:
        """The position that the other program gives a place."""
        return place + bisect_left(self._wide, place) + self._first

    def _place(self, position: int) -> tuple[int, bool]:
        plain = position - self._first
        before = bisect_left(self._begins, plain)
        within = before > 0 and self._begins[before - 1] == plain - 1
        return plain - before, within
