"""Waves that sent files name and the study does not have: added where they are missed, without a way to the settings."""

from __future__ import annotations

import re
from uuid import UUID

from fastapi import APIRouter, Response

from annotations.errors import BadInput
from annotations.names import folded
from annotations.study.config import read_study
from service.access.policy import Action
from service.audit import Did
from service.bringing_in.uploads import Upload
from service.page_words import for_pages
from service.study_settings import change_settings
from service.web.form_route import FormRoute
from service.web.pages import Visited, saved
from service.web.request_limits import UPLOADS as PATH
from service.web.workbench.audit import audit
from service.web.workbench.given import Sent
from service.web.workbench.looks import look, opened

# as a look keeps it, in a page's words
_NOT_LISTED = re.compile(
    r'\bwave "(?P<name>[^"]+)" ' + re.escape(for_pages("is not in study.yaml")), re.IGNORECASE
)
router = APIRouter(include_in_schema=False, route_class=FormRoute)


def wanted_waves(upload: Upload) -> dict[str, int]:
    """The waves that the study lacks, and how many of these files are refused because of each."""
    refused = ((upload.seen or {}).get("transcripts") or {}).get("refused", [])
    wanted: dict[str, int] = {}
    for refusal in refused:
        named = _NOT_LISTED.search(refusal["reason"])
        if named:
            wanted[named["name"]] = wanted.get(named["name"], 0) + 1
    return wanted


@router.post(f"{PATH}/{{upload_id}}/waves")
def add_wave(visit: Visited, sent: Sent, upload_id: UUID) -> Response:
    """Add a wave that these files name to study.yaml, as the settings do, and look at the files again."""
    visit.must(Action.BRING_IN)
    visit.must(Action.CHANGE_STUDY)
    upload, name, parts = opened(visit, upload_id), sent.text("wave"), visit.parts
    if name not in wanted_waves(upload):
        raise BadInput(f'no file of these is refused for the wave "{name[:40]}". Nothing was added.')
    with parts.alone("settings"):
        study = read_study(parts.study.folder)
        parts.take_up(study)
        known = study.config.waves
        if folded(name) not in map(folded, known):
            change_settings(parts, {"waves": [*known, name]})
    audit(visit, Did.CHANGED_STUDY, "study.yaml", keys="waves")
    look(visit, upload)
    return saved(f"{PATH}/{upload_id}")
