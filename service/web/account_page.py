"""One's own account: password, where one is signed in, tokens for one's programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool

from annotations.errors import BadInput, TandemError
from annotations.store.accounts import Account, account_of
from annotations.store.api_tokens import all_tokens
from annotations.store.sessions import sessions_of
from annotations.store.tables import now
from service.access.policy import Action, may, must
from service.access.viewer import Viewer, ViewerRole
from service.accounts.passwords import SHORTEST
from service.accounts.people import rights_of, role_said
from service.accounts.program_tokens import NewToken, make_token, rights_of_token, withdraw
from service.accounts.sign_in import WrongPassword, change_password
from service.audit import Actor
from service.composition import Parts
from service.web.client_address import address_of, is_here
from service.web.dependencies import Served
from service.web.form_route import FormRoute
from service.web.pages import page_for, saved
from service.web.sign_in_pages import Said
from service.web.signed_in import AskedBy, ByPerson, remember

if TYPE_CHECKING:
    from service.accounts.label_studio_users import NewUser

PATH = "/account"
_WRONG_OLD = (
    "The password that you have now is another one. Type it again; if you have forgotten it, ask a lead of the study for a "
    "new invitation link. Nothing was changed."
)
router = APIRouter(prefix=PATH, include_in_schema=False, route_class=FormRoute)


@router.get("")
async def account_page(request: Request, parts: Served, viewer: ByPerson) -> Response:
    """Who one is here, and what one may."""
    return await _page(request, parts, viewer)


@router.post("/password")
async def new_password(
    request: Request, parts: Served, viewer: ByPerson, old: Said = "", password: Said = "", again: Said = ""
) -> Response:
    """Another password: every other session of the account ends."""
    account = await run_in_threadpool(_own, parts, viewer)
    if password != again:
        return await _page(
            request, parts, viewer, fault="The two new passwords are not the same. Type it twice."
        )
    key, address = request.app.state.key, address_of(request)
    try:
        began = await run_in_threadpool(
            change_password, parts.store, key, account, old, password, address=address
        )
    except WrongPassword:
        return await _page(request, parts, viewer, fault=_WRONG_OLD)
    except TandemError as error:
        return await _page(request, parts, viewer, fault=str(error))
    answer = saved(PATH, "password")
    remember(request, answer, began)
    return answer


@router.post("/tokens")
async def new_token(
    request: Request,
    parts: Served,
    viewer: ByPerson,
    by: AskedBy,
    name: Said = "",
    role: Said = "",
    days: Annotated[int, Form()] = 90,
) -> Response:
    """A token for a program, shown on this page and never again."""
    account = await run_in_threadpool(_own, parts, viewer)
    try:
        key, given = request.app.state.key, role_said(role)
        made = await run_in_threadpool(make_token, parts.store, key, account, name, given, days=days, by=by)
    except BadInput as error:
        return await _page(request, parts, viewer, fault=str(error))
    return await _page(request, parts, viewer, made=made)


@router.post("/label-studio")
async def label_studio_user(request: Request, parts: Served, viewer: ByPerson, by: AskedBy) -> Response:
    """One's own user in Label Studio, with a password that is shown once."""
    must(viewer, Action.CODE)
    account = await run_in_threadpool(_own, parts, viewer)
    try:
        made = await run_in_threadpool(_make_user, parts, account, by)
    except TandemError as error:
        return await _page(request, parts, viewer, fault=str(error))
    return await _page(request, parts, viewer, user=made)


@router.post("/tokens/{token}/withdraw")
async def withdraw_own(parts: Served, viewer: ByPerson, by: AskedBy, token: UUID) -> Response:
    """One's own token lets nobody in any more."""
    account = await run_in_threadpool(_own, parts, viewer)
    await run_in_threadpool(withdraw, parts.store, token, account=account.id, by=by)
    return saved(PATH, "token")


async def _page(
    request: Request,
    parts: Parts,
    viewer: Viewer,
    *,
    fault: str = "",
    made: NewToken | None = None,
    user: NewUser | None = None,
) -> Response:
    known = await run_in_threadpool(_known, parts, viewer)
    return page_for(
        request,
        viewer,
        "account.html",
        code=422 if fault else 200,
        fault=fault,
        made=made,
        user=user,
        codes=may(viewer, Action.CODE),
        shortest=SHORTEST,
        here=is_here(request),
        **known,
    )


def _known(parts: Parts, viewer: Viewer) -> dict[str, Any]:
    """What the page shows of an account; of whoever holds the key, that there is none."""
    with parts.store.reading() as connection:
        account = None if viewer.account is None else account_of(connection, viewer.account)
        moment = now()
        sessions = sessions_of(connection, viewer.account)
        tokens = () if account is None else all_tokens(connection, account.id)
    open_ones = [token for token in tokens if token.is_open(moment)]
    return {
        "account": account,
        "rights": None if account is None else rights_of(account).said(),
        "sessions": [session for session in sessions if session.expires > moment],
        "tokens": [
            (open_token, rights_of_token(open_token, account).said()) for open_token in open_ones if account
        ],
        "roles": [role for role in ViewerRole if account and _least(ViewerRole(account.role), role) is role],
    }


def _make_user(parts: Parts, account: Account, by: Actor) -> NewUser:
    # imported here: Label Studio's SDK takes long to load, and few ask for this
    from service.accounts.label_studio_users import make_label_studio_user
    from service.label_studio.connect import label_studio_of

    # somebody waits for the page: each request is tried once
    with label_studio_of(parts, pauses=()) as server:
        return make_label_studio_user(parts, server, account, by=by)


def _least(role: ViewerRole, other: ViewerRole) -> ViewerRole:
    order = list(ViewerRole)
    return max(role, other, key=order.index)


def _own(parts: Parts, viewer: Viewer) -> Account:
    if viewer.account is not None:
        with parts.store.reading() as connection:
            account = account_of(connection, viewer.account)
        if account is not None:
            return account
    raise BadInput(
        "You came in with the study's key, which is no account. Sign in with your own, or make the first one. Nothing was "
        "changed."
    )
