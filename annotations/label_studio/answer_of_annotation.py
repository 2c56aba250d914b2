"""What an annotation's result says, in the words of the codebook.

Label Studio checks almost nothing of what it keeps, so it is checked here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.coding import Influence
from annotations.errors import BadInput
from annotations.label_studio.controls import (
    CODES,
    EXAMPLE,
    INFLUENCE,
    INFLUENCES,
    LIKELY,
    MEMO,
    NOT_SUBMITTED,
    NOTHING,
    OTHERS,
    controls_that_carry,
)

# stands in the place of an answer whose form is none that Label Studio makes
UNREADABLE = "unreadable"
_MOST_NAMED = 80


@dataclass(frozen=True, slots=True)
class SegmentAnswer:
    """What a coder said of a segment; influence and concrete example hold for all its codes."""

    codes: frozenset[str]
    memo: str
    nothing_applies: bool
    influence: Influence | None = None
    concrete_example: bool = False


def answer_of(result: Sequence[Mapping[str, Any]], codebook: Codebook) -> SegmentAnswer:
    """What an annotation's result says. Raises BadInput for codes or controls that are not this configuration's."""
    known = _controls(codebook)
    codes: set[str] = set()
    memo = ""
    nothing = example = False
    influence: Influence | None = None
    for region in result:
        name, value = str(region.get("from_name")), region.get("value") or {}
        if value.get(UNREADABLE):
            raise BadInput(
                "it holds an answer in a form that the labelling screen never makes, so a program may have written it. "
                "Delete it in Label Studio, or open the task there and save it anew."
            )
        if name == MEMO:
            memo = "\n".join(map(str, value.get("text", ())))
        elif name == NOTHING:
            nothing = bool(value.get("choices"))
        elif name == INFLUENCE:
            influence = _influence(value)
        elif name == EXAMPLE:
            example = bool(value.get("choices"))
        elif name in known:
            codes |= _codes_in(name, value, codebook)
        else:
            raise BadInput(
                f'Label Studio holds an answer under "{_cut(name)}", which is no control of this codebook. It may come '
                f"from an older codebook; the annotation was left as it is."
            )
    return SegmentAnswer(frozenset(codes), memo.strip(), nothing, influence, example)


def _influence(value: Mapping[str, Any]) -> Influence | None:
    by_alias = {alias: meant for _, alias, meant, _ in INFLUENCES}
    chosen = [str(influence) for influence in value.get("choices", ())]
    for influence in chosen:
        if influence not in by_alias:
            raise BadInput(
                f'Label Studio holds the influence "{_cut(influence)}", which is none of {", ".join(by_alias)}; '
                f"the annotation was left as it is."
            )
    return by_alias[chosen[0]] if chosen else None


def _controls(codebook: Codebook) -> set[str]:
    """The controls for codes of today's screen and of earlier ones."""
    return {LIKELY, OTHERS, CODES}.union(
        *(controls_that_carry(code.id, codebook) for code in codebook.applicable)
    )


def _codes_in(name: str, value: Mapping[str, Any], codebook: Codebook) -> set[str]:
    codes = {str(path[-1]) for path in value.get("taxonomy", ()) if path} | {
        str(c) for c in value.get("choices", ())
    }
    for code in codes - {NOT_SUBMITTED}:
        if name not in controls_that_carry(code, codebook):
            raise BadInput(
                f'Label Studio holds the answer "{_cut(code)}" under "{name}", which is no code of this codebook. It may '
                f"come from an older codebook; the annotation was left as it is."
            )
    return codes - {NOT_SUBMITTED}


def _cut(given: str) -> str:
    return given if len(given) <= _MOST_NAMED else f"{given[:_MOST_NAMED]}…"
