"""What axe-core finds on a page: the rules of WCAG 2.2 A and AA, and of good practice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# in another theme the page is the same but for its colours
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]


@cache
def _axe() -> str:
    folder = Path(axe_playwright_python.__file__).parent
    return (folder / "axe.min.js").read_text("utf-8")


def violations(page: Any, rules: Sequence[str] = RULES) -> list[str]:
    """What breaks a rule on a page of Playwright, one line each: the rule, the element, what to mend."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(_axe())
    asked = {"runOnly": list(rules), "resultTypes": ["violations"]}
    found = page.evaluate("asked => axe.run(document, asked)", asked)
    return [
        f"{one['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
