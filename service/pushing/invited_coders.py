"""Coders who were invited, and the coders of study.yaml: who is not among them yet, and whose address is not there."""

from __future__ import annotations

from sqlalchemy import Connection

from annotations.names import folded
from annotations.store.accounts import Account, all_accounts
from annotations.study.config import StudyConfig, read_study
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.study_settings import change_settings


def invited_coders(connection: Connection, config: StudyConfig) -> tuple[Account, ...]:
    """Open accounts of coders by whose name, or another name of theirs, study.yaml knows nobody, by name."""
    known = {folded(name) for entry in config.coders for name in (entry.name, *entry.aliases)}
    coders_there = (account for account in all_accounts(connection) if account.role == ViewerRole.CODER.value)
    return tuple(
        sorted(
            (account for account in coders_there if folded(account.name) not in known),
            key=lambda account: account.name,
        )
    )


def list_invited_coders(parts: Parts) -> tuple[str, ...]:
    """Put them among the coders of study.yaml, with their e-mail addresses; the names that are new there.

    Raises BadInput where study.yaml cannot take one, and changes nothing then. ``parts``: those that a server goes on with.
    """
    with parts.alone("settings"):
        parts.take_up(read_study(parts.study.folder))
        config = parts.study.config
        with parts.store.reading() as connection:
            new = invited_coders(connection, config)
        if new:
            listed = config.model_dump(mode="json")["coders"]
            listed += [
                {"name": account.name} | ({"email": account.email} if account.email else {})
                for account in new
            ]
            change_settings(parts, {"coders": listed})
    return tuple(account.name for account in new)


def list_address(parts: Parts, account: Account, before: str = "") -> bool:
    """Let study.yaml's entry of a coder have the account's e-mail address, if it has none or the one of ``before``.

    Returns whether it was changed. Raises Busy while a worker or command holds the study, BadInput where study.yaml
    cannot take it. ``parts``: those that a server goes on with.
    """
    if not _lacking(parts.study.config, account, before):
        return False
    with parts.alone("settings"):
        parts.take_up(read_study(parts.study.folder))
        config = parts.study.config
        if not (entry := _lacking(config, account, before)):
            return False
        listed = [
            coder | ({"email": account.email} if coder["name"] == entry else {})
            for coder in config.model_dump(mode="json", exclude_defaults=True)["coders"]
        ]
        change_settings(parts, {"coders": listed})
    return True


def _lacking(config: StudyConfig, account: Account, before: str) -> str:
    """The name in study.yaml of this coder, if her entry is to have the account's address; "" if not."""
    for entry in config.coders:
        if folded(account.name) in {folded(name) for name in (entry.name, *entry.aliases)}:
            old = folded(entry.email) in ("", folded(before))
            return entry.name if old and account.email and entry.email != account.email else ""
    return ""
