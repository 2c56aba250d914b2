"""The server: API, Label Studio's backend, webhooks. It reaches neither training nor MLflow; a worker does that."""

from __future__ import annotations

import gc
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response, status
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware

from annotations.store.counted_suggestions import CountedSuggestions
from annotations.store.judged_passages import JudgedPassages
from annotations.store.pushed_tasks import CountedPushed
from service.access.doors import holds_key
from service.access.policy import Action
from service.accounts.sign_in import sign_out, with_key
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.live_config import InForce
from service.looking.interview_search import InterviewSearch
from service.web import (
    account_page,
    api,
    audit_page,
    codebook_pages,
    doubt_pages,
    job_pages,
    ml_backend,
    people_page,
    proof_route,
    reading_pages,
    sign_in_pages,
    static_route,
    work_pages,
)
from service.web import webhook_route as webhook
from service.web.background import (
    attach_until_done,
    reconcile_until_stopped,
    users_of,
    warm_up,
    work_off_until_stopped,
)
from service.web.client_address import address_of, is_here
from service.web.dependencies import Served
from service.web.fault_pages import explain_faults, refused
from service.web.pages import visit_of
from service.web.pings import Pings
from service.web.request_limits import RequestLimits
from service.web.schemas import Health
from service.web.sign_in_pages import SIGN_IN
from service.web.signed_in import remember, session_cookie, viewer_of
from service.web.standing_predictions import StandingPredictions
from service.web.workbench import (
    backups_page,
    bring_in_pages,
    exports_pages,
    participants_pages,
    settings_page,
    study_page,
)
from service.web.workbench import routes as workbench

PAGES = (
    work_pages,
    reading_pages,
    codebook_pages,
    doubt_pages,
    job_pages,
    account_page,
    people_page,
    audit_page,
    study_page,
    bring_in_pages,
    participants_pages,
    exports_pages,
    settings_page,
    backups_page,
)
WARM_AFTER_S = 1.0
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def create_app(
    parts: Parts,
    *,
    key: str,
    hosts: Sequence[str] = LOOPBACK,
    reconcile_every: float | None = None,
    attach: bool = False,
) -> FastAPI:
    """The application for one study.

    ``key``: asked for on every path but ``/health``, ``/proof`` and the Start Training button's; ``hosts``: names it answers
    to; ``reconcile_every``: seconds between two readings of Label Studio, None for none; ``attach``: let the
    projects in Label Studio call it, once it answers.
    """
    if not key:
        raise ValueError("an empty key lets everybody in")
    inbox = Inbox(parts, lambda: users_of(parts))
    arrived, stopped = threading.Event(), threading.Event()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        threads = [
            threading.Thread(target=work_off_until_stopped, args=(inbox, arrived, stopped), daemon=True)
        ]
        if reconcile_every is not None:
            arguments = (parts, inbox, reconcile_every, stopped)
            threads.append(threading.Thread(target=reconcile_until_stopped, args=arguments, daemon=True))
        if attach:
            threads.append(threading.Thread(target=attach_until_done, args=(parts, stopped), daemon=True))
        for thread in threads:
            thread.start()
        # a large study takes long to go through the first time; nobody waits for it at the end
        threading.Thread(target=_warm, args=(app, parts, stopped), daemon=True).start()
        yield
        stopped.set()
        arrived.set()
        for thread in threads:
            thread.join(timeout=10)
        parts.close()

    app = FastAPI(
        title="Tandem", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.add_middleware(RequestLimits, refuse=refused)
    explain_faults(app)
    app.state.parts = parts
    app.state.key = key
    app.state.proxies = parts.settings.proxies
    app.state.inbox = inbox
    app.state.arrived = arrived
    # set before the server waits for its connections to end: those that stay open end themselves
    workbench.prepare(app)
    app.state.stopping = threading.Event()
    app.state.pings = Pings(parts)
    app.state.in_force = InForce(parts)
    app.state.search = InterviewSearch()
    app.state.judged = JudgedPassages()
    app.state.suggested = CountedSuggestions()
    app.state.pushed = CountedPushed()
    app.state.predictions = StandingPredictions(least_precision=parts.study.config.aim.least_precision)
    app.get("/health", tags=["server"])(health)
    app.get("/", response_class=HTMLResponse, response_model=None, include_in_schema=False)(page)
    app.state.study_now = study_page.remember_study(parts, app.state.judged, app.state.pushed)
    # those first for whose answer a coder waits
    for part in (ml_backend, webhook, api, proof_route, static_route, sign_in_pages, *PAGES, workbench):
        app.include_router(part.router)
    return app


def _warm(app: FastAPI, parts: Parts, stopped: threading.Event) -> None:
    """Go through the study once, so that no visitor waits for it; not before the server answers."""
    if stopped.wait(WARM_AFTER_S):
        return
    app.state.study_now.warm_up()
    warm_up(parts, app.state.judged, app.state.search)
    workbench.warm(app, parts)
    # what was read stays: looking through all of it for garbage would hold up whoever waits for a page (a fifth of a second)
    gc.collect()
    gc.freeze()


def health(request: Request, response: Response) -> Health:
    """Does each thing that the server stands on answer? 503 if the database does not: without it nothing goes."""
    states: dict[str, str] = request.app.state.pings.ask()
    if states["database"] != "ok":
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        return Health(status="DOWN", parts=states)
    return Health(status="UP" if set(states.values()) == {"ok"} else "PARTLY", parts=states)


async def page(request: Request, parts: Served) -> Response:
    """The status page; a link with the key signs in, and the key leaves the address bar."""
    given = request.query_params.get("key")
    if given is not None and holds_key(request, given):
        key, before = request.app.state.key, session_cookie(request)
        address, here = address_of(request), is_here(request)
        began = await run_in_threadpool(with_key, parts.store, key, address=address, here=here)
        if began is None:
            return RedirectResponse(SIGN_IN, status.HTTP_303_SEE_OTHER)
        await run_in_threadpool(sign_out, parts.store, key, before)
        answer = RedirectResponse("/", status.HTTP_303_SEE_OTHER)
        remember(request, answer, began)
        return answer
    visit = await visit_of(request, parts, await viewer_of(request))
    visit.must(Action.SEE_FIGURES)
    return await run_in_threadpool(study_page.study, visit)
