"""A visit to a study whose codebook may have been edited since the server began."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Depends

from service.live_config import InForce
from service.web.pages import Visit, Visited


def visit_in_force(visit: Visited) -> Visit:
    """The visit, with the codebook as its file says now."""
    in_force: InForce = visit.request.app.state.in_force
    return replace(visit, parts=visit.parts.with_codebook(in_force.codebook))


VisitedNow = Annotated[Visit, Depends(visit_in_force)]
