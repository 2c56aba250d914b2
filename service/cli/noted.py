"""What a command writes into the audit log, and who may have it done in their name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # most commands that only print need none of it
    from service.access.policy import Action
    from service.audit import Did, Plain
    from service.composition import Parts


def note(parts: Parts, did: Did, about: str = "", *, by: str = "", **detail: Plain) -> None:
    """Write down what a command has done, or is about to show. ``by``: the name that --by gave."""
    from service.audit import noted, this_machines_user

    noted(parts.store, this_machines_user(by), did, about, **detail)


def note_passages(parts: Parts, where: str, transcripts: Iterable[str]) -> None:
    """Write down that passages were shown; each is given by its transcript."""
    from service.audit import saw_passages, this_machines_user

    saw_passages(parts.store, this_machines_user(), where, transcripts)


def note_files(parts: Parts, files: Iterable[Path], kind: str, **detail: Plain) -> None:
    """Write down which files a command has made, by their names alone."""
    from service.audit import Did, noted, this_machines_user

    for file in files:
        noted(parts.store, this_machines_user(), Did.EXPORTED, file.name, kind=kind, **detail)


def in_whose_name(parts: Parts, name: str, action: Action) -> str:
    """The name of --by as its account spells it, if the study has accounts: it must be one that may do this.

    Raises UnknownName for a name that no account has, NotAllowed for one whose role or sites do not allow it. A study
    without accounts takes any name, as it always did.
    """
    from annotations.store.accounts import open_accounts
    from service.access.policy import must
    from service.accounts.people import person
    from service.accounts.viewers import viewer_of_account

    if not name.strip():
        return name  # the command itself says that it is missing
    with parts.store.reading() as connection:
        some = open_accounts(connection)
    if not some:
        return name
    account = person(parts.store, name)
    must(viewer_of_account(account), action)
    return account.name
