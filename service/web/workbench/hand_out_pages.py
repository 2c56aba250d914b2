"""A wave is pre-coded and handed out: what it holds, how it differs, who gets what, and the work that runs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Response, status
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from annotations.errors import BadInput, TandemError
from annotations.numbers_shown import counted
from annotations.store.chosen_cuts import chosen_for
from annotations.store.deals import plan_in_force
from annotations.store.described_transcripts import described_transcripts
from annotations.store.jobs import Job, latest_of
from annotations.store.model_versions import champion, why_nothing_serves
from annotations.store.transcripts import count_coded_turns
from annotations.store.wave_views import view_of
from service.access.policy import Action
from service.audit import Did
from service.looking.coder_pace import seconds_per_passage
from service.looking.wave_notice_kept import notice_of
from service.pushing.coded_before import said_of_coded_before
from service.pushing.invited_coders import invited_coders, list_invited_coders
from service.pushing.passage_order import PassageOrder
from service.pushing.push_asked import HandOut, asked_of, try_hand_out
from service.serving.model_codes import codes_in_model
from service.web.form_of_before import is_of_before, mark_of
from service.web.form_route import FormRoute
from service.web.pages import Visit, Visited
from service.web.workbench.asked_jobs import ask_job, latest_job
from service.web.workbench.audit import audit
from service.web.workbench.hand_out_form import PARTS, WrongParts, arguments_of
from service.web.workbench.in_force import VisitedNow

router = APIRouter(include_in_schema=False, route_class=FormRoute)
PATH, WAVE = "/hand-out", "/hand-out/wave"
ORDERS = {
    PassageOrder.READING: "as they stand in the interviews",
    PassageOrder.TRANSCRIPTS: "interviews of which the model is least sure first",
    PassageOrder.RARE: "half for rare codes, half at random (to build a training set)",
    PassageOrder.UNSURE: "passages of which the model is least sure first (to build a training set)",
}
Text = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class WaveToHandOut:
    """A wave: its interviews and passages, those with suggestions of the model that serves, those in Label Studio."""

    name: str
    interviews: int
    passages: int
    suggested: int
    pushed: int


@router.get(PATH)
def waves(visit: VisitedNow) -> Response:
    """The waves, and how far each is."""
    visit.must(Action.HAND_OUT)
    with visit.parts.store.reading() as connection:
        waves_there = _waves(visit, connection)
    return visit.page("workbench/hand_out.html", waves=waves_there, address=_address)


@router.get(WAVE)
def one_wave(visit: VisitedNow) -> Response:
    """One wave, step by step."""
    visit.must(Action.HAND_OUT)
    return _one(visit, visit.request.query_params.get("wave", ""))


@router.post(f"{PATH}/precode")
def precode(visit: VisitedNow, wave: Text = "") -> Response:
    """Let a worker suggest codes for a wave."""
    visit.must(Action.HAND_OUT)
    with visit.parts.store.reading() as connection:
        if all(transcript.wave != wave for transcript in described_transcripts(connection)):
            raise BadInput(f'no transcript belongs to wave "{wave}". Nothing was asked for.')
        if champion(connection) is None:
            raise BadInput(why_nothing_serves(connection) or "no model serves.")
    return ask_job(visit, "precode", {"wave": wave}, back=_address(wave))


@router.post(f"{PATH}/push")
def push(
    visit: VisitedNow,
    wave: Text = "",
    blind: Text = "",
    double: Text = "",
    repeat: Text = "",
    seed: Text = "",
    coder: Annotated[list[str] | None, Form()] = None,
    order: Text = "reading",
    view: Text = "",
    seen: Text = "",
) -> Response:
    """Let a worker put the wave before the coders, just as it was shown; refused where it would not be so by now."""
    visit.must(Action.HAND_OUT)
    given = {"blind": blind, "double": double, "repeat": repeat, "seed": seed, "order": order, "view": view}
    arguments = arguments_of(wave, given, coder or [])
    tried = try_hand_out(visit.parts, wave, asked_of(arguments))
    with visit.parts.store.reading() as connection:
        last = latest_of(connection, "push", lambda asked: asked.get("wave") == wave)
    # whoever presses twice asks for the same once more
    twice = last is not None and last.state in ("waiting", "running") and last.arguments == arguments
    if not twice and is_of_before(seen, _shown(tried, last)):
        raise BadInput(
            f'since you looked at who would get what, somebody handed out wave "{wave}", or its passages, its coders or its '
            f"model changed. What you saw would not be done, so nothing was asked for. Look again at who would get what."
        )
    return ask_job(visit, "push", arguments, back=_address(wave))


@router.post(f"{PATH}/coders")
def coders(visit: Visited, wave: Text = "") -> Response:
    """Let those who were invited as coders have a part: study.yaml lists them from now on."""
    visit.must(Action.CHANGE_STUDY)
    if list_invited_coders(visit.parts):
        audit(visit, Did.CHANGED_STUDY, "study.yaml", keys="coders")
    return RedirectResponse(f"{_address(wave)}#coders", status.HTTP_303_SEE_OTHER)


def _one(visit: Visit, wave: str) -> Response:
    parts, query = visit.parts, visit.request.query_params
    with parts.store.reading() as connection:
        known = {wave.name: wave for wave in _waves(visit, connection)}
        if wave not in known:
            raise BadInput(
                f'no transcript belongs to wave "{wave}". Choose one of: {", ".join(known) or "none yet"}.'
            )
        serving = champion(connection)
        model = None if serving is None else serving.model
        chosen = {} if model is None else chosen_for(connection, model.id)
        plan = plan_in_force(connection)
        notice = notice_of(connection, parts.codebook, wave)
        pace = seconds_per_passage(connection)
        jobs = [
            latest_job(connection, "precode", lambda asked: asked.get("wave") in (wave, None)),
            latest_job(connection, "push", lambda asked: asked.get("wave") == wave),
        ]
        no_model = why_nothing_serves(connection)
        invited = invited_coders(connection, parts.study.config) if visit.may(Action.CHANGE_STUDY) else ()
        view = view_of(connection, wave).value
        last = latest_of(connection, "push", lambda asked: asked.get("wave") == wave)
    codes = (
        ()
        if model is None
        else codes_in_model(model, parts.codebook, parts.study.config.aim.least_precision, chosen)
    )
    form = _form(query, plan, view)
    tried, fault = _try(visit, wave, form) if query.get("try") and model else (None, None)
    return visit.page(
        "workbench/hand_out_wave.html",
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
        wave=known[wave],
        model=model and model.version,
        no_model=no_model,
        precoding=jobs[0],
        pushing=jobs[1],
        notice=notice,
        ticked=[code for code in codes if code.cut is not None],
        poor=[code for code in codes if code.cut is None and code.threshold is not None],
        lacking=[code for code in codes if code.threshold is None],
        form=form,
        orders=[(by.value, words) for by, words in ORDERS.items()],
        people=[person.name for person in parts.study.config.people],
        invited=[coder.name for coder in invited],
        plan=plan,
        tried=tried,
        seen=mark_of(_shown(tried, last)) if tried else "",
        coded_before=said_of_coded_before,
        errors=fault.errors if isinstance(fault, WrongParts) else {},
        fault=[str(fault)] if fault and not isinstance(fault, WrongParts) else [],
        takes=lambda share: _takes(share.passages, share.coder, pace),
    )


def _form(query: Any, plan: Any, view: str) -> dict[str, Any]:
    """What the form holds: what was typed, else what was asked before."""
    before = dict(zip(PARTS, plan.fractions.parts, strict=True)) if plan else dict.fromkeys(PARTS, 0.0)
    said: dict[str, Any] = {name: query.get(name, f"{100 * before[name]:g}")[:20] for name in PARTS}
    typed = query.getlist("coder")
    said["coders"] = typed if query.get("try") else list(plan.coders) if plan else []
    said["view"] = query.get("view", view)[:20]
    said["order"] = query.get("order", PassageOrder.READING.value)[:20]
    said["seed"] = query.get("seed", "")[:20] or str(plan.seed if plan else secrets.randbelow(2**31))
    return said


def _shown(tried: HandOut, last: Job | None) -> list[str]:
    """What whoever hands out has seen: who would get what, after which push."""
    return [repr(tried), str(last.id) if last else ""]


def _try(visit: Visit, wave: str, form: Mapping[str, Any]) -> tuple[HandOut, None] | tuple[None, TandemError]:
    try:
        return try_hand_out(visit.parts, wave, asked_of(arguments_of(wave, form, form["coders"]))), None
    except TandemError as error:
        return None, error


def _takes(passages: int, coder: str | None, pace: Mapping[str, float]) -> str:
    """How long it will take whoever gets it, in words."""
    if not pace:
        return "not known yet"
    known = pace.get(coder or "")
    seconds = known if known is not None else sorted(pace.values())[len(pace) // 2]
    minutes = passages * seconds / 60
    said = (
        f"about {counted(round(minutes / 60), 'hour')}"
        if minutes >= 90
        else f"about {max(1, round(minutes))} min"
    )
    return said if known is not None else f"{said}, at the others' pace"


def _waves(visit: Visit, connection: Connection) -> list[WaveToHandOut]:
    version, kept_counts = visit.parts.segmentation.version, visit.request.app.state
    coded = {
        transcript_id: count.passages
        for transcript_id, count in kept_counts.judged.now(connection, version).items()
    }
    pushed, serving = kept_counts.pushed.now(connection, version), champion(connection)
    suggested = {} if serving is None else kept_counts.suggested.now(connection, serving.model.id, version)
    counts_by_wave: dict[str, list[int]] = {}
    everything = described_transcripts(connection)
    uncut = count_coded_turns(connection, but=coded.keys())
    for kept in everything:
        counts = counts_by_wave.setdefault(kept.wave, [0, 0, 0, 0])
        passages = coded.get(kept.id) or uncut.get(kept.id, 0)
        for at, more in enumerate((1, passages, suggested.get(kept.id, 0), pushed.get(kept.id, 0))):
            counts[at] += more
    return [WaveToHandOut(name, *counts) for name, counts in sorted(counts_by_wave.items())]


def _address(wave: str) -> str:
    return f"{WAVE}?{urlencode({'wave': wave})}"
