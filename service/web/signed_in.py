"""Who is signed in. Until there are accounts it is whoever holds the session key, and may do everything."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request, status

from service.access.doors import holds_cookie
from service.access.viewer import Role, Viewer

LEAD = Viewer(account=None, name="lead", role=Role.LEAD)


class NotSignedIn(HTTPException):
    """Nobody is signed in: the page says how to get in."""

    def __init__(self) -> None:
        super().__init__(status.HTTP_401_UNAUTHORIZED, 'Open the link that "tandem serve" printed.')


async def viewer_of(request: Request) -> Viewer:
    """Whoever asks; raises NotSignedIn. What changes something must come from a page of our own."""
    if not holds_cookie(request) or (request.method not in ("GET", "HEAD") and not _of_our_own(request)):
        raise NotSignedIn
    return LEAD


async def viewer_or_none(request: Request) -> Viewer | None:
    """Whoever asks, None where nobody is signed in: for pages that others may open too."""
    try:
        return await viewer_of(request)
    except NotSignedIn:
        return None


def _of_our_own(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


SignedIn = Annotated[Viewer, Depends(viewer_of)]
