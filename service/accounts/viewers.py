"""Who asks: the viewer that a session or a program's token stands for, with the rights that hold at this moment."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from annotations.errors import Busy
from annotations.store import sessions
from annotations.store.accounts import Account, account_of, all_accounts
from annotations.store.api_tokens import token_of, used_now
from annotations.store.database import Store
from annotations.store.sessions import Session
from annotations.store.tables import now
from service.access.viewer import Viewer, ViewerRole
from service.accounts.secrets_given import hash_of
from service.accounts.session_lifetime import has_ended

# a session is written to no more often than this
_NOTED = timedelta(minutes=1)
KEY_HOLDER = "the study's key"


@dataclass(frozen=True)
class SignedIn:
    """A session and whom it stands for."""

    session: Session
    viewer: Viewer


def key_holder(connection: Connection) -> Viewer:
    """Whoever holds the study's key, a lead. Where there is one account alone, what is done stands under its name."""
    only = all_accounts(connection)
    return Viewer(None, only[0].name if len(only) == 1 else KEY_HOLDER, ViewerRole.LEAD)


def holder_of_key(store: Store) -> Viewer:
    """The same, from the store."""
    with store.reading() as connection:
        return key_holder(connection)


def viewer_of_account(account: Account) -> Viewer:
    """The person of this account."""
    return Viewer(account.id, account.name, ViewerRole(account.role), account.sites, account.sees_text)


def of_session(store: Store, key: str, given: str) -> SignedIn | None:
    """Who is signed in with this; None for what is unknown, idle too long, too old, or of a closed account."""
    with store.reading() as connection:
        session = sessions.session_of(connection, hash_of(key, given))
        moment = now()
        if session is None or has_ended(session, moment):
            return None
        viewer = _viewer(connection, session)
    if viewer is None:
        return None
    if session.seen + _NOTED < moment:
        with suppress(Busy), store.writing() as connection:
            sessions.seen_now(connection, session.id)
    return SignedIn(session, viewer)


def of_token(store: Store, key: str, given: str) -> Viewer | None:
    """Whom a program works for. It may what both its token and its account may now."""
    with store.reading() as connection:
        token = token_of(connection, hash_of(key, given))
        moment = now()
        account = None if token is None else account_of(connection, token.account)
        if token is None or account is None or account.removed or not token.is_open(moment):
            return None
    if token.used is None or token.used + _NOTED < moment:
        # where another command is writing, it is noted with the next request
        with suppress(Busy), store.writing() as connection:
            used_now(connection, token.id)
    return narrowed(
        viewer_of_account(account), ViewerRole(token.role), token.sites, sees_text=token.sees_text
    )


def narrowed(viewer: Viewer, role: ViewerRole, sites: frozenset[str] | None, *, sees_text: bool) -> Viewer:
    """The viewer with no more rights than these, and no more than they had."""
    both = viewer.sites if sites is None else sites if viewer.sites is None else viewer.sites & sites
    lesser = max(viewer.role, role, key=_ORDER.index)
    # who may read text by role gives a reader's token that right only where it says so
    reads = sees_text and (viewer.sees_text or viewer.role is not ViewerRole.READER)
    return Viewer(viewer.account, viewer.name, lesser, both, reads)


_ORDER = (ViewerRole.LEAD, ViewerRole.CODER, ViewerRole.READER)


def _viewer(connection: Connection, session: Session) -> Viewer | None:
    if session.account is None:
        # since there are accounts, everybody signs in with their own
        return None if all_accounts(connection) else key_holder(connection)
    account = account_of(connection, session.account)
    return None if account is None or account.removed else viewer_of_account(account)
