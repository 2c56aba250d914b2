"""What can go wrong, as a tree:

TandemError                 something failed; exit status 1
├── BadInput                what was given cannot be used; exit status 2
│   ├── UnknownName         a name that nothing goes by, with the nearest known one
│   ├── AmbiguousName       a name that several things go by
│   └── NoStudy             the folder is no study
├── DiskFault               no room, a quota, read-only, no permission (in annotations.disk_faults)
├── Busy                    another command or program holds the study
└── Unreachable             an outside system does not answer or refuses

Every message is a sentence for a person: the thing, what was found, what is allowed, what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class TandemError(Exception):
    """Something failed that no change of the input would mend."""

    exit_status = 1


class BadInput(TandemError):
    """What was given cannot be used; nothing was changed."""

    exit_status = 2


class UnknownName(BadInput):
    """A name that nothing goes by."""


class AmbiguousName(BadInput):
    """A name that several things go by."""


class NoStudy(BadInput):
    """The folder holds no study."""


class Busy(TandemError):
    """Another command or program holds what this one needs."""


class Unreachable(TandemError):
    """An outside system does not answer, or refuses."""


def said_of(error: BaseException) -> str:
    """What may be shown, stored or logged of an exception: all that jobs, logs and answers ever hold of one.

    A TandemError is a sentence of ours, and holds nobody's words. The message of any other may quote what was being
    read, such as the text of a damaged row, so only its kind and where it arose are said.
    """
    return str(error) if isinstance(error, TandemError) else f"an unforeseen fault: {kind_of(error)}"


def kind_of(error: BaseException) -> str:
    """The kind of an exception and where it arose, without a word of its message."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = f" in {Path(at.tb_frame.f_code.co_filename).name}, line {at.tb_lineno}" if at else ""
    return f"{type(error).__name__}{place}"


def nearest(name: str, known: Iterable[str], *, at_least: float = 60.0) -> str | None:
    """The known name that is most like ``name``, or None if none is like it (0 to 100)."""
    # only where something is wrong; a tenth of the time that "tandem --help" takes otherwise
    from rapidfuzz import fuzz, process

    match = process.extractOne(
        name, list(known), scorer=fuzz.WRatio, processor=str.casefold, score_cutoff=at_least
    )
    return None if match is None else str(match[0])


def unknown(kind: str, name: str, known: Iterable[str], *, where: str = "", remedy: str = "") -> UnknownName:
    """The error for a name that nothing goes by: found, nearest, allowed, what to do."""
    names = sorted(set(known))
    close = nearest(name, names)
    guess = f' Did you mean "{close}"?' if close else ""
    allowed = (
        "" if close else f" Known: {', '.join(names[:12])}{' …' if len(names) > 12 else ''}." if names else ""
    )
    prefix = f"{where}: " if where else ""
    return UnknownName(
        f'{prefix}{kind} "{name}" is not known.{guess}{allowed}{" " + remedy if remedy else ""}'
    )
