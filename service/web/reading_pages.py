"""Pages that a coder opens from a passage in Label Studio: the interview as a whole, how far it is, the definitions.

A link there carries the key of its page; the browser keeps it as a cookie of that page, and it leaves the address bar.
Whoever holds the session key's own cookie (the status page) gets in as well. Nobody's codes are shown.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response, status
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from annotations.codebook.html_page import codebook_page
from annotations.codebook.layout import lay_out
from service.access.doors import holds_cookie
from service.access.page_links import CODEBOOK, INTERVIEWS, anchor, interview_path, page_key
from service.looking.interview_read import read_interview
from service.web.dependencies import Served
from service.web.pages import page_for, rendered

COOKIE = "tandem_page"
router = APIRouter(include_in_schema=False)


@router.get(f"{INTERVIEWS}/{{transcript}}")
async def interview(request: Request, parts: Served, transcript: UUID) -> Response:
    """An interview with its turns; ``#turn-4`` in the address is the place of the fourth."""
    refused = _let_in(request, interview_path(transcript))
    if refused is not None:
        return refused
    found = await run_in_threadpool(read_interview, parts, transcript)
    if found is None:
        return page_for(request, None, "no_interview.html", code=status.HTTP_404_NOT_FOUND)
    return page_for(request, None, "interview.html", interview=found, anchor=lambda turn: anchor(turn - 1))


@router.get(f"{INTERVIEWS}/{{transcript}}/done.svg")
async def done(request: Request, parts: Served, transcript: UUID) -> Response:
    """A small picture that says how many passages are done, for the line on top of a passage in Label Studio."""
    if not _opens(request, interview_path(transcript)):
        return Response(status_code=status.HTTP_401_UNAUTHORIZED)
    found = await run_in_threadpool(read_interview, parts, transcript)
    if found is None:
        return Response(status_code=status.HTTP_404_NOT_FOUND)
    said = f"{found.done} of {found.passages} done"
    return Response(rendered("done.svg", said=said, width=8 + 6.6 * len(said)), media_type="image/svg+xml")


@router.get(CODEBOOK)
async def definitions(request: Request, parts: Served) -> Response:
    """What the codes mean."""
    refused = _let_in(request, CODEBOOK)
    if refused is not None:
        return refused
    return HTMLResponse(await run_in_threadpool(lambda: codebook_page(lay_out(parts.codebook))))


def _let_in(request: Request, path: str) -> Response | None:
    """None for whoever may read this page; else where to go, or the page that says so."""
    given = request.query_params.get("key")
    if given is not None and _is_key(request, path, given):
        answer = RedirectResponse(path, status.HTTP_303_SEE_OTHER)
        secure = urlsplit(str(request.url)).scheme == "https"
        # lax: the link stands in Label Studio, which may be another machine
        answer.set_cookie(COOKIE, given, path=path, httponly=True, samesite="lax", secure=secure)
        return answer
    if _opens(request, path):
        return None
    return page_for(request, None, "locked_page.html", code=status.HTTP_401_UNAUTHORIZED)


def _opens(request: Request, path: str) -> bool:
    given = request.query_params.get("key") or request.cookies.get(COOKIE, "")
    return _is_key(request, path, given) or holds_cookie(request)


def _is_key(request: Request, path: str, given: str) -> bool:
    return secrets.compare_digest(given.encode(), page_key(request.app.state.key, path).encode())
