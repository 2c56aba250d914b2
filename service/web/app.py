"""The server: API, Label Studio's backend, webhooks. It reaches neither training nor MLflow; a worker does that."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from annotations.errors import BadInput, TandemError
from service.access.doors import COOKIE, holds_cookie, holds_key
from service.access.keys import door_key
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.looking.wave_progress import progress_of
from service.web import api, ml_backend, proof_route, reading_pages
from service.web import webhook_route as webhook
from service.web.background import (
    attach_until_done,
    reconcile_until_stopped,
    users_of,
    work_off_until_stopped,
)
from service.web.dependencies import Served
from service.web.pages import rendered
from service.web.pings import Pings
from service.web.request_limits import RequestLimits
from service.web.schemas import Health
from service.web.standing_predictions import StandingPredictions

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
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
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
    app.add_middleware(RequestLimits)
    app.exception_handler(TandemError)(_explain)
    app.exception_handler(RequestValidationError)(_unfit)
    app.state.parts = parts
    app.state.key = key
    app.state.inbox = inbox
    app.state.arrived = arrived
    app.state.pings = Pings(parts)
    app.state.predictions = StandingPredictions(least_precision=parts.study.config.aim.least_precision)
    app.get("/health", tags=["server"])(health)
    app.get("/", response_class=HTMLResponse, response_model=None, include_in_schema=False)(page)
    # those first for whose answer a coder waits
    for router in (ml_backend.router, webhook.router, api.router, reading_pages.router, proof_route.router):
        app.include_router(router)
    return app


def health(request: Request, response: Response) -> Health:
    """Does each thing that the server stands on answer? 503 if the database does not: without it nothing goes."""
    found: dict[str, str] = request.app.state.pings.ask()
    if found["database"] != "ok":
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        return Health(status="DOWN", parts=found)
    return Health(status="UP" if set(found.values()) == {"ok"} else "PARTLY", parts=found)


def page(request: Request, parts: Served) -> Response:
    """The status page; a link with the key logs in, and the key leaves the address bar."""
    given = request.query_params.get("key")
    if given is not None and holds_key(request, given):
        answer = RedirectResponse("/", status.HTTP_303_SEE_OTHER)
        secure = urlsplit(str(request.url)).scheme == "https"
        answer.set_cookie(COOKIE, door_key(given, "page"), httponly=True, samesite="strict", secure=secure)
        return answer
    if not holds_cookie(request):
        return HTMLResponse(rendered("locked.html"), status.HTTP_401_UNAUTHORIZED)
    found = progress_of(parts)
    begun = [one.in_words for one in found.begun]
    return HTMLResponse(rendered("status.html", **{**found.to_json(), "begun": begun}))


async def _unfit(_request: Request, error: Exception) -> Response:
    """What is wrong with a request and where, without what it held: that may be no text at all."""
    faults = error.errors() if isinstance(error, RequestValidationError) else ()
    told = [{key: one.get(key) for key in ("type", "loc", "msg")} for one in faults]
    plain = json.dumps({"detail": told}, default=str)
    return Response(plain, status.HTTP_422_UNPROCESSABLE_CONTENT, media_type="application/json")


async def _explain(_request: Request, error: Exception) -> Response:
    code = (
        status.HTTP_422_UNPROCESSABLE_CONTENT
        if isinstance(error, BadInput)
        else status.HTTP_503_SERVICE_UNAVAILABLE
    )
    return JSONResponse({"detail": str(error)}, code)
