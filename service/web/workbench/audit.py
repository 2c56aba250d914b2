"""The one place where the lead's pages say what was done, for the audit log."""

from __future__ import annotations

import logging

from service.web.pages import Visit

log = logging.getLogger("tandem.audit")


def audit(visit: Visit, what: str, about: str = "") -> None:
    """Keep that whoever visits did this. ``about``: a name or an id, never words of a transcript."""
    log.info("%s (%s): %s %s", visit.viewer.name, visit.viewer.role, what, about)
