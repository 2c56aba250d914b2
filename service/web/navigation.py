"""The pages that stand on top of every page, and who may open each. A new page is one line here."""

from __future__ import annotations

from dataclasses import dataclass

from service.access.policy import Action, may
from service.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Item:
    """A page: its title in the navigation, its address, and what one must be allowed to do to open it."""

    title: str
    path: str
    needs: Action


ITEMS = (
    Item("Study", "/", Action.SEE_FIGURES),
    Item("My work", "/work", Action.CODE),
    Item("Read", "/interviews", Action.READ_TEXT),
    Item("Codebook", "/codebook", Action.READ_CODEBOOK),
    Item("Doubts", "/doubts", Action.WRITE_DOUBT),
    Item("Bring in", "/bring-in", Action.BRING_IN),
    Item("Participants", "/participants", Action.BRING_IN),
    Item("Exports", "/exports", Action.EXPORT),
    Item("Settings", "/settings", Action.CHANGE_STUDY),
    Item("Jobs", "/jobs", Action.CHANGE_MODELS),
    Item("People", "/people", Action.MANAGE_PEOPLE),
    Item("Audit", "/audit", Action.SEE_AUDIT),
)


def items_for(viewer: Viewer | None) -> tuple[Item, ...]:
    """The pages that this person may open; none for whoever is not signed in."""
    if viewer is None:
        return ()
    return tuple(item for item in ITEMS if may(viewer, item.needs))


def place_of(path: str) -> str:
    """The item to which an address belongs: the longest that it begins with."""
    fitting = [
        one.path for one in ITEMS if path == one.path or (one.path != "/" and path.startswith(f"{one.path}/"))
    ]
    return max(fitting, key=len, default="")
