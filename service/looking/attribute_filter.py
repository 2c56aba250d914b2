"""Transcripts of participants and cases with certain attributes: what --where means, wherever a command takes it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from annotations.attributes import filters_of
from annotations.errors import BadInput
from annotations.store.attributes import all_attributes
from annotations.store.transcripts import Kept

_MOST_CHOICES = 100
_LONGEST_CHOICE = 80


def with_attributes(connection: Connection, kept: Sequence[Kept], where: Sequence[str]) -> list[Kept]:
    """The transcripts whose participant or case has every one of these, such as "role=leader;provider".

    Raises UnknownName for an attribute or value that nobody has, BadInput where none of these transcripts is left.
    """
    if not where:
        return list(kept)
    known = all_attributes(connection)
    filters = filters_of(where, known)
    found = [
        one
        for one in kept
        if all(
            each.keeps(known.of(participant=one.transcript.participant, case=one.transcript.case))
            for each in filters
        )
    ]
    if not found:
        raise BadInput(
            f"no transcript that was asked about is of somebody with {' and '.join(where)}. See who has which attribute "
            f'with "tandem participants".'
        )
    return found


def attribute_choices(connection: Connection) -> tuple[str, ...]:
    """What --where may say of one attribute and one value each, such as "role=leader"; the first hundred."""
    known = all_attributes(connection)
    found = (f"{name}={value}" for name in known.names for value in known.values(name))
    return tuple(one for one in found if len(one) <= _LONGEST_CHOICE)[:_MOST_CHOICES]
