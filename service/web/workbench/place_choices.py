"""What can be chosen for wave, case, site and participant: what study.yaml lists alone, or what is known and new words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotations.study.config import StudyConfig
from service.importing.description_checked import listed_sites


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """``names``: what is offered; ``only``: may nothing else be said?"""

    names: tuple[str, ...]
    only: bool = False


def place_choices(config: StudyConfig, places: Mapping[str, Sequence[str]]) -> dict[str, PlaceChoice]:
    """What is offered for each field. ``places``: what transcripts name already (``places_in``)."""
    listed = {"wave": tuple(config.waves), "case": tuple(config.cases), "site": listed_sites(config)}
    choices = {
        what: PlaceChoice(names, only=True) if names else PlaceChoice(tuple(places[what]))
        for what, names in listed.items()
    }
    sites = PlaceChoice(choices["site"].names)  # several, with commas between
    return {**choices, "participant": PlaceChoice(tuple(places["participant"])), "visible_to": sites}
