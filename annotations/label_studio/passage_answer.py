"""A coder's earlier decision as the answer to a passage that Label Studio shows them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.label_studio.annotation import KEPT
from annotations.label_studio.arrivals import CoderDecision
from annotations.label_studio.controls import (
    EXAMPLE,
    INFLUENCE,
    INFLUENCES,
    LIKELY,
    MEMO,
    NOTHING,
    OTHERS,
    SEGMENT,
    control_of,
    is_listed,
)
from annotations.label_studio.screen import EXAMPLE_ALIAS, NO_CODE_ALIAS


def answer_regions(said: CoderDecision, codebook: Codebook, boxes: Collection[str]) -> list[dict[str, Any]]:
    """What Label Studio keeps of this decision. ``boxes``: the codes for which the task has boxes."""
    by_control: dict[str, list[str]] = {}
    for code in said.codes:
        by_control.setdefault(_control(code, codebook, boxes), []).append(code)
    if not said.codes:
        by_control[NOTHING] = [NO_CODE_ALIAS]
    if said.influence is not None:
        by_control[INFLUENCE] = [alias for _, alias, meant, _ in INFLUENCES if meant == said.influence]
    if said.concrete_example:
        by_control[EXAMPLE] = [EXAMPLE_ALIAS]
    regions = [_region(name, "choices", {"choices": its}) for name, its in sorted(by_control.items())]
    return [*regions, _region(MEMO, "textarea", {"text": [said.memo]})] if said.memo else regions


def _control(code: str, codebook: Codebook, boxes: Collection[str]) -> str:
    if is_listed(code, codebook):
        return LIKELY if code in boxes else OTHERS
    its_code = codebook[code]
    return control_of(its_code, codebook.framework(its_code.framework))


def _region(name: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{KEPT}{hashlib.sha256(name.encode()).hexdigest()[:16]}",
        "from_name": name,
        "to_name": SEGMENT,
        "type": kind,
        "origin": "manual",
        "value": dict(value),
    }
