"""The disagreements as a table and as a page. Files are written whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from annotations.codebook.codes import Codebook
from service.agreement.disagreements import Disagreement
from service.agreement.page import disagreements_page
from service.composition import Parts
from service.exported_file import safe_cell, whole

COLUMNS = ("transcript", "turn_shown", "turn", "start", "end", "words", "before", "after", "differ_on", "coders", "memos",
           "definitions", "consensus")  # fmt: skip


def write_csv(differing: Sequence[Disagreement], codebook: Codebook, file: Path) -> None:
    """One row a passage, for a table on the wall; ``turn_shown`` counts from 1, ``turn`` from 0 as in other files."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for difference in differing:
        plain = difference.to_json(codebook)
        coders = plain["coders"]
        cells = {key: plain[key] for key in COLUMNS[:8]} | {
            "differ_on": "; ".join(plain["differ_on"]),
            "coders": "; ".join(f"{said.coder}: {said.in_words(codebook)}" for said in difference.said),
            "memos": "; ".join(
                f"{c['coder']}, {code}: {memo}" for c in coders for code, memo in c["memos"].items()
            ),
            "definitions": "; ".join(
                f"{code}: {words}" for code, words in plain["definitions"].items() if words
            ),
            "consensus": _agreed(plain["consensus"]),
        }
        writer.writerow({key: safe_cell(value) for key, value in cells.items()})
    whole(file, out.getvalue().encode("utf-8-sig"))


def _agreed(consensus: Mapping[str, Any] | None) -> str:
    return "" if consensus is None else f"{consensus['by']}: {', '.join(consensus['codes']) or 'nothing'}"


def write_html(differing: Sequence[Disagreement], parts: Parts, file: Path) -> None:
    """A page to go through together. It holds participants' words: keep it where the transcripts are kept."""
    whole(file, disagreements_page(differing, parts.codebook, parts.study.config.name).encode())
