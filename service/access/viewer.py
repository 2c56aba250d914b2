"""Who looks at a study or changes it: an account with its role, and the sites whose words it may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from annotations.names import folded


class ViewerRole(StrEnum):
    """What somebody is in a study."""

    LEAD = "lead"
    CODER = "coder"
    READER = "reader"


@dataclass(frozen=True)
class Viewer:
    """Whoever asks. ``account`` is None for the key of the study itself, which opens everything.

    ``name`` is the name that stands beside codings and decisions. ``sites`` are those that this person may see, None
    for all; ``sees_text`` lets a reader see what participants said.
    """

    account: UUID | None
    name: str
    role: ViewerRole
    sites: frozenset[str] | None = None
    sees_text: bool = False

    def sees_site(self, site: str | None) -> bool:
        """May this person see what belongs to this site? What belongs to none is for those without a limit."""
        if self.sites is None:
            return True
        return site is not None and folded(site) in {folded(mine) for mine in self.sites}
