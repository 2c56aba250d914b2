"""What a request is refused with: a page with a sentence for a browser, JSON for a program. Never a traceback."""

from __future__ import annotations

import json
import logging
from urllib.parse import quote

from fastapi import FastAPI, Request, Response, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse

from annotations.errors import BadInput, TandemError
from service.access.policy import NotAllowed
from service.web.browser_requests import ForeignForm
from service.web.pages import page_for
from service.web.sign_in_pages import SIGN_IN, NotHere
from service.web.signed_in import NotForPrograms, NotSignedIn

log = logging.getLogger("tandem.server")
_FORBIDDEN = (NotAllowed, ForeignForm, NotHere, NotForPrograms)


def explain(app: FastAPI) -> None:
    """Let the application answer so."""
    app.exception_handler(TandemError)(_explain)
    app.exception_handler(RequestValidationError)(_unfit)
    app.exception_handler(NotSignedIn)(_not_signed_in)


def is_browser(request: Request) -> bool:
    """Does a person look at the answer?"""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


async def _not_signed_in(request: Request, error: Exception) -> Response:
    if is_browser(request) and request.method == "GET":
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(asked, safe='/')}", status.HTTP_303_SEE_OTHER)
    if is_browser(request):
        said = "You are not signed in any more. Sign in in another tab, come back here, and send it again."
        return page_for(request, None, "refused.html", code=401, title="You are signed out", sentence=said)
    detail = getattr(error, "detail", "")
    return JSONResponse({"detail": detail}, status.HTTP_401_UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})


async def _unfit(_request: Request, error: Exception) -> Response:
    """What is wrong with a request and where, without what it held: that may be no text at all."""
    faults = error.errors() if isinstance(error, RequestValidationError) else ()
    told = [{key: one.get(key) for key in ("type", "loc", "msg")} for one in faults]
    plain = json.dumps({"detail": told}, default=str)
    return Response(plain, status.HTTP_422_UNPROCESSABLE_CONTENT, media_type="application/json")


async def _explain(request: Request, error: Exception) -> Response:
    code = (
        status.HTTP_403_FORBIDDEN
        if isinstance(error, _FORBIDDEN)
        else status.HTTP_422_UNPROCESSABLE_CONTENT
        if isinstance(error, BadInput)
        else status.HTTP_503_SERVICE_UNAVAILABLE
    )
    if is_browser(request):
        title = "This is not for you" if isinstance(error, NotAllowed) else "This did not work"
        return page_for(request, None, "refused.html", code=code, title=title, sentence=str(error))
    return JSONResponse({"detail": str(error)}, code)
