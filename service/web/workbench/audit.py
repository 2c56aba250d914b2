"""The one place where the lead's pages say what was done, for the audit log."""

from __future__ import annotations

from service.audit import Did, noted
from service.web.pages import Visit


def audit(visit: Visit, did: Did, about: str = "", **detail: str | int) -> None:
    """Keep that whoever visits did this. ``about``: a name or an id, never words of a transcript."""
    noted(visit.parts.store, visit.by, did, about, **detail)
