"""Rows of codings for tests: two transcripts, a codebook and a person, and how rows are placed on them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from builders import a_transcript

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.coding import Coder
from annotations.codings.codings_file import PlacedRows, place_codings
from annotations.codings.read_codings import read_codings

SESSION = a_transcript(
    "JKG-01", "How did it start?", "With money, and with people.", "And then?", "Money again, always money."
)
OTHER = a_transcript("PLP-22", "Tell me.", "Nobody asked us.")
TRANSCRIPTS = {one.name.casefold(): one for one in (SESSION, OTHER)}
INES = Coder("Ines", aliases=("IF",))
BOOK = Codebook(
    "Small",
    (Framework("topics", "Topics"), Framework("phase", "Phase", role="phase", select="one")),
    (
        Code("money", "Money", "topics", "Topics/Money"),
        Code("people", "People", "topics", "Topics/People"),
        Code("people-early", "Early", "topics", "Topics/People/Early", parent="people"),
        Code("early", "Early", "phase", "Phase/Early"),
        Code("late", "Late", "phase", "Phase/Late"),
    ),
)


def codings_file(
    folder: Path, *rows: str | Sequence[object], head: str = "transcript,coder,code,turn"
) -> Path:
    """A table with these rows."""
    file = folder / "codings.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(head.split(","))
        writer.writerows(row.split(",") if isinstance(row, str) else row for row in rows)
    return file


def placed_rows(file: Path, **more: object) -> PlacedRows:
    """Its rows on the two transcripts; ``more`` takes the place of what is usual."""
    given: dict[str, object] = {"codebook": BOOK, "transcripts": TRANSCRIPTS, "coders": (INES,)} | more
    return place_codings(read_codings(file), **given)  # type: ignore[arg-type]
