"""Pages of getting in and out: sign in, an invitation, the first account, sign out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response, status
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from annotations.errors import BadInput, TandemError
from annotations.store.accounts import open_accounts
from service.access.policy import Action, must
from service.accounts.passwords import SHORTEST
from service.accounts.people import INVITATION, first_account, rights_of
from service.accounts.sign_in import (
    NoInvitation,
    TooManyGuesses,
    WrongPassword,
    accept,
    invited,
    sign_out,
    sign_out_everywhere,
    with_account,
    with_password,
)
from service.audit import Did, noted
from service.web.browser_requests import own_path, refuse_other_origin
from service.web.client_address import address_of, is_here
from service.web.dependencies import Served
from service.web.form_route import FormRoute
from service.web.pages import page_for
from service.web.signed_in import (
    AskedBy,
    ByPerson,
    SignedIn,
    forget,
    remember,
    session_cookie,
    viewer_or_none,
)

SIGN_IN, FIRST = "/sign-in", "/first-account"
router = APIRouter(include_in_schema=False, route_class=FormRoute)
Said = Annotated[str, Form(max_length=1000)]


@router.get(SIGN_IN)
async def sign_in_page(
    request: Request, parts: Served, onward: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """Name and password; whoever is in already goes on."""
    if await viewer_or_none(request) is not None:
        return _to(own_path(onward))
    return await _sign_in(request, parts, onward=own_path(onward))


@router.post(SIGN_IN)
async def sign_in(
    request: Request,
    parts: Served,
    name: Said = "",
    password: Said = "",
    onward: Annotated[str, Form(alias="next", max_length=1000)] = "/",
) -> Response:
    """Sign in; whatever session the browser had before ends."""
    refuse_other_origin(request)
    key, address = request.app.state.key, address_of(request)
    try:
        began = await run_in_threadpool(with_password, parts.store, key, name, password, address=address)
    except TooManyGuesses as error:
        answer = await _sign_in(
            request,
            parts,
            onward=own_path(onward),
            name=name,
            fault=str(error),
            code=status.HTTP_429_TOO_MANY_REQUESTS,
        )
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    except WrongPassword as error:
        return await _sign_in(
            request,
            parts,
            onward=own_path(onward),
            name=name,
            fault=str(error),
            code=status.HTTP_401_UNAUTHORIZED,
        )
    await run_in_threadpool(sign_out, parts.store, key, session_cookie(request))
    answer = _to(own_path(onward))
    remember(request, answer, began)
    return answer


@router.post("/sign-out")
async def leave(request: Request, parts: Served, by: AskedBy) -> Response:
    """Sign out here."""
    await run_in_threadpool(noted, parts.store, by, Did.SIGNED_OUT)
    await run_in_threadpool(sign_out, parts.store, request.app.state.key, session_cookie(request))
    return _left(request)


@router.post("/sign-out-everywhere")
async def leave_everywhere(request: Request, parts: Served, viewer: ByPerson, by: AskedBy) -> Response:
    """Sign out on every machine and browser, this one too."""
    await run_in_threadpool(noted, parts.store, by, Did.SIGNED_OUT, where="everywhere")
    await run_in_threadpool(sign_out_everywhere, parts.store, viewer.account)
    return _left(request)


@router.get(f"{INVITATION}/{{given}}")
async def invitation_page(request: Request, parts: Served, given: str) -> Response:
    """Choose a password. Looking at it uses up nothing: programs that check links do that."""
    return await _invitation(request, parts, given)


@router.post(f"{INVITATION}/{{given}}")
async def invitation(
    request: Request, parts: Served, given: str, password: Said = "", again: Said = ""
) -> Response:
    """The password is chosen, the link is used up, and whoever opened it is signed in."""
    refuse_other_origin(request)
    if password != again:
        return await _invitation(
            request, parts, given, "The two passwords are not the same. Type it twice.", code=422
        )
    key, address = request.app.state.key, address_of(request)
    try:
        began = await run_in_threadpool(accept, parts.store, key, given, password, address=address)
    except NoInvitation:
        return await _invitation(request, parts, given)
    except BadInput as error:
        return await _invitation(request, parts, given, str(error), code=422)
    await run_in_threadpool(sign_out, parts.store, key, session_cookie(request))
    answer = _to("/")
    remember(request, answer, began)
    return answer


@router.get(FIRST)
async def first_account_page(request: Request, viewer: SignedIn) -> Response:
    """Who is the first lead? Only for whoever holds the study's key, on the machine where Tandem runs."""
    must(viewer, Action.MANAGE_PEOPLE)
    _refuse_elsewhere(request)
    return page_for(request, viewer, "first_account.html", typed="", fault="", shortest=SHORTEST)


@router.post(FIRST)
async def make_first_account(
    request: Request, parts: Served, viewer: SignedIn, name: Said = "", password: Said = ""
) -> Response:
    """The account of the first lead, who is signed in with it."""
    must(viewer, Action.MANAGE_PEOPLE)
    _refuse_elsewhere(request)
    key, address = request.app.state.key, address_of(request)
    try:
        made = await run_in_threadpool(first_account, parts.store, name, password, address=address)
    except BadInput as error:
        return page_for(
            request,
            viewer,
            "first_account.html",
            code=422,
            typed=name,
            fault=str(error),
            shortest=SHORTEST,
        )
    await run_in_threadpool(sign_out, parts.store, key, session_cookie(request))
    answer = _to("/")
    remember(request, answer, await run_in_threadpool(with_account, parts.store, key, made, address=address))
    return answer


def _refuse_elsewhere(request: Request) -> None:
    if not is_here(request):
        raise NotHere


class NotHere(TandemError):
    """The first account is made on the machine itself."""

    def __init__(self) -> None:
        super().__init__(
            "The first account of a study is made on the machine where Tandem runs: open this page there by the address "
            '127.0.0.1, or run "tandem people first NAME" there. Nothing was changed.'
        )


async def _sign_in(
    request: Request,
    parts: Served,
    *,
    onward: str,
    name: str = "",
    fault: str = "",
    code: int = 200,
) -> Response:
    def count() -> int:
        with parts.store.reading() as connection:
            return open_accounts(connection)

    known = await run_in_threadpool(count)
    return page_for(
        request, None, "sign_in.html", code=code, onward=onward, typed=name, fault=fault, accounts=known > 0
    )


async def _invitation(
    request: Request, parts: Served, given: str, fault: str = "", *, code: int = 200
) -> Response:
    try:
        account = await run_in_threadpool(invited, parts.store, request.app.state.key, given)
    except NoInvitation as error:
        title = "This link opens nothing"
        return page_for(request, None, "fault.html", code=404, title=title, sentence=str(error))
    study, rights = parts.study.config.name, rights_of(account).said()
    return page_for(
        request,
        None,
        "invitation.html",
        code=code,
        account=account,
        study=study,
        rights=rights,
        shortest=SHORTEST,
        fault=fault,
    )


def _left(request: Request) -> Response:
    answer = _to(SIGN_IN)
    forget(request, answer)
    # what somebody has typed and not sent is kept in the browser: the next person there shall not find it
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def _to(path: str) -> Response:
    return RedirectResponse(path, status.HTTP_303_SEE_OTHER)
