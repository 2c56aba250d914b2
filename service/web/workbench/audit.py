"""The one place where the lead's pages write down what was done."""

from __future__ import annotations

from service.audit import Did, Plain, noted
from service.web.pages import Visit


def audit(visit: Visit, did: Did, about: str = "", **detail: Plain) -> None:
    """Keep that whoever visits did this. ``about``: a name or an id, never words of a transcript."""
    noted(visit.parts.store, visit.by, did, about, **detail)
