"""What Tandem knows of a code and REFI-QDA has no place for, as paragraphs of the code's description, and back.

A code has a definition there and nothing else. When to use it, when not, and the example follow it under headings, so
that people read them in the other program; a framework's description says in the same way whether one of its codes
may apply, and what it is for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME = "name"
# of a code that was applied and is so no more; the other program must take it for a code all the same
APPLIED = "applied"
NO_MORE = "no"
_OF_CODES = {
    NAME: "Its name in the codebook",
    "use_when": "Use when",
    "do_not_use_when": "Do not use when",
    "example": "Example",
    APPLIED: "May still be applied",
}
_OF_FRAMEWORKS = {
    "select": "How many of these codes may apply to a passage",
    "role": "What these codes are for",
}
_HEADING = re.compile(
    rf"(?:^|\n\n)({'|'.join(map(re.escape, (*_OF_CODES.values(), *_OF_FRAMEWORKS.values())))}): ",
    re.MULTILINE,
)


def written(definition: str, more: Mapping[str, str]) -> str:
    """A definition with what else is known under headings."""
    headings = _OF_CODES | _OF_FRAMEWORKS
    parts = [definition] if definition else []
    parts += [f"{headings[key]}: {text}" for key, text in more.items() if text]
    return "\n\n".join(parts)


def read(description: str) -> dict[str, str]:
    """The definition, and what stands under headings of ours. Another program's description is a definition alone."""
    keys = {heading: key for key, heading in (_OF_CODES | _OF_FRAMEWORKS).items()}
    parts: dict[str, str] = {}
    at, key = 0, "definition"
    for heading in _HEADING.finditer(description):
        parts[key] = description[at : heading.start()].strip()
        at, key = heading.end(), keys[heading.group(1)]
    parts[key] = description[at:].strip()
    return {key: text for key, text in parts.items() if text}
