"""Which control of the labelling screen carries which code, and the controls beside the codes."""

from __future__ import annotations

from collections.abc import Mapping

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.coding import Influence

SEGMENT = "segment"
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
    """The name of the control that carries a code; None for one that the screen does not offer.

    That is a code which is not in the codebook, or which only orders other codes.
    """
    code = codebook.by_id.get(code_id)
    if code is None or not code.applicable:
        return None
    return control_of(code, codebook.framework(code.framework))


def control_names(codebook: Codebook) -> Mapping[str, str]:
    """For each code that the screen offers, the name of the control that carries it."""
    return {
        code.id: control_of(code, codebook.framework(code.framework))
        for framework in codebook.frameworks
        for code in codebook.of_framework(framework.id)
        if code.applicable
    }


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
