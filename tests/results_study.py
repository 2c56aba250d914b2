"""A small study with two cases, two waves, phases, and codings that say their influence: for tests of results."""

from __future__ import annotations

import csv
from pathlib import Path

from commands import Run, commands_on
from commands_refused import write_lines

BOOK = """name: Small
frameworks:
  - id: topics
    name: Topics
    codes:
      - {id: resources, code: Resources, codes: [{id: money, code: Money}, {id: rooms, code: Rooms}]}
      - {id: people, code: People}
  - id: phase
    name: Phase
    role: phase
    select: one
    codes: [{id: early, code: Early}, {id: late, code: Late}]
"""
CONFIG = """name: Two towns
cases: {Esk: [North, South], Tay: [Hill]}
waves: ["1", "2"]
coders: [{name: Ada}, {name: Ben}]
"""
MANIFEST = [
    "file,participant,case,site,wave,kind,may_quote,role",
    "E-01.txt,E-01,Esk,North,1,interview,yes,leader",
    "E-02.txt,E-02,Esk,South,2,interview,no,nurse",
    "T-01.txt,T-01,Tay,Hill,1,interview,yes,nurse",
    "minutes.txt,,Esk,,1,document,yes,",
    "lone.txt,L-01,,,,interview,yes,",
]
SAID = ("the grant was late", "the hall stood empty", "three nurses left", "it all went well")
CODINGS = [
    # transcript, coder, code, turn (from 0), influence, concrete example, condition
    ("E-01", "Ada", "Money", 1, "-", "yes"),
    ("E-01", "Ada", "Early", 1, "", ""),
    ("E-01", "Ben", "Money", 1, "-", "no"),
    ("E-01", "Ada", "Rooms", 3, "", ""),
    ("E-02", "Ada", "Money", 1, "-", "yes"),
    ("E-02", "Ada", "Early", 1, "", ""),
    ("minutes", "Ada", "Money", 1, "-", "yes"),
    ("minutes", "Ada", "Early", 1, "", ""),
    ("T-01", "Ada", "People", 5, "+", "no"),
    ("T-01", "Ada", "Late", 5, "", ""),
    ("lone", "Ada", "Money", 1, "+", "no"),
]


def make_results_study(folder: Path) -> Run:
    """The study in ``folder``/study, and its commands. Needs TANDEM_STATE to be set."""
    study = folder / "study"
    run = commands_on(study)
    (folder / "book.yaml").write_text(BOOK, "utf-8")
    run("init", str(study), "--codebook", str(folder / "book.yaml"))
    (study / "study.yaml").write_text(CONFIG, "utf-8")
    texts = folder / "texts"
    texts.mkdir()
    for line in MANIFEST[1:]:
        name = line.split(".")[0]
        write_lines(
            texts / f"{name}.txt",
            [
                f"{who}: {said}"
                for word in SAID
                for who, said in (("Interviewer", "And?"), (name, f"{name}, {word}."))
            ],
        )
    run("import", "--manifest", str(write_lines(texts / "manifest.csv", MANIFEST)))
    with (folder / "codings.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            [("transcript", "coder", "code", "turn", "influence", "concrete_example"), *CODINGS]
        )
    run("import-codings", str(folder / "codings.csv"), "--complete", "listed")
    return run
