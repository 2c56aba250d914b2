"""Single values of a codebook's file: yes or no, one or many, who carries a code, its published names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from annotations.codebook.codes import PublishedName, Select
from annotations.codebook.draft import a_name
from annotations.codebook.plain_yaml import entries, mapping, text
from annotations.errors import BadInput, nearest
from annotations.transcript import Role

_CARRIERS = "participant, or participant and interviewer"


def names_said(given: Any, where: str) -> Mapping[str, tuple[PublishedName, ...]]:
    """The published names of a code, by their source. Raises BadInput."""
    listed = mapping(given, None, where)
    return MappingProxyType(
        {
            source: tuple(_published(entry, where) for entry in entries(its, where))
            for source, its in listed.items()
        }
    )


def _published(given: Any, where: str) -> PublishedName:
    plain = mapping(given, ("name", "source", "status"), where)
    status = text(plain.get("status"), where) or "published"
    if status not in ("published", "proposal"):
        raise BadInput(f'{where}: status "{status}" is not known; it is published or proposal.')
    name = a_name(text(plain.get("name"), where), where, "a construct")
    return PublishedName(
        name, text(plain.get("source"), where), "proposal" if status == "proposal" else "published"
    )


def carriers_said(given: Any, where: str) -> tuple[Role, ...]:
    """Who may carry a code. Raises BadInput for a code that no participant carries."""
    if given is None:
        return (Role.PARTICIPANT,)
    listed = [given] if isinstance(given, str) else entries(given, f"{where}, carried_by")
    try:
        roles = tuple(dict.fromkeys(Role(text(role, where)) for role in listed))
    except ValueError as error:
        raise BadInput(f"{where}: carried_by lists {_CARRIERS}; found {given!r}.") from error
    if not any(role.is_coded for role in roles):
        raise BadInput(
            f"{where}: carried_by lists {_CARRIERS}; found {given!r}. Tandem codes what participants say: on "
            f"interviewers' turns it suggests, shows and counts no code. Add participant, or take the code out."
        )
    return roles


def select_said(given: str, where: str) -> Select:
    """One or many of a framework's codes. Raises BadInput for another word."""
    word = given.casefold()
    if word not in ("one", "many"):
        close = nearest(word, ("one", "many"))
        guess = f' Did you mean "{close}"?' if close else ""
        raise BadInput(f'{where}: select is "one" or "many"; found "{given}".{guess}')
    return "one" if word == "one" else "many"


def yes_said(given: str, where: str, key: str = "applicable") -> bool:
    """Yes where nothing is said. Raises BadInput for what is neither yes nor no."""
    word = given.casefold()
    if word in ("", "yes", "true", "1"):
        return True
    if word in ("no", "false", "0"):
        return False
    raise BadInput(f'{where}: "{key}" is yes or no; found "{given}".')
