"""YAML as a codebook needs it: lists, keys and text, of a sensible size, without YAML's surprises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from annotations.errors import BadInput, nearest

MOST_BYTES = 5_000_000
MOST_DEPTH = 60
# the parser in C where PyYAML has it; both read the same
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def plain_yaml(text: str, file: str) -> Any:
    """The document as dicts, lists, str and None, in which "yes" is a word and 1.10 keeps its zero.

    Raises BadInput for what is no YAML, for aliases, for a key that stands twice and for a file of no sensible
    size or depth.
    """
    if len(text) > MOST_BYTES:
        raise BadInput(
            f"{file} has {len(text) / 1e6:.0f} MB; a codebook has at most {MOST_BYTES // 1_000_000}. Is it one?"
        )
    try:
        _refuse_bombs(text, file)
        return _plain(yaml.compose(text, Loader=_LOADER), file)
    except yaml.YAMLError as error:
        raise BadInput(f"{file}: this is no readable YAML ({_place(error)}). Correct the line.") from error


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or " ".join(str(error).split())[:120]
    return f"line {mark.line + 1}: {problem}" if mark else problem


def _refuse_bombs(text: str, file: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            # aliases can unfold to any size, and a codebook needs none
            raise BadInput(
                f"{file}, line {_line(event)}: a codebook may not use YAML aliases (*name). Write the text out."
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH:
            line = _line(event)
            raise BadInput(
                f"{file}, line {line}: it is nested more than {MOST_DEPTH} deep. Use fewer levels."
            )


def _line(part: Any) -> int:
    return int(part.start_mark.line) + 1


def _plain(node: Any, file: str) -> Any:
    if node is None:
        return None
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == "tag:yaml.org,2002:null" else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(entry, file) for entry in node.value]
    values: dict[str, Any] = {}
    for key, value in node.value:
        line = _line(key)
        if not isinstance(key, yaml.ScalarNode):
            raise BadInput(f"{file}, line {line}: a key is a word such as code; found a list or keys.")
        if key.value in values:
            raise BadInput(f'{file}, line {line}: the key "{key.value}" stands there twice. Keep one.')
        values[key.value] = _plain(value, file)
    return values


def mapping(given: Any, known: Sequence[str] | None, where: str) -> Mapping[str, Any]:
    """Keys and values, None as none; raises BadInput for anything else and for a key that is not ``known``."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadInput(f"{where}: expected keys and values such as name: …, found {_kind(given)}.")
    for key in given:
        if known is not None and key not in known:
            close = nearest(key, known, at_least=50)
            allowed = f"Known: {', '.join(known)}." if known else "No key is known here; take it out."
            guess = f'Did you mean "{close}"?' if close else allowed
            raise BadInput(f'{where}: the key "{key}" is not known. {guess}')
    return given


def entries(given: Any, where: str) -> Sequence[Any]:
    """A list, None as the empty one; raises BadInput for anything else."""
    if given is None:
        return ()
    if not isinstance(given, list):
        raise BadInput(f"{where}: expected a list, found {_kind(given)}.")
    return given


def text(given: Any, where: str) -> str:
    """A text, trimmed, None as the empty one; raises BadInput for a list, keys, or what is no character."""
    if given is None:
        return ""
    if not isinstance(given, str):
        raise BadInput(f"{where}: expected a text, found {_kind(given)}.")
    if "\x00" in given:
        raise BadInput(f"{where}: the text holds a NUL, which is no character. Take it out.")
    return given.strip()


def _kind(given: object) -> str:
    if isinstance(given, dict):
        return "keys"
    return "a list" if isinstance(given, list) else f'the text "{str(given)[:60]}"'
