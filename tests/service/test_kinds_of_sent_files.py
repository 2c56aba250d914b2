"""What a file that somebody sent is taken for, by its columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.bringing_in.kinds import kind_of


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("transcript,coder,turn,Cost,Time\nP-01,Ada,1,x,\n", "codings"),
        ("transcript,turn,Cost,Time\nP-01,1,x,\n", "codings"),
        ("transcript,code,quote\nP-01,Cost,dear\n", "codings"),
        ("speaker,text\nINT,How?\n", "transcript"),
        ("transcript,speaker,text\nP-01,INT,How?\n", "transcript"),
        ("participant,Nurse,Leader\nP-01,x,\n", "participants"),
        ("code,definition\nCost,What it costs\n", "codebook"),
    ],
)
def test_columns_say_what_a_table_is(tmp_path: Path, table: str, kind: str) -> None:
    """Who coded may be said beside the file, so a table of codings need not name them."""
    file = tmp_path / "table.csv"
    file.write_text(table, "utf-8")
    assert kind_of(file) == kind
