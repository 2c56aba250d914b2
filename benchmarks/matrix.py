"""How long a cross-case table and its patterns take: 100 codes, 30 sites, 5 waves, a coding and a half for each cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TypeVar
from uuid import UUID, uuid4

import numpy as np

from annotations.coding import Coding, Review
from annotations.store.codebook_versions import keep_codebook
from annotations.store.reviews import add_reviews
from annotations.store.transcripts import add_transcript
from annotations.transcript import Span, SpokenTurn, Transcript, canonical
from service.composition import Parts
from service.new_study import make_study
from service.results.changed import change_of
from service.results.patterns import patterns_of
from service.results.read_table import study_table
from service.results.study_findings import WantedFindings, study_findings
from service.results.study_table import StudyTable, WantedTable
from service.results.table_json import to_json
from service.results.triangulated import triangulation_of
from service.settings import read_settings

Made = TypeVar("Made")
CODES, SITES, WAVES, CODINGS = 100, 30, 5, 22_500


def main() -> None:
    """Make the study, and time the table with its JSON, patterns, triangulation and change."""
    with TemporaryDirectory() as folder:
        parts = _study(Path(folder))
        wanted = WantedFindings(("site",))
        found, table = _timed(lambda: study_table(parts, WantedTable(("site", "wave"))))
        _, plain = _timed(lambda: to_json(found, with_quotes=True))
        patterns_, patterned = _timed(lambda: patterns_of(study_findings(parts, wanted)))
        _, triangulated = _timed(lambda: triangulation_of(study_findings(parts, wanted)))
        _, changed = _timed(lambda: change_of(study_findings(parts, wanted)))
        parts.close()
    assert found.matrix.codings == CODINGS
    print(
        json.dumps(
            {
                "cells": _cells(found),
                "codings": CODINGS,
                "pairs": len(patterns_.pairs),
                "table": table,
                "its_json": plain,
                "patterns": patterned,
                "triangulation": triangulated,
                "change": changed,
            }
        )
    )


def _timed(work: Callable[[], Made]) -> tuple[Made, dict[str, float]]:
    """What it makes, and how long it takes: by the clock, and of the processor, which other work does not lengthen."""
    begun, own = perf_counter(), process_time()
    made = work()
    return made, {"s": round(perf_counter() - begun, 2), "processor_s": round(process_time() - own, 2)}


def _cells(found: StudyTable) -> int:
    return len(found.matrix.cells)


def _study(folder: Path) -> Parts:
    book = folder / "book.csv"
    book.write_text("code\n" + "".join(f"Code {at}\n" for at in range(CODES)), "utf-8")
    study, _ = make_study(folder / "study", codebook=str(book), config={"name": "Large"})
    parts = Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")}))
    codes = [code.id for code in parts.codebook.codes]
    random = np.random.default_rng(0)
    each = CODINGS // (SITES * WAVES)
    with parts.store.writing() as connection:
        version = keep_codebook(connection, parts.codebook)
        for site in range(SITES):
            for wave in range(WAVES):
                kept = _interview(f"S{site}-{wave}", f"Site {site}", str(wave), each)
                transcript = add_transcript(connection, kept)
                said = random.choice(len(codes), each)
                add_reviews(
                    connection,
                    [
                        _review(transcript, turn.span, codes[code], version)
                        for turn, code in zip(kept.participants_turns, said, strict=True)
                    ],
                )
    return parts


def _review(transcript: UUID, span: Span, code: str, version: str) -> Review:
    return Review(transcript, "Ada", span, (Coding(code, span, "+"),), codebook_version=version, id=uuid4())


def _interview(name: str, site: str, wave: str, turns: int) -> Transcript:
    spoken = [SpokenTurn(who, f"{name} said {at}") for at in range(turns) for who in ("Interviewer", name)]
    text, cut = canonical(spoken, ("Interviewer",))
    made = Transcript(name=name, text=text, turns=cut, case=site, site=site, wave=wave, participant=name)
    return replace(made, consents=replace(made.consents, may_quote=True))


if __name__ == "__main__":
    main()
