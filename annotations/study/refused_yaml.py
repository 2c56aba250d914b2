"""What YAML allows and study.yaml has no use for: aliases, which unfold to any size, and keys that stand twice."""

from __future__ import annotations

from typing import Any

import yaml

from annotations.errors import BadInput

MOST_CHARACTERS = 1_000_000
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def refuse_tricks(text: str, file: str) -> None:
    """Raises BadInput for aliases, a key that stands twice and a file of no sensible size; YAMLError for no YAML."""
    if len(text) > MOST_CHARACTERS:
        raise BadInput(f"{file} has more than {MOST_CHARACTERS:,} characters. Is it the right file?")
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            line = _line(event)
            raise BadInput(
                f"{file}, line {line}: YAML aliases (*name) are not taken here. Write the text out."
            )
    _refuse_repeats(yaml.compose(text, Loader=_LOADER), file)


def _line(part: Any) -> int:
    return int(part.start_mark.line) + 1


def _refuse_repeats(node: Any, file: str) -> None:
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _refuse_repeats(child, file)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                line = _line(key)
                raise BadInput(f'{file}, line {line}: the key "{key.value}" stands there twice. Keep one.')
            seen.add(key.value)
        _refuse_repeats(value, file)
