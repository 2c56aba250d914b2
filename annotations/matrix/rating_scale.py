"""The scale on which a code is rated for a case or site, as people write it, read it and compute with it.

Damschroder and Lowery 2013 (Implementation Science 8:51), used since in many studies with CFIR, for example in BMC Public
Health 21:1614, table 3:

+2, −2   the code helps (hinders); two or more participants describe it with concrete examples
+1, −1   it helps (hinders); one participant gives an example, or what is said is general, or more say so than the opposite
0        it is there and neither helps nor hinders
mixed    as many say that it helps as that it hinders ("0 mixed")
missing  nobody speaks of it: this is not 0
not applicable   it cannot occur here

``proposed_rating`` derives a value from codings by this rule; people decide. What helps and hinders is the effect on the
innovation, so that a code such as complexity needs no reversed scale.
"""

from __future__ import annotations

from annotations.names import folded

VALUES = ("-2", "-1", "0", "1", "2", "mixed", "missing", "not applicable")
SCALE = "−2, −1, 0, +1, +2, mixed, missing or not applicable"
_ALSO = {
    "0 mixed": "mixed",
    "0 (mixed)": "mixed",
    "mixed (0)": "mixed",
    "±": "mixed",
    "m": "missing",
    "x": "not applicable",
    "n/a": "not applicable",
    "na": "not applicable",
}


def rating_in(given: str) -> str:
    """The value of the scale that a cell gives. Raises ValueError with the reason."""
    word = folded(given).replace("\N{MINUS SIGN}", "-").replace("–", "-")
    word = _ALSO.get(word, word)
    plain = word.removeprefix("+").removesuffix(".0")
    if plain in VALUES:
        return plain
    raise ValueError(f'"{given}" is not on the scale, which is {SCALE}')


def rating_shown(value: str) -> str:
    """A value as people read it: "+2", "−1"."""
    if value in ("1", "2"):
        return f"+{value}"
    return value.replace("-", "\N{MINUS SIGN}")


def as_number(value: str) -> int | None:
    """The value as a number from −2 to 2; mixed stands in the middle, and what was not rated has none."""
    if value == "mixed":
        return 0
    return int(value) if value in VALUES[:5] else None


def in_json(value: str | None) -> int | str | None:
    """The value as DESIGN's ``matrix --json`` has it: numbers as numbers, the others as words."""
    return int(value) if value in VALUES[:5] else value
