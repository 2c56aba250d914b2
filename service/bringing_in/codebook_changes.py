"""What another codebook changes, code by code, and what rests on each: shown before it is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from annotations.codebook.codes import Code, Codebook
from annotations.store.code_counts import count_codings, count_reviews, count_suggestions
from annotations.store.model_versions import champion

Change = Literal["new", "gone", "renamed", "moved", "redefined", "changed"]
CHANGES: Mapping[Change, str] = {
    "gone": "is gone",
    "renamed": "has another name",
    "moved": "stands elsewhere",
    "redefined": "means something else",
    "changed": "differs in something else",
    "new": "is new",
}
_TEXTS = {
    "definition": "Definition",
    "use_when": "Use when",
    "do_not_use_when": "Do not use when",
    "example": "Example",
}


@dataclass(frozen=True, slots=True)
class ChangedText:
    """One thing that is said of a code: as it is, and as it would be; "" where nothing is said."""

    what: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ChangedCode:
    """A code that another codebook changes, by its path in the codebook that has it last.

    ``changes``: all that apply, the weightiest first; ``codings``, ``reviews``: of people, those that stand;
    ``suggestions``: passages for which the model in use suggests it.
    """

    code: str
    changes: tuple[Change, ...]
    texts: tuple[ChangedText, ...]
    codings: int
    reviews: int
    suggestions: int

    def to_json(self) -> dict[str, Any]:
        """As plain data, the changes in words too."""
        return {**asdict(self), "in_words": ", ".join(CHANGES[change] for change in self.changes)}


def codebook_changes(connection: Connection, before: Codebook, after: Codebook) -> tuple[ChangedCode, ...]:
    """Every code that differs, what most rests on first."""
    serving = champion(connection)
    codings, reviews = count_codings(connection), count_reviews(connection)
    suggested = {} if serving is None else count_suggestions(connection, serving.model.id)
    changed = [
        ChangedCode(
            code.path,
            changes,
            texts,
            codings.get(code.id, 0),
            reviews.get(code.id, 0),
            suggested.get(code.id, 0),
        )
        for code, changes, texts in _differing(before, after)
    ]
    weights = tuple(CHANGES)
    return tuple(
        sorted(changed, key=lambda code: (-code.codings, -code.suggestions, weights.index(code.changes[0])))
    )


def _differing(
    before: Codebook, after: Codebook
) -> Iterator[tuple[Code, tuple[Change, ...], tuple[ChangedText, ...]]]:
    for code in before:
        if code.id not in after.by_id:
            yield code, ("gone",), ()
    for code in after:
        if code.id not in before.by_id:
            yield code, ("new",), (ChangedText("Definition", "", code.definition),) if code.definition else ()
        elif code != before[code.id]:
            yield code, *_between(before[code.id], code)


def _between(was: Code, now: Code) -> tuple[tuple[Change, ...], tuple[ChangedText, ...]]:
    changes: list[Change] = []
    texts: list[ChangedText] = []
    if was.name != now.name:
        changes.append("renamed")
        texts.append(ChangedText("Name", was.name, now.name))
    if (was.framework, was.parent) != (now.framework, now.parent):
        changes.append("moved")
        texts.append(ChangedText("Place", was.path, now.path))
    meant = [
        ChangedText(title, getattr(was, key), getattr(now, key))
        for key, title in _TEXTS.items()
        if getattr(was, key) != getattr(now, key)
    ]
    if meant:
        changes.append("redefined")
    if was.applicable != now.applicable:
        meant.append(
            ChangedText("May be applied", *("yes" if code.applicable else "no" for code in (was, now)))
        )
    return tuple(changes) or ("changed",), (*texts, *meant)
