"""What a lead does with accounts: invite, give a role, limit to sites, sign out, close. And the first account of all."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from annotations.errors import BadInput, unknown
from annotations.names import folded, name_in_short
from annotations.store import accounts, sessions
from annotations.store.accounts import Account
from annotations.store.api_tokens import all_tokens, withdraw_all
from annotations.store.database import Store
from annotations.store.tables import now
from annotations.study.config import StudyConfig
from service.access.viewer import ViewerRole
from service.accounts.passwords import hashed, refuse_guessable
from service.accounts.secrets_given import fresh, hash_of
from service.audit import Actor, Did, note, this_machines_user
from service.person_named import person_named

LINK_LASTS = timedelta(days=7)
INVITATION = "/invitation"


@dataclass(frozen=True, slots=True)
class Rights:
    """What an account may: its role, the sites that it is limited to (None: all), and for a reader whether text too."""

    role: ViewerRole
    sites: frozenset[str] | None = None
    sees_text: bool = False

    def said(self) -> str:
        """In words."""
        where = "" if self.sites is None else f", only {', '.join(sorted(self.sites)) or 'no site'}"
        text = ", with text" if self.role is ViewerRole.READER and self.sees_text else ""
        return f"{self.role}{text}{where}"


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation. ``path``: what follows the address of the service; whoever opens it first chooses the password."""

    account: Account
    path: str
    expires: datetime

    def __repr__(self) -> str:
        return f"Invited(account={self.account!r}, …)"


@dataclass(frozen=True, slots=True)
class AccountShown:
    """An account as a list shows it. ``waits``: until when an invitation is open, None: there is none."""

    account: Account
    rights: Rights
    signed_in: int
    last_seen: datetime | None
    tokens: int
    waits: datetime | None


def first_account(store: Store, name: str, password: str = "", *, address: str = "") -> Account:
    """The account of the first lead. Raises BadInput if there is an account already, or for name or password.

    Without a password, she signs in with the link of the study's key on her own machine.
    """
    called = person_named(name, "your name", purpose="It stands beside what you code and decide.")
    kept = None
    if password:
        refuse_guessable(password, (called,))
        kept = hashed(password)
    with store.writing() as connection:
        if accounts.all_accounts(connection, removed_too=True):
            raise BadInput(
                "This study has accounts already. Sign in with yours, or ask a lead for an invitation link."
            )
        made = accounts.add_account(connection, called, ViewerRole.LEAD)
        accounts.set_password(connection, made.id, kept)
        who = Actor(made.name, "key", address or this_machines_user().address, made.id)
        note(connection, who, Did.INVITED, made.name, role=ViewerRole.LEAD, how="first account")
        return made


def invite(
    store: Store,
    key: str,
    name: str,
    rights: Rights,
    *,
    by: Actor,
    config: StudyConfig,
    email: str = "",
) -> Invited:
    """A new account, or the closed one of this name opened again, and the link by which its password is chosen.

    Raises BadInput for a name, address or site that cannot be, or if an open account has this name.
    """
    called = _as_in_study(
        person_named(name, "the name", purpose="It stands beside what this person codes."), config
    )
    mail = _mail(email) or _mail_in_study(called, config)
    rights = checked(rights, config)
    with store.writing() as connection:
        account = accounts.account_named(connection, called)
        if account is not None and account.removed is None:
            raise BadInput(
                f'"{account.name}" has an account already ({account.role}). Make a new link for it, or invite somebody by '
                f"another name. Nothing was changed."
            )
        _refuse_taken(connection, mail, account)
        if account is None:
            account = accounts.add_account(connection, called, rights.role, email=mail)
        else:
            accounts.reopen_account(connection, account.id)
            accounts.set_email(connection, account.id, mail)
        accounts.change_account(
            connection, account.id, role=rights.role, sites=rights.sites, sees_text=rights.sees_text
        )
        note(connection, by, Did.INVITED, account.name, rights=rights.said())
        return _link(connection, key, account.id, by)


def new_link(store: Store, key: str, account: UUID, *, by: Actor) -> Invited:
    """A new link, for whoever has lost the first or forgotten the password; the old password holds until it is used."""
    with store.writing() as connection:
        opened = _open(connection, account)
        note(connection, by, Did.INVITED, opened.name, how="new link")
        return _link(connection, key, opened.id, by)


def change_rights(
    store: Store, account: UUID, rights: Rights, config: StudyConfig, *, by: Actor
) -> tuple[Rights, Rights]:
    """Give an account other rights; they hold from the next request on. Returns those of before and those of now.

    Raises BadInput if it is the last lead who sees every site.
    """
    rights = checked(rights, config)
    with store.writing() as connection:
        opened = _open(connection, account)
        before = rights_of(opened)
        if not (rights.role is ViewerRole.LEAD and rights.sites is None):
            _refuse_last_lead(connection, opened)
        accounts.change_account(
            connection, account, role=rights.role, sites=rights.sites, sees_text=rights.sees_text
        )
        note(connection, by, Did.CHANGED_RIGHTS, opened.name, before=before.said(), now=rights.said())
    return before, rights


def change_email(store: Store, account: UUID, email: str, *, by: Actor) -> Account:
    """Another address by which Label Studio knows this person. Raises BadInput for one that is none, or is taken."""
    mail = _mail(email)
    with store.writing() as connection:
        opened = _open(connection, account)
        _refuse_taken(connection, mail, opened)
        accounts.set_email(connection, account, mail)
        note(connection, by, Did.CHANGED_RIGHTS, opened.name, address=mail)
        return _open(connection, account)


def sign_out_person(store: Store, account: UUID, *, by: Actor) -> int:
    """Somebody's sessions end, wherever they are signed in; returns how many there were."""
    with store.writing() as connection:
        opened = _open(connection, account)
        ended = sessions.end_all(connection, account)
        note(connection, by, Did.SIGNED_OTHERS_OUT, opened.name, sessions=ended)
        return ended


def close(store: Store, account: UUID, *, by: Actor) -> Account:
    """Nobody signs in with this account any more: sessions end, tokens and invitations open nothing.

    What the person coded and decided stays, under her name. Raises BadInput if it is the last lead.
    """
    with store.writing() as connection:
        opened = _open(connection, account)
        _refuse_last_lead(connection, opened)
        sessions.end_all(connection, account)
        sessions.forget_invitations(connection, account)
        withdraw_all(connection, account)
        accounts.close_account(connection, account)
        note(connection, by, Did.CLOSED, opened.name)
        return opened


def everybody(store: Store) -> Sequence[AccountShown]:
    """The open accounts, in the order in which they were made."""
    with store.reading() as connection:
        waiting, tokens = sessions.open_invitations(connection), all_tokens(connection)
        moment = now()
        people = []
        for account in accounts.all_accounts(connection):
            there = [some for some in sessions.sessions_of(connection, account.id) if some.expires > moment]
            invitation = waiting.get(account.id)
            people.append(
                AccountShown(
                    account,
                    rights_of(account),
                    len(there),
                    max((some.seen for some in there), default=None),
                    sum(some.account == account.id and some.is_open(moment) for some in tokens),
                    None if invitation is None else invitation.expires,
                )
            )
    return people


def person(store: Store, name: str) -> Account:
    """The open account of this name, in any spelling. Raises UnknownName."""
    with store.reading() as connection:
        account = accounts.account_named(connection, name)
        known = [account.name for account in accounts.all_accounts(connection)]
    if account is None or account.removed is not None:
        raise unknown("account", name, known, remedy="See them with tandem people list.")
    return account


def rights_of(account: Account) -> Rights:
    """What an account may."""
    return Rights(ViewerRole(account.role), account.sites, account.sees_text)


def checked(rights: Rights, config: StudyConfig) -> Rights:
    """The same, with sites spelt as study.yaml spells them. Raises BadInput for one that it does not know."""
    if rights.sites is None:
        return rights
    known = sites_in(config)
    spelt = {folded(site): site for site in known}
    for site in rights.sites:
        if known and folded(site) not in spelt:
            raise unknown("site", site, known, remedy="Sites stand in study.yaml, under cases.")
    return Rights(
        rights.role, frozenset(spelt.get(folded(site), site) for site in rights.sites), rights.sees_text
    )


def sites_in(config: StudyConfig) -> tuple[str, ...]:
    """The sites that study.yaml names, each once."""
    return tuple(dict.fromkeys(site for of_case in config.cases.values() for site in of_case))


def sites_said(given: Collection[str]) -> frozenset[str] | None:
    """Sites as people give them, one or several in a word with commas; "all" and nothing at all mean every site."""
    sites = {site.strip() for some in given for site in some.split(",") if site.strip()}
    return None if not sites or {folded(site) for site in sites} == {"all"} else frozenset(sites)


def role_said(given: str) -> ViewerRole:
    """A role by its name. Raises UnknownName."""
    try:
        return ViewerRole(given.strip().casefold())
    except ValueError:
        raise unknown("role", given, list(ViewerRole), remedy="Give lead, coder or reader.") from None


def _link(connection: Connection, key: str, account: UUID, by: Actor) -> Invited:
    given, ends = fresh(), now() + LINK_LASTS
    sessions.invite(connection, account, hash_of(key, given), by=by.who, expires=ends)
    return Invited(_open(connection, account), f"{INVITATION}/{given}", ends)


def _open(connection: Connection, account: UUID) -> Account:
    closed_or_open = accounts.account_of(connection, account)
    if closed_or_open is None or closed_or_open.removed is not None:
        raise BadInput("This account is closed, or was never there. Look at the list of people again.")
    return closed_or_open


def _refuse_last_lead(connection: Connection, account: Account) -> None:
    leads = [
        account
        for account in accounts.all_accounts(connection)
        if account.role == ViewerRole.LEAD and account.sites is None
    ]
    if [lead.id for lead in leads] == [account.id]:
        raise BadInput(
            f"{account.name} is the only lead of this study who sees every site. Make somebody else one first. Nothing was "
            f"changed."
        )


def _refuse_taken(connection: Connection, mail: str, own: Account | None) -> None:
    for account in accounts.all_accounts(connection):
        if mail and folded(account.email) == folded(mail) and (own is None or account.id != own.id):
            raise BadInput(f"{account.name} has the address {mail} already. Nothing was changed.")


def _mail(given: str) -> str:
    said = given.strip()
    if said and not re.fullmatch(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,180}", said):
        raise BadInput(
            f'"{name_in_short(said)}" is no e-mail address. Give one such as ada@example.org, or leave it out: no mail is '
            f"sent to it, it is the name by which Label Studio knows a coder. Nothing was changed."
        )
    return said


def _as_in_study(name: str, config: StudyConfig) -> str:
    """A coder of study.yaml is called as there, whatever spelling or alias was given."""
    for entry in config.coders:
        if folded(name) in {folded(name_known) for name_known in (entry.name, *entry.aliases)}:
            return entry.name
    return name


def _mail_in_study(name: str, config: StudyConfig) -> str:
    return next((entry.email for entry in config.coders if folded(entry.name) == folded(name)), "")
