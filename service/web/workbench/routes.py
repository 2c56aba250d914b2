"""The lead's pages, all of them, and what the server keeps for them between two visits."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter, FastAPI
from sqlalchemy.exc import SQLAlchemyError

from annotations.errors import TandemError
from service.agreement.model_against_people import ModelAgainstPeople
from service.agreement.telling_disagreements import TellingDisagreements
from service.composition import Parts
from service.results.kept_results import KeptResults
from service.results.kept_tables import KeptTables
from service.web.form_route import FormRoute
from service.web.workbench import (
    agreement_pages,
    decisions_pages,
    disagreements_pages,
    evaluation_page,
    finding_pages,
    hand_out_pages,
    models_pages,
    report_pages,
    results_pages,
    set_aside_page,
    settle_page,
    ticks_pages,
    timeline_pages,
)

router = APIRouter(include_in_schema=False, route_class=FormRoute)
_PARTS = (
    agreement_pages,
    decisions_pages,
    disagreements_pages,
    hand_out_pages,
    # before that of a version, whose address it has
    evaluation_page,
    models_pages,
    report_pages,
    results_pages,
    set_aside_page,
    settle_page,
    ticks_pages,
    timeline_pages,
    # the last: its addresses begin like theirs
    finding_pages,
)
for _part in _PARTS:
    router.include_router(_part.router)


def warm(app: FastAPI, parts: Parts) -> None:
    """Go through a large study once, so that the first visitor does not wait; what fails here is told to who asks."""
    with suppress(TandemError, SQLAlchemyError):
        app.state.disagreements.prepare(parts)
        app.state.against_people.prepare(parts)


def prepare(app: FastAPI) -> None:
    """What the pages need of the application."""
    app.state.disagreements = TellingDisagreements()
    app.state.against_people = ModelAgainstPeople()
    app.state.tables = KeptTables()
    app.state.results = KeptResults()
