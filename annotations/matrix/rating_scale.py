"""The scale on which a code is rated for a case or site, and the published rule that proposes a value.

Damschroder and Lowery 2013 (Implementation Science 8:51), used since in many studies with CFIR, for example in BMC Public
Health 21:1614, table 3:

+2, −2   the code helps (hinders); two or more informants describe it with concrete examples
+1, −1   it helps (hinders); one informant gives an example, or what is said stays general, or more say so than the opposite
0        it is there and neither helps nor hinders
mixed    as many say that it helps as that it hinders ("0 mixed")
missing  nobody speaks of it: this is not 0
not applicable   it cannot occur here

The rule only proposes; people decide. What helps and hinders is the effect on the innovation, so that a code such as
complexity needs no reversed scale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from annotations.coding import Influence
from annotations.names import folded

VALUES = ("-2", "-1", "0", "1", "2", "mixed", "missing", "not applicable")
SCALE = "−2, −1, 0, +1, +2, mixed, missing or not applicable"
_ENOUGH = 2  # informants with a concrete example, for the outermost values
_ALSO = {
    "0 mixed": "mixed",
    "0 (mixed)": "mixed",
    "mixed (0)": "mixed",
    "±": "mixed",
    "m": "missing",
    "x": "not applicable",
    "n/a": "not applicable",
    "na": "not applicable",
}


def rating_in(given: str) -> str:
    """The value of the scale that a cell gives. Raises ValueError with the reason."""
    word = folded(given).replace("\N{MINUS SIGN}", "-").replace("–", "-")
    word = _ALSO.get(word, word)
    plain = word.removeprefix("+").removesuffix(".0")
    if plain in VALUES:
        return plain
    raise ValueError(f'"{given}" is not on the scale, which is {SCALE}')


def rating_shown(value: str) -> str:
    """A value as people read it: "+2", "−1"."""
    if value in ("1", "2"):
        return f"+{value}"
    return value.replace("-", "\N{MINUS SIGN}")


def as_number(value: str) -> int | None:
    """The value as a number from −2 to 2; mixed stands in the middle, and what was not rated has none."""
    if value == "mixed":
        return 0
    return int(value) if value in VALUES[:5] else None


def in_json(value: str | None) -> int | str | None:
    """The value as DESIGN's ``matrix --json`` has it: numbers as numbers, the others as words."""
    return int(value) if value in VALUES[:5] else value


@dataclass(frozen=True, slots=True)
class Heard:
    """What one coding says for the rule. ``informant``: who said it, or None where it is a document's word.

    ``source``: the transcript, by which documents are told apart.
    """

    informant: str | None
    source: str
    influence: Influence | None
    concrete_example: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rule proposes, or None; and why, as a sentence."""

    value: str | None
    why: str


def proposed(heard: Iterable[Heard]) -> Proposal:
    """The value that the rule proposes for what was heard of one code in one case or site.

    Two informants with concrete examples and nobody who says the opposite:

    >>> proposed([Heard("A", "a", "-", True), Heard("B", "b", "-", True), Heard("C", "c", "none stated", False)])
    Proposal(value='-2', why='2 informants say with concrete examples that it hinders, and nobody that it helps.')
    """
    codings = list(heard)
    if not codings:
        return Proposal("missing", "Nobody speaks of it.")
    if all(coding.influence is None for coding in codings):
        return Proposal(None, "No coding says whether it helps or hinders.")
    helps, hinders = _saying(codings, "+"), _saying(codings, "-")
    if not helps and not hinders:
        return Proposal("0", "Nobody says that it helps or hinders.")
    if len(helps) == len(hinders):
        many = "One source says" if len(helps) == 1 else f"{len(helps)} sources say"
        return Proposal("mixed", f"{many} that it helps, and as many that it hinders.")
    leaning, sign, word, other = (
        (helps, "", "helps", "hinders") if len(helps) > len(hinders) else (hinders, "-", "hinders", "helps")
    )
    against = len(hinders if leaning is helps else helps)
    if against:
        why = f"More say that it {word} ({len(leaning)}) than that it {other} ({against})."
        return Proposal(f"{sign}1", why)
    examples = _with_example(codings, "-" if sign else "+")
    if examples >= _ENOUGH:
        said = f"{examples} informants say with concrete examples that it {word}, and nobody that it {other}."
        return Proposal(f"{sign}2", said)
    gave = "1 informant gives a concrete example" if examples else "nobody gives a concrete example"
    return Proposal(f"{sign}1", f"It {word}, and {gave}.")


def _saying(codings: Iterable[Heard], way: Influence) -> set[str]:
    """Who says so: informants, and documents of nobody; "mixed" says both."""
    return {
        coding.informant or f"\0{coding.source}" for coding in codings if coding.influence in (way, "mixed")
    }


def _with_example(codings: Iterable[Heard], way: Influence) -> int:
    """How many informants say so with a concrete example; a document is no informant."""
    return len(
        {
            coding.informant
            for coding in codings
            if coding.concrete_example and coding.influence == way and coding.informant
        }
    )
