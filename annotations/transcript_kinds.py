"""What sources are called where they are counted: a document is no interview."""

from __future__ import annotations

from collections.abc import Iterable

from annotations.numbers_shown import counted
from annotations.transcript import Kind


def counted_kinds(kinds: Iterable[Kind]) -> str:
    """How many there are of each kind.

    >>> counted_kinds([Kind.DOCUMENT, Kind.INTERVIEW, Kind.INTERVIEW])
    '2 interviews, 1 document'
    """
    its = list(kinds)
    return ", ".join(counted(its.count(kind), kind.value) for kind in Kind if kind in its)


def kind_of_all(kinds: Iterable[Kind]) -> str:
    """What each of them is called: by its kind where all are of one, and "transcript" otherwise.

    >>> kind_of_all([Kind.INTERVIEW, Kind.INTERVIEW]), kind_of_all([Kind.DOCUMENT, Kind.INTERVIEW])
    ('interview', 'transcript')
    """
    its = set(kinds)
    return its.pop().value if len(its) == 1 else "transcript"
