"""What holds for every request: how much it may hold, and what its answer says to browsers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web import ml_backend
from service.web import webhook_route as webhook

BODY_LIMIT = 1_000_000
# what Label Studio sends after a bulk action, or with a request for many predictions; both carry the key
LARGE_BODY_LIMIT = 50_000_000
# files that a lead brings in; only whoever is signed in gets so far that they are read
UPLOADS = "/bring-in"
UPLOAD_LIMIT = 205_000_000
# a file in the place of another
_INSTEAD = re.compile(rf"{UPLOADS}/[0-9a-f-]{{36}}/file/\d{{1,9}}/instead")
_LARGE = (webhook.PATH, f"{ml_backend.PREFIX}/predict", f"{ml_backend.PREFIX}/setup")
# scripts, styles and pictures are files of our own; no word of a page can be run or sent elsewhere
_CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SAID = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": _CONTENT,
}
# what may be kept says so itself (static files)
_KEPT_BY_NOBODY = "no-store"


class RequestLimits:
    """Stands before the application. Plain ASGI: starlette's own wrapper gives every answer a task of its own."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request, int, str], Awaitable[Response]]) -> None:
        """``refuse``: makes the answer to a request of which nothing more is looked at, with its status and a sentence."""
        self._app, self._refuse = app, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is too large or unfit; else let it through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_SAID)
                headers.setdefault("Cache-Control", _KEPT_BY_NOBODY)
            await send(message)

        answer = self._app
        if (refused := _refused(scope)) is not None:
            answer = await self._refuse(Request(scope), *refused)
        await answer(scope, receive, say)


def _refused(scope: Scope) -> tuple[int, str] | None:
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0")
    most = LARGE_BODY_LIMIT if scope["path"] in _LARGE else BODY_LIMIT
    if scope["path"] == UPLOADS or _INSTEAD.fullmatch(scope["path"]):
        most = UPLOAD_LIMIT
    if scope["method"] not in ("GET", "HEAD") and (
        not re.fullmatch("[0-9]{1,12}", length) or int(length) > most
    ):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, (
            f"A request may hold {most:,} bytes at most. Send less at once. Nothing was changed."
        )
    if "transfer-encoding" in headers:
        return HTTPStatus.LENGTH_REQUIRED, "Say how long the request is (Content-Length)."
    if b"%00" in scope["query_string"] or "\0" in scope["path"]:
        return HTTPStatus.BAD_REQUEST, (
            "The address holds a NUL (%00), which is no character of a text. Take it out of the address, or type what you "
            "look for again."
        )
    return None
