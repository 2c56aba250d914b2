"""What a browser may do in somebody's name: no other site sends a form of ours, and no link leads elsewhere."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from fastapi import Request

from annotations.errors import TandemError

FIELD, HEADER = "csrf", "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_OWN_FETCH = frozenset({"same-origin", "none"})


class ForeignForm(TandemError):
    """A request that changes something does not come from a page of ours."""

    def __init__(self) -> None:
        super().__init__(
            "This did not come from a page that Tandem has just shown you, so nothing was changed. Go back, load the page "
            "anew, and send it again."
        )


async def refuse_foreign(request: Request, token: str) -> None:
    """Raises ForeignForm unless the request comes from a page of ours and carries this session's ``token``."""
    refuse_other_origin(request)
    given = request.headers.get(HEADER, "")
    if not given and request.headers.get("content-type", "").startswith(_FORMS):
        said = (await request.form()).get(FIELD, "")
        given = said if isinstance(said, str) else ""
    if not secrets.compare_digest(given.encode(), token.encode()):
        raise ForeignForm


def refuse_other_origin(request: Request) -> None:
    """Raises ForeignForm for what a browser sends from the page of another site; programs name no site."""
    fetched, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if fetched is not None and fetched not in _OWN_FETCH:
        raise ForeignForm
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForeignForm


def own_path(given: str) -> str:
    """Where to go next: a path of this server, "/" for whatever leads elsewhere."""
    # browsers read "\" as "/", drop tabs and line ends, and take "//host" for another site
    if not given.startswith("/") or re.match(r"/[/\\]", given) or re.search(r"[\x00-\x20\\\x7f]", given):
        return "/"
    try:
        parts = urlsplit(given)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else given
