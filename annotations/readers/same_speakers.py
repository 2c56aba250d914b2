"""Speakers whose label a file misspells: their turns are the other speaker's. The words of the text stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from annotations.names import folded
from annotations.transcript import Turn, roles_of


def with_same_speakers(
    turns: Sequence[Turn], same: Mapping[str, str], interviewers: Sequence[str]
) -> tuple[Turn, ...]:
    """The turns with whoever is meant as their speaker, in that speaker's role. ``same``: label as it is spelt to the one
    that is meant, in any case and spacing. Spans stay, so the label still stands in the text as the file has it.

    >>> from annotations.transcript import Role, Span
    >>> misspelt = Turn(0, "Interveiwer", Role.PARTICIPANT, Span(13, 16))
    >>> (turn,) = with_same_speakers([misspelt], {"interveiwer": "Interviewer"}, ["Interviewer"])
    >>> turn.speaker, turn.role.value, turn.span
    ('Interviewer', 'interviewer', Span(start=13, end=16))
    """
    if not same:
        return tuple(turns)
    meant = {folded(label): name for label, name in same.items()}
    role = roles_of(list(meant.values()), interviewers)
    return tuple(
        replace(turn, speaker=name, role=role[name]) if (name := meant.get(folded(turn.speaker))) else turn
        for turn in turns
    )
