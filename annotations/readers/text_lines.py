"""The lines of a file, from whatever program, and what the file shows of them beside their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class TextLines:
    """Lines in their order. ``opens``: the numbers of those that begin a paragraph; ``bold``: how many characters at
    the beginning of a line are in bold type, where any are.
    """

    texts: Sequence[str]
    opens: frozenset[int]
    bold: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def filled(self) -> list[int]:
        """The numbers of the lines that hold something."""
        return [at for at, line in enumerate(self.texts) if line.strip()]


def lines_of_text(text: str) -> TextLines:
    """Lines of plain text: a blank line ends a paragraph."""
    texts = text.split("\n")
    opens = [at for at, line in enumerate(texts) if line.strip() and (at == 0 or not texts[at - 1].strip())]
    return TextLines(texts, frozenset(opens))
