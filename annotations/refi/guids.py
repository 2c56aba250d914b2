"""GUIDs: written in any case, with braces or without; ours are made of what they name, so that they stay the same."""

from __future__ import annotations

from uuid import UUID, uuid5


def normal(guid: str | None) -> str:
    """A GUID as it is compared: small letters, no braces or white space; "" for none."""
    return (guid or "").strip().strip("{}").strip().casefold()


def stable(study: UUID, *names: object) -> str:
    """The GUID of a thing of a study, the same at every export: small letters with hyphens."""
    return str(uuid5(study, "\x1f".join(map(str, names))))
