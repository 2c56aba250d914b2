"""Label Studio's ML-backend protocol, as 1.23 speaks it: suggestions that are stored already, nothing computed.

An error here is logged by Label Studio and shown to nobody, so a task that has no suggestion to show gets an empty
list, whatever the reason: blind, unknown, another project's. An answer always is the version that the store says
stands on the task, or a review could not tell what its coder was shown.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from annotations.errors import TandemError
from annotations.label_studio.annotation import UNFIT, key_in, number_in
from annotations.label_studio.candidates import codes_in_boxes
from annotations.label_studio.predicted_answer import version_label
from annotations.label_studio.task_data import BOXES, KEY
from annotations.store.jobs import ask_for, latest_of
from annotations.store.label_studio_projects import project_numbered
from annotations.store.model_versions import all_models, champion, erased_versions, why_nothing_serves
from service.access.doors import label_studio
from service.composition import Parts
from service.live_config import InForce
from service.web.dependencies import Served, Taken
from service.web.standing_predictions import NOTHING, StandingPredictions

PREFIX = "/ml"
router = APIRouter(prefix=PREFIX, include_in_schema=False)


@router.get("/health", dependencies=[Depends(label_studio)])
def health() -> dict[str, str]:
    """We are here."""
    return {"status": "UP"}


@router.post("/setup", dependencies=[Depends(label_studio)])
def setup(parts: Served) -> dict[str, str]:
    """Which version serves, or a sentence why none does. The body holds a token of Label Studio's: it is not even read."""
    with parts.store.reading() as connection:
        serving, why = champion(connection), why_nothing_serves(connection)
    if serving is None:
        return {"model_version": "tandem", "message": why or ""}
    return {"model_version": version_label(serving.model.version)}


@router.get("/versions", dependencies=[Depends(label_studio)])
def versions(parts: Served) -> dict[str, list[str]]:
    """Every version that was not erased, as predictions are labelled, the newest first."""
    with parts.store.reading() as connection:
        erased = erased_versions(connection)
        models = [model for model in all_models(connection) if model.version not in erased]
    return {"versions": [version_label(model.version) for model in reversed(models)]}


@router.post("/predict", dependencies=[Depends(label_studio)])
async def predict(request: Request, parts: Served, inbox: Taken) -> Response:
    """One answer per task, in the order of the tasks: its stored suggestions, or an empty list."""
    try:
        body = json.loads(await request.body())
        tasks = body["tasks"]
        project = number_in(str(body.get("project") or "0").partition(".")[0])
        shown = [task.get("data") or {} for task in tasks]
        keys = [key_in(data.get(KEY)) for data in shown]
        boxes = {key: codes_in_boxes(data.get(BOXES)) for key, data in zip(keys, shown, strict=True) if key}
    except UNFIT:
        keys, boxes = [], {}
    answers: Mapping[UUID, bytes] = {}
    if boxes:
        kept: StandingPredictions = request.app.state.predictions
        answers = await run_in_threadpool(_found, parts, inbox.reviewing.in_force, project, boxes, kept)
    results = b",".join(answers.get(key, NOTHING) if key else NOTHING for key in keys)
    return Response(b'{"results":[%b]}' % results, media_type="application/json")


@router.post("/webhook")
async def webhook(request: Request, parts: Served) -> dict[str, str]:
    """The Start Training button, which carries no key: it only puts a training in the queue, at most one.

    Label Studio calls from its server, so a browser that calls is some web page's.
    """
    if "origin" in request.headers or "sec-fetch-site" in request.headers:
        return {"status": "ignored"}
    try:
        body = json.loads(await request.body())
        action, project = body["action"], number_in(body["project"]["id"])
    except UNFIT:
        return {"status": "ignored"}
    if action != "START_TRAINING" or not await run_in_threadpool(_ask, parts, project):
        return {"status": "ignored"}
    return {"status": "waiting"}


def _ask(parts: Parts, project: int) -> bool:
    # read first: whoever calls without end shall not keep those waiting who write
    with parts.store.reading() as connection:
        if project_numbered(connection, project) is None:
            return False
        last = latest_of(connection, "train")
    if last is not None and last.state == "waiting":
        return True
    with parts.store.writing() as connection:
        ask_for(connection, "train", {})
    return True


def _found(
    parts: Parts,
    in_force: InForce,
    number: int,
    boxes: Mapping[UUID, Collection[str]],
    kept: StandingPredictions,
) -> Mapping[UUID, bytes]:
    try:
        with parts.store.reading() as connection:
            return kept.on(connection, in_force.codebook, number, boxes)
    except TandemError:
        return {}  # the database does not answer; the coder works without a suggestion
