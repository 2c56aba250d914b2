"""A participant has one name before people: not "informant" on one page and "participant" on the next."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from builders import REPOSITORY

# a key or a column of a file, such as "informants" of `tandem matrix --json`, and what others call people in theirs
_NO_SENTENCE = re.compile(r"[a-z_]+")


def _strings_shown(file: Path) -> Iterator[str]:
    """What a module may show: its strings, and the docstrings of commands, which are their help."""
    tree = ast.parse(file.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and "cli" not in file.parts
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_nobody_reads_of_informants() -> None:
    """Pages, tables, files and help say "participant", the word of the glossary."""
    rooms = [REPOSITORY / name for name in ("annotations", "models", "training", "service")]
    texts = [
        (file, text)
        for room in rooms
        for file in sorted(room.rglob("*.py"))
        if "informant" in file.read_text("utf-8").casefold()
        for text in _strings_shown(file)
        if not _NO_SENTENCE.fullmatch(text)
    ]
    pages = [*(REPOSITORY / "service").rglob("*.html"), *(REPOSITORY / "docs").glob("*.md")]
    # names of what a template is given, and keys, are no words that it shows
    texts += [(file, re.sub(r"`informants?`|\.informants?\b", "", file.read_text("utf-8"))) for file in pages]
    assert [str(file.relative_to(REPOSITORY)) for file, text in texts if "informant" in text.casefold()] == []
