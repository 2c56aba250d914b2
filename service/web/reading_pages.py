"""Pages that a coder opens from a passage in Label Studio: the interview as a whole, how far it is, the definitions.

A link there carries the key of its page; the browser keeps it as a cookie of that page, and it leaves the address bar.
Whoever holds the session key's own cookie (the status page) gets in as well. Nobody's codes are shown.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from fastapi import APIRouter, Request, Response, status
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from annotations.codebook.html_page import codebook_page
from annotations.codebook.layout import lay_out
from annotations.store.transcripts import transcript_by_id
from service.access.page_links import CODEBOOK, INTERVIEWS, anchor, interview_path, page_key
from service.access.policy import Action, may
from service.access.transcript_access import about
from service.access.viewer import Viewer
from service.composition import Parts
from service.looking.interview_read import read_interview
from service.web.client_address import is_secure
from service.web.dependencies import Served
from service.web.pages import page_for, rendered
from service.web.signed_in import viewer_or_none

COOKIE = "tandem_page"
router = APIRouter(include_in_schema=False)


@router.get(f"{INTERVIEWS}/{{transcript}}")
async def interview(request: Request, parts: Served, transcript: UUID) -> Response:
    """An interview with its turns; ``#turn-4`` in the address is the place of the fourth."""
    refused = await _let_in(request, interview_path(transcript), parts, transcript)
    if refused is not None:
        return refused
    found = await run_in_threadpool(read_interview, parts, transcript)
    if found is None:
        return page_for(request, None, "no_interview.html", code=status.HTTP_404_NOT_FOUND)
    return page_for(request, None, "interview.html", interview=found, anchor=lambda turn: anchor(turn - 1))


@router.get(f"{INTERVIEWS}/{{transcript}}/done.svg")
async def done(request: Request, parts: Served, transcript: UUID) -> Response:
    """A small picture that says how many passages are done, for the line on top of a passage in Label Studio."""
    if not await _opens(request, interview_path(transcript), parts, transcript):
        return Response(status_code=status.HTTP_401_UNAUTHORIZED)
    found = await run_in_threadpool(read_interview, parts, transcript)
    if found is None:
        return Response(status_code=status.HTTP_404_NOT_FOUND)
    said = f"{found.done} of {found.passages} done"
    return Response(rendered("done.svg", said=said, width=8 + 6.6 * len(said)), media_type="image/svg+xml")


@router.get(CODEBOOK)
async def definitions(request: Request, parts: Served) -> Response:
    """What the codes mean."""
    refused = await _let_in(request, CODEBOOK, parts)
    if refused is not None:
        return refused
    return HTMLResponse(await run_in_threadpool(lambda: codebook_page(lay_out(parts.codebook))))


async def _let_in(
    request: Request, path: str, parts: Parts, transcript: UUID | None = None
) -> Response | None:
    """None for whoever may read this page; else where to go, or the page that says so."""
    given = request.query_params.get("key")
    if given is not None and _is_key(request, path, given):
        answer = RedirectResponse(path, status.HTTP_303_SEE_OTHER)
        # lax: the link stands in Label Studio, which may be another machine
        secure = is_secure(request)
        answer.set_cookie(COOKIE, given, path=path, httponly=True, samesite="lax", secure=secure)
        return answer
    if await _opens(request, path, parts, transcript):
        return None
    return page_for(request, None, "locked_page.html", code=status.HTTP_401_UNAUTHORIZED)


async def _opens(request: Request, path: str, parts: Parts, transcript: UUID | None = None) -> bool:
    given = request.query_params.get("key") or request.cookies.get(COOKIE, "")
    if _is_key(request, path, given):
        return True
    viewer = await viewer_or_none(request)
    return viewer is not None and await run_in_threadpool(_may_read, parts, viewer, transcript)


def _may_read(parts: Parts, viewer: Viewer, transcript: UUID | None) -> bool:
    """May whoever is signed in read this interview, or, where it is about none, the codebook?"""
    if transcript is None:
        return may(viewer, Action.READ_CODEBOOK)
    with parts.store.reading() as connection:
        found = transcript_by_id(connection, transcript)
    return found is not None and may(viewer, Action.READ_TEXT, about(viewer, found.transcript))


def _is_key(request: Request, path: str, given: str) -> bool:
    return secrets.compare_digest(given.encode(), page_key(request.app.state.key, path).encode())
