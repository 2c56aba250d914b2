"""How turns are counted: from 0 in JSON and files that programs read, from 1 wherever people read or type.

Label Studio shows "turn 4 of 44". What a command or a page shows people, and what they type, is the same number. The
column ``turn`` of a file, and the key ``turn`` of JSON, is one less; ``turn_shown`` is the number that people see.
"""

from __future__ import annotations

import re

from annotations.errors import BadInput

_MOST_NAMED = 5
_FIRST_WORDS = 60


def shown_number(turn: int) -> int:
    """The number that people see of a turn's index."""
    return turn + 1


def turn_typed(given: str) -> int:
    """The index of the turn that a person typed; raises BadInput for 0 and for what is no number.

    >>> turn_typed("4"), shown_number(3)
    (3, 4)
    """
    if not re.fullmatch(r"\+?[0-9]{1,9}", given.strip()):
        raise BadInput(f'"{given}" is no turn. Give its number, from 1 on, as Label Studio shows it.')
    number = int(given)
    if number == 0:
        raise BadInput("there is no turn 0: turns count from 1, as in Label Studio. The first one is turn 1.")
    return number - 1


def in_both_counts(*turns: int) -> str:
    """Turns for a message about a file: "turn 12 (turn 13 as shown to people)". Many are cut short."""
    named = sorted(set(turns))
    return f"{_listed(named)} ({_listed([shown_number(turn) for turn in named])} as shown to people)"


def passage_named(transcript: str, turn: int, beginning: str) -> str:
    """Which passage a command understood: turn 4 of JKG-01: “We had …”. ``beginning``: its first words."""
    return f"turn {shown_number(turn)} of {transcript}: “{beginning}”"


def first_words(words: str, *, most: int = _FIRST_WORDS) -> str:
    """The beginning of what somebody said, on one line, cut between words."""
    line = " ".join(words.split())
    if len(line) <= most:
        return line
    return f"{line[: most + 1].rsplit(' ', 1)[0][:most]} …"


def _listed(numbers: list[int]) -> str:
    more = " …" if len(numbers) > _MOST_NAMED else ""
    return f"turn{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers[:_MOST_NAMED]))}{more}"
