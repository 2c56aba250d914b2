"""A number and its noun agree, on pages and in what pages are told."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from builders import REPOSITORY

from annotations.numbers_shown import counted, tallied
from service.web.lists import ListColumn, ShownList, asked_of

_NOUNS = (
    "answer|case|character|code|coder|coding|column|day|decision|doubt|embedding|event|figure|file|group|hour|informant|"
    "interview|job|memo|message|minute|note|page|participant|passage|project|question|quote|rating|reading|review|row|"
    "second|segment|suggestion|table|task|text|token|transcript|turn|version|wave|word"
)
_MANY = rf"(?:[a-z]+ )?(?:(?:{_NOUNS})s|people)\b"
# what a page shows, and what makes its sentences
_ROOMS = (
    "accounts",
    "bringing_in",
    "corrections",
    "design",
    "exporting",
    "looking",
    "pushing",
    "serving",
    "web",
    "withdrawal",
)
# after these a word in the plural is no noun that is counted
_NO_NUMBERS = re.compile(
    r"without|holding|said\[|\burl\b|answers_|loop\.|\bname\b|address|path|version\b|title"
)


def _sentences(file: Path) -> Iterator[tuple[int, str, str]]:
    """Each value within a string of a module, with what follows it: line, value, text."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            for value, after in zip(node.values, node.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant):
                    yield value.lineno, ast.unparse(value.value), str(after.value)


def _is_a_limit(value: str) -> bool:
    """A constant that is never one: "at most 200 files"."""
    return value.split(".")[-1].strip("_").isupper()


def test_no_sentence_counts_by_hand() -> None:
    """A value before a noun in the plural goes through "counted", which knows when there is one."""
    by_hand = [
        f"{file.relative_to(REPOSITORY)}:{line}: {{{value}}}{after[:30]}"
        for room in _ROOMS
        for file in sorted((REPOSITORY / "service" / room).rglob("*.py"))
        for line, value, after in _sentences(file)
        # "hold their words" counts nothing
        if re.match(f" (?!their ){_MANY}", after) and not _is_a_limit(value) and not _NO_NUMBERS.search(value)
    ]
    assert by_hand == []


def test_no_template_counts_by_hand() -> None:
    """The same in templates, where "counted" is a filter."""
    by_hand = [
        f"{file.relative_to(REPOSITORY)}: {said[0]}"
        for file in sorted((REPOSITORY / "service").rglob("*.html"))
        for said in re.finditer(r"\{\{([^{}]*)\}\} " + _MANY, file.read_text("utf-8"))
        if "counted(" not in said[1] and not _NO_NUMBERS.search(said[1])
    ]
    assert by_hand == []


def test_no_script_counts_by_hand() -> None:
    """Scripts know no "counted", so their sentences put a number after its noun, or by itself."""
    nouns = rf"(?:(?:held-out )?{_MANY}|(?:boxes|ticks)\b)"
    by_hand = [
        f"{file.relative_to(REPOSITORY)}: {said[0]}"
        for file in sorted((REPOSITORY / "service" / "design" / "static").glob("*.js"))
        for said in re.finditer(r"\$\{[^{}]*\} " + nouns, file.read_text("utf-8"))
    ]
    assert by_hand == []


def test_one_and_many() -> None:
    """One thing is called otherwise than many; a kind named in the plural stands before its number."""
    assert [counted(count, "passage is", "passages are") for count in (0, 1, 2)] == [
        "0 passages are",
        "1 passage is",
        "2 passages are",
    ]
    assert tallied(1, "notes of how they came in") == "notes of how they came in: 1"


def test_a_list_says_what_its_rows_are() -> None:
    """Rows with a plural of their own are called by it, and one is called as one."""

    def said(rows: int) -> str:
        columns = (ListColumn[int]("n", "N", lambda row: row),)
        names = {"noun": "interview of a coder", "several": "interviews of coders"}
        return ShownList(range(rows), columns, asked_of({}), path="/x", **names).found_in_words  # type: ignore[arg-type]

    assert (said(1), said(2)) == ("1 interview of a coder", "2 interviews of coders")
