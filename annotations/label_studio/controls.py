"""Which control of the labelling screen carries which code, and the controls beside the codes.

A code that has left the codebook, or that only orders other codes, has none: ``control_for`` says so, and what a push
shows follows from it.
"""

from __future__ import annotations

from collections.abc import Iterable

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.coding import Influence

SEGMENT = "segment"
LIKELY = "likely"  # boxes for the codes that a task's data names
OTHERS = "others"  # all codes that have no row of their own, behind a search
FIND = "find"  # the search
# What Enter takes in a search without words: it stands for no code, so that nothing is chosen or lost by it
NOT_SUBMITTED = "not-submitted"
CODES = "codes"  # a list of the same codes, on the screen of whole interviews and on earlier ones
MOST_BOXES = 9  # as many as there are keys with digits
MEMO = "memo"
NOTHING = "nothing"
INFLUENCE = "influence"
EXAMPLE = "example"
# what is shown, its alias, what it is in a coding, and what the pointer says of it
INFLUENCES: tuple[tuple[str, str, Influence, str], ...] = (
    ("+", "influence-plus", "+", "It helps: what is coded has a positive influence here."),
    ("−", "influence-minus", "-", "It hinders: what is coded has a negative influence here."),
    ("mixed", "influence-mixed", "mixed", "It helps and it hinders."),
    ("none stated", "influence-none-stated", "none stated", "Its influence is not said."),
)


def control_for(code_id: str, codebook: Codebook) -> str | None:
    """The name of the control in which a suggested code is filled in; None for one that the screen does not offer.

    That is a code which is not in the codebook, or which only orders other codes.
    """
    code = codebook.by_id.get(code_id)
    if code is None or not code.applicable:
        return None
    framework = codebook.framework(code.framework)
    return LIKELY if is_taxonomy(framework) else control_of(code, framework)


def can_be_shown(codes: Iterable[str], codebook: Codebook) -> bool:
    """Has the screen of a passage a place for each of these codes, which a coder has given?

    Boxes stand in the data of each task, where a retired code is no more: a codebook of few codes has no place for it.
    """
    given = [code for code in codes if control_for(code, codebook) is None]
    listed = any(code in codebook.by_id and is_listed(code, codebook) for code in given)
    return can_be_marked(given, codebook) and not (listed and all_in_boxes(codebook))


def can_be_marked(codes: Iterable[str], codebook: Codebook) -> bool:
    """Has the screen of a whole interview a place for each of these codes, which a coder has given?"""
    return all(
        control_for(code, codebook) is not None or control_of_retired(code, codebook) is not None
        for code in codes
    )


def control_of_retired(code_id: str, codebook: Codebook) -> str | None:
    """Where a retired code stands on the screen as no longer offered; None for another code, or where none is left there."""
    code = codebook.by_id.get(code_id)
    if code is None or not codebook.retired(code):
        return None
    framework = codebook.framework(code.framework)
    if is_taxonomy(framework):
        there = bool(listed_codes(codebook))
        return (LIKELY if all_in_boxes(codebook) else OTHERS) if there else None
    control = control_of(code, framework)
    beside = (other for other in codebook.of_framework(framework.id) if other.applicable)
    return control if any(control_of(other, framework) == control for other in beside) else None


def controls_that_carry(code_id: str, codebook: Codebook) -> frozenset[str]:
    """The names of the controls in which a coder may have chosen a code, on today's screen or on an earlier one.

    A code that was retired stays what a coder has said; a heading was on no screen.
    """
    code = codebook.by_id.get(code_id)
    if code is None or (not code.applicable and codebook.children(code.id, code.framework)):
        return frozenset()
    framework = codebook.framework(code.framework)
    earlier = control_of(code, framework)
    return frozenset((LIKELY, OTHERS, CODES, earlier)) if is_taxonomy(framework) else frozenset((earlier,))


def listed_frameworks(codebook: Codebook) -> list[Framework]:
    """The frameworks whose codes stand in one list, and in boxes where they are likely."""
    return [framework for framework in frameworks_shown(codebook) if is_taxonomy(framework)]


def listed_codes(codebook: Codebook) -> tuple[Code, ...]:
    """The codes that stand in the list, in the codebook's order."""
    listed = {framework.id for framework in listed_frameworks(codebook)}
    return tuple(code for code in codebook.applicable if code.framework in listed)


def is_listed(code_id: str, codebook: Codebook) -> bool:
    """Does the code stand in the list, and not in a row of its own?"""
    return is_taxonomy(codebook.framework(codebook[code_id].framework))


def all_in_boxes(codebook: Codebook) -> bool:
    """Are the listed codes so few that each has a box, and no list is needed?"""
    return len(listed_codes(codebook)) <= MOST_BOXES


def frameworks_shown(codebook: Codebook) -> list[Framework]:
    """The frameworks with codes that can be applied; one without (emergent, at first) has no control."""
    return [f for f in codebook.frameworks if any(code.applicable for code in codebook.of_framework(f.id))]


def is_taxonomy(framework: Framework) -> bool:
    """Is the framework one tree of codes to choose from, or buttons beside each other?"""
    return framework.select == "many" and framework.role in ("elements", "emergent")


def control_name(framework: Framework) -> str:
    """The name of a framework's control."""
    return f"f-{framework.id}"


def control_of(code: Code, framework: Framework) -> str:
    """A framework is one control, but for statuses under types (assimilation): a control for each type."""
    if is_taxonomy(framework) or framework.select == "one" or code.parent is None:
        return control_name(framework)
    return f"{control_name(framework)}-{code.parent}"
