"""Answers that stand in a project stay on its screen: Label Studio takes no screen that lacks one of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from xml.sax.saxutils import quoteattr

GONE = "no longer offered"
# a control whose answers stand in the screen itself, and not in each task's data
_CHOICES = r'(<Choices [^>]*name="{name}"[^>]*(?<!/)>)(.*?)(</Choices>)'


def with_answers(
    config: str, answers: Mapping[str, Collection[str]], names: Mapping[str, str] | None = None
) -> str:
    """The screen, with a choice for each answer that its controls lack: a code that was retired since.

    ``answers``: by control, the aliases that somebody has chosen there; ``names``: how a choice is shown, else its alias.
    """
    shown = names or {}
    for control, chosen in answers.items():
        match = re.search(_CHOICES.format(name=re.escape(control)), config, re.DOTALL)
        if match is None:
            continue
        lacking = [alias for alias in sorted(chosen) if f"alias={quoteattr(alias)}" not in match[2]]
        more = "".join(
            f"<Choice value={quoteattr(f'{shown.get(alias, alias)} ({GONE})')} alias={quoteattr(alias)}/>"
            for alias in lacking
        )
        config = config[: match.end(2)] + more + config[match.end(2) :]
    return config
