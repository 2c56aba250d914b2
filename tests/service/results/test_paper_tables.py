"""The statements of a published study, imported as codings, give its tables again."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from commands import commands_on
from commands_refused import write_lines


@pytest.mark.shared_data
@pytest.mark.slow
def test_every_statement_stands_in_its_cell(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Element by case for adoption and implementation, assimilation type by case."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    lines = (shared_data / "paper_tables.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    texts = tmp_path / "texts"
    texts.mkdir()
    manifest, codings = ["file,participant,case,wave,may_quote"], []
    for number, case in enumerate(dict.fromkeys(row["case_name"] for row in rows), start=1):
        name = f"P-0{number}"
        its = [row for row in rows if row["case_name"] == case]
        write_lines(
            texts / f"{name}.txt",
            [f"{who}: {said}" for row in its for who, said in (("Interviewer", "And?"), (name, row["text"]))],
        )
        manifest.append(f"{name}.txt,{name},{case},1,yes")
        for at, row in enumerate(its):
            code = row["element"]
            if row["phase"] == "assimilation":
                resisted = "resisted" in row["text"].casefold()
                code = f"assimilation-{code.casefold().replace(' ', '-')}-{'resisted' if resisted else 'occurring'}"
            codings += [(name, "Ada", code, 2 * at + 1), (name, "Ada", f"phase-{row['phase']}", 2 * at + 1)]
    tandem = commands_on(tmp_path / "study")
    tandem("init", str(tmp_path / "study"), "--codebook", "common-framework")
    tandem("import", "--manifest", str(write_lines(texts / "manifest.csv", manifest)))
    with (tmp_path / "codings.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("transcript", "coder", "code", "turn"), *codings])
    tandem("import-codings", str(tmp_path / "codings.csv"), "--complete", "all")
    found = tandem("matrix", "--level", "1", "--with-quotes")
    assert found["codings"] == len(rows) == 62
    # a code of the study may say more than the paper's heading
    heads = {
        head: next(one["code"] for one in found["codes"] if one["code"].startswith(head))
        for head in {row["element"] for row in rows}
    }
    expected = {
        (row["phase"].capitalize(), heads[row["element"]], row["case_name"], " ".join(row["text"].split()))
        for row in rows
    }
    shown = {
        (phase, code, case, quote["text"])
        for phase, its in found["matrix"].items()
        for code, cells in its.items()
        for case, cell in cells.items()
        for quote in cell["quotes"]
    }
    assert shown == expected
    counts = Counter(place[:3] for place in expected)
    assert all(
        found["matrix"][phase][code][case]["codings"] == n for (phase, code, case), n in counts.items()
    )
    # two of the three findings of co-optation are co-optation resisted
    leaves = tandem("matrix")["matrix"]["Assimilation"]
    resisted = [code for code in leaves if "Co-optation" in code and code.endswith("resisted")]
    assert sum(cell["codings"] for cell in leaves[resisted[0]].values()) == 2
