"""What a source says of a code: that it helps, that it hinders, both, or neither; and what several say together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from annotations.coding import Influence

Stance = Literal["helps", "hinders", "both ways", "no direction"]


def stance_of(influences: Iterable[Influence | None]) -> Stance:
    """What the passages of one source say together."""
    said = set(influences)
    if "mixed" in said or {"+", "-"} <= said:
        return "both ways"
    return "helps" if "+" in said else "hinders" if "-" in said else "no direction"


@dataclass(frozen=True, slots=True)
class Voices:
    """How many sources say what of a code. ``silent``: read, and the code is not in them."""

    helps: int = 0
    hinders: int = 0
    both_ways: int = 0
    no_direction: int = 0
    silent: int = 0

    @property
    def speaking(self) -> int:
        """How many speak of it."""
        return self.helps + self.hinders + self.both_ways + self.no_direction

    @property
    def read(self) -> int:
        """How many there are that were read."""
        return self.speaking + self.silent

    @property
    def stance(self) -> Stance | None:
        """What most of them say, and "both ways" where as many say so as the opposite; None where nobody speaks."""
        if not self.speaking:
            return None
        if self.helps != self.hinders:
            return "helps" if self.helps > self.hinders else "hinders"
        return "both ways" if self.helps or self.both_ways else "no direction"

    def supporting(self, direction: Stance) -> int:
        """How many bear out a finding of this direction; who speaks of it without one does."""
        same = self.hinders if direction == "hinders" else self.helps
        return same + self.both_ways + self.no_direction

    def contradicting(self, direction: Stance) -> int:
        """How many say the opposite. Where a finding has no direction of its own, those who say that it hinders."""
        return (self.helps if direction == "hinders" else self.hinders) + self.both_ways


def voices_of(stances: Iterable[Stance], read: int) -> Voices:
    """Count them; ``read``: how many sources there are in all."""
    said = list(stances)
    return Voices(
        helps=said.count("helps"),
        hinders=said.count("hinders"),
        both_ways=said.count("both ways"),
        no_direction=said.count("no direction"),
        silent=read - len(said),
    )
