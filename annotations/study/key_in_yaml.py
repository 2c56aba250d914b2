"""One top-level key in the text of a YAML file: its value is put in or taken out, and all else stays as it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml


def with_value(text: str, key: str, value: Any) -> str:
    """The text with this value of a top-level key; a key that is not there comes last.

    Comments stay: one beside a value of one line in its place, those within a longer one above it. Raises YAMLError for a
    text that is no YAML. A text that is no mapping of one key a line comes back as it is.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return text
    place = _place_of(text, root, key)
    if place is None:
        end = "" if text.endswith("\n") else "\n"
        return f"{text}{end}{' ' * root.start_mark.column}{key_line(key, value)}"
    line = f"{' ' * root.start_mark.column}{key_line(key, value)}"
    if place.beside:
        line = f"{line.rstrip()}  {place.beside}\n"
    return f"{text[: place.start]}{place.above}{line}{text[place.end :]}"


def without(text: str, key: str) -> str:
    """The text without this top-level key; its comments stay. Raises YAMLError for a text that is no YAML."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    place = _place_of(text, root, key) if isinstance(root, yaml.MappingNode) and not root.flow_style else None
    if place is None:
        return text
    beside = f"{place.beside}\n" if place.beside else ""
    return f"{text[: place.start]}{place.above}{beside}{text[place.end :]}"


def key_line(key: str, value: Any) -> str:
    """The key with its value as one line; only a mapping of lists or mappings has a line for each of its own keys.

    >>> key_line("name", "My study")
    'name: My study\\n'
    >>> key_line("waves", ["1", "2"])
    "waves: ['1', '2']\\n"
    """
    # by default a key with a single word would be written in braces
    style = None if isinstance(value, list | tuple | dict) else False
    return yaml.safe_dump(
        {key: value}, default_flow_style=style, sort_keys=False, allow_unicode=True, width=100_000
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a key and its value stand, whole lines; ``above``: comment lines of it; ``beside``: one behind its value."""

    start: int
    end: int
    above: str
    beside: str


def _place_of(text: str, root: yaml.MappingNode, key: str) -> _Place | None:
    pair = next((pair for pair in root.value if pair[0].value == key), None)
    if pair is None:
        return None
    start = text.rfind("\n", 0, _index(pair[0].start_mark)) + 1
    # a block ends, for YAML, where the next key begins: the lines between belong to nobody and stay
    words = [
        (_index(token.start_mark), _index(token.end_mark))
        for token in yaml.scan(text, Loader=yaml.SafeLoader)
        if start <= _index(token.start_mark) < max(_index(pair[1].end_mark), start + 1)
        and token.end_mark.index > token.start_mark.index
    ]
    last = max(end for _, end in words)
    # a text of several lines ends with its line's end
    newline = last - 1 if text[last - 1 : last] == "\n" else text.find("\n", last)
    end = len(text) if newline < 0 else newline + 1
    comments, at = [], start
    for begins, ends in [*words, (end, end)]:
        comments += [line.strip() for line in text[at:begins].splitlines() if line.lstrip().startswith("#")]
        at = max(at, ends)
    one_line = "\n" not in text[start : end - 1]
    beside = comments.pop() if one_line and comments else ""
    return _Place(start, end, "".join(f"{comment}\n" for comment in comments), beside)


def _index(mark: yaml.Mark) -> int:
    return int(mark.index)
