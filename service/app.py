"""The server: health, status and jobs over HTTP. It reaches neither training nor MLflow; a worker does that."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, HTTPException, Request, Response, status
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from jinja2 import Environment, select_autoescape
from sqlalchemy import text
from starlette.middleware.trustedhost import TrustedHostMiddleware

from annotations.errors import BadInput, TandemError
from annotations.store.jobs import Job, all_jobs, ask_for
from service.parts import Parts
from service.progress_of_study import progress_of
from service.schemas import Health, JobAsked, JobShown

COOKIE = "tandem_session"
BODY_LIMIT = 1_000_000


def create_app(
    parts: Parts, *, key: str, hosts: Sequence[str] = ("127.0.0.1", "localhost", "[::1]")
) -> FastAPI:
    """The application for one study. ``key``: asked for on every path but ``/health``; ``hosts``: names it answers to."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        parts.close()

    app = FastAPI(
        title="Tandem", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.middleware("http")(_careful)
    app.exception_handler(TandemError)(_explain)
    app.state.parts = parts
    app.state.key = key
    app.get("/health")(health)
    app.get("/", response_class=HTMLResponse, response_model=None)(page)
    app.get("/api/v1/status", dependencies=[Depends(reader)])(study_status)
    app.get("/api/v1/jobs", dependencies=[Depends(reader)])(jobs)
    app.post("/api/v1/jobs", dependencies=[Depends(writer)], status_code=202)(ask)
    return app


def reader(request: Request) -> None:
    """Let in whoever holds the key, as a bearer token or as the cookie that the status page sets."""
    if not _holds_key(request, _bearer(request) or request.cookies.get(COOKIE, "")):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, _KEYLESS, {"WWW-Authenticate": "Bearer"})


def writer(request: Request) -> None:
    """Let in whoever sends the key as a bearer token; a cookie is not enough, since any web page can use it."""
    if not _holds_key(request, _bearer(request)):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, _KEYLESS, {"WWW-Authenticate": "Bearer"})


_KEYLESS = 'This needs the session key that "tandem serve" prints, as "Authorization: Bearer KEY".'


def parts_of(request: Request) -> Parts:
    """The study that this server serves."""
    found: Parts = request.app.state.parts
    return found


Served = Annotated[Parts, Depends(parts_of)]


def health(parts: Served, response: Response) -> Health:
    """Does each thing that the server stands on answer? 503 if one does not."""
    found = {"database": _database(parts)}
    if any(word != "ok" for word in found.values()):
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        return Health(status="DOWN", parts=found)
    return Health(status="UP", parts=found)


def study_status(parts: Served) -> dict[str, Any]:
    """How far each wave is, as "tandem status --json" prints it."""
    return progress_of(parts)


def jobs(parts: Served) -> list[JobShown]:
    """The latest jobs, newest first."""
    with parts.store.reading() as connection:
        return [_shown(job) for job in all_jobs(connection)]


def ask(parts: Served, asked: JobAsked) -> JobShown:
    """Ask a worker for a training or for suggestions; one of a kind waits at most."""
    with parts.store.writing() as connection:
        new = ask_for(connection, asked.kind, {"wave": asked.wave} if asked.wave else {})
        return next(_shown(job) for job in all_jobs(connection) if job.id == new)


def page(request: Request, parts: Served) -> Response:
    """The status page; a link with the key logs in, and the key leaves the address bar."""
    given = request.query_params.get("key")
    if given is not None and _holds_key(request, given):
        answer = RedirectResponse("/", status.HTTP_303_SEE_OTHER)
        secure = urlsplit(str(request.url)).scheme == "https"
        answer.set_cookie(COOKIE, given, httponly=True, samesite="strict", secure=secure)
        return answer
    if not _holds_key(request, request.cookies.get(COOKIE, "")):
        return HTMLResponse(_render("locked.html"), status.HTTP_401_UNAUTHORIZED)
    return HTMLResponse(_render("status.html", **progress_of(parts)))


async def _careful(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    length = request.headers.get("content-length", "0")
    if request.method not in ("GET", "HEAD") and (not length.isdigit() or int(length) > BODY_LIMIT):
        return JSONResponse({"detail": f"A request may hold {BODY_LIMIT} bytes at most."}, 413)
    if "transfer-encoding" in request.headers:
        return JSONResponse({"detail": "Say how long the request is (Content-Length)."}, 411)
    response = await answer(request)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return response


async def _explain(_request: Request, error: Exception) -> Response:
    code = (
        status.HTTP_422_UNPROCESSABLE_CONTENT
        if isinstance(error, BadInput)
        else status.HTTP_503_SERVICE_UNAVAILABLE
    )
    return JSONResponse({"detail": str(error)}, code)


def _database(parts: Parts) -> str:
    try:
        with parts.store.reading() as connection:
            connection.execute(text("SELECT 1"))
    except TandemError as error:
        return str(error)
    return "ok"


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _holds_key(request: Request, given: str) -> bool:
    return secrets.compare_digest(given.encode(), request.app.state.key.encode())


def _shown(job: Job) -> JobShown:
    return JobShown(
        id=job.id,
        kind=job.kind,
        state=job.state,
        created=job.created,
        started=job.started,
        finished=job.finished,
        result=None if job.result is None else dict(job.result),
        error=job.error,
    )


def _render(name: str, **known: Any) -> str:
    environment = Environment(autoescape=select_autoescape(default=True))
    source = (files("service") / "templates" / name).read_text("utf-8")
    return environment.from_string(source).render(**known)
