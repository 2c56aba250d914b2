"""The page on transcripts says what is read: its table is made from the files that the tests read."""

from __future__ import annotations

from pathlib import Path

from program_layouts import ALL, table_of_layouts

from annotations.readers.reading import ENDINGS

PAGE = Path(__file__).parents[1] / "docs" / "transcripts.md"


def test_the_table_of_what_is_read_is_that_of_the_tests() -> None:
    """Layouts, endings and examples; to write it anew: python tests/program_layouts.py."""
    text = PAGE.read_text("utf-8")
    assert text.endswith(table_of_layouts())
    assert f"Endings: {', '.join(ENDINGS)}." in text
    assert {ending for ending, _ in ALL.values()} <= set(ENDINGS)
