"""A part of the sample study, for flows of which only the way matters and not how much goes it."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from builders import REPOSITORY

SAMPLE = REPOSITORY / "annotations" / "sample_study"
PART = ("CRK-01", "CRK-02", "NRB-01", "WLK-01", "CRK-04", "NRB-03", "WLK-02")


def part_of_sample(folder: Path) -> tuple[str, str]:
    """A manifest and a table of codings, in this folder, of four transcripts of wave 1 and three of wave 2.

    The transcripts lie beside them.
    """
    manifest, codings = folder / "manifest.csv", folder / "codings.csv"
    for source, out in ((SAMPLE / "manifest.csv", manifest), (SAMPLE / "codings-wave1.csv", codings)):
        with source.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["transcript"] in PART]
        with out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    for file in SAMPLE.glob("wave?/*.txt"):
        if file.stem in PART:
            (folder / file.parent.name).mkdir(exist_ok=True)
            shutil.copy(file, folder / file.parent.name)
    return str(manifest), str(codings)
