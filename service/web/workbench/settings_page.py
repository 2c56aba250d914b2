"""Settings: study.yaml as a form. What cannot be meant is refused beside its field, and nothing is changed then."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter, Response, status

from annotations.errors import BadInput
from annotations.study.config import StudyConfig, read_study
from annotations.study.config_faults import WrongConfig
from service.access.policy import Action
from service.audit import Did
from service.study_settings import change_settings
from service.web.form_of_before import SEEN, changed_meanwhile, is_of_before, mark_of, otherwise_now
from service.web.form_route import FormRoute
from service.web.pages import Visit, Visited, saved
from service.web.workbench.audit import audit
from service.web.workbench.given import Given, Sent
from service.web.workbench.settings_form import by_field, fields_of, wanted_of

PATH = "/settings"
_CHANGED_MEANWHILE = changed_meanwhile("The settings were")
router = APIRouter(include_in_schema=False, route_class=FormRoute)


@router.get(PATH)
def settings(visit: Visited) -> Response:
    """What study.yaml says now."""
    visit.must(Action.CHANGE_STUDY)
    config = read_study(visit.parts.study.folder).config
    return _page(visit, fields_of(config), config)


@router.post(PATH)
def change(visit: Visited, sent: Sent) -> Response:
    """Put the form's words into study.yaml."""
    visit.must(Action.CHANGE_STUDY)
    parts = visit.parts
    config = read_study(parts.study.folder).config
    try:
        wanted, faults = wanted_of(sent, config)
        with parts.alone("settings"):
            parts.take_up(read_study(parts.study.folder))
            now = parts.study.config
            if is_of_before(sent.text(SEEN), shown := fields_of(now)):
                errors = otherwise_now(shown, {name: sent.text(name) for name in shown})
                return _refused(visit, sent, now, errors, [_CHANGED_MEANWHILE])
            done = change_settings(parts, wanted, besides=faults)
    except WrongConfig as error:
        errors, others = by_field(error.faults)
        return _refused(visit, sent, config, errors, others)
    except BadInput as error:
        return _refused(visit, sent, config, {}, str(error).splitlines())
    audit(visit, Did.CHANGED_STUDY, "study.yaml", keys=", ".join(done.changed))
    if done.notes:
        return _page(visit, fields_of(done.study.config), done.study.config, notes=done.notes)
    return saved(PATH, form="settings")


def _refused(
    visit: Visit, sent: Given, config: StudyConfig, errors: Mapping[str, str], others: list[str]
) -> Response:
    given = {name: sent.text(name) for name in fields_of(config)}
    code = status.HTTP_422_UNPROCESSABLE_CONTENT
    return _page(visit, given, config, errors=errors, faults=others, code=code)


def _page(
    visit: Visit,
    fields: Mapping[str, str],
    config: StudyConfig,
    *,
    errors: Mapping[str, str] = MappingProxyType({}),
    faults: list[str] | None = None,
    notes: tuple[str, ...] = (),
    code: int = status.HTTP_200_OK,
) -> Response:
    return visit.page(
        "workbench/settings.html",
        f=fields,
        errors=errors,
        faults=faults or [],
        notes=notes,
        config=config,
        seen=mark_of(fields_of(config)),
        code=code,
    )
