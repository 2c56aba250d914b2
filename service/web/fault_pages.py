"""What went wrong, as a sentence: on a page for people, as JSON for programs. Never a traceback."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from annotations.errors import BadInput, TandemError, said_of
from annotations.numbers_shown import counted
from service.access.policy import NotAllowed
from service.access.viewer import Viewer
from service.web.browser_requests import ForeignForm
from service.web.pages import page_for
from service.web.sign_in_pages import SIGN_IN, NotHere
from service.web.signed_in import NotForPrograms, NotSignedIn, viewer_of

FOR_PROGRAMS = ("/api/", "/ml/", "/hooks/", "/health", "/proof")
_FORBIDDEN = (NotAllowed, ForeignForm, NotHere, NotForPrograms)
log = logging.getLogger("tandem.server")
_ONLY_TAKES = (
    "This address takes what a form sends, and shows nothing by itself. What you sent earlier is not sent again, and "
    "nothing was changed now."
)
_TITLES = {
    400: "This address cannot be read",
    403: "This is not for you to open",
    404: "This page is not here",
    405: "Nothing is shown at this address",
    411: "This could not be taken",
    413: "This is too much at once",
    422: "This could not be taken",
    503: "Tandem cannot do this just now",
}
_UNKNOWN = (
    "Something failed within Tandem. Nothing of what you asked for was done by halves. Try again; if it fails again, ask "
    "the lead to look at the server's messages and at tandem doctor."
)


def explain_faults(app: FastAPI) -> None:
    """Let the application answer so."""
    app.exception_handler(TandemError)(_explain)
    app.exception_handler(RequestValidationError)(_unfit)
    app.exception_handler(NotSignedIn)(_not_signed_in)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(_unknown)


async def refused(request: Request, code: int, sentence: str) -> Response:
    """The answer to a request that comes no further; for people and programs as with every fault."""
    return await _said(request, code, sentence)


async def _explain(request: Request, error: Exception) -> Response:
    code = (
        status.HTTP_403_FORBIDDEN
        if isinstance(error, _FORBIDDEN)
        else status.HTTP_422_UNPROCESSABLE_CONTENT
        if isinstance(error, BadInput)
        else status.HTTP_503_SERVICE_UNAVAILABLE
    )
    # a form of an earlier sign-in is nobody's secret: it has to be loaded anew
    title = _TITLES[422] if isinstance(error, ForeignForm) else ""
    return await _said(request, code, str(error), title=title)


async def _not_signed_in(request: Request, error: Exception) -> Response:
    """A browser is led to where one signs in, and back from there; what was sent is not lost: it is kept in the tab."""
    if _is_for_a_program(request):
        headers = {"WWW-Authenticate": "Bearer"}
        return JSONResponse({"detail": getattr(error, "detail", "")}, status.HTTP_401_UNAUTHORIZED, headers)
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(asked, safe='/')}", status.HTTP_303_SEE_OTHER)
    said = "You are not signed in any more. Sign in in another tab, come back to this one, and send it again."
    title = "You are signed out"
    return page_for(request, None, "fault.html", code=401, title=title, sentence=said)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (it is registered for nothing else)
    if _is_for_a_program(request):
        return JSONResponse({"detail": error.detail}, error.status_code, headers=error.headers)
    if error.status_code == status.HTTP_405_METHOD_NOT_ALLOWED and request.method == "GET":
        near = _page_above(request)
        return await _said(request, error.status_code, _ONLY_TAKES, near=near, headers=error.headers)
    said = str(error.detail)
    if said == HTTPStatus(error.status_code).phrase:
        said = "No page has this address. It may have moved, or the link was broken in two lines."
    return await _said(request, error.status_code, said)


async def _unfit(request: Request, error: Exception) -> Response:
    """What is wrong with a request and where, without what it held: that may be no text at all."""
    faults = error.errors() if isinstance(error, RequestValidationError) else ()
    if not _is_for_a_program(request):
        sent = [fault for fault in faults if fault["loc"][0] == "body"]
        if sent:
            return await _said(request, status.HTTP_422_UNPROCESSABLE_CONTENT, _unfit_field(sent[0]))
        # an id that is none, in an address that somebody typed
        return await _said(request, status.HTTP_404_NOT_FOUND, "No page has this address.")
    told = [{key: fault.get(key) for key in ("type", "loc", "msg")} for fault in faults]
    plain = json.dumps({"detail": told}, default=str)
    return Response(plain, status.HTTP_422_UNPROCESSABLE_CONTENT, media_type="application/json")


def _unfit_field(fault: Mapping[str, Any]) -> str:
    """What a form's field may hold, in the form's words; what it held is not repeated."""
    field = f"The field “{str(fault['loc'][-1])[:40]}” of the form"
    limits = fault.get("ctx") or {}
    match fault["type"]:
        case "string_too_long":
            most = counted(int(limits["max_length"]), "character")
            return f"{field} holds more than {most}. Shorten it, and send it again. Nothing was changed."
        case "int_parsing" | "int_parsing_size" | "int_from_float":
            return f"{field} asks for a whole number. Nothing was changed."
    return f"{field} holds something that cannot be taken. Load the page anew, and send it again. Nothing was changed."


async def _unknown(request: Request, error: Exception) -> Response:
    log.error("a request to %s failed: %s", request.scope.get("route", ""), said_of(error))
    return await _said(request, status.HTTP_500_INTERNAL_SERVER_ERROR, _UNKNOWN)


async def _said(
    request: Request,
    code: int,
    sentence: str,
    *,
    title: str = "",
    near: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    if _is_for_a_program(request):
        return JSONResponse({"detail": sentence}, code)
    title, viewer = title or _TITLES.get(code, "This did not work"), await _viewer(request)
    answer = page_for(request, viewer, "fault.html", code=code, title=title, sentence=sentence, near=near)
    answer.headers.update(headers or {})
    return answer


def _page_above(request: Request) -> str:
    """The nearest page above an address that shows none; "" where there is none but the first."""
    above = request.url.path.rpartition("/")[0]
    while above:
        asked = {**request.scope, "method": "GET", "path": above, "raw_path": above.encode()}
        if any(route.matches(asked)[0] is Match.FULL for route in request.app.routes):
            return above
        above = above.rpartition("/")[0]
    return ""


async def _viewer(request: Request) -> Viewer | None:
    try:
        # as of a page that is opened: what was sent with the request may be what broke, and is not read again
        return await viewer_of(Request({**request.scope, "method": "GET"}))
    except (HTTPException, TandemError):
        return None


def _is_for_a_program(request: Request) -> bool:
    accept = request.headers.get("accept", "*/*")
    return request.url.path.startswith(FOR_PROGRAMS) or not ("text/html" in accept or "*/*" in accept)
