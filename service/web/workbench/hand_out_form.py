"""The form of a hand-out: parts in 100 passages, who gets them and in which order, as a job keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotations.errors import BadInput
from annotations.store.wave_views import TaskView
from service.pushing.passage_order import PassageOrder
from service.pushing.push_asked import order_named, view_named

PARTS = ("blind", "double", "repeat")


class WrongParts(BadInput):
    """Parts that cannot be; ``errors``: what is said beside each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("\n".join(dict.fromkeys(errors.values())))


def arguments_of(wave: str, given: Mapping[str, Any], coders: list[str]) -> dict[str, Any]:
    """A push's options as a job keeps them: parts from 0 to 1. Raises WrongParts, which names every one that cannot be."""
    arguments: dict[str, Any] = {"wave": wave, **_parts(given)}
    seed = str(given.get("seed", "")).strip()
    if seed and not (seed.isdecimal() and len(seed) < 19):
        raise BadInput(f'The seed "{seed[:30]}" is no whole number.')
    arguments["seed"] = int(seed) if seed else None
    arguments["coders"] = list(dict.fromkeys(coders))
    arguments["order"] = order_named(str(given.get("order") or "reading")).value
    view = view_named(str(given["view"])) if given.get("view") else None
    arguments["view"] = None if view is None else view.value
    if view is TaskView.INTERVIEW and arguments["order"] in (PassageOrder.RARE, PassageOrder.UNSURE):
        raise BadInput(
            "This order is one of single passages, and the wave is to be read as whole interviews. Choose another order, or "
            "passages."
        )
    if not any(arguments[name] for name in PARTS) and not coders:
        arguments["seed"] = None  # nothing is drawn, so that nothing is asked
    return arguments


def _parts(given: Mapping[str, Any]) -> dict[str, float]:
    parts: dict[str, float] = {}
    errors: dict[str, str] = {}
    for name in PARTS:
        said = str(given.get(name, "")).strip().removesuffix("%").replace(",", ".").strip()
        try:
            parts[name] = float(said or 0)
        except ValueError:
            errors[name] = f'"{said[:20]}" is no number: write 15 for 15 of 100 passages.'
        else:
            if not 0 <= parts[name] <= 100:
                errors[name] = (
                    f"It must be from 0 to 100 (found {said[:20]}): write 15 for 15 of 100 passages."
                )
    if not errors and sum(parts.values()) > 100 + 1e-7:
        together = f"Together these are {sum(parts.values()):g} of 100 passages, and no passage is drawn twice: 100 at most."
        errors = {name: together for name in PARTS if parts[name]}
    if errors:
        raise WrongParts(errors)
    return {name: round(part / 100, 4) for name, part in parts.items()}
