"""What comes ticked: for each code the probability from which on it does, with what that costs and brings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response, status

from annotations.errors import BadInput
from annotations.numbers_shown import percent
from annotations.store.chosen_cuts import choice_history
from annotations.store.model_versions import serving_model
from service.access.policy import Action
from service.audit import Did
from service.serving.choose_cuts import choose_cut, codes_of_version
from service.serving.model_codes import CodeInModel
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visit, saved
from service.web.workbench.audit import audit
from service.web.workbench.in_force import VisitedNow

router = APIRouter(include_in_schema=False, route_class=FormRoute)
PATH = "/hand-out/ticks"


_COLUMNS = (
    ListColumn[CodeInModel](
        "code", "Code", lambda row: row.code, address=lambda row: f"{PATH}/{row.code_id}"
    ),
    ListColumn[CodeInModel]("framework", "Framework", lambda row: row.framework, choice=True),
    ListColumn[CodeInModel](
        "ticks",
        "Comes ticked",
        lambda row: "yes" if row.cut is not None else "no",
        text=lambda row: f"from {row.cut:.2f}" if row.cut is not None else "no",
        choice=True,
    ),
    ListColumn[CodeInModel](
        "right",
        "Of 100 ticks right",
        lambda row: row.ticks_right,
        text=lambda row: "" if row.ticks_right is None else f"{100 * row.ticks_right:.0f}",
    ),
    ListColumn[CodeInModel](
        "found",
        "Of 100 passages with it ticked",
        lambda row: row.found,
        text=lambda row: "" if row.found is None else f"{100 * row.found:.0f}",
    ),
    ListColumn[CodeInModel](
        "by", "Decided by", lambda row: row.chosen.by if row.chosen else "the rule", choice=True
    ),
    ListColumn[CodeInModel]("why", "Why not", lambda row: row.why_not),
)


@router.get(PATH)
def ticks(visit: VisitedNow) -> Response:
    """Every code of the version that serves."""
    visit.must(Action.HAND_OUT)
    version = _serving(visit)
    shown = ShownList(
        codes_of_version(visit.parts, version),
        _COLUMNS,
        asked_of(visit.request.query_params),
        path=PATH,
        noun="code",
        size=100,
    )
    if shown.asked.take:
        return visit.takes(shown, "what-comes-ticked")
    least = visit.parts.study.config.aim.least_precision
    return visit.page("workbench/ticks.html", list=shown, version=version, least=percent(least))


@router.get(f"{PATH}/{{code_id}}")
def one_code(visit: VisitedNow, code_id: str) -> Response:
    """One code, as a curve with a handle."""
    return _one(visit, code_id)


@router.post(f"{PATH}/{{code_id}}")
def choose(
    visit: VisitedNow,
    code_id: str,
    version: Annotated[str, Form()] = "",
    choice: Annotated[str, Form()] = "",
    cut: Annotated[str, Form()] = "",
) -> Response:
    """Keep what was chosen for this code."""
    visit.must(Action.HAND_OUT)
    try:
        if version != _serving(visit):
            raise BadInput(
                f"{version or 'that version'} does not serve any more, so nothing was changed. Look at the curve anew."
            )
        choose_cut(visit.parts, version, code_id, choice, _number(cut), by=visit.viewer.name)
    except BadInput as error:
        return _one(visit, code_id, fault=str(error))
    audit(visit, Did.CHANGED_STUDY, f"what comes ticked from {version}", code=code_id, choice=choice, cut=cut)
    return saved(f"{PATH}/{code_id}", form=f"cut-{code_id}")


def _one(visit: Visit, code_id: str, fault: str = "") -> Response:
    visit.must(Action.HAND_OUT)
    version = _serving(visit)
    codes = codes_of_version(visit.parts, version)
    code = next((it for it in codes if it.code_id == code_id), None)
    if code is None:
        raise BadInput(f"{version} knows no code of this id. See the list of what comes ticked.")
    with visit.parts.store.reading() as connection:
        model = serving_model(connection)
        history = [it for it in choice_history(connection, model.id) if it.code == code_id]
    at = codes.index(code)
    return visit.page(
        "workbench/tick.html",
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
        one=code,
        version=version,
        history=history,
        least=visit.parts.study.config.aim.least_precision,
        points=[it for it in code.curve if code.threshold is not None and it.cut > code.threshold - 0.0499],
        before=codes[at - 1].code_id if at else "",
        after=codes[at + 1].code_id if at + 1 < len(codes) else "",
        fault=[fault] if fault else [],
        path=PATH,
    )


def _serving(visit: Visit) -> str:
    with visit.parts.store.reading() as connection:
        return serving_model(connection).version


def _number(given: str) -> float | None:
    try:
        return float(given.strip().replace(",", ".")) if given.strip() else None
    except ValueError:
        raise BadInput(
            f'"{given[:30]}" is no number; give a probability such as 0.55. Nothing was changed.'
        ) from None
