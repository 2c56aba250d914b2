"""Tokens for programs: made for an account, with no more rights than it has, shown once, withdrawn at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from annotations.errors import BadInput
from annotations.store.accounts import Account
from annotations.store.api_tokens import ApiToken, add_token, all_tokens, withdraw_token
from annotations.store.database import Store
from annotations.store.tables import now
from service.access.viewer import ViewerRole
from service.accounts.people import Rights
from service.accounts.secrets_given import fresh_token, hash_of
from service.accounts.viewers import narrowed, viewer_of_account
from service.audit import Actor, Did, note
from service.person_named import person_named

LONGEST_DAYS = 366
MOST = 50


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it is shown once. ``given``: what the program sends."""

    name: str
    given: str

    def __repr__(self) -> str:
        return f"NewToken(name={self.name!r}, …)"


def make_token(
    store: Store, key: str, account: Account, name: str, role: ViewerRole, *, days: int, by: Actor
) -> NewToken:
    """A token that works for this account for so many days, with this role and the account's sites.

    Raises BadInput for a name that is none, for a role that may more than the account, and for too many tokens.
    """
    called = person_named(name, "the token's name", purpose="Say which program it is for.")
    own = viewer_of_account(account)
    rights = narrowed(own, role, own.sites, sees_text=own.sees_text)
    if rights.role is not role:
        raise BadInput(
            f"A token may not do more than you: you are a {account.role}, and it would be a {role}. Nothing was changed."
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInput(f"A token holds for 1 to {LONGEST_DAYS} days, not {days}. Nothing was changed.")
    given, moment = fresh_token(), now()
    with store.writing() as connection:
        if sum(token.is_open(moment) for token in all_tokens(connection, account.id)) >= MOST:
            raise BadInput(
                f"You have {MOST} tokens. Withdraw those that no program uses. Nothing was changed."
            )
        add_token(
            connection,
            account.id,
            hash_of(key, given),
            name=called,
            role=role,
            sites=None,
            sees_text=role is not ViewerRole.READER or account.sees_text,
            expires=moment + timedelta(days=days),
        )
        note(connection, by, Did.MADE_TOKEN, called, role=role, days=days)
    return NewToken(called, given)


def withdraw(store: Store, token: UUID, *, account: UUID | None, by: Actor) -> ApiToken:
    """It lets nobody in any more. ``account``: whose it must be, None for a lead who may withdraw any.

    Raises BadInput where there is no such token.
    """
    with store.writing() as connection:
        token_found = next(
            (candidate for candidate in all_tokens(connection, account) if candidate.id == token), None
        )
        if token_found is None:
            raise BadInput("There is no such token, or it is somebody else's. Nothing was changed.")
        withdraw_token(connection, token)
        note(connection, by, Did.WITHDREW_TOKEN, token_found.name)
        return token_found


def rights_of_token(token: ApiToken, account: Account) -> Rights:
    """What a token may: what both it and its account may now."""
    held = narrowed(
        viewer_of_account(account), ViewerRole(token.role), token.sites, sees_text=token.sees_text
    )
    return Rights(held.role, held.sites, held.sees_text)
