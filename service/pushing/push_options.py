"""What was asked of a push, and what it comes to with what was asked before."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from annotations.coding import Coder
from annotations.deal_and_draw import DrawPlan, Fractions
from annotations.errors import BadInput, unknown
from annotations.names import folded
from annotations.store.wave_views import TaskView


@dataclass(frozen=True, slots=True)
class PushOptions:
    """The options of a push; None or empty: as it was asked before, and at first without."""

    blind: float | None = None
    double: float | None = None
    repeat: float | None = None
    seed: int | None = None
    coders: tuple[str, ...] = ()
    view: TaskView | None = None

    @property
    def nothing(self) -> bool:
        """Nothing was asked of dealing and drawing."""
        return self == PushOptions(view=self.view)


def plan_for(asked: PushOptions, before: DrawPlan | None, people: Sequence[Coder]) -> DrawPlan | None:
    """How to deal and draw from now on, or None for one shared project without draws.

    ``before``: the plan in force; what is not asked anew is taken from it. ``people``: the coders of study.yaml.
    Raises BadInput for parts that cannot be, and UnknownName for a coder that study.yaml does not have.
    """
    if asked.nothing:
        return before
    old = before.fractions if before else Fractions()
    fractions = Fractions(
        old.blind if asked.blind is None else asked.blind,
        old.double if asked.double is None else asked.double,
        old.repeat if asked.repeat is None else asked.repeat,
    )
    coders = _named(asked.coders, people) or (before.coders if before else ())
    if not coders and (fractions.double or (fractions.repeat and len(people) > 1)):
        coders = tuple(person.name for person in people)
    if fractions.double and len(coders) < 2:
        raise BadInput(
            f"--double gives passages to two coders independently, and there {_are(coders)}. List at least two under "
            f"coders in study.yaml, or name two of them with --coder."
        )
    if not coders and not any(fractions.parts):
        return before
    seed = asked.seed if asked.seed is not None else before.seed if before else secrets.randbelow(2**31)
    made = DrawPlan(fractions, seed, coders, before.id if before else None)
    return before if made == before else DrawPlan(fractions, seed, coders)


def _named(given: Sequence[str], people: Sequence[Coder]) -> tuple[str, ...]:
    """The names that the coders go by, each once, in the order given."""
    by_spelling = {
        folded(spelling): person.name
        for person in people
        for spelling in (person.name, *person.aliases, person.email)
        if spelling
    }
    names_there: dict[str, None] = {}
    for name in given:
        known = by_spelling.get(folded(name))
        if known is None:
            names = [person.name for person in people]
            raise unknown(
                "coder", name, names, remedy="List the coder under coders in study.yaml, then try again."
            )
        names_there[known] = None
    return tuple(names_there)


def _are(coders: Sequence[str]) -> str:
    return f"is only {coders[0]}" if coders else "is none"
