"""The codebook and the coders in force, read anew when their file changes: a server runs for weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.codebook.files import read_codebook
from annotations.coding import Coder
from annotations.errors import BadInput
from annotations.label_studio.arrivals import KnownCoders
from annotations.names import folded
from annotations.store.accounts import Account, all_accounts
from annotations.study.config import FILE, read_study
from service.composition import Parts


class InForce:
    """What study.yaml and codebook.yaml say now. While a file is half edited, what it said before holds."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._codebook: tuple[object, Codebook] | None = None
        self._people: tuple[object, Sequence[Coder]] | None = None
        self._coders: tuple[object, KnownCoders] | None = None

    @property
    def codebook(self) -> Codebook:
        """The codebook."""
        mark = _mark(self._parts.study.codebook_file)
        if self._codebook is None or self._codebook[0] != mark:
            try:
                self._codebook = (mark, read_codebook(self._parts.study.codebook_file))
            except BadInput:
                return self._codebook[1] if self._codebook else self._parts.codebook
        return self._codebook[1]

    def coders(self, connection: Connection) -> KnownCoders:
        """The coders of study.yaml, and the accounts that have an e-mail address by which Label Studio knows them."""
        mark = (self._in_file, all_accounts(connection, removed_too=True))
        if self._coders is None or self._coders[0] != mark:
            self._coders = (mark, KnownCoders(with_accounts(*mark)))
        return self._coders[1]

    @property
    def _in_file(self) -> Sequence[Coder]:
        mark = _mark(self._parts.study.folder / FILE)
        if self._people is None or self._people[0] != mark:
            try:
                self._people = (mark, read_study(self._parts.study.folder).config.people)
            except BadInput:
                return self._people[1] if self._people else self._parts.study.config.people
        return self._people[1]


def with_accounts(people: Sequence[Coder], accounts: Sequence[Account]) -> Sequence[Coder]:
    """The same people, and those who have an account and are not among them; an address of study.yaml is believed first."""
    by_name = {folded(person.name): person for person in people}
    taken = {folded(person.email) for person in people if person.email}
    for account in accounts:
        if not account.email or folded(account.email) in taken:
            continue
        known = by_name.get(folded(account.name), Coder(account.name))
        if not known.email:
            by_name[folded(account.name)] = replace(known, email=account.email)
    return tuple(by_name.values())


def _mark(file: Path) -> object:
    try:
        status = file.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size)
