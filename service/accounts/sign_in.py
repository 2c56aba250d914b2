"""Signing in and out: with name and password, with the study's key, with an invitation."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from annotations.errors import BadInput, TandemError
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.store import sessions, sign_in_attempts
from annotations.store.accounts import Account, account_of, account_signing_in, all_accounts, set_password
from annotations.store.database import Store
from annotations.store.sessions import Session, session_of
from annotations.store.tables import now
from service.access.viewer import ViewerRole
from service.accounts.guesses import waits_until
from service.accounts.passwords import hashed, is_dated, is_password, refuse_guessable
from service.accounts.secrets_given import fresh, hash_of
from service.accounts.session_lifetime import LONGEST
from service.accounts.viewers import key_holder
from service.audit import Actor, Did, note, noted


class WrongPassword(BadInput):
    """Name and password do not belong together; it is not said which of them is wrong."""

    def __init__(self) -> None:
        super().__init__(
            "Name and password do not belong together. Try again; if you have forgotten the password, ask a lead of the "
            "study for a new invitation link."
        )


class TooManyGuesses(TandemError):
    """Somebody has to wait. ``seconds``: how long."""

    def __init__(self, until: datetime) -> None:
        self.seconds = max(1, round((until - now()).total_seconds()))
        wait = (
            counted(self.seconds, "second")
            if self.seconds < 120
            else counted(round(self.seconds / 60), "minute")
        )
        super().__init__(
            f"There were several failed attempts to sign in. Wait {wait}, then try again; nobody is locked out for good."
        )


class NoInvitation(BadInput):
    """The link opens nothing."""

    def __init__(self) -> None:
        super().__init__(
            "This invitation link opens nothing: it has been used, has expired, or is not whole. If you have chosen your "
            "password already, go to the study and sign in with your name and that password. Else ask a lead for a new link."
        )


@dataclass(frozen=True)
class Began:
    """A session that began just now. ``token``: what the browser keeps; ``account``: whose, None for the key's."""

    token: str
    account: Account | None

    def __repr__(self) -> str:
        return f"Began(account={self.account!r}, …)"


def with_password(store: Store, key: str, name: str, password: str, *, address: str) -> Began:
    """Sign in. Raises WrongPassword, or TooManyGuesses before anything is compared.

    The attempt is counted before the password is looked at: guesses made at the same moment are all counted.
    """
    near = _neighbourhood(address)
    with store.writing() as connection:
        sign_in_attempts.one_at_a_time(connection)
        account = account_signing_in(connection, name[:400])
        # by name and by e-mail address it is the same account
        tried = name[:400] if account is None else account.name
        who = hashlib.sha256(folded(tried).encode()).hexdigest()
        _refuse_guessing(connection, who, near)
        sign_in_attempts.remember(connection, who, near)
    # outside of the transaction: it takes long, and others write meanwhile
    right = is_password(password, None if account is None else account.password)
    if account is None or not right:
        # what was typed for a name may be a password, so only the name of an account is written down
        nobody = Actor("nobody", "session", address)
        noted(store, nobody, Did.NOT_LET_IN, "" if account is None else account.name, why="wrong password")
        raise WrongPassword
    dated = hashed(password) if account.password and is_dated(account.password) else None
    with store.writing() as connection:
        still = account_of(connection, account.id)
        if still is None or still.removed or still.password != account.password:
            raise WrongPassword
        sign_in_attempts.forget(connection, who, near)
        if dated:
            set_password(connection, account.id, dated)
        note(connection, _by(account, address), Did.SIGNED_IN, how="password")
        return _begin(connection, key, account, address)


def with_key(store: Store, key: str, *, address: str, here: bool) -> Began | None:
    """Whoever holds the study's key is in, as long as nobody has an account. ``here``: on this very machine.

    Once there are accounts everybody signs in by name, so that a person stands beside what is decided: None. The lead whose
    account was made first, on this machine, and who has chosen no password, is signed in by the click on the link.
    """
    with store.writing() as connection:
        accounts = all_accounts(connection)
        account = accounts[0] if accounts else None
        if account is not None and not (
            here and account.password is None and account.role == ViewerRole.LEAD
        ):
            return None
        name = key_holder(connection).name if account is None else account.name
        by = Actor(name, "key", address, None if account is None else account.id)
        note(connection, by, Did.SIGNED_IN, how="link with the study's key")
        return _begin(connection, key, account, address)


def with_account(store: Store, key: str, account: Account, *, address: str) -> Began:
    """Sign in somebody who has just proved who they are."""
    with store.writing() as connection:
        return _begin(connection, key, account, address)


def invited(store: Store, key: str, given: str) -> Account:
    """Whose password a link lets one choose. Raises NoInvitation."""
    with store.reading() as connection:
        return _invited(connection, key, given)


def accept(store: Store, key: str, given: str, password: str, *, address: str) -> Began:
    """Choose the password of an invited account, and sign in: the link is used up, other sessions end.

    Raises NoInvitation, and BadInput for a password that somebody would guess.
    """
    account = invited(store, key, given)
    refuse_guessable(password, (account.name, account.email))
    kept = hashed(password)
    with store.writing() as connection:
        account = _invited(connection, key, given)
        sessions.forget_invitations(connection, account.id)
        sessions.end_all(connection, account.id)
        set_password(connection, account.id, kept)
        note(connection, _by(account, address), Did.JOINED, how="invitation link")
        return _begin(connection, key, account, address)


def change_password(store: Store, key: str, account: Account, old: str, new: str, *, address: str) -> Began:
    """A new password, if the old one is right; sessions elsewhere end, and this one goes on under another token.

    Raises WrongPassword, TooManyGuesses, or BadInput for one that somebody would guess.
    """
    if account.password is not None:
        with_password(store, key, account.name, old, address=address)
    refuse_guessable(new, (account.name, account.email))
    kept = hashed(new)
    with store.writing() as connection:
        sessions.end_all(connection, account.id)
        set_password(connection, account.id, kept)
        note(connection, _by(account, address), Did.JOINED, how="changed it")
        return _begin(connection, key, account, address)


def sign_out(store: Store, key: str, given: str) -> None:
    """This session ends; nothing happens where there is none."""
    with store.writing() as connection:
        session = session_of(connection, hash_of(key, given))
        if session is not None:
            sessions.end(connection, session.id)


def sign_out_everywhere(store: Store, account: UUID | None, *, but: Session | None = None) -> int:
    """All sessions of an account end, ``but`` this one; returns how many. None: those of the study's key."""
    with store.writing() as connection:
        return sessions.end_all(connection, account, but=None if but is None else but.id)


def _refuse_guessing(connection: Connection, who: str, near: str) -> None:
    until = waits_until(
        sign_in_attempts.failed(connection, account=who, address=near),
        sign_in_attempts.failed(connection, address=near),
        sign_in_attempts.failed(connection, account=who),
    )
    if until is not None and until > now():
        raise TooManyGuesses(until)


def _neighbourhood(address: str) -> str:
    """Whoever has one IPv6 address has all of its network of 64 bits, so they count as one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else address


def _invited(connection: Connection, key: str, given: str) -> Account:
    invitation = sessions.invitation_of(connection, hash_of(key, given))
    account = None if invitation is None else account_of(connection, invitation.account)
    if account is None or account.removed:
        raise NoInvitation
    return account


def _by(account: Account, address: str) -> Actor:
    return Actor(account.name, "session", address, account.id)


def _begin(connection: Connection, key: str, account: Account | None, address: str) -> Began:
    token = fresh()
    ends = now() + LONGEST
    sessions.begin(
        connection,
        None if account is None else account.id,
        hash_of(key, token),
        address=address,
        expires=ends,
    )
    return Began(token, account)
