"""What is decided on each unit: is it coded at all, by a framework, by a code or one below it, by the code itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from annotations.codebook.codes import Code, Codebook

Level = Literal["all", "framework", "family", "code"]


@dataclass(frozen=True, slots=True)
class DecisionColumn:
    """One yes-or-no decision: yes where any of ``members`` (code ids) is applied."""

    level: Level
    members: frozenset[str]
    framework: str = ""
    code: str = ""
    code_id: str = ""

    @property
    def label(self) -> str:
        """How it is called in a table."""
        if self.level == "all":
            return "coded at all"
        if self.level == "framework":
            return f"{self.framework}: coded at all"
        return f"{self.code} (with all below)" if self.level == "family" else self.code


def columns_of(codebook: Codebook) -> tuple[DecisionColumn, ...]:
    """All decisions of a codebook, in its order; a family for every code that has codes below it."""
    columns = [DecisionColumn("all", frozenset(code.id for code in codebook.codes))]
    for framework in codebook.frameworks:
        codes = codebook.of_framework(framework.id)
        if not codes:
            continue
        columns.append(DecisionColumn("framework", frozenset(code.id for code in codes), framework.name))
        for code in codes:
            below = _below(codebook, code)
            label = codebook.label(code.id)
            if below:
                columns.append(DecisionColumn("family", below | {code.id}, framework.name, label, code.id))
            if code.applicable:
                columns.append(DecisionColumn("code", frozenset({code.id}), framework.name, label, code.id))
    return tuple(columns)


def _below(codebook: Codebook, code: Code) -> frozenset[str]:
    ids: set[str] = set()
    for child in codebook.children(code.id, code.framework):
        ids |= {child.id} | _below(codebook, child)
    return frozenset(ids)
