"""The page People: who works in the study, with which rights, and what a lead changes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.concurrency import run_in_threadpool

from annotations.errors import TandemError
from annotations.names import folded
from annotations.store.accounts import Account
from annotations.store.api_tokens import ApiToken, all_tokens
from annotations.store.database import Store
from annotations.store.tables import now
from service.access.policy import Action
from service.accounts.people import (
    AccountShown,
    Invited,
    Rights,
    change_email,
    change_rights,
    close,
    everybody,
    invite,
    new_link,
    role_said,
    sign_out_person,
    sites_in,
    sites_said,
)
from service.accounts.program_tokens import withdraw
from service.audit import Did, noted
from service.page_words import for_pages
from service.pushing.invited_coders import list_address
from service.web.client_address import is_secure
from service.web.form_of_before import is_of_before, mark_of, shows_anew
from service.web.form_route import FormRoute
from service.web.pages import Visit, Visited, saved
from service.web.sign_in_pages import Said
from service.web.signed_in import AskedBy, person_of

PATH = "/people"
_RIGHTS_CHANGED = shows_anew("The rights of this account were")
# a program's token invites nobody
router = APIRouter(
    prefix=PATH, include_in_schema=False, route_class=FormRoute, dependencies=[Depends(person_of)]
)
Chosen = Annotated[list[str] | None, Form(max_length=200)]


@router.get("")
async def people(visit: Visited) -> Response:
    """Everybody who has an account."""
    visit.must(Action.MANAGE_PEOPLE)
    return await _page(visit)


@router.post("/invite")
async def invite_person(
    visit: Visited,
    by: AskedBy,
    name: Said = "",
    email: Said = "",
    role: Said = "coder",
    site: Chosen = None,
    text: Said = "",
) -> Response:
    """A new account, and the link that one gives to whoever it is for."""
    visit.must(Action.MANAGE_PEOPLE)
    typed = {"name": name, "email": email, "role": role}
    try:
        rights = Rights(role_said(role), sites_said(site or ()), sees_text=bool(text))
        config, key = visit.parts.study.config, visit.request.app.state.key
        made = await run_in_threadpool(
            invite, visit.parts.store, key, name, rights, by=by, config=config, email=email
        )
    except TandemError as error:
        return await _page(visit, fault=str(error), typed=typed)
    told = await run_in_threadpool(_listed, visit, made.account)
    return await _page(visit, made=made, told=told)


@router.get("/{account}")
async def one_person(visit: Visited, account: UUID) -> Response:
    """One account: its rights, its tokens, and how to close it."""
    visit.must(Action.MANAGE_PEOPLE)
    return await _one(visit, account)


@router.post("/{account}/rights")
async def other_rights(
    visit: Visited,
    by: AskedBy,
    account: UUID,
    role: Said = "",
    site: Chosen = None,
    text: Said = "",
    seen: Said = "",
) -> Response:
    """Another role, other sites; they hold from the next request on."""
    visit.must(Action.MANAGE_PEOPLE)
    try:
        rights = Rights(role_said(role), sites_said(site or ()), sees_text=bool(text))
        config = visit.parts.study.config
        person, _ = await run_in_threadpool(_known, visit.parts.store, account)
        if person is not None and is_of_before(seen, person.rights.said()):
            return await _one(visit, account, fault=_RIGHTS_CHANGED)
        await run_in_threadpool(change_rights, visit.parts.store, account, rights, config, by=by)
    except TandemError as error:
        return await _one(visit, account, fault=str(error))
    return saved(PATH, "rights")


@router.post("/{account}/email")
async def other_email(visit: Visited, by: AskedBy, account: UUID, email: Said = "") -> Response:
    """Another address by which Label Studio knows this person."""
    visit.must(Action.MANAGE_PEOPLE)
    person, _ = await run_in_threadpool(_known, visit.parts.store, account)
    try:
        changed = await run_in_threadpool(change_email, visit.parts.store, account, email, by=by)
    except TandemError as error:
        return await _one(visit, account, fault=str(error))
    before = "" if person is None else person.account.email
    if told := await run_in_threadpool(_listed, visit, changed, before):
        return await _page(visit, told=told)
    return saved(f"{PATH}/{account}", "email")


def _listed(visit: Visit, account: Account, before: str = "") -> str:
    """Let the study's list of coders have the address too; what to know where it could not be written there."""
    if not visit.may(Action.CHANGE_STUDY):
        return ""
    try:
        if list_address(visit.parts, account, before):
            noted(visit.parts.store, visit.by, Did.CHANGED_STUDY, "study.yaml", keys="coders")
    except TandemError as error:
        return (
            f"The address of {account.name} is kept here. The study's list of coders (Settings) does not have it yet: "
            f"{for_pages(str(error))}"
        )
    return ""


@router.post("/{account}/link")
async def link(visit: Visited, by: AskedBy, account: UUID) -> Response:
    """A new link to choose a password by."""
    visit.must(Action.MANAGE_PEOPLE)
    key = visit.request.app.state.key
    made = await run_in_threadpool(new_link, visit.parts.store, key, account, by=by)
    return await _page(visit, made=made)


@router.post("/{account}/sign-out")
async def sign_out(visit: Visited, by: AskedBy, account: UUID) -> Response:
    """Wherever this person is signed in, that ends."""
    visit.must(Action.MANAGE_PEOPLE)
    await run_in_threadpool(sign_out_person, visit.parts.store, account, by=by)
    return saved(PATH, "sign-out")


@router.post("/{account}/close")
async def close_account(visit: Visited, by: AskedBy, account: UUID, sure: Said = "") -> Response:
    """Nobody signs in with this account any more."""
    visit.must(Action.MANAGE_PEOPLE)
    if not sure:
        return await _one(visit, account, fault="Tick that you are sure. Nothing was changed.")
    try:
        await run_in_threadpool(close, visit.parts.store, account, by=by)
    except TandemError as error:
        return await _one(visit, account, fault=str(error))
    return saved(PATH, "close")


@router.post("/{account}/tokens/{token}/withdraw")
async def withdraw_token(visit: Visited, by: AskedBy, account: UUID, token: UUID) -> Response:
    """A program of theirs is let in no more."""
    visit.must(Action.MANAGE_PEOPLE)
    await run_in_threadpool(withdraw, visit.parts.store, token, account=account, by=by)
    return saved(f"{PATH}/{account}", "token")


async def _page(
    visit: Visit,
    *,
    made: Invited | None = None,
    fault: str = "",
    told: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    people = await run_in_threadpool(everybody, visit.parts.store)
    return visit.page(
        "people.html",
        code=422 if fault else 200,
        people=people,
        made=made,
        link="" if made is None else f"{_own_address(visit.request)}{made.path}",
        fault=fault,
        told=told,
        typed=typed or {"name": "", "email": "", "role": "coder"},
        sites=sites_in(visit.parts.study.config),
        listed=_not_invited(visit, people),
    )


def _not_invited(visit: Visit, people: Sequence[AccountShown]) -> list[str]:
    """Coders of study.yaml who have no account yet."""
    known = {folded(person_shown.account.name) for person_shown in people}
    return [person.name for person in visit.parts.study.config.people if folded(person.name) not in known]


async def _one(visit: Visit, account: UUID, *, fault: str = "") -> Response:
    person, tokens = await run_in_threadpool(_known, visit.parts.store, account)
    if person is None:
        said = "This account is closed, or was never there. Look at the list of people again."
        return visit.page("fault.html", code=404, title="This account is not here", sentence=said)
    return visit.page(
        "person.html",
        code=422 if fault else 200,
        person=person,
        tokens=tokens,
        seen=mark_of(person.rights.said()),
        fault=fault,
        sites=sites_in(visit.parts.study.config),
    )


def _known(store: Store, account: UUID) -> tuple[AccountShown | None, list[ApiToken]]:
    """Somebody, None where the account is closed, and the tokens that let a program in."""
    person = next((candidate for candidate in everybody(store) if candidate.account.id == account), None)
    with store.reading() as connection:
        moment = now()
        return person, [token for token in all_tokens(connection, account) if token.is_open(moment)]


def _own_address(request: Request) -> str:
    """How this browser calls us: a link is given to people who call us so too."""
    named = request.headers.get("host", "")
    return f"{'https' if is_secure(request) else 'http'}://{named}"
