"""What is wrong in study.yaml: each fault with the key that it is about, in words for a person."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from annotations.errors import BadInput

# pydantic's kinds of fault, in words; what stands in braces is what it says of the limit
_IN_WORDS: Mapping[str, str] = {
    "greater_than_equal": "must be {ge:g} or more",
    "greater_than": "must be more than {gt:g}",
    "less_than_equal": "must be {le:g} or less",
    "less_than": "must be less than {lt:g}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "literal_error": "must be one of {expected}",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be words; put quotation marks around it",
    "string_pattern_mismatch": "must be as a language's short name: two or three small letters, such as en or sv",
    "tuple_type": "must be a list",
    "dict_type": "must hold keys with their values",
    "model_type": "must hold keys with their values",
}


@dataclass(frozen=True, slots=True)
class ConfigFault:
    """One fault. ``path``: the keys that lead to it, and places in lists from 0, such as ("coders", 1, "name").

    ``said``: the sentence beside its field in a form; ``line``: the same where nothing else says which key is meant.
    """

    path: tuple[str | int, ...]
    said: str
    line: str

    @classmethod
    def at(cls, path: tuple[str | int, ...], what: str, where: str) -> ConfigFault:
        """``what`` is the end of a sentence about the key, such as "must be 1 or more", or a sentence of its own."""
        key = ".".join(str(part) for part in path)
        return cls(path, _sentence(what), f'{where}: "{key}": {what}')


class WrongConfig(BadInput):
    """What study.yaml says, or shall say, cannot be meant: one line a fault."""

    def __init__(self, faults: Iterable[ConfigFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.line for fault in self.faults))


def fault_in_words(fault: Any, where: str) -> ConfigFault:
    """What pydantic says of one value, in words for a person."""
    given = fault.get("input")
    context = fault.get("ctx") or {}
    if fault["type"] == "missing":
        return ConfigFault.at(fault["loc"], "is missing.", where)
    if fault["type"] == "string_too_short" and given == "":
        return ConfigFault.at(fault["loc"], "must not be empty.", where)
    known = _IN_WORDS.get(fault["type"])
    what = known.format(**context) if known else str(fault["msg"]).removeprefix("Value error, ")
    # a rule of ours names what is wrong in a list; all of the list beside it would be no word for a person
    if fault["type"] == "value_error" and not isinstance(given, str | float | None):
        return ConfigFault.at(fault["loc"], f"{what}.", where)
    return ConfigFault.at(fault["loc"], f"{what} (found {_shown(given)}).", where)


def _shown(given: Any) -> str:
    if isinstance(given, str):
        return f'"{given[:40]}{"…" if len(given) > 40 else ""}"'
    # 30 that was typed for a number with digits is no "30.0"
    return f"{given:g}" if isinstance(given, float) else reprlib.repr(given)


def _sentence(what: str) -> str:
    if what.split(" ")[0] in ("is", "must", "says"):
        return f"It {what}"
    return what[:1].upper() + what[1:]
