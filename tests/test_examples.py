"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest
from builders import REPOSITORY

# what they show is the vocabulary: no example opens a store, loads a model or asks a server
WITH_EXAMPLES = [
    file.relative_to(REPOSITORY)
    for package in ("annotations", "models", "training", "service")
    for file in sorted((REPOSITORY / package).rglob("*.py"))
    if ">>> " in file.read_text("utf-8")
]


@pytest.mark.parametrize("file", WITH_EXAMPLES, ids=str)
def test_the_examples_of_a_module_are_true(file: Path) -> None:
    """Each line is run, and gives what stands below it."""
    module = import_module(".".join(file.with_suffix("").parts))
    done = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert done.attempted > 0
    assert done.failed == 0


@pytest.mark.parametrize(
    "name",
    ["Span", "Turn", "Transcript", "Consents", "Coder", "Coding", "Review", "Suggestion"],
)
def test_a_type_of_the_vocabulary_has_an_example(name: str) -> None:
    """Whoever meets the word first sees how it is used."""
    modules = (import_module("annotations.transcript"), import_module("annotations.coding"))
    (found,) = (
        getattr(module, name)
        for module in modules
        if getattr(module, name, None) is not None and getattr(module, name).__module__ == module.__name__
    )
    assert ">>> " in (found.__doc__ or "")
