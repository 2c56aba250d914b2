"""Label Studio's ML-backend protocol, as 1.23 speaks it: suggestions that are stored already, nothing computed.

An error here is logged by Label Studio and shown to nobody, so a task that has no suggestion to show gets an empty
list, whatever the reason: blind, unknown, another project's. An answer always is the version that the store says
stands on the task, or a review could not tell what its coder was shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from annotations.arrivals import UNFIT, key_in, number_in
from annotations.codebook import Codebook
from annotations.coding import Draw
from annotations.errors import TandemError
from annotations.label_config import prediction
from annotations.store.inbox import pushed_tasks
from annotations.store.jobs import ask_for, latest_of
from annotations.store.models import ModelVersion, all_models, champion, model_by_id
from annotations.store.reads import project_numbered
from annotations.store.suggestions import suggestions_on
from service.doors import Served, Taken, label_studio
from service.parts import Parts

PREFIX = "/ml"
router = APIRouter(prefix=PREFIX, include_in_schema=False)
Answer = dict[str, Any] | list[Any]


@router.get("/health", dependencies=[Depends(label_studio)])
def health() -> dict[str, str]:
    """We are here."""
    return {"status": "UP"}


@router.post("/setup", dependencies=[Depends(label_studio)])
def setup(parts: Served) -> dict[str, str]:
    """Which version serves. The body holds a token of Label Studio's: it is not even read."""
    with parts.store.reading() as connection:
        serving = champion(connection)
    return {"model_version": label(serving.model) if serving else "tandem"}


@router.get("/versions", dependencies=[Depends(label_studio)])
def versions(parts: Served) -> dict[str, list[str]]:
    """Every version, as predictions are labelled, the newest first."""
    with parts.store.reading() as connection:
        return {"versions": [label(model) for model in reversed(all_models(connection))]}


@router.post("/predict", dependencies=[Depends(label_studio)])
async def predict(request: Request, parts: Served, inbox: Taken) -> dict[str, list[Answer]]:
    """One answer per task, in the order of the tasks: its stored suggestions, or an empty list."""
    try:
        body = json.loads(await request.body())
        tasks = body["tasks"]
        project = number_in(str(body.get("project") or "0").partition(".")[0])
        keys = [key_in((task.get("data") or {}).get("segment_id")) for task in tasks]
    except UNFIT:
        return {"results": []}
    known: dict[UUID, ModelVersion] = request.app.state.models
    found = await run_in_threadpool(_found, parts, inbox.reviewing.in_force.codebook, project, keys, known)
    return {"results": [found.get(key, []) if key else [] for key in keys]}


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


def label(model: ModelVersion) -> str:
    """What a model version's predictions are labelled with in Label Studio."""
    return f"tandem {model.version}"


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
    codebook: Codebook,
    number: int,
    keys: Sequence[UUID | None],
    known: dict[UUID, ModelVersion],
) -> Mapping[UUID, Answer]:
    try:
        with parts.store.reading() as connection:
            return _answers(connection, codebook, number, [key for key in keys if key], known)
    except TandemError:
        return {}  # the database does not answer; the coder works without a suggestion


def _answers(
    connection: Connection,
    codebook: Codebook,
    number: int,
    keys: Sequence[UUID],
    known: dict[UUID, ModelVersion],
) -> Mapping[UUID, Answer]:
    project = project_numbered(connection, number)
    if project is None:
        return {}
    by_model: dict[UUID, dict[UUID, UUID]] = {}
    for key, task in pushed_tasks(connection, project.id, keys).items():
        if task.draw is Draw.ORDINARY and task.model is not None:
            by_model.setdefault(task.model, {})[task.segment] = key
    answers: dict[UUID, Answer] = {}
    for version, segments in by_model.items():
        model = known.get(version) or model_by_id(connection, version)
        if model is None:
            continue
        known[version] = model
        for segment, one in suggestions_on(connection, model, segments).items():
            if not one.suggested:
                continue  # just as a blind task: nothing tells the two apart
            try:
                answers[segments[segment]] = prediction(one.one_by_one(model), codebook, version=label(model))
            except TandemError:
                continue  # a code that has left the codebook since
    return answers
