"""Who asks: a person by the session of her browser, a program by its token, the study's owner by the study's key.

Every route but those of doors and of signing in itself asks here. What a browser sends to change something must come
from a page of ours; a wrong bearer token is refused, whatever cookie comes with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Response, status
from starlette.concurrency import run_in_threadpool

from annotations.errors import TandemError
from service.access.doors import bearer, holds_key
from service.access.policy import Action, may, must
from service.access.viewer import Viewer
from service.accounts.secrets_given import form_token
from service.accounts.session_lifetime import LONGEST
from service.accounts.sign_in import Began
from service.accounts.viewers import holder_of_key, of_session, of_token
from service.audit import Actor
from service.composition import Parts
from service.web.browser_requests import SAFE, refuse_foreign
from service.web.client_address import address_of, is_secure
from service.web.request_limits import UPLOADS

COOKIE = "tandem_session"
# a browser takes this name from nobody but this very host, over https
SECURE_COOKIE = f"__Host-{COOKIE}"
_NOBODY = (
    "This needs somebody who is signed in: open the address of the study in a browser; a program sends its token, or the "
    'key that "tandem serve" prints, as "Authorization: Bearer TOKEN".'
)


class NotSignedIn(HTTPException):
    """Nobody is signed in, or what was sent opens nothing."""

    def __init__(self) -> None:
        super().__init__(status.HTTP_401_UNAUTHORIZED, _NOBODY, {"WWW-Authenticate": "Bearer"})


@dataclass(frozen=True)
class SignedRequest:
    """Who asks, how they came in ("session", "token" or "key"), and from which address."""

    viewer: Viewer
    how: str
    address: str

    @property
    def by(self) -> Actor:
        """The same for the audit log."""
        return Actor(self.viewer.name, self.how, self.address, self.viewer.account)


async def viewer_of(request: Request) -> Viewer:
    """Whoever asks. Raises NotSignedIn, or ForeignForm for what another site's page sends in their name."""
    return (await asked(request)).viewer


async def asked(request: Request) -> SignedRequest:
    """Who asks and how. Looked up once in a request."""
    known: SignedRequest | None = getattr(request.state, "asked", None)
    if known is None:
        known = await _look_up(request)
        request.state.asked = known
    return known


async def still_may(request: Request, action: Action) -> bool:
    """Looked up anew, for an answer that goes on: is whoever asked still signed in, and allowed this?"""
    request.state.asked = None
    try:
        return may(await viewer_of(request), action)
    except NotSignedIn:
        return False


async def viewer_or_none(request: Request) -> Viewer | None:
    """Whoever asks, None where nobody is signed in: for pages that others may open too."""
    try:
        return (await asked(request)).viewer
    except NotSignedIn:
        return None


async def by_of(request: Request) -> Actor:
    """Who asks, for the audit log."""
    return (await asked(request)).by


SignedIn = Annotated[Viewer, Depends(viewer_of)]


@dataclass(frozen=True)
class Needs:
    """A route's rule: whoever asks must be allowed this action in the study at all.

    Whether it is allowed for one interview is asked once it is known which (``service/access/transcript_access``).
    """

    action: Action

    async def __call__(self, viewer: SignedIn) -> Viewer:
        """Whoever asks. Raises NotAllowed."""
        must(viewer, self.action)
        return viewer


class NotForPrograms(TandemError):
    """A program asks for what people do themselves."""

    def __init__(self) -> None:
        super().__init__(
            "Accounts, passwords and tokens are changed by people, in a browser: a program's token cannot make another one. "
            "Nothing was changed."
        )


async def person_of(request: Request, viewer: SignedIn) -> Viewer:
    """Whoever is signed in with a browser. Raises NotForPrograms: a token that leaked makes no other tokens."""
    if (await asked(request)).how == "token":
        raise NotForPrograms
    return viewer


ByPerson = Annotated[Viewer, Depends(person_of)]
AskedBy = Annotated[Actor, Depends(by_of)]


def session_cookie(request: Request) -> str:
    """What the browser keeps, empty where nothing."""
    return request.cookies.get(_cookie_name(request), "")


def remember(request: Request, answer: Response, began: Began) -> None:
    """Let the browser keep the session that began."""
    secure = is_secure(request)
    answer.set_cookie(
        _cookie_name(request),
        began.token,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        # lax: a link to a page may stand elsewhere; forms carry a token besides
        samesite="lax",
        secure=secure,
    )


def forget(request: Request, answer: Response) -> None:
    """Let the browser forget its session."""
    secure = is_secure(request)
    answer.delete_cookie(_cookie_name(request), httponly=True, samesite="lax", secure=secure)


def _cookie_name(request: Request) -> str:
    """A browser keeps cookies by host and not by port, and two studies of one machine differ in their ports alone."""
    name = SECURE_COOKIE if is_secure(request) else COOKIE
    return name if request.url.port is None else f"{name}_{request.url.port}"


async def _look_up(request: Request) -> SignedRequest:
    key: str = request.app.state.key
    parts: Parts = request.app.state.parts
    if "authorization" in request.headers:
        return await run_in_threadpool(_of_program, request, parts, key)
    given = session_cookie(request)
    signed_in = await run_in_threadpool(of_session, parts.store, key, given) if given else None
    if signed_in is None:
        raise NotSignedIn
    token = form_token(key, signed_in.session.token_hash)
    if request.method not in SAFE and request.url.path == UPLOADS:
        # before they are read: they are large
        must(signed_in.viewer, Action.BRING_IN)
    if request.method not in SAFE:
        await refuse_foreign(request, token)
    request.state.csrf = token
    request.state.session = signed_in.session
    return SignedRequest(
        signed_in.viewer, "session" if signed_in.viewer.account else "key", address_of(request)
    )


def _of_program(request: Request, parts: Parts, key: str) -> SignedRequest:
    given = bearer(request)
    if given and holds_key(request, given):
        return SignedRequest(holder_of_key(parts.store), "key", address_of(request))
    viewer = of_token(parts.store, key, given) if given else None
    if viewer is None:
        raise NotSignedIn
    return SignedRequest(viewer, "token", address_of(request))
