"""How a code is named in a list without levels: its own name, then the group that it belongs to.

Label Studio's search looks for a part of the shown name and takes what is on top. So no group stands above its codes,
and a code whose whole name is typed is the first that is found.
"""

from __future__ import annotations

from collections.abc import Sequence

from annotations.codebook.codes import Code, Codebook
from annotations.label_studio.controls import is_listed, listed_codes, listed_frameworks

SEPARATOR = " · "
_MOST_HINT = 600


def listed_name(code_id: str, codebook: Codebook) -> str:
    """A code's name in the list, with the group right above it: "Leadership engagement · Internal context".

    All groups above it stand there where another code would be shown by the same words.
    """
    code = codebook[code_id]
    nearest = _shown(code, codebook, levels=1)
    same = (other for other in codebook.applicable if other.name == code.name and other.id != code_id)
    alike = any(_shown(other, codebook, levels=1) == nearest for other in same)
    return _shown(code, codebook, levels=None) if alike else nearest


def shown_name(code_id: str, codebook: Codebook) -> str:
    """A code's name as the screen has it: in the list, or in a row of its own under its type."""
    return listed_name(code_id, codebook) if is_listed(code_id, codebook) else codebook[code_id].name


def _shown(code: Code, codebook: Codebook, *, levels: int | None) -> str:
    above: list[str] = []
    at = code.parent
    while at is not None and (levels is None or len(above) < levels):
        above.insert(0, codebook[at].name)
        at = codebook[at].parent
    if (not above or levels is None) and len(listed_frameworks(codebook)) > 1:
        above.insert(0, codebook.framework(code.framework).name)
    return (
        " ".join(f"{code.name}{SEPARATOR}{' › '.join(above)}".split())
        if above
        else " ".join(code.name.split())
    )


def in_list_order(codebook: Codebook) -> list[Code]:
    """The listed codes in the codebook's order, but for those that another one's name hides from the search.

    Whoever types a code's whole name finds it on top: it stands before every other in whose shown name it occurs.
    """
    codes = list(listed_codes(codebook))
    shown = {code.id: listed_name(code.id, codebook).casefold() for code in codes}
    waiting = {
        code.id: {
            other.id
            for other in codes
            if other.id != code.id and _typed(other) in shown[code.id] and _typed(code) not in shown[other.id]
        }
        for code in codes
    }
    return _each_after_its_own(codes, waiting)


def _each_after_its_own(codes: Sequence[Code], waiting: dict[str, set[str]]) -> list[Code]:
    left, placed, ordered = list(codes), set[str](), list[Code]()
    while left:
        # two that hide each other cannot both be first
        next_code = next((code for code in left if waiting[code.id] <= placed), left[0])
        left.remove(next_code)
        placed.add(next_code.id)
        ordered.append(next_code)
    return ordered


def _typed(code: Code) -> str:
    return " ".join(code.name.split()).casefold()


def hint_of(code: Code) -> str:
    """What the pointer says of a code: what it means, when to use it and when not."""
    parts = [code.definition]
    if code.use_when:
        parts.append(f"Use when: {code.use_when}")
    if code.do_not_use_when:
        parts.append(f"Not when: {code.do_not_use_when}")
    text = " ".join(filter(None, parts)) or code.name
    return text if len(text) <= _MOST_HINT else text[: _MOST_HINT - 2] + " …"
