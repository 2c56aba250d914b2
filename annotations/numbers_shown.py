"""Numbers as people read them: counted things, figures with two digits, intervals."""

from __future__ import annotations

from collections.abc import Sequence


def counted(count: int, what: str, several: str = "") -> str:
    """A number with its noun: "1 coder", "2 coders"; ``several`` where more than one are called otherwise.

    >>> counted(1, "coder"), counted(1200, "coding")
    ('1 coder', '1,200 codings')
    """
    return f"{count:,} {what if count == 1 else several or f'{what}s'}"


def tallied(count: int, what: str) -> str:
    """A kind that has a name for many, with how many there are: read well of one as of many.

    >>> tallied(1, "codings that are there already")
    'codings that are there already: 1'
    """
    return f"{what}: {count:,}"


def number(value: float | None) -> str:
    """Two digits with a real minus sign, never "−0.00"; a dash where there is none."""
    if value is None:
        return "–"
    said = f"{value:.2f}"
    return "0.00" if said == "-0.00" else said.replace("-", "−")


def percent(share: float) -> str:
    """A share as people choose it, with the digits that it has: what a figure goes by is never rounded away.

    >>> percent(0.05), percent(0.005), percent(0.125)
    ('5 %', '0.5 %', '12.5 %')
    """
    return f"{100 * share:.6g} %"


def rounded_percent(share: float, digits: int = 0) -> str:
    """A share that was measured, rounded: whole, or with as many digits after the point as asked for.

    >>> rounded_percent(1 / 3), rounded_percent(0.0521, 1)
    ('33 %', '5.2 %')
    """
    return f"{100 * share:.{digits}f} %"


def ranging(interval: Sequence[float]) -> str:
    """An interval as "0.11 to 0.20": a dash between would be read as a minus.

    >>> ranging((-0.114, 0.2))
    '−0.11 to 0.20'
    """
    return f"{number(interval[0])} to {number(interval[1])}"
