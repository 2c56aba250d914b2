"""What a form of results offers: waves, cases, sites, attributes and frameworks, as far as somebody sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.store.transcripts import all_texts
from service.access.transcript_access import sees
from service.looking.attribute_filter import seen_attributes
from service.web.pages import Visit

_MOST_VALUES = 40
_LEVELS = ("1", "2", "3")
_PLACES = ("wave", "case", "site", "for_site")


@dataclass(frozen=True, slots=True)
class Choice:
    """A field: pairs of value and text to choose from; none: a number is typed. ``empty``: what nothing chosen means."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    empty: str
    chosen: str = ""
    hint: str = ""


def choices_for(
    visit: Visit, connection: Connection, names: Sequence[str], given: dict[str, list[str]]
) -> tuple[Choice, ...]:
    """The fields of these names that have anything to choose, each with what was given."""
    texts = all_texts(connection)
    if visit.viewer.sites is not None:
        texts = tuple(text for text in texts if sees(visit.viewer, text.transcript))
    attributes = seen_attributes(connection, visit.viewer, [kept.transcript for kept in texts])
    book: Codebook = visit.parts.codebook

    def places(key: str) -> list[tuple[str, str]]:
        return _same(sorted({getattr(text.transcript, key) or "" for text in texts} - {""}))

    def values() -> list[tuple[str, str]]:
        return [
            (f"{name}={value}", f"{name}: {value}")
            for name in attributes.names
            for value in attributes.values(name)[:_MOST_VALUES]
            if ";" not in value
        ]

    by = ["case", "site", "participant", "wave", "kind", *sorted(attributes.names)]
    frameworks = _same(framework.name for framework in book.frameworks)
    known: dict[str, tuple[str, Iterable[tuple[str, str]], str]] = {
        "columns": ("Columns", _same(by[1:]), "case"),
        "and": ("crossed with", _same(by), "nothing"),
        "level": ("Rows at level", _same(_LEVELS), "codes as applied"),
        "wave": ("Wave", places("wave"), "all"),
        "case": ("Case", places("case"), "all"),
        "site": ("Site", places("site"), "all"),
        "where": ("Only of", values(), "everybody"),
        "role": ("Roles by", _same(sorted(attributes.names)), "“role”"),
        "outcome": ("Cases ordered by", _same(sorted(attributes.names)), "the study’s order"),
        "framework": ("Pairs with a code of", frameworks, "any framework"),
        "with": ("… and one of", frameworks, "any framework"),
        "for_site": ("Quotes for readers of", places("site"), "any site"),
    }
    typed = {
        "base": ("Base", "4", "first interviews"),
        "run": ("Run", "2", "interviews"),
        "threshold": ("Threshold", "0.05", "share of new codes"),
    }
    choices = []
    for name in names:
        chosen = (given.get(name) or [""])[0]
        if name in typed:
            label, usual, hint = typed[name]
            choices.append(Choice(name, label, (), usual, chosen, hint))
            continue
        label, options, empty = known[name]
        options = tuple(options)
        # one wave, case or site leaves nothing to choose
        if len(options) > 1 or (options and (chosen or name not in _PLACES)):
            choices.append(Choice(name, label, options, empty, chosen))
    return tuple(choices)


def _same(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]
