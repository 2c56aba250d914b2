"""A part of the sample study, for flows of which only the way matters and not how much goes it."""

from __future__ import annotations

import csv
from pathlib import Path

from builders import REPOSITORY

SAMPLE = REPOSITORY / "annotations" / "sample_study"
PART = ("CRK-01", "CRK-02", "NRB-01", "WLK-01", "CRK-04", "NRB-03", "WLK-02")


def part_of_sample(folder: Path) -> tuple[str, str]:
    """A manifest and a table of codings, in this folder, of four transcripts of wave 1 and three of wave 2."""
    manifest, codings = folder / "manifest.csv", folder / "codings.csv"
    for source, out in ((SAMPLE / "manifest.csv", manifest), (SAMPLE / "codings-wave1.csv", codings)):
        with source.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["transcript"] in PART]
        for row in rows:
            if "file" in row:
                row["file"] = str(SAMPLE / row["file"])
        with out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return str(manifest), str(codings)
