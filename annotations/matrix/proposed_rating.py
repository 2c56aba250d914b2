"""How a rating from −2 to +2 is derived from the codings of a code in a case or site: by a published rule.

The rule is that of Damschroder and Lowery 2013 (Implementation Science 8:51); ``rating_scale`` says what each value
means. It only proposes: people decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from annotations.coding import Influence

_ENOUGH = 2  # informants with a concrete example, for the outermost values


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

    Two participants with concrete examples and nobody who says the opposite:

    >>> proposed([Heard("A", "a", "-", True), Heard("B", "b", "-", True), Heard("C", "c", "none stated", False)])
    Proposal(value='-2', why='2 participants say with concrete examples that it hinders, and nobody that it helps.')
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
        said = (
            f"{examples} participants say with concrete examples that it {word}, and nobody that it {other}."
        )
        return Proposal(f"{sign}2", said)
    gave = "1 participant gives a concrete example" if examples else "nobody gives a concrete example"
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
