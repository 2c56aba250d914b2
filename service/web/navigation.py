"""The pages that stand on top of every page, in groups, and who may open each. A new page is one line here."""

from __future__ import annotations

from dataclasses import dataclass

from service.access.policy import Action, may
from service.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PageItem:
    """A page: its title in the navigation, its address, and what one must be allowed to do to open it."""

    title: str
    path: str
    needs: Action


@dataclass(frozen=True, slots=True)
class PageGroup:
    """Pages that belong together, as one word of the first line. Its word leads to the first of them."""

    title: str
    items: tuple[PageItem, ...]

    @property
    def path(self) -> str:
        """Where its word leads."""
        return self.items[0].path

    def holds(self, path: str) -> bool:
        """Is the page of this address, as ``place_of`` gives it, one of the group's?"""
        return any(item.path == path for item in self.items)


GROUPS = (
    # in the order in which a study goes
    PageGroup("Study", (PageItem("Study", "/", Action.SEE_FIGURES),)),
    PageGroup(
        "Material",
        (
            PageItem("Bring in", "/bring-in", Action.BRING_IN),
            PageItem("Participants", "/participants", Action.BRING_IN),
        ),
    ),
    PageGroup(
        "Coding",
        (
            PageItem("My work", "/work", Action.CODE),
            PageItem("Read", "/interviews", Action.READ_TEXT),
            PageItem("Codebook", "/codebook", Action.READ_CODEBOOK),
            PageItem("Doubts", "/doubts", Action.WRITE_DOUBT),
            PageItem("Hand out", "/hand-out", Action.HAND_OUT),
        ),
    ),
    PageGroup(
        "Agreement",
        (
            PageItem("Agreement", "/agreement", Action.SEE_FIGURES),
            PageItem("Disagreements", "/disagreements", Action.READ_TEXT),
        ),
    ),
    PageGroup("Models", (PageItem("Models", "/models", Action.SEE_MODELS),)),
    PageGroup(
        "Results",
        (
            PageItem("Results", "/results", Action.SEE_FIGURES),
            PageItem("Exports", "/exports", Action.EXPORT),
        ),
    ),
    PageGroup(
        "Team",
        (
            PageItem("People", "/people", Action.MANAGE_PEOPLE),
            PageItem("Jobs", "/jobs", Action.CHANGE_MODELS),
            PageItem("Backups", "/backups", Action.CHANGE_STUDY),
            PageItem("Audit", "/audit", Action.SEE_AUDIT),
            PageItem("Settings", "/settings", Action.CHANGE_STUDY),
        ),
    ),
)
ITEMS = tuple(item for group in GROUPS for item in group.items)
ON_ONE_LINE = 9
"""So many pages stand beside each other on a small laptop; whoever may open more sees them in groups."""


def groups_for(viewer: Viewer | None) -> tuple[PageGroup, ...]:
    """The pages that this person may open, in groups; each alone where all fit on one line; none for a stranger."""
    if viewer is None:
        return ()
    allowed = [tuple(item for item in group.items if may(viewer, item.needs)) for group in GROUPS]
    if sum(map(len, allowed)) <= ON_ONE_LINE:
        return tuple(PageGroup(item.title, (item,)) for items in allowed for item in items)
    return tuple(PageGroup(group.title, items) for group, items in zip(GROUPS, allowed, strict=True) if items)


def place_of(path: str) -> str:
    """The item to which an address belongs: the longest that it begins with."""
    fitting = [
        item.path
        for item in ITEMS
        if path == item.path or (item.path != "/" and path.startswith(f"{item.path}/"))
    ]
    return max(fitting, key=len, default="")
