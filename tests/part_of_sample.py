"""A part of the sample study, for flows of which only the way matters and not how much goes it."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from builders import REPOSITORY

SAMPLE = REPOSITORY / "annotations" / "sample_study"
PART = ("CRK-01", "CRK-02", "NRB-01", "WLK-01", "CRK-04", "NRB-03", "WLK-02")


def thin_out(sample: Path) -> None:
    """Leave that part alone in a copy of the sample study's folder, whose files keep their names."""
    for table in (sample / "manifest.csv", *sample.glob("codings-*.csv")):
        _keep_part(table, table)
    _keep_part(sample / "events.csv", sample / "events.csv", "source")
    for file in sample.glob("wave?/*.txt"):
        if file.stem not in PART:
            file.unlink()


def _keep_part(source: Path, out: Path, column: str = "transcript") -> None:
    with source.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[column] in ("", *PART)]
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def part_of_sample(folder: Path) -> tuple[str, str]:
    """A manifest and a table of codings, in this folder, of four transcripts of wave 1 and three of wave 2.

    The transcripts lie beside them.
    """
    manifest, codings = folder / "manifest.csv", folder / "codings.csv"
    for source, out in ((SAMPLE / "manifest.csv", manifest), (SAMPLE / "codings-wave1.csv", codings)):
        _keep_part(source, out)
    for file in SAMPLE.glob("wave?/*.txt"):
        if file.stem in PART:
            (folder / file.parent.name).mkdir(exist_ok=True)
            shutil.copy(file, folder / file.parent.name)
    return str(manifest), str(codings)
